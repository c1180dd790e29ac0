/** An order of a workspace the caller belongs to; to anyone else it does not exist. */
import { mayDo } from '#core/workspace/roles.ts';
import type { Account, Teams } from '#ports/accounts.ts';
import type { Store } from '#ports/store.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Ability } from '#schemas/contract/roles.ts';

export const ownOrder = async (
  deps: { readonly store: Store; readonly teams: Teams },
  caller: Account,
  asked: { readonly orderId: string; readonly to: Ability },
): Promise<Result<StoredOrder>> => {
  const order = await deps.store.get('orders', asked.orderId);
  if (order === null) return fail('order_unknown');
  const role = await deps.teams.roleOf(order.workspaceId, caller.userId);
  if (role === null) return fail('order_unknown');
  return mayDo(role, asked.to) ? succeed(order) : fail('role_not_allowed');
};
