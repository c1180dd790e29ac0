/** The minute sweep alone, with every event lost. */
import { expect, test } from 'vitest';
import { makeFleet } from '#tests/support/fleet.ts';
import { sweepRuntimes } from './sweep.ts';

const many = Array.from({ length: 100 }, (_, number) => `a${String(number).padStart(2, '0')}`);
const deploymentMs = 8_000;

test('asks for every deployment before it waits for any', async () => {
  const fleet = await makeFleet({ slots: 100 });
  for (const runtimeId of many) await fleet.open(runtimeId);
  const startedMs = fleet.clock.now().getTime();
  await sweepRuntimes(fleet.deps);
  const asked = [...fleet.deployer.composes.values()].flatMap(({ deployments }) => deployments);
  expect(asked).toHaveLength(100);
  for (const { startedAtMs } of asked) expect(startedAtMs - startedMs).toBeLessThan(deploymentMs);
});

test('of a hundred orders on ten slots ten are placed, and the others wait with a task each', async () => {
  const fleet = await makeFleet({ slots: 10 });
  for (const runtimeId of many) await fleet.open(runtimeId);
  await sweepRuntimes(fleet.deps);
  expect(fleet.deployer.composes.size).toBe(10);
  expect(fleet.slots()).toHaveLength(10);
  expect(fleet.tasks()).toEqual(Array.from({ length: 90 }, () => 'no_capacity'));
});
