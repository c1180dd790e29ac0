/** Settles every order that is due, oldest first, up to `limit`. One bad order stops no other. */
import { StoreUnavailable } from '#ports/store.ts';
import type { OrderDeps } from './deps.ts';
import { settleOrder } from './settle-order.ts';

export interface Sweep {
  readonly now: Date;
  /** 1–100 */
  readonly limit: number;
}

export const settleOrders = async (
  deps: OrderDeps,
  sweep: Sweep,
): Promise<{ readonly settled: number; readonly failed: number }> => {
  const due = await deps.store.list('orders', {
    atMost: { column: 'nextCheckAt', value: sweep.now.toISOString() },
    orderBy: { column: 'nextCheckAt' },
    limit: sweep.limit,
  });
  let failed = 0;
  for (const order of due) {
    try {
      await settleOrder(deps, order.id);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      failed += 1;
      const reason = error instanceof Error ? error.message : 'unknown';
      deps.log.error('order.settle_failed', { orderId: order.id, reason });
    }
  }
  return { settled: due.length - failed, failed };
};
