/**
 * When what a runtime uses is worth writing down: once in its own day, and at once when it got worse.
 * What got better waits for the day, so that nothing flaps at the edge of a band. Pure.
 */
import { planOf } from '#schemas/plans.ts';
import { usageBand, usageBands } from '#schemas/contract/usage.ts';
import type { UsageReport } from '#schemas/contract/usage.ts';
import { ownDay } from './day.ts';

export const usageWorthKeeping = (
  known: UsageReport | null,
  seen: UsageReport | null,
  about: { readonly planKey: string; readonly jitter: number; readonly nowMs: number },
): UsageReport | null => {
  if (seen === null) return known;
  // By our clock: the tenant's may be another.
  const fresh = { ...seen, atMs: about.nowMs };
  if (known === null) return fresh;
  if (ownDay(known.atMs, about.jitter) !== ownDay(about.nowMs, about.jitter)) return fresh;
  const rank = (usage: UsageReport): number =>
    usageBands.indexOf(usageBand(usage, planOf(about.planKey)?.memoryMiB ?? 0));
  return rank(fresh) > rank(known) ? fresh : known;
};
