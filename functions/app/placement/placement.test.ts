/** A place on a server is claimed once, given back once, and never twice over. */
import { beforeEach, describe, expect, test } from 'vitest';
import { StoreUnavailable } from '#ports/store.ts';
import { openServer } from '#tests/support/servers.ts';
import { makeWorld } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import { claimSlot, releaseSlot } from './claim-slot.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const claim = (runtimeId: string, memoryMiB = 2048) => claimSlot(world, { runtimeId, memoryMiB });
const held = (): readonly string[] => world.store.rows('slots').map(({ id }) => id);
const server = (id = 'own') => world.store.rows('servers').find((row) => row.id === id);
const hundred = Array.from({ length: 100 }, (_, number) => `r${number}`);

test('of a hundred at once on ten slots, exactly ten are placed', async () => {
  await openServer(world.store, { slots: 10 });
  const slots = await Promise.all(hundred.map((runtimeId) => claim(runtimeId)));
  const placed = slots.filter((slot) => slot !== null);
  expect(placed).toHaveLength(10);
  expect(new Set(placed.map(({ slotId }) => slotId)).size).toBe(10);
  expect(held()).toHaveLength(10);
  expect(server()?.full).toBe(true);
});

test('a runtime that asks again is given what it holds', async () => {
  await openServer(world.store);
  const first = await claim('r1');
  expect(await claim('r1')).toEqual(first);
  expect(held()).toHaveLength(1);
});

test('a crash at any write leaves a claim that is found again, never a second one', async () => {
  for (let writes = 1; ; writes += 1) {
    world = makeWorld();
    await openServer(world.store, { slots: 2 });
    world.store.crashAfterWrites(writes);
    await claim('r1').catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable) && !world.store.crashed) throw error;
    });
    const { crashed } = world.store;
    world.store.revive();
    expect(await claim('r1')).not.toBeNull();
    expect(held()).toHaveLength(1);
    if (!crashed) break;
  }
});

describe('takes no new runtimes', () => {
  test.each([
    ['a draining server', { state: 'draining' }],
    ['a closed one', { state: 'closed' }],
    ['one that is out of reach', { lostSince: '2026-11-23T09:00:00.000Z' }],
    ['one whose slots are too small', { slotMemoryMiB: 1024 }],
    ['one without slots', { slots: 0 }],
  ] as const)('%s', async (_name, more) => {
    await openServer(world.store, more);
    expect(await claim('r1')).toBeNull();
    expect(held()).toEqual([]);
  });

  test('one that begins to drain in the very moment of the claim', async () => {
    await openServer(world.store);
    const claiming = claimSlot(
      {
        ...world,
        faults: {
          reach: async () => {
            const row = server();
            if (row === undefined) throw new Error('no server');
            const target = { id: row.id, version: row.version };
            await world.store.update('servers', target, { state: 'draining' });
          },
        },
      },
      { runtimeId: 'r1', memoryMiB: 2048 },
    );
    expect(await claiming).toBeNull();
    expect(held()).toEqual([]);
  });
});

test('the smallest slot that is big enough is taken first', async () => {
  await openServer(world.store, { id: 'big', slotMemoryMiB: 8192, slots: 5 });
  await openServer(world.store, { id: 'small', slotMemoryMiB: 2048, slots: 1 });
  expect(await claim('r1')).toMatchObject({ serverId: 'small' });
  expect(await claim('r2')).toMatchObject({ serverId: 'big' });
  expect(await claim('r3', 4096)).toMatchObject({ serverId: 'big' });
});

test('a slot given back is there for the next one, and only its holder gives it back', async () => {
  await openServer(world.store, { slots: 1 });
  const slot = await claim('r1');
  expect(await claim('r2')).toBeNull();
  expect(server()?.full).toBe(true);
  await releaseSlot(world, slot?.slotId ?? '', 'r2');
  expect(await claim('r2')).toBeNull();
  await releaseSlot(world, slot?.slotId ?? '', 'r1');
  expect(server()?.full).toBe(false);
  expect(await claim('r2')).toMatchObject({ slotId: 'own.0' });
});
