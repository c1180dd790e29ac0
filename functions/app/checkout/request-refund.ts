/**
 * A customer takes an order back: within seven days of paying, all of it, and only if the runtime
 * never was ready (a receipt is the proof that it was). Asked twice, it is asked of PayApp once.
 */
import { earnsRuntime } from '#core/order/machine.ts';
import { refundPayment } from '#app/orders/refund-payment.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import { paidTimeOf } from '#app/terms/paid-time.ts';
import type { Stored } from '#ports/store.ts';
import type { Account } from '#ports/accounts.ts';
import type { requestRefund as refundOperation } from '#schemas/contract/checkout.ts';
import { customerRefundDays } from '#schemas/contract/checkout.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { CheckoutDeps } from './deps.ts';
import { ownOrder } from './own-order.ts';

type Value = ValueOf<typeof refundOperation>;
const dayMs = 24 * 60 * 60_000;

export const requestRefund = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof refundOperation>,
): Promise<Result<Value>> => {
  const found = await ownOrder(deps, caller, { orderId: body.orderId, to: 'refund' });
  if (!found.ok) return found;
  const order = found.value;
  const { id: orderId, mulNo } = order;
  // The page may show an older state; what the customer wants is under way or done.
  if (order.state === 'refund_requested' || order.state === 'refunded') {
    return succeed({ orderId, state: order.state });
  }
  if (order.revision !== body.revision) return fail('stale_revision');
  if (mulNo === null) return fail('refund_not_allowed');
  const objection = await objectionTo(deps, order);
  if (objection !== null) return fail(objection);
  const refunded = await refundPayment(deps, {
    orderId,
    revision: body.revision,
    mulNo,
    amountKrw: null,
    by: 'customer',
    actor: caller.userId,
    reason: 'customer',
  });
  switch (refunded.kind) {
    case 'cancelled':
    case 'requested':
    // Asked, and an operator sees it: the customer's part is done.
    case 'unknown':
    case 'provider_refused':
      return succeed({ orderId, state: refunded.state });
    case 'not_begun':
      return fail(codeOf(refunded.code));
    case 'missing':
      return fail('order_unknown');
  }
};

const codeOf = (code: string): ErrorCode =>
  code === 'stale_revision' || code === 'refund_in_progress' ? code : 'refund_not_allowed';

const objectionTo = async (deps: CheckoutDeps, order: StoredOrder): Promise<ErrorCode | null> => {
  if (!earnsRuntime(order.state) || order.paidAt === null) return 'refund_not_allowed';
  const lastMs = Date.parse(order.paidAt) + customerRefundDays * dayMs;
  if (deps.clock.now().getTime() > lastMs) return 'refund_window_over';
  const runtime = await deps.store.get('runtimes', order.runtimeId);
  // It is in use from the moment on which it is given.
  if (order.purpose === 'change') return 'refund_renewal_begun';
  if (order.purpose === 'renew') return objectionToRenewal(deps, order, runtime);
  return runtime !== null && runtime.receipt !== null ? 'refund_runtime_was_ready' : null;
};

/** Time that has begun was used; time that lies ahead can be given back. */
const objectionToRenewal = (
  deps: CheckoutDeps,
  order: StoredOrder,
  runtime: Stored<'runtimes'> | null,
): ErrorCode | null => {
  if (runtime === null) return null;
  const period = paidTimeOf(runtime).periods.find(({ orderId }) => orderId === order.id);
  const hasBegun = period !== undefined && Date.parse(period.from) <= deps.clock.now().getTime();
  if (hasBegun) return 'refund_renewal_begun';
  // A larger plan was paid for it since: an operator gives both back.
  const isChanged = (period?.plan?.key ?? order.planKey) !== order.planKey;
  return isChanged ? 'refund_not_allowed' : null;
};
