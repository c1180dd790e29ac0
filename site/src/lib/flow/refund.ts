/**
 * Whether a customer may ask for the money back, told before asking; the functions decide again.
 * The rule: within seven days of the payment, if the runtime never became ready.
 */
import { customerRefundDays } from '#schemas/contract/checkout.ts';
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';

const dayMs = 86_400_000;

/** Money of the customer is here for a runtime that is owed. */
const earning: ReadonlySet<OrderState> = new Set(['paid', 'fulfilled', 'partially_refunded']);

export type RefundView =
  | { readonly kind: 'allowed'; readonly untilIso: string }
  /** Paid, but the rule says no: the operator may still do it. */
  | { readonly kind: 'was_ready' | 'too_late' }
  /** A refund was asked for and has not ended. */
  | { readonly kind: 'under_way' }
  | { readonly kind: 'not_paid' };

/** A receipt is written once a runtime is ready, and stays when it no longer is. */
export const wasReady = (runtime: RuntimeRow | null): boolean =>
  runtime !== null && runtime.receipt !== null;

export const refundOf = (
  order: OrderRow,
  runtime: RuntimeRow | null,
  nowMs: number,
): RefundView => {
  const isPaid = earning.has(order.state);
  if (!isPaid || order.paidAt === null) return { kind: 'not_paid' };
  if (order.refundState === 'pending' || order.refundState === 'requested') {
    return { kind: 'under_way' };
  }
  if (wasReady(runtime)) return { kind: 'was_ready' };
  const untilMs = Date.parse(order.paidAt) + customerRefundDays * dayMs;
  if (!(nowMs < untilMs)) return { kind: 'too_late' };
  return { kind: 'allowed', untilIso: new Date(untilMs).toISOString() };
};
