/** Money that goes back: once, for sure, or with somebody who knows that it is not sure. */
import { beforeEach, describe, expect, test } from 'vitest';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { listOrders } from '#app/operator/orders.ts';
import { refundOrder, settleRefund } from '#app/operator/refunds.ts';
import { brokenAt } from '#app/timeline/append.ts';
import type { Stored } from '#ports/store.ts';
import {
  bringUp,
  customer,
  deliverAll,
  paidOrder,
  sweep,
  workspaceOf,
} from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';

let world: World;
let order: { readonly orderId: string; readonly runtimeId: string; readonly mulNo: string };
const dayMs = 24 * 60 * 60_000;
const price = 39_000;

const start = async (): Promise<void> => {
  world = makeWorld();
  order = await paidOrder(world, await workspaceOf(world));
};
beforeEach(start);

const row = (): Stored<'orders'> => {
  const found = world.store.rows('orders').find(({ id }) => id === order.orderId);
  if (found === undefined) throw new Error('no order');
  return found;
};
const tasks = (): readonly string[] => world.store.rows('tasks').map(({ kind }) => kind);
const back = (): number => world.payments.requests.get(order.mulNo)?.returnedKrw ?? 0;
const byCustomer = () =>
  requestRefund(world, customer, { orderId: order.orderId, revision: row().revision });
const byOperator = (amountKrw: number | null = null, changes: object = {}) =>
  refundOrder(world, 'olga', {
    orderId: order.orderId,
    revision: row().revision,
    amountKrw,
    reason: 'asked by telephone',
    confirmation: order.orderId,
    ...changes,
  });
const settle = (outcome: 'refunded' | 'not_refunded', refundNo = 1) =>
  settleRefund(world, 'olga', {
    orderId: order.orderId,
    revision: row().revision,
    refundNo,
    outcome,
    reason: 'seen on the seller page',
    confirmation: order.orderId,
  });
test('the history names who asked, whoever came to write it', async () => {
  for (let writes = 1; ; writes += 1) {
    await start();
    world.store.crashAfterWrites(writes);
    await byCustomer().catch(() => null);
    const { crashed } = world.store;
    world.store.revive();
    await sweep(world);
    const asked = world.store
      .rows('timeline')
      .find(({ subjectId, kind }) => subjectId === order.orderId && kind.includes('refund'));
    if (asked !== undefined) expect([writes, asked.actor]).toEqual([writes, customer.userId]);
    if (!crashed) break;
  }
});

const toldAll = async (): Promise<void> => {
  await deliverAll(world);
  await sweep(world);
};

describe('a customer', () => {
  test('gets everything back while the runtime never was ready, and the runtime stops', async () => {
    expect(await byCustomer()).toEqual({
      ok: true,
      value: { orderId: order.orderId, state: 'refunded' },
    });
    expect(back()).toBe(price);
    await toldAll();
    expect(row()).toMatchObject({ state: 'refunded', refundState: 'done', refundedKrw: price });
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'suspended' }]);
    expect(tasks()).toEqual([]);
    const { writes } = world.store;
    await toldAll();
    expect(world.store.writes).toBe(writes);
  });

  test('who asks twice, at once or later, causes one call', async () => {
    await Promise.all([byCustomer(), byCustomer(), byCustomer()]);
    expect(await byCustomer()).toMatchObject({ ok: true, value: { state: 'refunded' } });
    expect(world.payments.refundCalls).toHaveLength(1);
  });

  test.each([
    ['refund_runtime_was_ready', async () => bringUp(world, order.runtimeId, { receipt: '{}' })],
    ['refund_window_over', async () => world.clock.advance(7 * dayMs + 1_000)],
  ] as const)('is told %s, and nothing is called', async (code, before) => {
    await before();
    expect(await byCustomer()).toMatchObject({ ok: false, error: { code } });
    expect(world.payments.refundCalls).toEqual([]);
    expect(row().state).toBe('fulfilled');
  });

  test('sees nobody else’s order, and an old page is refused', async () => {
    const { orderId } = order;
    const { revision } = row();
    const stranger = { ...customer, userId: 'eve' };
    expect(await requestRefund(world, stranger, { orderId, revision })).toMatchObject({
      error: { code: 'order_unknown' },
    });
    expect(await requestRefund(world, customer, { orderId, revision: revision - 1 })).toMatchObject(
      { error: { code: 'stale_revision' } },
    );
  });

  test('hears that it was asked for while PayApp needs the seller’s payment first', async () => {
    world.payments.settled = true;
    expect(await byCustomer()).toMatchObject({ value: { state: 'refund_requested' } });
    expect(back()).toBe(0);
    expect(tasks()).toEqual(['refund_payback']);
    await toldAll();
    expect(row()).toMatchObject({ state: 'refund_requested', refundedKrw: null });
    world.payments.settleAsked(order.mulNo);
    await toldAll();
    expect(row()).toMatchObject({ state: 'refunded', refundedKrw: price, refundState: 'done' });
    expect(tasks()).toEqual(['refund_payback']);
  });
});

describe('an operator', () => {
  test('types the order’s id again, or nothing happens', async () => {
    expect(await byOperator(null, { confirmation: 'yes' })).toMatchObject({
      error: { code: 'refund_confirmation_mismatch', field: 'confirmation' },
    });
    expect(world.payments.refundCalls).toEqual([]);
  });

  test('gives back parts that add up, and never more than was paid', async () => {
    expect(await byOperator(10_000)).toMatchObject({
      value: { kind: 'cancelled', state: 'partially_refunded' },
    });
    await toldAll();
    expect(await byOperator(9_000)).toMatchObject({ ok: true });
    await toldAll();
    expect(row()).toMatchObject({ state: 'partially_refunded', refundedKrw: 19_000 });
    for (const amount of [20_001, 39_000, 1_000_000]) {
      expect(await byOperator(amount)).toMatchObject({ error: { code: 'refund_amount_invalid' } });
    }
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'running' }]);
    expect(await byOperator()).toMatchObject({ value: { kind: 'cancelled', state: 'refunded' } });
    await toldAll();
    expect(row()).toMatchObject({ state: 'refunded', refundedKrw: price });
    expect(back()).toBe(price);
    expect(world.payments.refundCalls.map(({ amountKrw, part }) => [amountKrw, part])).toEqual([
      [10_000, true],
      [9_000, true],
      [20_000, true],
    ]);
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'suspended' }]);
    expect(tasks()).toEqual([]);
  });

  test('is given the account to pay into, in the answer and in the task', async () => {
    world.payments.settled = true;
    const payback = { account: 'Example Bank 123-456', amountKrw: 5_000, depositor: 'Acme' };
    expect(await byOperator(5_000)).toMatchObject({ value: { kind: 'requested', payback } });
    expect(row()).toMatchObject({ state: 'fulfilled', refundState: 'requested' });
    const [task] = world.store.rows('tasks');
    expect(JSON.parse(task?.detail ?? '')).toEqual({ mulNo: order.mulNo, refundNo: 1, ...payback });
    expect(await byOperator(5_000)).toMatchObject({ error: { code: 'refund_in_progress' } });
    world.payments.settleAsked(order.mulNo);
    await toldAll();
    expect(row()).toMatchObject({ state: 'partially_refunded', refundedKrw: 5_000 });
  });

  test('after six days is not made to wait for a call that cannot succeed', async () => {
    world.clock.advance(7 * dayMs);
    await byOperator(1_000);
    expect(world.payments.refundCalls).toHaveLength(1);
    expect(back()).toBe(0);
    expect(row().refundState).toBe('requested');
  });

  test('who cannot be heard because of the keys has a task, and the money is still due', async () => {
    world.payments.refundAnswers.push('credentials');
    expect(await byOperator()).toMatchObject({ error: { code: 'refund_refused' } });
    await sweep(world);
    expect(row()).toMatchObject({ state: 'refund_due', refundState: 'refused' });
    expect(tasks()).toEqual(['refund_refused']);
    expect(world.payments.refundCalls).toHaveLength(1);
    expect(await byOperator()).toMatchObject({ value: { kind: 'cancelled', state: 'refunded' } });
  });

  test('gives a second payment back, and the order keeps its own', async () => {
    const second = '1770000000000';
    const request = { ...world.payments.requests.get(order.mulNo) };
    if (request.orderId === undefined) throw new Error('no request');
    world.payments.requests.set(second, {
      orderId: request.orderId,
      priceKrw: price,
      state: 'open',
      returnedKrw: 0,
      asked: [],
    });
    world.payments.pay(second);
    await toldAll();
    expect(tasks()).toEqual(['duplicate_payment']);
    expect(await byOperator(1_000, { mulNo: second })).toMatchObject({
      error: { code: 'refund_amount_invalid' },
    });
    expect(await byOperator(null, { mulNo: second })).toMatchObject({
      value: { kind: 'cancelled', state: 'fulfilled' },
    });
    await toldAll();
    expect(row()).toMatchObject({ state: 'fulfilled', refundedKrw: null, refundState: null });
    expect(world.payments.requests.get(second)?.returnedKrw).toBe(price);
    expect(world.store.rows('runtimes')).toMatchObject([{ desired: 'running' }]);
    expect(tasks()).toEqual(['duplicate_payment']);
  });

  test('finds orders by state and id, with every refund', async () => {
    await byOperator(1_000);
    const found = await listOrders(world, { state: 'partially_refunded' });
    expect(found).toMatchObject({
      value: {
        orders: [{ orderId: order.orderId, paidKrw: price, refundedKrw: 1_000, payType: '1' }],
      },
    });
    expect(await listOrders(world, { orderId: order.orderId, state: 'paid' })).toMatchObject({
      value: { orders: [] },
    });
  });

  test('leaves who, what and why where the customer does not read it', async () => {
    await byOperator(1_000);
    const audit = world.store
      .rows('timeline')
      .filter(({ subjectId }) => subjectId.startsWith('audit-'));
    expect(audit.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['refund.cancelling', 'olga'],
      ['refund.done', 'olga'],
    ]);
    expect(audit[0]?.detail).toContain('asked by telephone');
    expect(brokenAt(world.ids, audit)).toBeNull();
    for (const { id } of audit) expect(world.store.readersOf('timeline', id)).toBe('functions');
    const seen = world.store
      .rows('timeline')
      .filter(({ subjectId }) => subjectId === order.orderId);
    expect(JSON.stringify(seen)).not.toMatch(/telephone|olga/);
    expect(seen.at(-1)?.actor).toBe('operator');
    expect(row().refunds).not.toContain('telephone');
  });
});

describe('when PayApp is silent', () => {
  test.each(['lost', 'never_made'] as const)('(%s) nothing is asked twice', async (answer) => {
    world.payments.refundAnswers.push(answer);
    expect(await byOperator()).toMatchObject({ error: { code: 'refund_unknown' } });
    expect(row()).toMatchObject({ state: 'refund_requested', refundState: 'pending' });
    world.clock.advance(3 * dayMs);
    await sweep(world);
    await sweep(world);
    expect(tasks()).toEqual(['refund_unknown']);
    expect(await byOperator()).toMatchObject({ error: { code: 'refund_in_progress' } });
    expect(world.payments.refundCalls).toHaveLength(1);
    await toldAll();
    const happened = answer === 'lost';
    expect(row().state).toBe(happened ? 'refunded' : 'refund_requested');
    expect(row().refundedKrw).toBe(happened ? price : null);
    if (happened) return;
    expect(await settle('not_refunded')).toMatchObject({ value: { state: 'refund_due' } });
    expect(await byOperator()).toMatchObject({ value: { kind: 'cancelled', state: 'refunded' } });
  });

  test('a part is counted once by its notice, however often it comes', async () => {
    world.payments.refundAnswers.push('lost');
    await byOperator(4_000);
    await toldAll();
    await toldAll();
    expect(row()).toMatchObject({ state: 'partially_refunded', refundedKrw: 4_000 });
    expect(await settle('refunded')).toMatchObject({ error: { code: 'refund_not_allowed' } });
  });

  test('an operator who saw it closes it, and the late notice adds nothing', async () => {
    world.payments.refundAnswers.push('lost');
    await byOperator(4_000);
    expect(await settle('refunded')).toMatchObject({ value: { state: 'partially_refunded' } });
    await toldAll();
    expect(row()).toMatchObject({ refundedKrw: 4_000 });
    expect(tasks()).toEqual(['refund_unknown']);
  });
});

test('money that somebody else gave back raises an alarm, in full or in part', async () => {
  world.payments.returnAll(order.mulNo);
  await toldAll();
  expect(row()).toMatchObject({ state: 'refunded', refundedKrw: price });
  expect(tasks()).toEqual(['unexpected_refund']);
});

describe('a crash at any write', () => {
  const actions = [
    ['full', () => byOperator()],
    ['part', () => byOperator(5_000)],
    ['by the customer', () => byCustomer()],
  ] as const;
  test.each(actions)('of a refund (%s) never makes PayApp be asked twice', async (name, act) => {
    for (const settled of [false, true]) {
      for (let writes = 1; ; writes += 1) {
        await start();
        world.payments.settled = settled;
        world.store.crashAfterWrites(writes);
        await act().catch(() => null);
        const crashed = world.store.crashed;
        world.store.revive();
        world.clock.advance(10 * 60_000);
        await sweep(world);
        await act().catch(() => null);
        world.payments.settleAsked(order.mulNo);
        await toldAll();
        await toldAll();
        const amount = name === 'part' ? 5_000 : price;
        const asked = world.payments.refundCalls.length;
        const most = name === 'part' && !crashed ? 4 : 2;
        expect(asked).toBeLessThanOrEqual(most);
        expect(row().refundedKrw ?? 0).toBe(back());
        expect([0, amount, 2 * amount]).toContain(back());
        if (name !== 'part') expect(back()).toBeLessThanOrEqual(price);
        // What is not back is known to a person.
        const open = row().refundState === 'pending';
        expect(open).toBe(open && tasks().includes('refund_unknown'));
        expect(row().nextCheckAt === null || row().state !== 'refunded').toBe(true);
        const [runtime] = world.store.rows('runtimes');
        const running = ['fulfilled', 'partially_refunded'].includes(row().state);
        expect(runtime?.desired).toBe(running ? 'running' : 'suspended');
        if (!crashed) break;
      }
    }
  });
});
