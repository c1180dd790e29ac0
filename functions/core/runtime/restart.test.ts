import { describe, expect, it } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { isComingBack, isRestartOwed, isRestarting, planRestart } from './restart.ts';
import type { Desired } from './timing.ts';

const now = new Date('2026-11-27T00:00:00.000Z');
const moment = { now, freshSince: now };
const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();
const desired: Desired = {
  paidUntil: '2027-01-01T00:00:00.000Z',
  versionFloor: null,
  exportUntil: null,
  update: null,
  declaredGone: false,
  state: 'running',
  configHash: 'h',
  verifyRequestedAt: null,
  smokeId: null,
  restartId: 'r2',
  failures: 0,
  jitter: 0.5,
};
const after = (restart: Partial<Facts['restart']>, more: Partial<Facts> = {}): Facts => ({
  ...noFacts,
  ...more,
  restart: { ...noFacts.restart, ...restart },
});
const down = after({ restartId: 'r2', state: 'stopped', observedAt: at(-1) });
const up = after({ restartId: 'r2', state: 'started', observedAt: at(-1) });
const booting: Facts = {
  ...up,
  machine: { observedAt: at(-1), error: null, state: 'started' },
};
const answering: Facts = { ...up, agent: { ...up.agent, gateway: 'ready' } };
const proven: Facts = {
  ...answering,
  verify: { ...up.verify, report: { atMs: 1, openclawVersion: null, rungs: [] } },
  exposure: { ...up.exposure, report: { atMs: 1, checks: [] } },
};

describe('a restart', () => {
  it.each([
    ['was never asked for', { restartId: null }, noFacts, null],
    ['was asked for', {}, noFacts, 'restart_stop'],
    ['came after an earlier one', {}, after({ restartId: 'r1', state: 'started' }), 'restart_stop'],
    [
      'came while an earlier one was half done',
      {},
      after({ restartId: 'r1', state: 'stopped' }),
      'restart_stop',
    ],
    ['is half done', {}, down, 'restart_start'],
    ['is done', {}, up, null],
  ] as const)('that %s', (_, more, facts, kind) => {
    expect(planRestart({ ...desired, ...more }, facts, moment)?.kind ?? null).toBe(kind);
  });

  it('that did not work is tried again after a pause, and a person is told in the end', () => {
    const refused = after({
      restartId: 'r1',
      observedAt: at(-1_000),
      error: 'deployer_unreachable',
    });
    const failing = (failures: number, facts = refused) =>
      planRestart({ ...desired, failures }, facts, moment);
    expect(failing(1)).toMatchObject({ kind: 'wait', settled: false });
    const old = after({ restartId: 'r1', observedAt: at(-3_600_000), error: 'deployer_refused' });
    expect(failing(1, old)).toEqual({ kind: 'restart_stop' });
    expect(failing(8, old)).toEqual({ kind: 'raise_task' });
  });

  it('is under way until the ladder is climbed and it was shown to be closed again', () => {
    const states = [noFacts, down, booting, answering, proven];
    expect(states.map((facts) => isRestartOwed(desired, facts))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(states.map((facts) => isComingBack(desired, facts))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(states.map((facts) => isRestarting(desired, facts))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('is not what a runtime comes back from that was started for another reason', () => {
    const revived: Facts = { ...up, machine: { observedAt: at(5), error: null, state: 'started' } };
    expect(isComingBack(desired, revived)).toBe(false);
  });

  it('that cannot be carried out is a problem, no restart', () => {
    const refused: Facts = {
      ...down,
      restart: { ...down.restart, error: 'deployer_unreachable' },
    };
    expect(isRestarting(desired, refused)).toBe(false);
  });
});
