/**
 * Money in a world where everything happens in any order: once everything was told, money and
 * machines agree. And the same lives over a world with a mistake planted: they must notice it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import type { Arrow, OrderEvent } from '#core/order/machine.ts';
import { orderMachine } from '#core/order/machine.ts';
import { anyStep, check, comeToRest, live } from '#tests/support/money-life.ts';
import { MemoryStore } from '#tests/support/memory-store.ts';
import { sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';

const agree = (worldOf: () => World) =>
  fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 60 }), async (steps) => {
    const world = worldOf();
    const workspaceId = await workspaceOf(world);
    await live(world, workspaceId, steps);
    await comeToRest(world);
    check(world);
    const { writes } = world.store;
    await sweep(world);
    expect(world.store.writes).toBe(writes);
  });

test('once everything was told, money and machines agree', async () => {
  await fc.assert(agree(makeWorld), { numRuns: 1_200 });
}, 120_000);

/** Enough for every planted mistake, with the seed that the test runs on. */
const catches = async (worldOf: () => World): Promise<boolean> => {
  const found = await fc.check(agree(worldOf), { numRuns: 1_500, seed: 7, endOnFailure: true });
  return found.failed;
};

const planted = async (
  states: readonly OrderState[],
  event: OrderEvent,
  instead: Arrow,
): Promise<boolean> => {
  const table = orderMachine as Record<OrderState, Record<OrderEvent, Arrow>>;
  const before = states.map((state) => [state, table[state]] as const);
  for (const [state, row] of before) table[state] = { ...row, [event]: instead };
  try {
    return await catches(makeWorld);
  } finally {
    for (const [state, row] of before) table[state] = row;
  }
};

const openStates = ['draft', 'awaiting_payment', 'waiting_deposit', 'payment_failed'] as const;
const ignored: Arrow = { kind: 'ignore', note: 'duplicate', effects: [] };

test('the lives notice that a wrong amount counts as paid', async () => {
  const paid: Arrow = { kind: 'move', to: 'paid', effects: ['deliver'] };
  expect(await planted(openStates, 'paid_wrong_amount', paid)).toBe(true);
}, 60_000);

test('the lives notice that a second payment is ignored', async () => {
  const states = ['paid', 'fulfilled', 'refund_due', 'refunded', 'partially_refunded'] as const;
  expect(await planted(states, 'paid_again', ignored)).toBe(true);
}, 60_000);

/** The place of a runtime that must not open is not closed. */
class Forgetful extends MemoryStore {
  override create: MemoryStore['create'] = async (table, id, row) => {
    const place: { readonly desired?: unknown } = row.data;
    if (table === 'runtimes' && place.desired === 'deleted') return 'created';
    return super.create(table, id, row);
  };
}

test('the lives notice that a refunded order’s place is left open', async () => {
  expect(await catches(() => ({ ...makeWorld(), store: new Forgetful() }))).toBe(true);
}, 60_000);
