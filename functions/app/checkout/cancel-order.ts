/**
 * Cancels an unpaid order at its member's wish. The pay link is killed first; one that PayApp will
 * not kill may have been paid already, and then nothing is cancelled. Asking twice is harmless.
 */
import { close } from '#core/order/commands.ts';
import { isOpen } from '#core/order/machine.ts';
import { cancelLink } from '#app/orders/cancel-link.ts';
import { changeOrder, objection } from '#app/orders/change-order.ts';
import type { Account } from '#ports/accounts.ts';
import type { cancelOrder as cancelOperation } from '#schemas/contract/checkout.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { CheckoutDeps } from './deps.ts';
import { ownOrder } from './own-order.ts';

interface Cancelled {
  readonly orderId: string;
  readonly state: string;
}

export const cancelOrder = async (
  deps: CheckoutDeps,
  caller: Account,
  body: BodyOf<typeof cancelOperation>,
): Promise<Result<Cancelled>> => {
  const found = await ownOrder(deps, caller, { orderId: body.orderId, to: 'pay' });
  if (!found.ok) return found;
  const order = found.value;
  const orderId = order.id;
  if (order.state === 'cancelled') return succeed({ orderId, state: order.state });
  if (order.revision !== body.revision) return fail('stale_revision');
  if (!isOpen(order.state)) return fail('order_not_cancellable');
  const { mulNo } = order;
  if (mulNo !== null) {
    const outcome = await cancelLink(deps, orderId, mulNo);
    if (outcome === 'unknown') return fail('payment_provider_unavailable');
    if (outcome === 'refused') return fail('order_not_cancellable', { detail: 'possibly paid' });
  }
  await deps.faults.reach('order.link_dead');
  const change = await changeOrder(deps, orderId, {
    actor: caller.userId,
    // A link that opened meanwhile is not known to be dead.
    decide: (facts) =>
      isOpen(facts.state) && facts.mulNo !== mulNo
        ? objection
        : close(facts, 'cancelled_by_customer'),
  });
  if (change.kind === 'missing') return fail('order_unknown');
  if (change.kind === 'refused') {
    return fail(change.code === 'stale_revision' ? 'stale_revision' : 'order_not_cancellable');
  }
  return succeed({ orderId, state: change.order.state });
};
