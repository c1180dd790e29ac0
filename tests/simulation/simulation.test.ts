/** A few hundred bad worlds with every run of the tests, and every one that was ever bad. */
import { expect, test } from 'vitest';
import { readCorpus } from './corpus.ts';
import { findPlanted } from './crew.ts';
import { plantedBugs } from './planted.ts';
import { runSeed } from './run.ts';

const seeds = 300;
/** All is bounded in steps; this is for what hangs, on machines that do much else. */
const timeoutMs = 600_000;
/** What the worlds have to have come to. */
const sights = ['export_open', 'restored', 'updated'];

const seen = new Set<string>();

const violationsOf = async (seed: number): Promise<readonly string[]> => {
  const result = await runSeed(seed);
  for (const sight of result.seen) seen.add(sight);
  return result.violations.map(
    ({ invariant, what }) => `seed ${seed}, invariant ${invariant}: ${what}`,
  );
};

test(
  `money and machines agree in ${seeds} bad worlds`,
  async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) found.push(...(await violationsOf(seed)));
    expect(found).toEqual([]);
    expect(sights.filter((sight) => !seen.has(sight))).toEqual([]);
  },
  timeoutMs,
);

test(
  'a seed that was bad once is good',
  async () => {
    const found: string[] = [];
    for (const { seed } of readCorpus()) found.push(...(await violationsOf(seed)));
    expect(found).toEqual([]);
  },
  timeoutMs,
);

test('the same seed tells the same story', async () => {
  const [first, second] = [
    await runSeed(42, { tracing: true }),
    await runSeed(42, { tracing: true }),
  ];
  expect(first.trace.length).toBeGreaterThan(10);
  expect(second.trace).toEqual(first.trace);
});

test.each(plantedBugs)(
  'a planted bug is noticed: %s',
  async (bug) => {
    expect(await findPlanted(bug, 1_000)).not.toBeNull();
  },
  timeoutMs,
);
