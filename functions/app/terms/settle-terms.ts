/** Every runtime whose term is due, oldest first. One bad row stops no other: it steps aside. */
import { asideMs } from '#app/aside.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { settleTerm } from './settle-term.ts';

/** Worked off in one execution; the rest stays due. */
const pageSize = 50;

export const settleTerms = async (deps: CheckoutDeps): Promise<void> => {
  const due = await deps.store.list('runtimes', {
    atMost: { column: 'termDueAt', value: deps.clock.now().toISOString() },
    orderBy: { column: 'termDueAt' },
    limit: pageSize,
  });
  for (const { id } of due) {
    try {
      await settleTerm(deps, id);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const reason = error instanceof Error ? error.message : 'unknown';
      deps.log.error('term.settle_failed', { runtimeId: id, reason });
      await stepAside(deps, id, asideMs(error));
    }
  }
};

const stepAside = async (deps: CheckoutDeps, runtimeId: string, pauseMs: number): Promise<void> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return;
  const termDueAt = new Date(deps.clock.now().getTime() + pauseMs).toISOString();
  await deps.store.update('runtimes', { id: row.id, version: row.version }, { termDueAt });
};
