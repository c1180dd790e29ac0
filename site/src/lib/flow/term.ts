/** How a runtime's paid time stands, and what comes when if nobody pays. Pure. */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import { termDates, termDays } from '#schemas/contract/terms.ts';

/** leaving: an owner is deleting it. stopped: by an operator or because its money went back; no payment starts it. */
export type TermState =
  'running' | 'ending' | 'grace' | 'unpaid' | 'paused' | 'stopped' | 'leaving' | 'deleted';

export type TermEvent =
  'reminders' | 'end' | 'suspension' | 'first_warning' | 'second_warning' | 'deletion';

export interface TermLine {
  readonly event: TermEvent;
  /** ISO; the first of the reminders. */
  readonly at: string;
  readonly past: boolean;
}

export interface TermView {
  readonly state: TermState;
  /** Whole days, rounded up; negative once it is over. */
  readonly daysLeft: number;
  /** Empty where none of it will happen. */
  readonly lines: readonly TermLine[];
  /** A renewal that is ordered and can be paid now. */
  readonly open: OrderRow | null;
  readonly renewable: boolean;
}

const dayMs = 24 * 60 * 60_000;

const stateOf = (runtime: RuntimeRow, leftMs: number): TermState => {
  const { status, suspendedFor } = runtime;
  if (status === 'deleted' || status === 'deleting') return 'deleted';
  if (runtime.deletesAt !== null) return 'leaving';
  if (suspendedFor === 'unpaid') return 'unpaid';
  if (suspendedFor === 'customer') return 'paused';
  if (status === 'suspended') return 'stopped';
  if (leftMs <= 0) return 'grace';
  return leftMs <= termDays.renewal * dayMs ? 'ending' : 'running';
};

const linesOf = (runtime: RuntimeRow, nowMs: number): readonly TermLine[] => {
  const isUnpaid = runtime.suspendedFor === 'unpaid';
  const dates = termDates(runtime.paidUntil, isUnpaid ? runtime.suspendedAt : null);
  const [firstReminder = dates.endsAt] = dates.remindsAt;
  const lines: readonly (readonly [TermEvent, string])[] = [
    ['reminders', firstReminder],
    ['end', dates.endsAt],
    ['suspension', dates.suspendsAt],
    ['first_warning', dates.firstWarningAt],
    ['second_warning', dates.secondWarningAt],
    ['deletion', dates.deletesAt],
  ];
  return lines.map(([event, at]) => ({ event, at, past: Date.parse(at) <= nowMs }));
};

export const termViewOf = (
  runtime: RuntimeRow,
  orders: readonly OrderRow[],
  nowMs: number,
): TermView => {
  const leftMs = Date.parse(runtime.paidUntil) - nowMs;
  const state = stateOf(runtime, leftMs);
  const isOver = state === 'stopped' || state === 'leaving' || state === 'deleted';
  const open = orders.findLast(
    (order) =>
      order.runtimeId === runtime.$id &&
      order.purpose === 'renew' &&
      order.state === 'awaiting_payment' &&
      order.payUrl !== null,
  );
  return {
    state,
    daysLeft: Math.ceil(leftMs / dayMs),
    lines: isOver ? [] : linesOf(runtime, nowMs),
    open: isOver ? null : (open ?? null),
    renewable: state !== 'deleted' && state !== 'leaving' && runtime.suspendedFor !== 'refunded',
  };
};
