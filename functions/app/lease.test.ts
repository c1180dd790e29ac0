import { expect, test } from 'vitest';
import { makeWorld } from '#tests/support/world.ts';
import { removeLeftLeases, withLease } from './lease.ts';

const minuteMs = 60_000;
const held = async ({ store }: ReturnType<typeof makeWorld>): Promise<readonly string[]> =>
  (await store.list('leases', { limit: 10 })).map(({ id }) => id);
/** Takes it, and dies: nothing runs after its last line. */
const die = (world: ReturnType<typeof makeWorld>, subject: string): void =>
  void withLease(world, subject, () => new Promise(() => undefined));

test('a subject has one worker at a time, and the next one afterwards', async () => {
  const world = makeWorld();
  const inside = await withLease(world, 'a', async () =>
    withLease(world, 'a', () => Promise.resolve('twice')),
  );
  expect(inside).toBe('held');
  expect(await withLease(world, 'a', () => Promise.resolve('then'))).toBe('then');
  expect(await held(world)).toEqual([]);
});

test('what a dead worker left goes once it has run out, a living one keeps its own', async () => {
  const world = makeWorld();
  die(world, 'left');
  await expect.poll(() => held(world)).toEqual(['left']);
  await removeLeftLeases(world);
  expect(await held(world)).toEqual(['left']);
  world.clock.advance(2 * minuteMs);
  await withLease(world, 'living', async () => {
    await removeLeftLeases(world);
    expect(await held(world)).toEqual(['living']);
  });
  const { writes } = world.store;
  await removeLeftLeases(world);
  expect(world.store.writes).toBe(writes);
});
