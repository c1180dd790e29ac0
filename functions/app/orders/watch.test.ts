/** What the sweep finds and clears away: stuck notices, money without machines, old counters. */
import { beforeEach, describe, expect, test } from 'vitest';
import { takeTurn } from '#app/limits/take-turn.ts';
import type { Readers, Stored } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';
import { bringUp, orderFor, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import { MemoryStore } from '#tests/support/memory-store.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld } from '#tests/support/world.ts';
import { triesBeforeTask } from './apply-notices.ts';

let world: World;
let workspaceId: string;
const minuteMs = 60_000;
beforeEach(async () => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
});
const tasks = (): readonly string[] => world.store.rows('tasks').map(({ kind }) => kind);
const order = (id: string): Stored<'orders'> => {
  const found = world.store.rows('orders').find((row) => row.id === id);
  if (found === undefined) throw new Error('no order');
  return found;
};
const spoil = async (id: string, effects: string): Promise<void> => {
  const { version } = order(id);
  await world.store.update('orders', { id, version }, { effects });
};

describe('a notice that cannot be applied', () => {
  test('steps aside for the others, is told to a person, and is not forgotten', async () => {
    const poisoned = await orderFor(world, workspaceId, 'a'.repeat(16));
    const fine = await orderFor(world, workspaceId, 'b'.repeat(16));
    await spoil(poisoned.orderId, '[{"kind":"of_a_later_version"}]');
    await deliver(world, poisoned.orderId, world.payments.pay(poisoned.mulNo));
    await deliver(world, fine.orderId, world.payments.pay(fine.mulNo));
    await sweep(world);
    expect(order(fine.orderId).state).toBe('fulfilled');
    expect(order(poisoned.orderId)).toMatchObject({
      state: 'awaiting_payment',
      effects: '[{"kind":"of_a_later_version"}]',
    });
    for (let minute = 0; minute < 2 ** triesBeforeTask; minute += 1) {
      world.clock.advance(minuteMs);
      await sweep(world);
    }
    expect(tasks()).toEqual(['notice_set_aside']);
    const tries = world.store.rows('notices').find(({ orderId }) => orderId === poisoned.orderId);
    expect(tries).toMatchObject({ appliedAt: null, attempts: triesBeforeTask + 1 });
    // The code was mended: the money is taken up by itself.
    await spoil(poisoned.orderId, '[]');
    world.clock.advance(6 * 60 * minuteMs);
    await sweep(world);
    expect(order(poisoned.orderId).state).toBe('fulfilled');
  });

  test('because the store refuses one write holds up nobody either', async () => {
    class Picky extends MemoryStore {
      override async update(...given: Parameters<MemoryStore['update']>): Promise<never> {
        const [table, target, changes] = given;
        if (table === 'orders' && target.id === refused) throw new StoreUnavailable('too long');
        return (await super.update(table, target, changes)) as never;
      }
    }
    let refused = '';
    world = { ...makeWorld(), store: new Picky() };
    workspaceId = await workspaceOf(world);
    const poisoned = await orderFor(world, workspaceId, 'a'.repeat(16));
    const fine = await orderFor(world, workspaceId, 'b'.repeat(16));
    refused = poisoned.orderId;
    await deliver(world, poisoned.orderId, world.payments.pay(poisoned.mulNo));
    await deliver(world, fine.orderId, world.payments.pay(fine.mulNo));
    await sweep(world);
    expect(order(fine.orderId).state).toBe('fulfilled');
    refused = '';
    world.clock.advance(2 * minuteMs);
    await sweep(world);
    expect(order(poisoned.orderId).state).toBe('fulfilled');
  });

  test('because the store is down is not counted against it', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    await deliver(world, orderId, world.payments.pay(mulNo));
    world.store.crashAfterWrites(0);
    await expect(sweep(world)).rejects.toThrow(StoreUnavailable);
    world.store.revive();
    expect(world.store.rows('notices').map(({ attempts }) => attempts)).not.toContain(1);
    await sweep(world);
    expect(order(orderId).state).toBe('fulfilled');
  });
});

describe('a paid order', () => {
  test('that met a store which was away is looked at a minute later', async () => {
    class Away extends MemoryStore {
      override async create<T extends TableId>(
        table: T,
        id: string,
        row: { readonly data: RowOf<T>; readonly readers: Readers },
      ): Promise<'created' | 'exists'> {
        if (table === 'runtimes' && isAway) throw new StoreUnavailable('too long');
        return super.create(table, id, row);
      }
    }
    let isAway = true;
    world = { ...makeWorld(), store: new Away() };
    workspaceId = await workspaceOf(world);
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    await deliver(world, orderId, world.payments.pay(mulNo));
    await sweep(world);
    expect(order(orderId)).toMatchObject({ state: 'paid', effects: '[{"kind":"open_runtime"}]' });
    isAway = false;
    world.clock.advance(minuteMs);
    await sweep(world);
    expect(order(orderId).state).toBe('fulfilled');
  });
});

describe('money and machines that do not match', () => {
  test('a payment whose runtime is gone is found, once', async () => {
    const { orderId, runtimeId } = await paidOrder(world, workspaceId);
    await bringUp(world, runtimeId);
    await world.store.delete('runtimes', runtimeId);
    await sweep(world);
    expect(tasks()).toEqual(['payment_without_runtime']);
    expect(world.store.rows('tasks')[0]?.subjectId).toBe(orderId);
    const { writes } = world.store;
    await sweep(world);
    expect(world.store.writes).toBe(writes);
  });

  test.each(['refunded', 'cancelled', 'refund_due'] as const)(
    'a runtime whose order is %s is stopped and told',
    async (state) => {
      const { orderId, runtimeId } = await paidOrder(world, workspaceId);
      const { version } = order(orderId);
      const changes = { state, effects: '[]', nextCheckAt: null };
      await world.store.update('orders', { id: orderId, version }, changes);
      await sweep(world);
      expect(world.store.rows('runtimes')).toMatchObject([{ id: runtimeId, desired: 'suspended' }]);
      expect(tasks()).toEqual(['runtime_unpaid']);
    },
  );

  test('a runtime that belongs to no order is told, and left for a person to judge', async () => {
    const { orderId, runtimeId } = await paidOrder(world, workspaceId);
    await world.store.delete('orders', orderId);
    await sweep(world);
    expect(world.store.rows('runtimes')).toMatchObject([{ id: runtimeId, desired: 'running' }]);
    expect(tasks()).toEqual(['runtime_unpaid']);
  });

  test('beyond the newest page they are found within a day', async () => {
    const oldest = await paidOrder(world, workspaceId, '0'.repeat(16));
    await bringUp(world, oldest.runtimeId);
    for (let index = 1; index <= 70; index += 1) {
      // At most twenty orders an hour and person.
      world.clock.advance(10 * minuteMs);
      const key = String(index).padStart(16, '0');
      const { runtimeId } = await paidOrder(world, workspaceId, key);
      await bringUp(world, runtimeId);
    }
    await world.store.delete('runtimes', oldest.runtimeId);
    for (let minute = 0; minute < 1_440 && tasks().length === 0; minute += 1) {
      world.clock.advance(minuteMs);
      await sweep(world);
    }
    expect(world.store.rows('tasks')).toMatchObject([
      { kind: 'payment_without_runtime', subjectId: oldest.orderId },
    ]);
  });
});

test('expired counters go, a page a run, and those that count stay', async () => {
  const turn = { what: 'try', perHour: 5 };
  for (let person = 0; person < 130; person += 1) {
    await takeTurn(world, { ...turn, whom: `p${person}` });
  }
  world.clock.advance(3 * 60 * minuteMs);
  await takeTurn(world, { ...turn, whom: 'p0' });
  await sweep(world);
  expect(world.store.rows('limits')).toHaveLength(32);
  await sweep(world);
  expect(world.store.rows('limits')).toHaveLength(1);
  const { writes } = world.store;
  await sweep(world);
  expect(world.store.writes).toBe(writes);
});
