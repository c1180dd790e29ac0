/** Spreads seeds over threads: every seed is a world of its own, so nothing is shared. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { PlantedBug } from './planted.ts';
import { runSeed } from './run.ts';
import { inThread, sharesOf } from './threads.ts';
import type { Share as Numbers } from './threads.ts';
import type { Violation } from './world.ts';

export interface BadSeed {
  readonly seed: number;
  readonly violation: Violation;
}

export interface Totals {
  readonly seeds: number;
  readonly steps: number;
  readonly bad: readonly BadSeed[];
  /** Fault points at which some execution died. */
  readonly diedAt: readonly string[];
}

interface Share extends Numbers {
  readonly bug: PlantedBug | null;
  readonly stopAtFirst: boolean;
}

/** More than this says nothing new. */
const badAtMost = 500;

export const work = async (share: Share): Promise<Totals> => {
  const bad: BadSeed[] = [];
  const diedAt = new Set<string>();
  let steps = 0;
  let seeds = 0;
  for (let seed = share.from; seed < share.to; seed += share.stride) {
    const result = await runSeed(seed, { bug: share.bug });
    seeds += 1;
    steps += result.steps;
    for (const point of result.diedAt) diedAt.add(point);
    const [violation] = result.violations;
    if (violation !== undefined && bad.length < badAtMost) bad.push({ seed, violation });
    if (bad.length > 0 && share.stopAtFirst) break;
  }
  return { seeds, steps, bad, diedAt: [...diedAt] };
};

const sum = (parts: readonly Totals[]): Totals => ({
  seeds: parts.reduce((total, part) => total + part.seeds, 0),
  steps: parts.reduce((total, part) => total + part.steps, 0),
  bad: parts.flatMap((part) => part.bad).toSorted((a, b) => a.seed - b.seed),
  diedAt: [...new Set(parts.flatMap((part) => part.diedAt))].toSorted(),
});

/** Every seed in [from, from + count). */
export const runMany = async (from: number, count: number): Promise<Totals> => {
  const shares = sharesOf(from, count).map((share) => ({
    ...share,
    bug: null,
    stopAtFirst: false,
  }));
  return sum(await Promise.all(shares.map((share) => inThread<Totals>(import.meta.url, share))));
};

/** The first seed of [1, count] at which the planted bug is noticed. */
export const findPlanted = async (bug: PlantedBug, count: number): Promise<BadSeed | null> => {
  const share = { from: 1, to: count + 1, stride: 1, bug, stopAtFirst: true };
  return (await work(share)).bad[0] ?? null;
};

if (!isMainThread && parentPort !== null) {
  parentPort.postMessage(await work(workerData as Share));
}
