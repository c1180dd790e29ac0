/**
 * The daily backup: asked for once in each of the runtime's own days, once somebody has used it; one
 * that its owner asked for is looked at as well. Pure. A day whose backup failed is not tried again: what made it fail (a full disk, a server
 * without the memory for the proof) rarely ends within the hour, and each try costs a minute of two
 * cores. When none was proven for three days a person is told.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { ownDay } from './day.ts';
import { failedAt, lookEvery, minute, retryOrGiveUp, second, timeOf } from './timing.ts';
import type { Action, Desired, Moment } from './timing.ts';

/** The agent ends each within 45 minutes. */
const backupLimitMs = 50 * minute;
const shortestPollMs = 15 * second;
const longestPollMs = 5 * minute;
const overdueAfterMs = 3 * 24 * 60 * minute;

/** A quarter of what it has taken so far, so that a long one costs few looks. */
const pollMs = (tookMs: number): number =>
  Math.min(Math.max(tookMs / 4, shortestPollMs), longestPollMs);

export const planBackup = (desired: Desired, facts: Facts, moment: Moment): Action | null => {
  const { report, day } = facts.backup;
  const nowMs = moment.now.getTime();
  // By the tenant's clock, which may be a little ahead of ours.
  const tookMs = Math.max(0, nowMs - (report?.startedAtMs ?? 0));
  if (report?.code === 'running' && tookMs < backupLimitMs) {
    const action: Action = { kind: 'observe_agent' };
    return lookEvery(facts.agent.observedAt, pollMs(tookMs), { moment, action });
  }
  const used = facts.smoke.report;
  if (used === null) return null;
  const today = ownDay(nowMs, desired.jitter);
  // Not on the day of its first turn: its owner is just getting to know it.
  const firstDay = ownDay(used.startedAtMs, desired.jitter) + 1;
  if (today < firstDay || (day ?? 0) >= today) return null;
  if (timeOf(facts.backup.waitsUntil) > nowMs) return null;
  const action: Action = { kind: 'start_backup', backupId: `day-${today}`, day: today };
  return retryOrGiveUp(desired, moment, { lastAt: failedAt(facts.backup), action });
};

/** When its turn at its server may have come; null: it waits for none. */
export const turnMs = ({ backup }: Facts, now: Date): number | null => {
  const waitsMs = timeOf(backup.waitsUntil);
  return waitsMs > now.getTime() ? waitsMs : null;
};

/** Whether proven ones have not got to the customer's bucket for so long that a person must look. */
export const isOffsiteOverdue = ({ offsite }: Facts, now: Date): boolean =>
  offsite.owedSinceMs !== null && now.getTime() - offsite.owedSinceMs >= overdueAfterMs;

/** Whether one is owed for so long that a person must look. */
export const isBackupOverdue = ({ backup }: Facts, now: Date): boolean =>
  backup.owedSince !== null && now.getTime() - timeOf(backup.owedSince) >= overdueAfterMs;
