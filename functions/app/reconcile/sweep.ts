/**
 * The minute sweep: everything that is due, whatever event was lost. Reads through the `due`
 * index in pages, works with bounded concurrency, and leaves the rest to the next minute.
 */
import type { ReconcileDeps, RunBudget } from './deps.ts';
import { sweepBudget } from './deps.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

/** Each run is mostly waiting for others; more at once would only queue in Dokploy. */
const concurrency = 8;
const pageSize = 64;

export const sweepRuntimes = async (
  deps: ReconcileDeps,
  budget: RunBudget = sweepBudget,
): Promise<{ readonly looked: number }> => {
  const deadline = deps.clock.now().getTime() + budget.runMs;
  const due = await deps.store.list('runtimes', {
    atMost: { column: 'nextCheckAt', value: deps.clock.now().toISOString() },
    orderBy: { column: 'nextCheckAt' },
    limit: pageSize,
  });
  const queue = due.map((row) => row.id);
  let looked = 0;
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const leftMs = deadline - deps.clock.now().getTime();
      if (leftMs <= 0) return;
      looked += 1;
      await reconcileRuntime(deps, id, { ...budget, runMs: leftMs });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { looked };
};
