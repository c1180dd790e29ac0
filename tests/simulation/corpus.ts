/** Seeds that once were bad. They are run every time, for ever. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';

const path = join(import.meta.dirname, 'corpus.json');
const shape = z.object({
  seeds: z.array(z.object({ seed: z.number(), found: z.string() })),
});
type Corpus = z.infer<typeof shape>;

const seedsAtMost = 200;

export const readCorpus = (): Corpus['seeds'] =>
  shape.parse(JSON.parse(readFileSync(path, 'utf8'))).seeds;

export const addToCorpus = (found: Corpus['seeds']): void => {
  const known = readCorpus();
  const fresh = found.filter(({ seed }) => !known.some((each) => each.seed === seed));
  if (fresh.length === 0) return;
  const seeds = [...known, ...fresh].slice(0, seedsAtMost);
  writeFileSync(path, `${JSON.stringify({ seeds }, null, 2)}\n`);
};
