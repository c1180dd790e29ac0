/** Years of many customers, each in a world of its own, over threads. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { BadSeed } from '../crew.ts';
import { inThread, sharesOf } from '../threads.ts';
import type { Share } from '../threads.ts';
import type { YearCounts } from './checks.ts';
import { noCounts } from './checks.ts';
import type { FleetCounts } from './fleet-checks.ts';
import { noFleetCounts } from './fleet-checks.ts';
import { runFleet } from './fleet.ts';
import { runYear } from './year.ts';

/** One fleet of twenty runtimes for so many customers: a day of a machine costs more than its money's. */
const customersAFleet = 200;

export interface YearTotals {
  readonly customers: number;
  readonly steps: number;
  readonly bad: readonly BadSeed[];
  /** What happened in them, so that nobody takes a quiet year for a proven one. */
  readonly counts: YearCounts & FleetCounts;
}

type Counts = YearTotals['counts'];

const noCountsYet = (): Counts => ({ ...noCounts(), ...noFleetCounts() });

const added = (left: Counts, right: Partial<Counts>): Counts => {
  const sums = { ...left };
  for (const name of Object.keys(left) as (keyof Counts)[]) sums[name] += right[name] ?? 0;
  return sums;
};

export const liveYears = async ({ from, to, stride }: Share): Promise<YearTotals> => {
  const bad: BadSeed[] = [];
  let [customers, steps, counts] = [0, 0, noCountsYet()];
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

/** The machines' side. */
export const liveFleets = async ({ from, to, stride }: Share): Promise<YearTotals> => {
  const bad: BadSeed[] = [];
  let [steps, counts] = [0, noCountsYet()];
  for (let seed = from; seed < to; seed += stride) {
    const fleet = await runFleet(seed);
    steps += fleet.steps;
    counts = added(counts, fleet.counts);
    const [violation] = fleet.violations;
    if (violation !== undefined) bad.push({ seed, violation });
  }
  return { customers: 0, steps, bad, counts };
};

const both = (all: YearTotals, part: YearTotals): YearTotals => ({
  customers: all.customers + part.customers,
  steps: all.steps + part.steps,
  bad: [...all.bad, ...part.bad],
  counts: added(all.counts, part.counts),
});

/** A thread's share of the customers, and of the fleets. */
const live = async (share: Share): Promise<YearTotals> => {
  const to = share.from + Math.ceil((share.to - share.from) / customersAFleet);
  return both(await liveYears(share), await liveFleets({ ...share, to }));
};

export const manyYears = async (from: number, count: number): Promise<YearTotals> => {
  const parts = await Promise.all(
    sharesOf(from, count).map((share) => inThread<YearTotals>(import.meta.url, share)),
  );
  return parts.reduce(both);
};

if (!isMainThread && parentPort !== null) {
  parentPort.postMessage(await live(workerData as Share));
}
