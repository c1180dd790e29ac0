/**
 * How long is sold, and what happens when nobody pays: one table of days that the functions keep and
 * the site shows. Every date is counted from the end of what was paid, or from the day on which the
 * runtime really was suspended: whatever is late moves what comes after it, never the other way.
 */
export const termMonths = [1, 3, 12] as const;
export type TermMonths = (typeof termMonths)[number];

const dayMs = 24 * 60 * 60_000;

export const termDays = {
  /** Before the end: a renewal is opened and the first reminder goes out. */
  renewal: 7,
  reminders: [7, 3, 1],
  /** After the end, still running. */
  grace: 7,
  /** Nobody is suspended sooner than this after the message that says so went out. */
  graceNotice: 3,
  /** Where that message cannot be sent at all, the grace is this long. */
  graceWithoutNotice: 14,
  /** After suspension, stopped, data kept. */
  kept: 14,
  /** After suspension: the first warning of deletion. */
  firstWarning: 7,
  /** The second warning comes no sooner after the first, and deletion no sooner after the second. */
  secondWarning: 13,
  betweenWarnings: 3,
  afterSecondWarning: 1,
} as const;

/**
 * Why a runtime is not running. Only `unpaid` is ended by a payment, and only it leads to deletion by
 * itself. `leaving`: its owner is deleting it, and may take that back.
 */
export const suspensionReasons = ['unpaid', 'refunded', 'operator', 'customer', 'leaving'] as const;
export type SuspensionReason = (typeof suspensionReasons)[number];

export interface TermDates {
  /** ISO, as all of them: what is paid ends. */
  readonly endsAt: string;
  readonly remindsAt: readonly string[];
  readonly suspendsAt: string;
  readonly firstWarningAt: string;
  readonly secondWarningAt: string;
  readonly deletesAt: string;
}

/** The dates if nothing is paid and nothing is late; `suspendedAt` once it is suspended. */
export const termDates = (paidUntil: string, suspendedAt: string | null = null): TermDates => {
  const endMs = Date.parse(paidUntil);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const suspendsMs =
    suspendedAt === null ? endMs + termDays.grace * dayMs : Date.parse(suspendedAt);
  return {
    endsAt: iso(endMs),
    remindsAt: termDays.reminders.map((days) => iso(endMs - days * dayMs)),
    suspendsAt: iso(suspendsMs),
    firstWarningAt: iso(suspendsMs + termDays.firstWarning * dayMs),
    secondWarningAt: iso(suspendsMs + termDays.secondWarning * dayMs),
    deletesAt: iso(suspendsMs + termDays.kept * dayMs),
  };
};
