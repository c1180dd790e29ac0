/**
 * Which plan a runtime is paid for at which time. Every period says what it was bought as; a change
 * of plan that was paid says which periods are another plan since. So plan and money cannot differ:
 * the runtime's plan is that of the period it lives in. Pure.
 */
import { proratedKrw } from '../money/prorate.ts';
import type { Stretch } from '../money/prorate.ts';
import type { Period, PlanChange, PlanName } from '#schemas/record/term.ts';
import type { TermMonths } from '#schemas/contract/terms.ts';
import { givenPrefix, isBought } from './periods.ts';

export interface Planned {
  readonly planKey: string;
  readonly planVersion: number;
  readonly periods: readonly Period[];
  readonly changes: readonly PlanChange[];
}

export type Prices = Readonly<Record<TermMonths, number>>;

const dayMs = 24 * 60 * 60_000;
/** Days an operator gave are priced by the month. */
const givenMonthMs = 30 * dayMs;
const keptAtMost = 8;

const samePlan = (a: PlanName, b: PlanName): boolean => a.key === b.key && a.version === b.version;

const ownPlan = ({ planKey, planVersion }: Omit<Planned, 'periods' | 'changes'>): PlanName => ({
  key: planKey,
  version: planVersion,
});

/** Of a period of before plans were written down: what the runtime is. */
const planOfPeriod = (planned: Planned, { plan }: Period): PlanName => plan ?? ownPlan(planned);

const isIn = ({ from, to }: Period, nowMs: number): boolean =>
  Date.parse(from) <= nowMs && nowMs < Date.parse(to);

/** Between periods, and after the last one, it stays what it was. */
export const planAt = (planned: Planned, nowMs: number): PlanName => {
  const bought = planned.periods.filter(isBought);
  const current =
    bought.find((period) => isIn(period, nowMs)) ??
    bought.findLast(({ to }) => Date.parse(to) <= nowMs);
  return current === undefined ? ownPlan(planned) : planOfPeriod(planned, current);
};

/** When the runtime's plan is another than it is now; at once where it is already. Null: never. */
export const switchesAtMs = (planned: Planned, nowMs: number): number | null => {
  const own = ownPlan(planned);
  if (!samePlan(planAt(planned, nowMs), own)) return nowMs;
  const next = planned.periods
    .filter((period) => isBought(period) && Date.parse(period.from) > nowMs)
    .find((period) => !samePlan(planOfPeriod(planned, period), own));
  return next === undefined ? null : Date.parse(next.from);
};

/** Months as they were sold, told by the length: a refund before it may have moved a period. */
const monthsOf = (lengthMs: number): TermMonths => {
  if (lengthMs < 46 * dayMs) return 1;
  return lengthMs < 200 * dayMs ? 3 : 12;
};

/** What a change is about: time of this plan that is left now and ends by `until`. */
export interface Scope {
  readonly from: PlanName;
  readonly at: string;
  readonly until: string;
}

const isCovered = (planned: Planned, period: Period, { from, at, until }: Scope): boolean =>
  isBought(period) &&
  Date.parse(period.to) > Date.parse(at) &&
  Date.parse(period.to) <= Date.parse(until) &&
  samePlan(planOfPeriod(planned, period), from);

/** What the time that is left costs more; 0 where none is left. */
export const upgradeKrw = (
  planned: Planned,
  scope: Scope,
  prices: { readonly from: Prices; readonly to: Prices },
): number => {
  const atMs = Date.parse(scope.at);
  const stretches = planned.periods
    .filter((period) => isCovered(planned, period, scope))
    .map((period): Stretch => {
      const isGiven = period.orderId.startsWith(givenPrefix);
      const lengthMs = Date.parse(period.to) - Date.parse(period.from);
      const months = isGiven ? 1 : monthsOf(lengthMs);
      const differenceKrw = Math.max(0, prices.to[months] - prices.from[months]);
      const leftMs = Date.parse(period.to) - Math.max(atMs, Date.parse(period.from));
      if (!isGiven) return { differenceKrw, leftMs, lengthMs };
      // More than a month of days: as many months' difference.
      const unitMs = Math.max(givenMonthMs, lengthMs);
      const units = unitMs / givenMonthMs;
      return { differenceKrw: Math.floor(differenceKrw * units), leftMs, lengthMs: unitMs };
    });
  return proratedKrw(stretches);
};

/** Null: there is no such time any more, or the runtime is another plan: the money goes back. */
export const withChange = (
  planned: Planned,
  change: { readonly orderId: string; readonly to: PlanName; readonly scope: Scope },
  nowMs: number,
): Pick<Planned, 'periods' | 'changes'> | null => {
  const { orderId, to, scope } = change;
  if (!samePlan(planAt(planned, nowMs), scope.from)) return null;
  const covers = planned.periods
    .filter((period) => isCovered(planned, period, scope) && Date.parse(period.to) > nowMs)
    .map((period) => period.orderId);
  const current = planned.periods.find((period) => isBought(period) && isIn(period, nowMs));
  if (current === undefined || !covers.includes(current.orderId)) return null;
  const periods = planned.periods.map((period) => ({
    ...period,
    plan: covers.includes(period.orderId) ? to : planOfPeriod(planned, period),
  }));
  const made = { orderId, at: scope.at, from: scope.from, to, covers, withdrawn: false };
  return { periods, changes: [...planned.changes, made].slice(-keptAtMost) };
};

/** Its money went back: what it changed is again what it was; one never made is never made. */
export const withoutChange = (
  planned: Planned,
  orderId: string,
  never: { readonly from: PlanName; readonly to: PlanName; readonly at: string },
): Pick<Planned, 'periods' | 'changes'> | null => {
  const found = planned.changes.find((change) => change.orderId === orderId);
  if (found === undefined) {
    const mark = { ...never, orderId, covers: [], withdrawn: true };
    return { periods: planned.periods, changes: [...planned.changes, mark].slice(-keptAtMost) };
  }
  if (found.withdrawn) return null;
  const periods = planned.periods.map((period) => {
    const isIts = found.covers.includes(period.orderId);
    return isIts && samePlan(planOfPeriod(planned, period), found.to)
      ? { ...period, plan: found.from }
      : { ...period, plan: planOfPeriod(planned, period) };
  });
  const changes = planned.changes.map((change) =>
    change.orderId === orderId ? { ...change, withdrawn: true } : change,
  );
  return { periods, changes };
};
