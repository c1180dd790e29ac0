/** A runtime's paid time over weeks: renewed, forgotten, stopped, started again, deleted. */
import { beforeEach, describe, expect, test } from 'vitest';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { openRuntime } from '#app/orders/open-runtime.ts';
import { bringUp, customer, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import { extendRuntime } from './extend-runtime.ts';
import { settleTerms } from './settle-terms.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** The runtime is opened on 23 November and paid until 23 December. */
const endMs = Date.parse('2026-12-23T09:00:00.000Z');

let world: World;
let workspaceId: string;
let runtimeId: string;
beforeEach(async () => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
  ({ runtimeId } = await paidOrder(world, workspaceId));
  await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
});

const runtime = () => {
  const found = world.store.rows('runtimes').find(({ id }) => id === runtimeId);
  if (found === undefined) throw new Error('no runtime');
  return found;
};
const renewals = () => world.store.rows('orders').filter(({ purpose }) => purpose === 'renew');
const newest = () => {
  const order = renewals().at(-1);
  if (order?.mulNo == null) throw new Error('no renewal with a pay link');
  return { ...order, mulNo: order.mulNo };
};
const told = () =>
  world.store
    .rows('messages')
    .filter(({ subjectId, kind }) => subjectId === runtimeId && kind !== 'ready')
    .map(({ kind }) => kind);
const tasks = () => world.store.rows('tasks').map(({ kind }) => kind);

/** The post: what is written down goes out. */
const post = async (): Promise<void> => {
  const sentAt = world.clock.now().toISOString();
  for (const { id, version, sentAt: known } of world.store.rows('messages')) {
    if (known === null) await world.store.update('messages', { id, version }, { sentAt });
  }
};

const run = async (): Promise<void> => {
  await sweep(world);
  await settleTerms(world);
  await sweep(world);
};

/** The days after the end of the term, each with its sweeps; mornings one after the other. */
const liveUntil = async (day: number, isPosted = true): Promise<void> => {
  const untilMs = endMs + day * dayMs;
  while (world.clock.now().getTime() < untilMs) {
    world.clock.advance(Math.min(dayMs / 4, untilMs - world.clock.now().getTime()));
    await run();
    if (isPosted) await post();
    const { desired, status } = runtime();
    if (desired !== 'running' && status === 'ready')
      await bringUp(world, runtimeId, { status: desired });
    if (desired === 'deleted' && status !== 'deleted')
      await bringUp(world, runtimeId, { status: desired });
    if (desired === 'running' && status !== 'ready')
      await bringUp(world, runtimeId, { status: 'ready' });
  }
};

const pay = async (): Promise<void> => {
  const { id, mulNo } = newest();
  await deliver(world, id, world.payments.pay(mulNo));
  await run();
};

const order = async (months: 1 | 3 | 12 = 1, requestKey = 'r'.repeat(16)) => {
  const phone = '010-1234-5678';
  return renewRuntime(world, customer, { runtimeId, months, phone, requestKey });
};

describe('a term', () => {
  test('whose history others kept writing is looked at a minute later', async () => {
    await liveUntil(6);
    const created = world.store.create.bind(world.store);
    world.store.create = async (table, id, row) =>
      table === 'timeline' ? 'exists' : created(table, id, row);
    world.clock.advance(dayMs + minuteMs);
    await settleTerms(world);
    expect(runtime().desired).toBe('running');
    world.store.create = created;
    world.clock.advance(minuteMs);
    await settleTerms(world);
    expect(runtime().desired).toBe('suspended');
  });
});

describe('a renewal', () => {
  test('is opened a week before the end, with a link, for what was paid', async () => {
    await liveUntil(-7.5);
    expect(renewals()).toHaveLength(0);
    await liveUntil(-6);
    expect(renewals()).toMatchObject([
      { state: 'awaiting_payment', runtimeId, priceKrw: 39_000, purpose: 'renew' },
    ]);
    expect(told()).toEqual(['renewal_due']);
    await liveUntil(-0.5);
    expect(renewals()).toHaveLength(1);
    expect(told()).toEqual(['renewal_due', 'renewal_due', 'renewal_due']);
  });

  test('whose maker died before PayApp was asked is asked for again', async () => {
    await liveUntil(-7.5);
    world.clock.advance(dayMs);
    const created = world.store.create.bind(world.store);
    world.store.create = async (table, id, row) => {
      const outcome = await created(table, id, row);
      if (table === 'orders') world.store.crashAfterWrites(0);
      return outcome;
    };
    await settleTerms(world).catch(() => null);
    expect(world.store.crashed).toBe(true);
    world.store.revive();
    world.store.create = created;
    await run();
    expect(renewals()).toMatchObject([{ state: 'awaiting_payment', requestNo: 2 }]);
  });

  test('paid in time goes on where the term ends, once however often it is told', async () => {
    await liveUntil(-2);
    const { id, mulNo } = newest();
    const paid = world.payments.pay(mulNo);
    for (let time = 0; time < 5; time += 1) await deliver(world, id, paid);
    await Promise.all([run(), run()]);
    expect(runtime()).toMatchObject({ paidUntil: '2027-01-23T09:00:00.000Z', desired: 'running' });
    expect(newest()).toMatchObject({ state: 'fulfilled', effects: '[]' });
    const entries = world.store.rows('timeline').filter(({ kind }) => kind === 'extended');
    expect(entries).toHaveLength(1);
    await liveUntil(20);
    expect(told()).toEqual(['renewal_due', 'renewal_due']);
  });

  test('bought early for a year closes the one that was open', async () => {
    await liveUntil(-3);
    const [ours] = renewals();
    expect(await order(12)).toMatchObject({ ok: true, value: { priceKrw: 398_000 } });
    await pay();
    await run();
    expect(runtime().paidUntil).toBe('2027-12-23T09:00:00.000Z');
    expect(renewals().find(({ id }) => id === ours?.id)?.state).toBe('expired');
    expect(world.payments.requests.get(ours?.mulNo ?? '')?.state).toBe('dead');
  });

  test('whose money goes back takes its time with it', async () => {
    await liveUntil(-3);
    await pay();
    const { id, mulNo } = newest();
    await deliver(world, id, world.payments.returnAll(mulNo));
    await run();
    expect(newest()).toMatchObject({ state: 'refunded', effects: '[]' });
    expect(runtime()).toMatchObject({ paidUntil: '2026-12-23T09:00:00.000Z', desired: 'running' });
    // A run that read the order while it was paid comes late.
    await extendRuntime(world, { ...newest(), state: 'paid' });
    expect(runtime().paidUntil).toBe('2026-12-23T09:00:00.000Z');
  });

  test('can be taken back by the customer until its time begins', async () => {
    await liveUntil(-3);
    await pay();
    const { id: orderId, revision } = newest();
    expect(await requestRefund(world, customer, { orderId, revision })).toMatchObject({ ok: true });
    expect(renewals()).toHaveLength(1);
    await liveUntil(1);
    expect(await order()).toMatchObject({ ok: true });
    await pay();
    const late = { orderId: newest().id, revision: newest().revision };
    expect(await requestRefund(world, customer, late)).toMatchObject({
      error: { code: 'refund_renewal_begun' },
    });
  });

  test('is refused to strangers, and of a runtime that is gone', async () => {
    const body = {
      runtimeId,
      months: 1,
      phone: '010-1234-5678',
      requestKey: 's'.repeat(16),
    } as const;
    const stranger = { ...customer, userId: 'stranger' };
    expect(await renewRuntime(world, stranger, body)).toMatchObject({
      error: { code: 'runtime_unknown' },
    });
    await bringUp(world, runtimeId, { desired: 'deleted' });
    expect(await order()).toMatchObject({ error: { code: 'runtime_not_renewable' } });
  });

  test('is not sold for a runtime that has not come up', async () => {
    await bringUp(world, runtimeId, { status: 'provisioning', receipt: null });
    expect(await order()).toMatchObject({ error: { code: 'runtime_not_running' } });
    expect(renewals()).toEqual([]);
  });

  test('after the money of the first order went back leaves the runtime running', async () => {
    await liveUntil(-3);
    await pay();
    const first = world.store.rows('orders').find(({ purpose }) => purpose === 'open');
    await deliver(world, first?.id ?? '', world.payments.returnAll(first?.mulNo ?? ''));
    await run();
    expect(runtime()).toMatchObject({ desired: 'running', paidUntil: '2026-12-24T09:00:00.000Z' });
    expect(tasks()).not.toContain('runtime_unpaid');
  });
});

describe('a runtime nobody pays for', () => {
  test('is told, stopped, told twice, and deleted', async () => {
    await liveUntil(6.9);
    expect(runtime()).toMatchObject({ desired: 'running' });
    await liveUntil(7.5);
    expect(runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'unpaid' });
    await liveUntil(20.9);
    expect(runtime()).toMatchObject({ desired: 'suspended' });
    await liveUntil(24);
    expect(runtime()).toMatchObject({ desired: 'deleted', termDueAt: null });
    expect(told().slice(3)).toEqual([
      'grace',
      'suspended',
      'deletion_warning',
      'deletion_warning',
      'deleted',
    ]);
    expect(renewals()).toMatchObject([{ state: 'expired' }]);
  });

  test('starts again when it is paid, with a whole month before it', async () => {
    await liveUntil(12);
    await pay();
    expect(runtime()).toMatchObject({
      desired: 'running',
      suspendedFor: null,
      suspendedAt: null,
      paidUntil: '2027-02-04T09:00:00.000Z',
    });
    expect(told()).toContain('resumed');
    await liveUntil(30);
    expect(runtime()).toMatchObject({ desired: 'running' });
  });

  test('paid again stays paused where its owner had paused it, and nobody says that it runs', async () => {
    const pausedAt = world.clock.now().toISOString();
    const pause = { suspendedFor: 'customer', suspendedAt: pausedAt, pausedAt } as const;
    await bringUp(world, runtimeId, { desired: 'suspended', ...pause });
    await liveUntil(12);
    expect(runtime()).toMatchObject({ suspendedFor: 'unpaid', pausedAt });
    await pay();
    expect(runtime()).toMatchObject({ desired: 'suspended', ...pause });
    expect(told()).not.toContain('resumed');
  });

  test('is not deleted while its warnings do not go out', async () => {
    await liveUntil(90, false);
    expect(runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'unpaid' });
  });

  test('is not deleted while its renewal may be paid', async () => {
    await liveUntil(20.9);
    const { id, mulNo } = newest();
    const paid = world.payments.pay(mulNo);
    await liveUntil(30);
    expect(runtime()).toMatchObject({ desired: 'suspended' });
    expect(tasks()).toContain('missing_feedback');
    await deliver(world, id, paid);
    await run();
    expect(runtime()).toMatchObject({ desired: 'running' });
  });

  test('gives the money back that comes after it was deleted', async () => {
    await liveUntil(24);
    const { id } = newest();
    await deliver(world, id, noticeOf(newest().mulNo, '4'));
    await run();
    expect(newest().state).toBe('refund_due');
    expect(tasks()).toContain('refund_due');
  });

  test('ends right after a death at any write', async () => {
    for (let writes = 1; ; writes += 1) {
      world = makeWorld();
      workspaceId = await workspaceOf(world);
      ({ runtimeId } = await paidOrder(world, workspaceId));
      await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
      await liveUntil(12);
      const { id, mulNo } = newest();
      await deliver(world, id, world.payments.pay(mulNo));
      world.store.crashAfterWrites(writes);
      await run().catch(() => null);
      const crashed = world.store.crashed;
      world.store.revive();
      world.clock.advance(11 * 60_000);
      await run();
      expect(newest()).toMatchObject({ state: 'fulfilled', effects: '[]' });
      expect(runtime()).toMatchObject({ desired: 'running', suspendedFor: null });
      expect(JSON.parse(runtime().periods ?? '[]')).toHaveLength(2);
      expect(told().filter((kind) => kind === 'resumed')).toHaveLength(1);
      if (!crashed) break;
    }
  });
});

test('a paid renewal of a runtime whose own money went back is given back too', async () => {
  await liveUntil(-3);
  const first = world.store.rows('orders').find(({ purpose }) => purpose === 'open');
  await deliver(world, first?.id ?? '', world.payments.returnAll(first?.mulNo ?? ''));
  await run();
  expect(runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'refunded' });
  await pay();
  expect(newest().state).toBe('refund_due');
  await openRuntime(world, { ...newest(), state: 'paid' });
  expect(runtime()).toMatchObject({ desired: 'suspended' });
});
