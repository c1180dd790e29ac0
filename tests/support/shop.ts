/** A customer in a workspace, and the steps of buying, over the small world. */
import { openOrder } from '#app/checkout/open-order.ts';
import { removeExpiredLimits } from '#app/limits/remove-expired.ts';
import { applyNotices } from '#app/orders/apply-notices.ts';
import { auditMoney } from '#app/orders/audit-money.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import { settleOrders } from '#app/orders/settle-orders.ts';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { World } from './world.ts';
import { deliver } from './world.ts';

export const customer = { userId: 'mina', email: 'mina@example.com', name: 'Mina', labels: [] };

export const workspaceOf = async (world: World, subdomain = 'acme'): Promise<string> => {
  const body = { name: 'Acme', subdomain, planKey: 'basic' };
  const made = await createWorkspace(world, customer, body);
  if (!made.ok) throw new Error(made.error.code);
  return made.value.workspaceId;
};

export const openBody = (
  workspaceId: string,
  requestKey = 'k'.repeat(16),
): Parameters<typeof openOrder>[2] => ({
  workspaceId,
  planKey: 'basic',
  runtimeName: 'First',
  phone: '010-1234-5678',
  requestKey,
});

export const orderFor = async (
  world: World,
  workspaceId: string,
  requestKey?: string,
): Promise<{ readonly orderId: string; readonly runtimeId: string; readonly mulNo: string }> => {
  const opened = await openOrder(world, customer, openBody(workspaceId, requestKey));
  if (!opened.ok) throw new Error(opened.error.code);
  const order = await world.store.get('orders', opened.value.orderId);
  if (order?.mulNo == null) throw new Error('no payment request');
  return { ...opened.value, mulNo: order.mulNo };
};

/** What the reconciler does with money in one run. */
export const sweep = async (world: OrderDeps): Promise<void> => {
  const bounds = { now: world.clock.now(), limit: 100 };
  await applyNotices(world, bounds);
  await settleOrders(world, { ...bounds, now: world.clock.now() });
  await auditMoney(world, 50);
  await removeExpiredLimits(world);
};

/** The machines' side: this runtime came up, or (with a receipt) was proven. */
export const bringUp = async (
  world: Pick<World, 'store'>,
  runtimeId: string,
  changes: Partial<RowOf<'runtimes'>> = { status: 'auth_required' },
): Promise<void> => {
  const runtime = await world.store.get('runtimes', runtimeId);
  if (runtime === null) throw new Error('no runtime');
  await world.store.update('runtimes', { id: runtime.id, version: runtime.version }, changes);
};

/** An order that is paid and has its runtime. */
export const paidOrder = async (
  world: World,
  workspaceId: string,
  requestKey?: string,
): ReturnType<typeof orderFor> => {
  const order = await orderFor(world, workspaceId, requestKey);
  await deliver(world, order.orderId, world.payments.pay(order.mulNo));
  await sweep(world);
  return order;
};

/** Everything PayApp has to say, from the beginning; twice told is once told. */
export const deliverAll = async (world: World): Promise<void> => {
  for (const { orderId, notice } of world.payments.mail) await deliver(world, orderId, notice);
};
