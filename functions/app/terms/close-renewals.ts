/**
 * Renewals and changes of plan of one runtime that can still be paid are made due for expiry: the pay
 * link is killed before the order ends, as for any order whose time is up.
 */
import { isOpen } from '#core/order/machine.ts';
import { isDelivery } from '#core/order/facts.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import { factsOf } from '#app/orders/order-row.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import type { Store } from '#ports/store.ts';

/** Twelve a year at most come from us, a few from a member who changes their mind. */
const ordersAtMost = 100;

export const renewalsOf = async (
  store: Store,
  runtimeId: string,
): Promise<readonly StoredOrder[]> =>
  (await laterOrdersOf(store, runtimeId)).filter(({ purpose }) => purpose === 'renew');

/** Whatever was ordered for it after it was opened. */
export const laterOrdersOf = async (
  store: Store,
  runtimeId: string,
): Promise<readonly StoredOrder[]> => {
  const orders = await store.list('orders', {
    where: { runtimeId },
    newestFirst: true,
    limit: ordersAtMost,
  });
  return orders.filter(({ purpose }) => (purpose ?? 'open') !== 'open');
};

interface Which {
  readonly except?: string;
  readonly renewalsOnly?: boolean;
}

/** `settled`: none of them can bring money any more, and none that did waits to be carried out. */
export const closeRenewals = async (
  deps: Pick<ChangeDeps, 'store' | 'clock'>,
  runtimeId: string,
  which: Which = {},
): Promise<'settled' | 'open'> => {
  const now = deps.clock.now().toISOString();
  let outcome: 'settled' | 'open' = 'settled';
  for (const order of await laterOrdersOf(deps.store, runtimeId)) {
    if (order.id === which.except) continue;
    if (which.renewalsOnly === true && order.purpose !== 'renew') continue;
    const waits = order.state === 'paid' || factsOf(order).effects.some(isDelivery);
    if (!isOpen(order.state)) {
      if (waits) outcome = 'open';
      continue;
    }
    outcome = 'open';
    // Being closed already: its own next look goes on.
    if (Date.parse(order.expiresAt) <= Date.parse(now)) continue;
    const target = { id: order.id, version: order.version };
    await deps.store.update('orders', target, { expiresAt: now, nextCheckAt: now });
  }
  return outcome;
};
