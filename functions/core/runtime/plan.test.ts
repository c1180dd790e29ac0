import { describe, expect, it } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { backoffMs, maxFailures, plan } from './plan.ts';
import type { Desired } from './plan.ts';

const now = new Date('2026-11-23T00:00:00.000Z');
const moment = { now, freshSince: now };
const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();

const desired: Desired = {
  state: 'running',
  configHash: 'h1',
  verifyRequestedAt: null,
  smokeId: null,
  failures: 0,
};

const project: Facts = {
  ...noFacts,
  project: { observedAt: at(0), error: null, projectId: 'p', environmentId: 'e' },
};
const composed: Facts = { ...project, compose: { ...project.compose, composeId: 'c' } };
const configured: Facts = { ...composed, compose: { ...composed.compose, configHash: 'h1' } };
const deploying = (status: Facts['deployment']['status'], more: object = {}): Facts => ({
  ...configured,
  deployment: {
    ...configured.deployment,
    status,
    title: 'r:1',
    attempt: 1,
    configHash: 'h1',
    requestedAt: at(-1_000),
    observedAt: at(0),
    ...more,
  },
});
const deployed = deploying('done', { finishedAt: at(-500) });
const report = (result: 'pass' | 'fail') => ({
  atMs: now.getTime(),
  openclawVersion: '2026.9.6',
  rungs: [{ rung: 'ready_json' as const, result, reason: '' }],
});
const reachable: Facts = {
  ...deployed,
  agent: { observedAt: at(0), error: null, gateway: 'ready', version: '2026.9.6' },
  codex: { ...deployed.codex, observedAt: at(0), status: 'none' },
};
const verified: Facts = {
  ...reachable,
  verify: { observedAt: at(0), error: null, report: report('pass') },
};
const linked: Facts = { ...verified, codex: { ...verified.codex, status: 'ok' } };

describe('plan', () => {
  it.each([
    ['no project', noFacts, 'ensure_project'],
    ['no compose', project, 'ensure_compose'],
    ['compose not configured', composed, 'configure'],
    ['never deployed', configured, 'deploy'],
    ['deployed, agent not looked at in this run', deployed, 'observe_agent'],
    ['agent answers, nothing verified', reachable, 'verify'],
  ])('%s → %s', (_name, facts, kind) => {
    expect(plan(desired, facts, moment).kind).toBe(kind);
  });

  it('waits between looks at a running deployment', () => {
    const action = plan(desired, deploying('running'), moment);
    expect(action).toMatchObject({ kind: 'wait', settled: false });
  });

  it('looks before it acts: an observation of an earlier run does not count', () => {
    const facts = deploying('running', { observedAt: at(-10) });
    expect(plan(desired, facts, moment).kind).toBe('observe_deployment');
  });

  it('calls a deployment lost when nobody knows it for 30 s, and then asks again', () => {
    const missing = deploying('requested', { requestedAt: at(-31_000) });
    expect(plan(desired, missing, moment).kind).toBe('declare_lost');
    const lost = deploying('lost', { finishedAt: at(-6_000) });
    const action = plan({ ...desired, failures: 1 }, lost, moment);
    expect(action).toEqual({ kind: 'deploy', attempt: 2 });
  });

  it('backs off after a failed deployment', () => {
    const failed = deploying('error', { finishedAt: at(-1_000) });
    const action = plan({ ...desired, failures: 3 }, failed, moment);
    expect(action).toEqual({ kind: 'wait', untilMs: now.getTime() + 19_000, settled: false });
  });

  it('asks the operator once after too many failures, and goes on trying', () => {
    const failed = deploying('error', { finishedAt: at(-3_600_000) });
    expect(plan({ ...desired, failures: maxFailures }, failed, moment).kind).toBe('raise_task');
    expect(plan({ ...desired, failures: maxFailures + 1 }, failed, moment).kind).toBe('deploy');
  });

  it('deploys again when what is desired has changed', () => {
    const facts = { ...linked, compose: { ...linked.compose, configHash: 'h2' } };
    const action = plan({ ...desired, configHash: 'h2' }, facts, moment);
    expect(action).toEqual({ kind: 'deploy', attempt: 2 });
  });

  it('climbs again after a ladder that could not be reached, though an older one was good', () => {
    const missed: Facts = {
      ...verified,
      verify: { observedAt: at(0), error: 'agent_unreachable', report: report('pass') },
    };
    expect(plan(desired, missed, moment).kind).toBe('verify');
  });

  it('verifies again when a customer asks', () => {
    const asked = { ...desired, verifyRequestedAt: at(1) };
    expect(plan(asked, verified, moment).kind).toBe('verify');
  });

  it('starts a smoke only when the login is there', () => {
    const asked = { ...desired, smokeId: 's1' };
    expect(plan(asked, verified, moment)).toMatchObject({ kind: 'wait', settled: true });
    expect(plan(asked, linked, moment)).toEqual({ kind: 'start_smoke', smokeId: 's1' });
  });

  it('settles when there is nothing to do', () => {
    expect(plan(desired, linked, moment)).toMatchObject({ kind: 'wait', settled: true });
  });

  it('doubles its patience up to ten minutes', () => {
    expect([1, 2, 3, 20].map(backoffMs)).toEqual([5_000, 10_000, 20_000, 600_000]);
  });
});
