/** What operators see of runtimes that PayApp charges each month. */
import { beforeEach, expect, test } from 'vitest';
import { makeStage } from '#tests/support/autopay-stage.ts';
import type { Stage } from '#tests/support/autopay-stage.ts';
import { readFleet } from './overview.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await makeStage();
});

const look = async () => {
  const deps = { ...stage.world, own: { floor: '2026.5.18' } };
  const read = await readFleet(deps, { sort: 'risk', page: 0 });
  return read.ok ? read.value : expect.fail();
};
const seen = async () => {
  const [row] = (await look()).runtimes;
  return [row?.renewal, ...(row?.risks ?? [])];
};

test('a term that nothing renews is ending; one that renews by itself is not', async () => {
  expect(await seen()).toEqual(['by_hand', 'term_ending']);
  await stage.begin();
  await stage.liveUntil(25);
  await stage.charge();
  await stage.run();
  await stage.liveUntil(59);
  expect(await seen()).toEqual(['automatic']);
});

test('a charge that did not come is a risk, and its term ends like any other', async () => {
  await stage.begin();
  await stage.liveUntil(30);
  expect(stage.agreement()).toMatchObject({ state: 'active', missed: 1 });
  expect(await seen()).toEqual(['missed', 'charge_missed', 'term_ending']);
  expect((await look()).atRisk).toMatchObject({ charge_missed: 1, term_ending: 1 });
});

test('an agreement that was stopped renews nothing', async () => {
  await stage.begin();
  await stage.stop();
  expect((await seen())[0]).toBe('by_hand');
});
