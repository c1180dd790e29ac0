/** Years of many customers, each in a world of its own, over threads. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { BadSeed } from '../crew.ts';
import { inThread, sharesOf } from '../threads.ts';
import type { Share } from '../threads.ts';
import type { YearCounts } from './checks.ts';
import { noCounts } from './checks.ts';
import { runYear } from './year.ts';

export interface YearTotals {
  readonly customers: number;
  readonly steps: number;
  readonly bad: readonly BadSeed[];
  /** What happened in them, so that nobody takes a quiet year for a proven one. */
  readonly counts: YearCounts;
}

const added = (left: YearCounts, right: YearCounts): YearCounts => ({
  renewed: left.renewed + right.renewed,
  suspended: left.suspended + right.suspended,
  resumed: left.resumed + right.resumed,
  deleted: left.deleted + right.deleted,
  retracted: left.retracted + right.retracted,
  given: left.given + right.given,
  left: left.left + right.left,
  kept: left.kept + right.kept,
  changed: left.changed + right.changed,
  reverted: left.reverted + right.reverted,
  switched: left.switched + right.switched,
  charged: left.charged + right.charged,
});

export const liveYears = async ({ from, to, stride }: Share): Promise<YearTotals> => {
  const bad: BadSeed[] = [];
  let [customers, steps, counts] = [0, 0, noCounts()];
  for (let seed = from; seed < to; seed += stride) {
    const year = await runYear(seed);
    customers += 1;
    steps += year.steps;
    counts = added(counts, year.counts);
    const [violation] = year.violations;
    if (violation !== undefined) bad.push({ seed, violation });
  }
  return { customers, steps, bad, counts };
};

export const manyYears = async (from: number, count: number): Promise<YearTotals> => {
  const parts = await Promise.all(
    sharesOf(from, count).map((share) => inThread<YearTotals>(import.meta.url, share)),
  );
  return parts.reduce((all, part) => ({
    customers: all.customers + part.customers,
    steps: all.steps + part.steps,
    bad: [...all.bad, ...part.bad],
    counts: added(all.counts, part.counts),
  }));
};

if (!isMainThread && parentPort !== null) {
  parentPort.postMessage(await liveYears(workerData as Share));
}
