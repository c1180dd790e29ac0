/**
 * The time a runtime was paid for, as a list of periods. Pure. An order adds one period, once, ever;
 * the period begins where what was paid ends, or now if that is over: who pays early loses nothing,
 * and who pays late is not billed for days that are gone.
 */
import { monthsAfter } from '../money/period.ts';
import type { Period, PlanName } from '#schemas/record/term.ts';

export interface PaidTime {
  readonly paidUntil: string;
  readonly periods: readonly Period[];
}

export interface Bought {
  readonly orderId: string;
  readonly months: number;
  readonly now: Date;
  /** What it is paid for; null: what the runtime is. */
  readonly plan?: PlanName | null;
}

/** Of a period that an operator gave: no order stands behind it. */
export const givenPrefix = 'given-';

const dayMs = 24 * 60 * 60_000;
/** Two years of single months; what is older is in the history. */
const keptAtMost = 24;

const kept = (periods: readonly Period[]): readonly Period[] => periods.slice(-keptAtMost);

/** Paid for, or given, and not taken back. */
export const isBought = ({ withdrawn }: Period): boolean => !withdrawn;

/** The first one, of a runtime that is opened now. */
export const firstPeriod = (
  { orderId, months, plan = null }: Omit<Bought, 'now'>,
  now: Date,
): PaidTime => {
  const to = monthsAfter(now, months).toISOString();
  const anchorDay = now.getUTCDate();
  const period = { orderId, from: now.toISOString(), to, anchorDay, withdrawn: false, plan };
  return { paidUntil: to, periods: [period] };
};

/** Null: this order added its period already, or its money went back before it could. */
export const addPeriod = (paid: PaidTime, bought: Bought): PaidTime | null => {
  const { orderId, months, now, plan = null } = bought;
  if (paid.periods.some((period) => period.orderId === orderId)) return null;
  const endMs = Date.parse(paid.paidUntil);
  const isOver = endMs < now.getTime();
  const from = isOver ? now : new Date(endMs);
  const last = paid.periods.findLast(isBought);
  const goesOn = !isOver && last !== undefined && Date.parse(last.to) === endMs;
  const anchorDay = goesOn ? last.anchorDay : from.getUTCDate();
  const to = monthsAfter(from, months, anchorDay).toISOString();
  const period = { orderId, from: from.toISOString(), to, anchorDay, withdrawn: false, plan };
  return { paidUntil: to, periods: kept([...paid.periods, period]) };
};

/** Days an operator gives. `givenId` is theirs alone: given twice under one id is given once. */
export const giveDays = (
  paid: PaidTime,
  given: { readonly givenId: string; readonly days: number; readonly now: Date },
): PaidTime | null => {
  const orderId = `${givenPrefix}${given.givenId}`;
  if (paid.periods.some((period) => period.orderId === orderId)) return null;
  const fromMs = Math.max(Date.parse(paid.paidUntil), given.now.getTime());
  const from = new Date(fromMs).toISOString();
  const end = new Date(fromMs + given.days * dayMs);
  const to = end.toISOString();
  // Of the plan that the time before it is of.
  const plan = paid.periods.findLast(isBought)?.plan ?? null;
  const period = { orderId, from, to, anchorDay: end.getUTCDate(), withdrawn: false, plan };
  return { paidUntil: to, periods: kept([...paid.periods, period]) };
};

/**
 * The money of a period went back: what comes after it moves forward by its length. One that was
 * never added is written down as withdrawn, so that it is not added later. Null: withdrawn already.
 */
export const withdrawPeriod = (paid: PaidTime, orderId: string): PaidTime | null => {
  const index = paid.periods.findIndex((period) => period.orderId === orderId);
  const { paidUntil } = paid;
  const found = paid.periods[index];
  if (found === undefined) {
    const at = { from: paidUntil, to: paidUntil, anchorDay: 1 };
    const never = { orderId, ...at, withdrawn: true, plan: null };
    return { paidUntil, periods: kept([...paid.periods, never]) };
  }
  if (found.withdrawn) return null;
  const lengthMs = Date.parse(found.to) - Date.parse(found.from);
  const earlier = (iso: string): string => new Date(Date.parse(iso) - lengthMs).toISOString();
  const periods = paid.periods.map((period, at) => {
    if (at === index) return { ...period, withdrawn: true };
    return at < index ? period : { ...period, from: earlier(period.from), to: earlier(period.to) };
  });
  return { paidUntil: earlier(paidUntil), periods };
};
