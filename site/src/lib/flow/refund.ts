/**
 * Whether a customer may ask for the money back, told before asking; the functions decide again.
 * The rule: within seven days of the payment, if the runtime never became ready.
 */
import { customerRefundDays } from '#schemas/contract/checkout.ts';
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import { conditionsOf } from './steps.ts';

const dayMs = 86_400_000;

export type RefundView =
  | { readonly kind: 'allowed'; readonly untilIso: string }
  /** Paid, but the rule says no: the operator may still do it. */
  | { readonly kind: 'was_ready' | 'too_late' }
  /** A refund was asked for and has not ended. */
  | { readonly kind: 'under_way' }
  | { readonly kind: 'not_paid' };

/** Ready now or once before: a receipt, or a condition that says the proof is older than the runtime. */
export const wasReady = (runtime: RuntimeRow | null): boolean =>
  runtime !== null &&
  (runtime.status === 'ready' ||
    runtime.status === 'degraded' ||
    runtime.receipt !== null ||
    conditionsOf(runtime).some((condition) => condition.reason === 'smoke_outdated'));

export const refundOf = (
  order: OrderRow,
  runtime: RuntimeRow | null,
  nowMs: number,
): RefundView => {
  const isPaid = order.state === 'paid' || order.state === 'fulfilled';
  if (!isPaid || order.paidAt === null) return { kind: 'not_paid' };
  if (order.refundState === 'pending' || order.refundState === 'requested') {
    return { kind: 'under_way' };
  }
  if (wasReady(runtime)) return { kind: 'was_ready' };
  const untilMs = Date.parse(order.paidAt) + customerRefundDays * dayMs;
  if (!(nowMs < untilMs)) return { kind: 'too_late' };
  return { kind: 'allowed', untilIso: new Date(untilMs).toISOString() };
};
