/**
 * Settles every order that is due, oldest first, up to `limit`. One bad order stops no other: it is
 * looked at again later, and only a store that refuses order after order ends the run.
 */
import { asideMs } from '#app/aside.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { OrderDeps } from './deps.ts';
import { settleOrder } from './settle-order.ts';

export interface Sweep {
  readonly now: Date;
  /** 1–100 */
  readonly limit: number;
}

/** So many in a row: it is the store. */
const failuresInRowAtMost = 3;

export interface Settled {
  readonly settled: number;
  readonly failed: number;
}

export const settleOrders = async (deps: OrderDeps, sweep: Sweep): Promise<Settled> => {
  const due = await deps.store.list('orders', {
    atMost: { column: 'nextCheckAt', value: sweep.now.toISOString() },
    orderBy: { column: 'nextCheckAt' },
    limit: sweep.limit,
  });
  return settleEach(
    deps,
    due.map(({ id }) => id),
  );
};

export const settleEach = async (
  deps: OrderDeps,
  orderIds: readonly string[],
): Promise<Settled> => {
  let failed = 0;
  let inRow = 0;
  for (const orderId of orderIds) {
    try {
      await settleOrder(deps, orderId);
      inRow = 0;
    } catch (error) {
      failed += 1;
      inRow += 1;
      const reason = error instanceof Error ? error.message : 'unknown';
      deps.log.error('order.settle_failed', { orderId, reason });
      const aside = await stepAside(deps, orderId, asideMs(error));
      if (!aside && inRow >= failuresInRowAtMost) throw error;
    }
  }
  return { settled: orderIds.length - failed, failed };
};

/** Out of the way of the others; false when even that could not be written. */
const stepAside = async (deps: OrderDeps, orderId: string, pauseMs: number): Promise<boolean> => {
  try {
    const order = await deps.store.get('orders', orderId);
    if (order === null) return true;
    const nextCheckAt = new Date(deps.clock.now().getTime() + pauseMs).toISOString();
    const target = { id: order.id, version: order.version };
    await deps.store.update('orders', target, { nextCheckAt });
    return true;
  } catch (error) {
    if (error instanceof StoreUnavailable) return false;
    throw error;
  }
};
