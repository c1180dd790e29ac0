/**
 * When PayApp charges by itself. Days are Korean ones. Which day of the month it is follows from the
 * day of the agreement; 29 to 31 become 28, so that the first cycle is a whole one and no month lacks
 * the day. Pure.
 */
const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
const koreaMs = 9 * hourMs;
const lastChargeDay = 28;
/** The day of a cycle comes no sooner after a charge; one that was charged late keeps its rhythm. */
const soonestMs = 20 * dayMs;

export const chargeDayOf = (now: Date): number =>
  Math.min(new Date(now.getTime() + koreaMs).getUTCDate(), lastChargeDay);

/** The end of the day on which the next charge is due after one at `afterMs`. */
export const nextChargeMs = (chargeDay: number, afterMs: number): number => {
  const from = new Date(afterMs + soonestMs + koreaMs);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
  const isPast = from.getUTCDate() > chargeDay;
  return Date.UTC(year, month + (isPast ? 1 : 0), chargeDay + 1) - koreaMs;
};

/** PayApp wants an end; nobody's runtime is meant to meet it. `yyyy-mm-dd`. */
const years = 10;

export const lastDayOf = (now: Date): string => {
  const day = new Date(now.getTime() + koreaMs);
  return `${day.getUTCFullYear() + years}${day.toISOString().slice(4, 8)}${String(chargeDayOf(now)).padStart(2, '0')}`;
};

const written = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/;

/** PayApp's own time, as it writes it: Korean, without saying so. Null: not readable. */
export const paidAtMs = (payDate: string): number | null => {
  const [, day, time] = written.exec(payDate) ?? [];
  const ms = Date.parse(`${day ?? ''}T${time ?? ''}+09:00`);
  return Number.isNaN(ms) ? null : ms;
};
