/**
 * `npm run sim [-- --seeds N | --seed N | --planted] [--from N] [--json]`: the product's own core and
 * app code in thousands of small bad worlds. A seed that breaks an invariant is shown with the end
 * of its story and kept in corpus.json; `--seed N` tells the whole story again.
 */
import { parseArgs } from 'node:util';
import { addToCorpus, readCorpus } from './corpus.ts';
import type { BadSeed } from './crew.ts';
import { findPlanted, runMany } from './crew.ts';
import { plantedBugs } from './planted.ts';
import { runSeed } from './run.ts';
import type { TraceLine, Violation } from './world.ts';

const defaultSeeds = 2_000;
const plantedSeedsAtMost = 1_000;
const traceShown = 40;
const badShown = 20;
const keptAtOnce = 10;

const say = (text: string): void => console.log(text);
const seconds = (sinceMs: number): number => Math.round((performance.now() - sinceMs) / 100) / 10;

const broken = ({ invariant, what }: Violation): string =>
  invariant === 0 ? what : `invariant ${invariant}: ${what}`;

const tell = (trace: readonly TraceLine[]): void => {
  for (const { atMs, text } of trace) say(`${(atMs / 1_000).toFixed(2).padStart(10)}  ${text}`);
};

const replay = async (seed: number): Promise<boolean> => {
  const { trace, violations, steps } = await runSeed(seed, { tracing: true });
  tell(trace);
  say(`seed ${seed}: ${steps} steps`);
  for (const violation of violations) say(`  ${broken(violation)}`);
  return violations.length === 0;
};

const showBad = async (bad: readonly BadSeed[]): Promise<void> => {
  for (const { seed, violation } of bad.slice(0, badShown)) {
    say(`seed ${seed}  ${broken(violation)}`);
  }
  const [first] = bad;
  if (first === undefined) return;
  say(`\nThe end of seed ${first.seed} (npm run sim -- --seed ${first.seed} tells all of it):`);
  tell((await runSeed(first.seed, { tracing: true })).trace.slice(-traceShown));
};

const corpusBad = async (): Promise<readonly BadSeed[]> => {
  const bad: BadSeed[] = [];
  for (const { seed } of readCorpus()) {
    const [violation] = (await runSeed(seed)).violations;
    if (violation !== undefined) bad.push({ seed, violation });
  }
  return bad;
};

const search = async (from: number, count: number, asJson: boolean): Promise<boolean> => {
  const startedMs = performance.now();
  const old = await corpusBad();
  const { seeds, steps, bad, diedAt } = await runMany(from, count);
  const took = seconds(startedMs);
  const all = [...old, ...bad.filter(({ seed }) => !old.some((each) => each.seed === seed))];
  addToCorpus(
    bad.slice(0, keptAtOnce).map((each) => ({ seed: each.seed, found: broken(each.violation) })),
  );
  if (asJson) {
    say(
      JSON.stringify({
        seeds,
        steps,
        seconds: took,
        violations: all.length,
        faultPoints: diedAt.length,
      }),
    );
  } else {
    await showBad(all);
    say(
      `${seeds} seeds, ${steps} steps, ${took} s, ${all.length} bad; died at: ${diedAt.join(' ')}`,
    );
  }
  return all.length === 0;
};

const searchPlanted = async (asJson: boolean): Promise<boolean> => {
  const found: { readonly bug: string; readonly seed: number }[] = [];
  for (const bug of plantedBugs) {
    const bad = await findPlanted(bug, plantedSeedsAtMost);
    if (bad !== null) found.push({ bug, seed: bad.seed });
    if (asJson) continue;
    const where = bad === null ? 'NOT FOUND' : `seed ${bad.seed}  ${broken(bad.violation)}`;
    say(`${bug.padEnd(24)} ${where}`);
  }
  const worstSeed = Math.max(0, ...found.map(({ seed }) => seed));
  const result = { planted: plantedBugs.length, found: found.length, worstSeed };
  say(asJson ? JSON.stringify(result) : `${result.found} of ${result.planted}, worst ${worstSeed}`);
  return found.length === plantedBugs.length;
};

const main = async (): Promise<boolean> => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      from: { type: 'string' },
      planted: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.seed !== undefined) return replay(Number(values.seed));
  if (values.planted) return searchPlanted(values.json);
  const count = Number(values.seeds ?? defaultSeeds);
  const from = Number(values.from ?? 1);
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(from)) {
    console.error('--seeds and --from take whole numbers.');
    return false;
  }
  return search(from, count, values.json);
};

process.exitCode = (await main()) ? 0 : 1;
