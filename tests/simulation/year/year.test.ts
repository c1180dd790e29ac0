/** Forty years of one customer each with every run of the tests; a thousand in `npm run bench -- life`. */
import { expect, test } from 'vitest';
import { plantedInFleets, plantedInYears } from '../planted.ts';
import { noCounts } from './checks.ts';
import { liveFleets, liveYears } from './crew.ts';
import { noFleetCounts } from './fleet-checks.ts';
import { runFleet } from './fleet.ts';
import { runYear } from './year.ts';

const years = 40;
/** All is bounded in steps; this is for what hangs, on machines that do much else. */
const timeoutMs = 600_000;

test(
  `terms are kept in ${years} bad years`,
  async () => {
    const { bad, counts } = await liveYears({ from: 1, to: years + 1, stride: 1 });
    expect(bad).toEqual([]);
    // Years in which nothing happened prove nothing.
    for (const what of Object.keys(noCounts()))
      expect([what, counts[what as keyof typeof counts] > 0]).toEqual([what, true]);
  },
  timeoutMs,
);

test(
  'a fleet is updated, backed up and restored through good and bad releases',
  async () => {
    const { bad, counts } = await liveFleets({ from: 1, to: 4, stride: 1 });
    expect(bad).toEqual([]);
    for (const what of Object.keys(noFleetCounts()))
      expect([what, counts[what as keyof typeof counts] > 0]).toEqual([what, true]);
  },
  timeoutMs,
);

test.each(plantedInFleets)(
  'a planted bug is noticed within a fleet: %s',
  async (bug) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const [violation] = (await runFleet(seed, { bug })).violations;
      if (violation !== undefined) return;
    }
    expect.fail('not noticed');
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
