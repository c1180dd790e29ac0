/**
 * The minute sweep: everything that is due, whatever event was lost. Reads through the `due` index
 * in pages, works with bounded concurrency, and leaves the rest to the next minute. Each runtime is
 * first brought as far as it goes without waiting, so that nobody's deployment is asked for only
 * after somebody else's is done; what is under way then is stayed with while there is time.
 */
import type { ReconcileDeps, RunBudget } from './deps.ts';
import { sweepBudget } from './deps.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

/** Each run is mostly waiting for others; more at once would only queue in Dokploy. */
const concurrency = 8;
const pageSize = 100;
/** More than a minute can see to; what is left over stays due. */
const pagesAtMost = 10;

export const sweepRuntimes = async (
  deps: ReconcileDeps,
  budget: RunBudget = sweepBudget,
): Promise<{ readonly looked: number }> => {
  const deadline = deps.clock.now().getTime() + budget.runMs;
  const leftMs = (): number => deadline - deps.clock.now().getTime();
  const underWay: string[] = [];
  let looked = 0;
  await workOff(await dueIds(deps), async (id) => {
    if (leftMs() <= 0) return;
    looked += 1;
    const once = { ...budget, runMs: leftMs(), stays: false };
    if ((await reconcileRuntime(deps, id, once)) === 'later') underWay.push(id);
  });
  await workOff(underWay, async (id) => {
    if (leftMs() > 0) await reconcileRuntime(deps, id, { ...budget, runMs: leftMs() });
  });
  return { looked };
};

/** Read before any is worked on: that moves rows, and a cursor would move with them. */
const dueIds = async (deps: ReconcileDeps): Promise<readonly string[]> => {
  const ids: string[] = [];
  const value = deps.clock.now().toISOString();
  for (let page = 0; page < pagesAtMost; page += 1) {
    const after = ids.at(-1);
    const due = await deps.store.list('runtimes', {
      atMost: { column: 'nextCheckAt', value },
      orderBy: { column: 'nextCheckAt' },
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    ids.push(...due.map(({ id }) => id));
    if (due.length < pageSize) break;
  }
  return ids;
};

const workOff = async (
  ids: readonly string[],
  work: (id: string) => Promise<void>,
): Promise<void> => {
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) await work(id);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
};
