/**
 * Ends an unpaid order whose time is up. The pay link is killed first: only a surely dead link lets
 * the order expire; a link that PayApp will not kill may have been paid, which a person looks into.
 */
import { close } from '#core/order/commands.ts';
import { cancelLink } from './cancel-link.ts';
import { changeOrder } from './change-order.ts';
import type { OrderDeps } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';

export const expireOrder = async (
  deps: OrderDeps,
  order: StoredOrder,
): Promise<'closed' | 'possibly_paid' | 'unknown'> => {
  const { mulNo } = order;
  if (mulNo !== null) {
    const outcome = await cancelLink(deps, order.id, mulNo);
    if (outcome === 'unknown') return 'unknown';
    if (outcome === 'refused') {
      await raiseTask(deps, { kind: 'missing_feedback', subjectId: order.id, mulNo });
      return 'possibly_paid';
    }
  }
  await deps.faults.reach('order.link_dead');
  await changeOrder(deps, order.id, {
    actor: 'system',
    // Another link may have come into being meanwhile: that one is not known to be dead.
    decide: (facts) => (facts.mulNo === mulNo ? close(facts, 'expired') : { kind: 'unchanged' }),
  });
  return 'closed';
};
