/** An order of a workspace the caller belongs to; to anyone else it does not exist. */
import type { Account, Teams } from '#ports/accounts.ts';
import type { Store } from '#ports/store.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';

export const ownOrder = async (
  deps: { readonly store: Store; readonly teams: Teams },
  caller: Account,
  orderId: string,
): Promise<StoredOrder | null> => {
  const order = await deps.store.get('orders', orderId);
  if (order === null) return null;
  const role = await deps.teams.roleOf(order.workspaceId, caller.userId);
  return role === null ? null : order;
};
