/** No runtime, no charge: what a paid order does while its runtime does not come up. */
import { beforeEach, expect, test } from 'vitest';
import type { Stored } from '#ports/store.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import { bringUp, deliverAll, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';

let world: World;
let order: { readonly orderId: string; readonly runtimeId: string; readonly mulNo: string };
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const start = async (settings?: object): Promise<void> => {
  world = makeWorld();
  if (settings !== undefined) {
    const data = { value: JSON.stringify(settings) };
    await world.store.create('settings', 'promise', { data, readers: 'functions' });
  }
  order = await paidOrder(world, await workspaceOf(world));
};
beforeEach(() => start());

const row = (): Stored<'orders'> => {
  const found = world.store.rows('orders').find(({ id }) => id === order.orderId);
  if (found === undefined) throw new Error('no order');
  return found;
};
const runtime = (): Stored<'runtimes'> => {
  const [found] = world.store.rows('runtimes');
  if (found === undefined) throw new Error('no runtime');
  return found;
};
const tasks = (): readonly string[] => world.store.rows('tasks').map(({ kind }) => kind);
const after = async (ms: number): Promise<void> => {
  world.clock.advance(ms);
  await sweep(world);
};
const minutely = async (minutes: number): Promise<void> => {
  for (let minute = 0; minute < minutes; minute += 1) await after(minuteMs);
};

test('a runtime that came up in time ends it, with one write', async () => {
  await bringUp(world, order.runtimeId);
  const { writes } = world.store;
  await minutely(59);
  expect(world.store.writes).toBe(writes);
  await minutely(3);
  expect(world.store.writes).toBe(writes + 1);
  expect(row()).toMatchObject({ state: 'fulfilled', nextCheckAt: null, promiseStage: null });
});

test('late: tried anew once, then an operator, then the money goes back', async () => {
  await bringUp(world, order.runtimeId, {
    status: 'failed',
    failures: 11,
    nextCheckAt: '2026-11-24T00:00:00.000Z',
  });
  await after(61 * minuteMs);
  expect(row().promiseStage).toBe('retried');
  expect(runtime()).toMatchObject({ failures: 0, nextCheckAt: world.clock.now().toISOString() });
  await bringUp(world, order.runtimeId, { failures: 5 });
  await minutely(20);
  expect(runtime().failures).toBe(5);
  expect(tasks()).toEqual([]);
  await minutely(20);
  expect(row().promiseStage).toBe('reported');
  expect(tasks()).toEqual(['provisioning_stuck']);
  await after(22 * hourMs);
  expect(row().state).toBe('fulfilled');
  await after(2 * hourMs);
  expect(row()).toMatchObject({ state: 'refunded', refundedKrw: 39_000 });
  expect(world.payments.requests.get(order.mulNo)?.state).toBe('refunded');
  expect(runtime().desired).toBe('suspended');
  expect(JSON.parse(row().refunds ?? '')).toMatchObject([{ by: 'system', step: 'done' }]);
  const { writes } = world.store;
  await deliverAll(world);
  await sweep(world);
  const applied = world.store.writes;
  await after(48 * hourMs);
  expect([writes < applied, world.store.writes]).toEqual([true, applied]);
});

test('one that comes up at the last moment is kept', async () => {
  await after(61 * minuteMs);
  await after(31 * minuteMs);
  await bringUp(world, order.runtimeId, { status: 'running' });
  await after(30 * hourMs);
  expect(row()).toMatchObject({ state: 'fulfilled', nextCheckAt: null });
  expect(world.payments.refundCalls).toEqual([]);
});

test('a stack that was deployed and never answered is deployed once more', async () => {
  const deployment = { ...noFacts.deployment, status: 'done' as const, attempt: 1 };
  await bringUp(world, order.runtimeId, { facts: JSON.stringify({ ...noFacts, deployment }) });
  await after(61 * minuteMs);
  expect(JSON.parse(runtime().facts)).toMatchObject({ deployment: { status: 'lost', attempt: 1 } });
});

test('times are an operator’s setting, and nonsense counts as the default', async () => {
  await start({ promisedMinutes: 10, retryMinutes: 5, graceMinutes: 60 });
  expect(row().promisedBy).toBe('2026-11-23T09:10:00.000Z');
  await after(11 * minuteMs);
  await after(5 * minuteMs);
  await after(60 * minuteMs);
  expect(row().state).toBe('refunded');
  await start({ promisedMinutes: -1, graceMinutes: 'soon' });
  expect(row().promisedBy).toBe('2026-11-23T10:00:00.000Z');
});

test('the money goes back before PayApp stops giving it back, whatever the grace', async () => {
  await start({ promisedMinutes: 24 * 60, graceMinutes: 4 * 24 * 60 });
  await after(24 * hourMs + minuteMs);
  await after(hourMs);
  await after(81 * hourMs);
  expect(row().state).toBe('fulfilled');
  await after(2 * hourMs);
  expect(row().state).toBe('refunded');
});

test('later than that, or when PayApp refuses, it is asked for and a person pays it in', async () => {
  world.payments.settled = true;
  for (const hours of [2, 2, 30]) await after(hours * hourMs);
  expect(row().state).toBe('refund_requested');
  expect(tasks()).toEqual(['provisioning_stuck', 'refund_payback']);
  expect(runtime().desired).toBe('suspended');
});

test('PayApp’s silence is not a second call', async () => {
  world.payments.refundAnswers.push('never_made');
  for (const hours of [2, 2, 30, 30, 30]) await after(hours * hourMs);
  expect(world.payments.refundCalls).toHaveLength(1);
  expect(row()).toMatchObject({ state: 'refund_requested', refundState: 'pending' });
  expect(tasks()).toEqual(['provisioning_stuck', 'refund_unknown']);
});

test('a crash at any write ends the same: given back once, or known to be unknown', async () => {
  for (let writes = 1; ; writes += 1) {
    await start();
    for (const hours of [2, 2]) await after(hours * hourMs);
    world.clock.advance(30 * hourMs);
    world.store.crashAfterWrites(writes);
    await sweep(world).catch(() => null);
    const crashed = world.store.crashed;
    world.store.revive();
    for (let look = 0; look < 4; look += 1) await after(10 * minuteMs);
    expect(world.payments.refundCalls.length).toBeLessThanOrEqual(1);
    await deliverAll(world);
    await after(10 * minuteMs);
    const back = world.payments.requests.get(order.mulNo)?.state === 'refunded';
    expect(row().state).toBe(back ? 'refunded' : 'refund_requested');
    if (!back) expect(tasks()).toContain('refund_unknown');
    expect(runtime().desired).toBe('suspended');
    if (!crashed) break;
  }
});
