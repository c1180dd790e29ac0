import { describe, expect, it } from 'vitest';
import type { BackupCode } from '#schemas/contract/agent-backup.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { isBackupOverdue, planBackup } from './backup-plan.ts';
import type { Desired } from './timing.ts';

const dayMs = 86_400_000;
const minute = 60_000;
/** Its day begins at noon. */
const desired: Desired = {
  state: 'running',
  configHash: 'h1',
  verifyRequestedAt: null,
  smokeId: null,
  restartId: null,
  paidUntil: '2100-01-01T00:00:00.000Z',
  versionFloor: null,
  exportUntil: null,
  update: null,
  declaredGone: false,
  failures: 0,
  jitter: 0.5,
};
const noonMs = 20_000 * dayMs + dayMs / 2;
const iso = (ms: number): string => new Date(ms).toISOString();
const at = (ms: number) => ({ now: new Date(ms), freshSince: new Date(ms) });

const used = (startedAtMs: number): Facts => ({
  ...noFacts,
  agent: { ...noFacts.agent, observedAt: iso(startedAtMs) },
  smoke: {
    ...noFacts.smoke,
    report: {
      ...{ smokeId: 's1', code: 'passed', nonceMatched: true, provider: '', model: '' },
      ...{ latencyMs: 1, startedAtMs, finishedAtMs: startedAtMs, loginId: null },
    },
  },
});
const asked = (facts: Facts, code: BackupCode, askedMs: number): Facts => {
  const finishedAtMs = code === 'running' ? null : askedMs;
  const report = {
    ...{ backupId: 'day-20000', origin: 'runtime' as const, code, step: null },
    ...{ startedAtMs: askedMs, finishedAtMs },
  };
  return { ...facts, backup: { ...facts.backup, report, day: 20_000 } };
};

describe('the daily backup', () => {
  const facts = used(noonMs - 1);

  it('is asked for once in each own day, by the id of the day', () => {
    const first = planBackup(desired, facts, at(noonMs));
    expect(first).toEqual({ kind: 'start_backup', backupId: 'day-20000', day: 20_000 });
    const done = asked(facts, 'proven', noonMs);
    expect(planBackup(desired, done, at(noonMs + dayMs - 1))).toBeNull();
    const next = planBackup(desired, done, at(noonMs + dayMs));
    expect(next).toEqual({ kind: 'start_backup', backupId: 'day-20001', day: 20_001 });
  });

  it('is not asked for before somebody has used it, nor on the day of the first turn', () => {
    expect(planBackup(desired, noFacts, at(noonMs))).toBeNull();
    expect(planBackup(desired, used(noonMs + minute), at(noonMs + 2 * minute))).toBeNull();
  });

  it('is not tried again on the day on which it failed', () => {
    const failed = asked(facts, 'storage_full', noonMs);
    expect(planBackup(desired, failed, at(noonMs + dayMs / 2))).toBeNull();
    expect(planBackup(desired, failed, at(noonMs + dayMs))?.kind).toBe('start_backup');
  });

  it('is looked at while it runs, ever more rarely, and given up after its time', () => {
    const running = asked(facts, 'running', noonMs);
    const seen = (ms: number): Facts => ({
      ...running,
      agent: { ...running.agent, observedAt: iso(ms) },
    });
    const soon = noonMs + minute;
    expect(planBackup(desired, seen(soon), at(soon))).toMatchObject({ untilMs: soon + 15_000 });
    const late = noonMs + 40 * minute;
    expect(planBackup(desired, seen(late), at(late))).toMatchObject({ untilMs: late + 5 * minute });
    expect(planBackup(desired, running, at(late))?.kind).toBe('observe_agent');
    expect(planBackup(desired, running, at(noonMs + 51 * minute))).toBeNull();
  });

  it('is due as ever beside one that its owner asked for', () => {
    const mine = asked(facts, 'proven', noonMs - minute);
    const wanted: Facts = { ...mine, backup: { ...mine.backup, day: 19_999 } };
    expect(planBackup(desired, wanted, at(noonMs))?.kind).toBe('start_backup');
  });

  it('is owed for three days before a person is told', () => {
    const owed = (ms: number): Facts => ({
      ...facts,
      backup: { ...facts.backup, owedSince: iso(ms) },
    });
    expect(isBackupOverdue(facts, new Date(noonMs))).toBe(false);
    expect(isBackupOverdue(owed(noonMs), new Date(noonMs + 3 * dayMs - 1))).toBe(false);
    expect(isBackupOverdue(owed(noonMs), new Date(noonMs + 3 * dayMs))).toBe(true);
  });
});
