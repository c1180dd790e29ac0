/** Forty years of one customer each with every run of the tests; a thousand in `npm run bench -- life`. */
import { expect, test } from 'vitest';
import { plantedInYears } from '../planted.ts';
import { liveYears } from './crew.ts';
import { runYear } from './year.ts';

const years = 40;
const timeoutMs = 120_000;

test(
  `terms are kept in ${years} bad years`,
  async () => {
    const { bad, counts } = await liveYears({ from: 1, to: years + 1, stride: 1 });
    expect(bad).toEqual([]);
    // Years in which nothing happened prove nothing.
    for (const [what, count] of Object.entries(counts))
      expect([what, count > 0]).toEqual([what, true]);
  },
  timeoutMs,
);

test.each(plantedInYears)(
  'a planted bug is noticed within the years: %s',
  async (bug) => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const [violation] = (await runYear(seed, bug)).violations;
      if (violation !== undefined) return;
    }
    expect.fail('not noticed');
  },
  timeoutMs,
);
