/** Stopping and removing: each step once, and nothing is called gone that was not looked for. */
import { describe, expect, it } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { plan } from './plan.ts';
import { maxFailures } from './timing.ts';
import type { Desired } from './timing.ts';

const now = new Date('2026-11-23T00:00:00.000Z');
const moment = { now, freshSince: now };
const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();

const desired: Desired = {
  state: 'running',
  configHash: 'h1',
  verifyRequestedAt: null,
  smokeId: null,
  restartId: null,
  failures: 0,
  jitter: 0.5,
  paidUntil: '2026-12-23T00:00:00.000Z',
  ...{ versionFloor: null, exportUntil: null, update: null },
  declaredGone: false,
};
const placed: Facts = {
  ...noFacts,
  placement: { ...noFacts.placement, observedAt: at(0), slotId: 's.0', serverId: 's' },
};
const deployed: Facts = {
  ...placed,
  project: { observedAt: at(0), error: null, projectId: 'p', environmentId: 'e' },
  compose: { ...placed.compose, composeId: 'c', configHash: 'h1' },
  deployment: { ...placed.deployment, status: 'done', title: 'r:1', attempt: 1, configHash: 'h1' },
};

describe('taking down', () => {
  const suspended = { ...desired, state: 'suspended' as const };
  const deleted = { ...desired, state: 'deleted' as const };
  const took = (state: Facts['takedown']['state'], facts = deployed): Facts => ({
    ...facts,
    takedown: { observedAt: at(0), error: null, state },
  });
  const without = (facts: Facts): Facts => ({
    ...facts,
    compose: { ...facts.compose, composeId: null },
  });

  it('looks for a service whose id was never written down', () => {
    for (const wish of [suspended, deleted]) {
      expect(plan(wish, placed, moment).kind).toBe('find_compose');
      expect(plan(wish, noFacts, moment).kind).toBe('find_compose');
    }
  });

  it('stops what is suspended, once', () => {
    expect(plan(suspended, deployed, moment).kind).toBe('stop');
    expect(plan(suspended, took('stopped'), moment)).toMatchObject({ settled: true });
  });

  const seen = (facts: Facts, removal: Partial<Facts['removal']>): Facts => ({
    ...facts,
    removal: { ...facts.removal, observedAt: at(0), ...removal },
  });

  it('removes what is deleted, and calls it gone only after every look', () => {
    expect(plan(deleted, took('stopped'), moment).kind).toBe('remove');
    const gone = without(took('gone'));
    expect(plan(deleted, gone, moment).kind).toBe('look_gone');
    const empty = seen(gone, { emptyAt: at(0), volumes: 'not_listed' });
    expect(plan(deleted, empty, moment).kind).toBe('prove_unrouted');
    const unrouted = seen(empty, { route: 'other_answer' });
    expect(plan(deleted, unrouted, moment).kind).toBe('release_slot');
    const free = { ...unrouted, placement: noFacts.placement };
    expect(plan(deleted, free, moment).kind).toBe('issue_receipt');
    expect(plan(deleted, seen(free, { receiptAt: at(0) }), moment)).toMatchObject({
      settled: true,
    });
  });

  it('keeps the slot of what was left behind, looks again, and asks a person', () => {
    const left = seen(without(took('left')), { problem: 'containers_left' });
    expect(plan(deleted, left, moment).kind).toBe('look_gone');
    const often = { ...deleted, failures: maxFailures };
    const later = { ...moment, now: new Date(moment.now.getTime() + 3_600_000) };
    expect(plan(often, left, later).kind).toBe('raise_task');
    expect(plan({ ...often, failures: maxFailures + 1 }, left, later).kind).toBe('look_gone');
    expect(plan({ ...deleted, declaredGone: true }, left, moment).kind).toBe('prove_unrouted');
  });

  it('deploys anew what is wanted again', () => {
    expect(plan(desired, took('stopped'), moment)).toEqual({ kind: 'deploy', attempt: 2 });
  });
});
