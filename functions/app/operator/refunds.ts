/**
 * An operator gives money back, in full or in part, with a reason and the order's id typed again;
 * and says how a refund ended of which PayApp said nothing, after looking at its seller page.
 */
import { recordRefund } from '#core/order/refunds.ts';
import { changeOrder, objection } from '#app/orders/change-order.ts';
import { factsOf } from '#app/orders/order-row.ts';
import { auditOrder, refundPayment } from '#app/orders/refund-payment.ts';
import type { RefundDeps } from '#app/orders/refund-payment.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  refundOrder as refundOperation,
  settleRefund as settleOperation,
} from '#schemas/contract/operator.ts';

export const refundOrder = async (
  deps: RefundDeps,
  actor: string,
  body: BodyOf<typeof refundOperation>,
): Promise<Result<ValueOf<typeof refundOperation>>> => {
  const { orderId, revision, amountKrw, reason } = body;
  if (body.confirmation.trim() !== orderId) return mismatch;
  const order = await deps.store.get('orders', orderId);
  if (order === null) return fail('order_unknown');
  const mulNo = body.mulNo ?? order.mulNo;
  if (mulNo === null) return fail('refund_not_allowed');
  const refunded = await refundPayment(deps, {
    orderId,
    revision,
    mulNo,
    amountKrw,
    by: 'operator',
    actor,
    reason,
  });
  switch (refunded.kind) {
    case 'cancelled':
      return succeed({ orderId, state: refunded.state, kind: 'cancelled' });
    case 'requested':
      return succeed({
        orderId,
        state: refunded.state,
        kind: 'requested',
        payback: refunded.payback,
      });
    case 'unknown':
      return fail('refund_unknown');
    case 'provider_refused':
      return fail('refund_refused', { detail: `errno ${refunded.errno}` });
    case 'not_begun':
      return fail(codeOf(refunded.code));
    case 'missing':
      return fail('order_unknown');
  }
};

const mismatch = fail('refund_confirmation_mismatch', { field: 'confirmation' });

const passedOn = ['stale_revision', 'refund_in_progress', 'refund_amount_invalid'] as const;

const codeOf = (code: string): ErrorCode =>
  passedOn.find((known) => known === code) ?? 'refund_not_allowed';

export const settleRefund = async (
  deps: RefundDeps,
  actor: string,
  body: BodyOf<typeof settleOperation>,
): Promise<Result<ValueOf<typeof settleOperation>>> => {
  const { orderId, revision, refundNo, outcome, reason } = body;
  if (body.confirmation.trim() !== orderId) return mismatch;
  const change = await changeOrder(deps, orderId, {
    // The customer reads this; the audit below keeps who it was.
    actor: 'operator',
    decide: (facts, order) => {
      if (order.revision !== revision) return objection;
      const entry = factsOf(order).refunds.find(({ no }) => no === refundNo);
      // One that is being asked for right now is not for people to judge yet.
      const settleable = entry?.step === 'unknown' || entry?.step === 'requested';
      if (!settleable) return { kind: 'refused', code: 'refund_not_allowed' };
      const step = outcome === 'refunded' ? 'done' : 'refused';
      return recordRefund(facts, refundNo, { step });
    },
  });
  if (change.kind === 'missing') return fail('order_unknown');
  if (change.kind === 'refused') return fail(codeOf(change.code));
  await auditOrder(deps, orderId, {
    kind: `refund.settled_${outcome}`,
    actor,
    detail: { refundNo, reason },
  });
  deps.log.warn('refund.settled', { orderId, refundNo, outcome, actor });
  return succeed({ orderId, state: change.order.state });
};
