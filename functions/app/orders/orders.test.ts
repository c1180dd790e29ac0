/** The reconciler's money side: from the inbox to one runtime, whatever happens in between. */
import { beforeEach, describe, expect, test } from 'vitest';
import { brokenAt } from '#app/timeline/append.ts';
import { orderLifeMs } from '#app/checkout/open-order.ts';
import { bringUp, orderFor, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { Store } from '#ports/store.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import { openRuntime } from './open-runtime.ts';
import { settleOrder } from './settle-order.ts';

let world: World;
let workspaceId: string;
beforeEach(async () => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
});

const order = () => {
  const [only] = world.store.rows('orders');
  if (only === undefined) throw new Error('no order');
  return only;
};
const tasks = () => world.store.rows('tasks').map(({ kind }) => kind);
const history = (subjectId: string) =>
  world.store
    .rows('timeline')
    .filter((row) => row.subjectId === subjectId)
    .sort((a, b) => a.sequence - b.sequence);

/** An hour after the payment. */
const promised = '2026-11-23T10:00:00.000Z';

describe('one confirmed payment', () => {
  test('opens one runtime, named, placed and seen by its workspace', async () => {
    const { orderId, runtimeId, mulNo } = await orderFor(world, workspaceId);
    await deliver(world, orderId, world.payments.pay(mulNo));
    await sweep(world);
    expect(order()).toMatchObject({
      state: 'fulfilled',
      effects: '[]',
      paidKrw: 39_000,
      payType: '1',
      receiptUrl: `https://pay.example/c/${mulNo}`,
      promisedBy: promised,
      nextCheckAt: promised,
    });
    expect(world.store.rows('runtimes')).toMatchObject([
      {
        id: runtimeId,
        host: 'acme.run.example',
        status: 'provisioning',
        desired: 'running',
        paidUntil: '2026-12-23T09:00:00.000Z',
      },
    ]);
    expect(world.store.readersOf('runtimes', runtimeId)).toEqual({ team: workspaceId });
    expect(history(orderId).map(({ kind }) => kind)).toEqual([
      'order.draft',
      'order.awaiting_payment',
      'order.paid',
      'order.fulfilled',
    ]);
    expect(brokenAt(world.ids, history(orderId))).toBeNull();
    expect(history(runtimeId).map(({ kind }) => kind)).toEqual(['runtime.opened']);
  });

  test('told five times in any order, at once, is one runtime', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    const paid = world.payments.pay(mulNo);
    const requested = noticeOf(mulNo, '1');
    await Promise.all(
      [paid, requested, paid, paid, requested, paid, paid].map((notice) =>
        deliver(world, orderId, notice),
      ),
    );
    expect(world.store.rows('notices')).toHaveLength(2);
    await Promise.all([sweep(world), sweep(world), sweep(world)]);
    await sweep(world);
    expect(order().state).toBe('fulfilled');
    expect(world.store.rows('runtimes')).toHaveLength(1);
    expect(brokenAt(world.ids, history(orderId))).toBeNull();
  });

  test('of a settled order causes no further write', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    await deliver(world, orderId, world.payments.pay(mulNo));
    await sweep(world);
    await bringUp(world, order().runtimeId);
    world.clock.advance(2 * 60 * 60_000);
    await sweep(world);
    expect(order().nextCheckAt).toBeNull();
    const { writes } = world.store;
    world.clock.advance(48 * 60 * 60_000);
    await sweep(world);
    expect(world.store.writes).toBe(writes);
  });

  test('ends right after a crash at any write', async () => {
    for (let writes = 1; ; writes += 1) {
      world = makeWorld();
      workspaceId = await workspaceOf(world);
      const { orderId, runtimeId, mulNo } = await orderFor(world, workspaceId);
      await deliver(world, orderId, world.payments.pay(mulNo));
      world.store.crashAfterWrites(writes);
      await sweep(world).catch(() => null);
      const crashed = world.store.crashed;
      world.store.revive();
      await sweep(world);
      expect(order()).toMatchObject({ state: 'fulfilled', effects: '[]', nextCheckAt: promised });
      expect(world.store.rows('runtimes')).toMatchObject([{ id: runtimeId }]);
      expect(world.store.rows('runtimes')[0]?.host).toBe('acme.run.example');
      expect(world.store.rows('notices')[0]?.appliedAt).not.toBeNull();
      expect(history(orderId).map(({ kind }) => kind)).toEqual([
        'order.draft',
        'order.awaiting_payment',
        'order.paid',
        'order.fulfilled',
      ]);
      expect(history(runtimeId)).toHaveLength(1);
      expect(tasks()).toEqual([]);
      if (!crashed) break;
      expect(writes).toBeLessThan(50);
    }
  });
});

test('a second and third runtime of a workspace get their own names', async () => {
  await workspaceOf(world, 'acme-2');
  for (const key of ['a', 'b', 'c']) {
    const { orderId, mulNo } = await orderFor(world, workspaceId, key.repeat(16));
    await deliver(world, orderId, world.payments.pay(mulNo));
  }
  await sweep(world);
  expect(
    world.store
      .rows('runtimes')
      .map(({ host }) => host)
      .sort(),
  ).toEqual(['acme-3.run.example', 'acme-4.run.example', 'acme.run.example']);
});

describe('money that is not as ordered', () => {
  test('grants nothing when the amount is wrong', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    expect(await deliver(world, orderId, noticeOf(mulNo, '4', 1_000))).toEqual({
      status: 200,
      body: 'SUCCESS',
    });
    await sweep(world);
    expect(order().state).toBe('refund_due');
    expect(tasks()).toEqual(['amount_mismatch']);
    expect(world.store.rows('runtimes')).toHaveLength(0);
  });

  test('of another order’s request stays that order’s', async () => {
    const first = await orderFor(world, workspaceId, 'a'.repeat(16));
    const second = await orderFor(world, workspaceId, 'b'.repeat(16));
    await deliver(world, second.orderId, world.payments.pay(first.mulNo));
    await sweep(world);
    const states = world.store.rows('orders').map(({ state }) => state);
    expect(states).toEqual(['awaiting_payment', 'awaiting_payment']);
    expect(tasks()).toEqual(['duplicate_payment']);
  });

  test('for an order we do not know is an orphan', async () => {
    await deliver(world, 'nobody', noticeOf('17', '4'));
    await sweep(world);
    expect(tasks()).toEqual(['orphan_notice']);
    expect(world.store.rows('notices')[0]?.outcome).toBe('orphan');
  });

  test('that comes after the order expired is due back', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    world.clock.advance(orderLifeMs);
    await sweep(world);
    expect(order().state).toBe('expired');
    await deliver(world, orderId, noticeOf(mulNo, '4'));
    await sweep(world);
    expect(order().state).toBe('refund_due');
    expect(tasks()).toEqual(['refund_due']);
  });

  test('that goes back stops the runtime; its late notice changes nothing', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    const paid = world.payments.pay(mulNo);
    await deliver(world, orderId, paid);
    await sweep(world);
    await deliver(world, orderId, noticeOf(mulNo, '9'));
    await deliver(world, orderId, { ...paid, payDate: '2026-11-23 18:00:01' });
    await sweep(world);
    expect(order().state).toBe('refunded');
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'suspended' }]);
  });

  test('that goes back before the runtime was opened leaves no place to open it', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    await deliver(world, orderId, world.payments.pay(mulNo));
    await deliver(world, orderId, noticeOf(mulNo, '9'));
    await sweep(world);
    expect(order()).toMatchObject({ state: 'refunded', nextCheckAt: null });
    // A reconciler that read the order while it was still paid comes late.
    await openRuntime(world, { ...order(), state: 'paid' });
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'deleted' }]);
  });
});

describe('an unpaid order whose time is up', () => {
  test('expires once its link is dead', async () => {
    const { mulNo } = await orderFor(world, workspaceId);
    world.clock.advance(orderLifeMs - 1);
    await sweep(world);
    expect(order().state).toBe('awaiting_payment');
    world.clock.advance(1);
    await sweep(world);
    expect(order()).toMatchObject({ state: 'expired', nextCheckAt: null });
    expect(world.payments.requests.get(mulNo)?.state).toBe('dead');
  });

  test('that may be paid is a task, and still becomes paid by a late notice', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    const paid = world.payments.pay(mulNo);
    world.clock.advance(orderLifeMs);
    await sweep(world);
    await sweep(world);
    expect(order().state).toBe('awaiting_payment');
    expect(tasks()).toEqual(['missing_feedback']);
    await deliver(world, orderId, paid);
    await sweep(world);
    expect(order().state).toBe('fulfilled');
  });

  test('waits while PayApp is away', async () => {
    await orderFor(world, workspaceId);
    world.clock.advance(orderLifeMs);
    world.payments.reachable = false;
    await sweep(world);
    expect(order().state).toBe('awaiting_payment');
    world.payments.reachable = true;
    world.clock.advance(5 * 60_000);
    await sweep(world);
    expect(order().state).toBe('expired');
  });

  test('ends right after a crash at any write', async () => {
    for (let writes = 1; ; writes += 1) {
      world = makeWorld();
      workspaceId = await workspaceOf(world);
      const { orderId, mulNo } = await orderFor(world, workspaceId);
      world.clock.advance(orderLifeMs);
      world.store.crashAfterWrites(writes);
      await sweep(world).catch(() => null);
      const crashed = world.store.crashed;
      world.store.revive();
      // PayApp tells of every link it closed.
      if (world.payments.requests.get(mulNo)?.state === 'dead') {
        await deliver(world, orderId, noticeOf(mulNo, '8'));
      }
      await sweep(world);
      expect(['expired', 'cancelled']).toContain(order().state);
      expect(order().nextCheckAt).toBeNull();
      if (!crashed) break;
    }
  });
});

test('a notice parked without keys grants nothing and is shown to a person', async () => {
  const { orderId, mulNo } = await orderFor(world, workspaceId);
  await world.store.create('notices', 'parked', {
    data: {
      ...noticeOf(mulNo, '4'),
      orderId,
      verified: false,
      receivedAt: world.clock.now().toISOString(),
      appliedAt: null,
      outcome: 'keys_absent',
      attempts: null,
      retryAt: null,
    },
    readers: 'functions',
  });
  await sweep(world);
  expect(order().state).toBe('awaiting_payment');
  expect(tasks()).toEqual(['unverified_notice']);
});

test('an order that waits is not woken by the event of its own waiting', async () => {
  const { orderId, mulNo } = await orderFor(world, workspaceId);
  // Paid, and nobody told us: PayApp will not kill the link.
  world.payments.pay(mulNo);
  world.clock.advance(orderLifeMs + 60_000);
  await settleOrder(world, orderId);
  const { writes } = world.store;
  world.clock.advance(60_000);
  await settleOrder(world, orderId);
  expect(world.store.writes).toBe(writes);
});

test('an order that is woken while it is looked at is not put to sleep again', async () => {
  const { orderId } = await orderFor(world, workspaceId);
  await settleOrder(world, orderId);
  const { store } = world;
  let woken = false;
  const wakes: World['store']['list'] = async (table, query) => {
    const found = await store.list(table, query);
    if (woken) return found;
    woken = true;
    const { id, version } = order();
    const past = new Date(world.clock.now().getTime() - 60_000).toISOString();
    await store.update('orders', { id, version }, { expiresAt: past, nextCheckAt: past });
    return found;
  };
  const watched: Store = {
    get: store.get.bind(store),
    create: store.create.bind(store),
    update: store.update.bind(store),
    incrementUpTo: store.incrementUpTo.bind(store),
    delete: store.delete.bind(store),
    list: wakes,
  };
  const { id, version } = order();
  const nextCheckAt = world.clock.now().toISOString();
  await store.update('orders', { id, version }, { nextCheckAt });
  await settleOrder({ ...world, store: watched }, orderId);
  await sweep(world);
  expect(order().state).toBe('expired');
});
