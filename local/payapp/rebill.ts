/**
 * What the payer agreed to be charged for each cycle: a table of its own, pure functions, no clock.
 * Guarantees: nothing is charged before the payer approved it, nor after it was cancelled; while it is
 * stopped its cycles pass uncharged.
 */
import * as z from 'zod';
import { koreanDay, koreanTime } from './korean-time.ts';

export const rebill = z.object({
  rebillNo: z.string(),
  code: z.string(),
  status: z.enum(['registered', 'approved', 'stopped', 'cancelled']),
  goodname: z.string(),
  priceKrw: z.number(),
  recvphone: z.string(),
  cycleType: z.enum(['Month', 'Week', 'Day']),
  /** Day of the month (90 = the last one) or of the week (1 = Monday); 0 where every day is one. */
  cycleDay: z.number(),
  /** `yyyy-mm-dd`, the last day on which it may be charged. */
  expire: z.string(),
  feedbackUrl: z.string(),
  failUrl: z.string(),
  retries: z.boolean(),
  returnUrl: z.string(),
  var1: z.string(),
  var2: z.string(),
  requestedAtMs: z.number(),
  /** Of the newest cycle that was charged, or failed; absent before the first one. */
  cycleAtMs: z.number().optional(),
  /** Charges that were paid. */
  charges: z.number().default(0),
});
export type Rebill = z.infer<typeof rebill>;

export type RebillChange = 'rebillCancel' | 'rebillStop' | 'rebillStart';

const MAY: Readonly<Record<RebillChange, readonly Rebill['status'][]>> = {
  rebillCancel: ['registered', 'approved', 'stopped'],
  rebillStop: ['approved'],
  rebillStart: ['stopped'],
};
const BECOMES: Readonly<Record<RebillChange, Rebill['status']>> = {
  rebillCancel: 'cancelled',
  rebillStop: 'stopped',
  rebillStart: 'approved',
};

/** Undefined when it cannot happen now: cancelled twice is refused, as nobody says otherwise. */
export function changeRebill(known: Rebill, change: RebillChange): Rebill | undefined {
  return MAY[change].includes(known.status) ? { ...known, status: BECOMES[change] } : undefined;
}

const LAST_DAY = 90;
const DAY_MS = 86_400_000;
/** More than a cycle has. */
const DAYS_LIMIT = 62;

function isCycleDay({ cycleType, cycleDay }: Rebill, atMs: number): boolean {
  const { dayOfMonth, dayOfWeek, daysInMonth } = koreanDay(atMs);
  switch (cycleType) {
    case 'Day':
      return true;
    case 'Week':
      return dayOfWeek === cycleDay;
    case 'Month':
      return dayOfMonth === Math.min(cycleDay === LAST_DAY ? daysInMonth : cycleDay, daysInMonth);
  }
}

/**
 * The first cycle day after the one that was charged last; how PayApp counts from the first approval
 * is not published. Undefined while nothing may be charged.
 */
export function nextCycleMs(known: Rebill): number | undefined {
  if (known.status !== 'approved' || known.cycleAtMs === undefined) return undefined;
  for (let days = 1; days <= DAYS_LIMIT; days += 1) {
    const atMs = known.cycleAtMs + days * DAY_MS;
    if (isCycleDay(known, atMs)) {
      return koreanTime(atMs).slice(0, 10) <= known.expire ? atMs : undefined;
    }
  }
  return undefined;
}
