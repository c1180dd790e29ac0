/**
 * A refund that was about to be asked for and of which nothing more was written: whoever asked died.
 * PayApp may or may not have heard, so it is not asked again: the refund becomes `unknown`, which
 * raises a task, and PayApp's notice or an operator closes it.
 */
import { recordRefund } from '#core/order/refunds.ts';
import { changeOrder } from './change-order.ts';
import type { ChangeDeps } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { factsOf } from './order-row.ts';

/** Longer than both calls and the writes between may take. */
const silentAfterMs = 2 * 60_000;

/** When to look again, `noted` when something was written, or null: nothing is under way. */
export const watchRefunds = async (
  deps: ChangeDeps,
  order: StoredOrder,
): Promise<number | 'noted' | null> => {
  const underWay = factsOf(order).refunds.find(
    ({ step }) => step === 'cancelling' || step === 'requesting',
  );
  if (underWay === undefined) return null;
  const until = Date.parse(underWay.at) + silentAfterMs;
  if (deps.clock.now().getTime() < until) return until;
  await changeOrder(deps, order.id, {
    actor: 'system',
    decide: (facts) => recordRefund(facts, underWay.no, { step: 'unknown' }),
  });
  deps.log.error('refund.unknown', { orderId: order.id, refundNo: underWay.no });
  return 'noted';
};
