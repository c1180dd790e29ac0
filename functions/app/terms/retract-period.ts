/**
 * The money of a renewal went back: the time it bought goes too. Key: the order's id in the periods;
 * one that was not added yet is marked, so that a late run of the extension finds it taken.
 */
import { withdrawPeriod } from '#core/term/periods.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import { racesAtMost } from '#app/orders/deps.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import { paidTimeColumns, paidTimeOf } from './paid-time.ts';
import { Contended } from '#ports/store.ts';

export const retractPeriod = async (deps: OrderDeps, order: StoredOrder): Promise<void> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('runtimes', order.runtimeId);
    if (row === null) return;
    const shorter = withdrawPeriod(paidTimeOf(row), order.id);
    if (shorter !== null) {
      const due = deps.clock.now().toISOString();
      const target = { id: row.id, version: row.version };
      const outcome = await deps.store.update('runtimes', target, {
        ...paidTimeColumns(shorter),
        revision: row.revision + 1,
        ...(row.status === 'deleted' ? {} : { nextCheckAt: due, termDueAt: due }),
      });
      if (outcome !== 'updated') continue;
      await deps.faults.reach('term.retracted');
      deps.log.warn('runtime.period_retracted', { runtimeId: row.id, orderId: order.id });
    }
    await appendOnce(deps, row, {
      kind: 'period_retracted',
      key: order.id,
      detail: { orderId: order.id },
      actor: 'system',
      at: deps.clock.now(),
    });
    return;
  }
  throw new Contended('runtime.contended');
};
