import { beforeEach, describe, expect, test } from 'vitest';
import { customer, openBody, orderFor, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import { cancelOrder } from './cancel-order.ts';
import { openOrder, orderLifeMs } from './open-order.ts';
import { renewPayLink } from './renew-pay-link.ts';

let world: World;
let workspaceId: string;
beforeEach(async () => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
});

const stranger = { ...customer, userId: 'stranger' };
const codeOf = (result: { ok: boolean; error?: { code: string } }) =>
  result.ok ? 'ok' : (result.error?.code ?? '');
const onlyOrder = () => {
  const [order, ...more] = world.store.rows('orders');
  if (order === undefined || more.length > 0) throw new Error('not exactly one order');
  return order;
};
const renew = async () => {
  const { id: orderId, revision } = onlyOrder();
  return renewPayLink(world, customer, { orderId, revision, phone: '01012345678' });
};
const cancel = async () => {
  const { id: orderId, revision } = onlyOrder();
  return cancelOrder(world, customer, { orderId, revision });
};

describe('opening an order', () => {
  test('gives a pay link at our own price, to be paid within a day', async () => {
    const opened = await openOrder(world, customer, openBody(workspaceId));
    expect(opened).toMatchObject({ ok: true, value: { priceKrw: 39_000 } });
    const order = onlyOrder();
    expect(order).toMatchObject({ state: 'awaiting_payment', requestNo: 1, userId: 'mina' });
    expect(Date.parse(order.expiresAt)).toBe(world.clock.now().getTime() + orderLifeMs);
    expect(world.store.readersOf('orders', order.id)).toEqual({ team: workspaceId });
    expect(order.runtimeId).toHaveLength(24);
  });

  test('by a double click is one order, one request, one link', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => openOrder(world, customer, openBody(workspaceId))),
    );
    const urls = new Set(results.map((each) => (each.ok ? each.value.payUrl : each.error.code)));
    expect(urls.size).toBe(1);
    expect(world.payments.requests.size).toBe(1);
    expect(results.every((each) => each.ok)).toBe(true);
  });

  test('works when PayApp’s first notice comes before its answer', async () => {
    world.payments.whileRequesting = async (mulNo) => {
      await deliver(world, onlyOrder().id, noticeOf(mulNo, '1'));
      await sweep(world);
    };
    const opened = await openOrder(world, customer, openBody(workspaceId));
    expect(opened.ok).toBe(true);
    expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', supersededMulNos: '[]' });
  });

  test('is refused to who is no member, as if the workspace were not there', async () => {
    const result = await openOrder(world, stranger, openBody(workspaceId));
    expect(codeOf(result)).toBe('workspace_unknown');
    expect(world.store.rows('orders')).toHaveLength(0);
  });

  test.each([
    [{ phone: '02-123-4567' }, 'phone_invalid'],
    [{ phone: '0101234567' }, 'phone_invalid'],
    [{ planKey: 'free' }, 'plan_unknown'],
  ])('with %o is refused before anything is written', async (change, code) => {
    const body = { ...openBody(workspaceId), ...change };
    expect(codeOf(await openOrder(world, customer, body))).toBe(code);
    expect(world.store.rows('orders')).toHaveLength(0);
  });

  test.each([
    ['by a new link', () => renew()],
    ['by the same form', () => openOrder(world, customer, openBody(workspaceId))],
  ])('whose answer is lost is unknown, and asking again %s supersedes it', async (_how, ask) => {
    world.payments.answers.push('lost');
    const opened = await openOrder(world, customer, openBody(workspaceId));
    expect(codeOf(opened)).toBe('payment_request_unknown');
    expect(onlyOrder()).toMatchObject({ state: 'draft', failureCode: 'payment_request_unknown' });
    expect(world.payments.requests.size).toBe(1);

    expect(codeOf(await ask())).toBe('ok');
    expect(onlyOrder().requestNo).toBe(2);
    const [lost = ''] = world.payments.requests.keys();
    await deliver(world, onlyOrder().id, noticeOf(lost, '1'));
    await sweep(world);
    expect(world.payments.requests.get(lost)?.state).toBe('dead');
    expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', effects: '[]' });
  });

  test.each([
    ['by a new link', () => renew()],
    ['by the same form', () => openOrder(world, customer, openBody(workspaceId))],
  ])('that PayApp refuses has failed, with its reason; again %s', async (_how, ask) => {
    world.payments.answers.push('refused');
    const opened = await openOrder(world, customer, openBody(workspaceId));
    expect(codeOf(opened)).toBe('payment_feedback_unreachable');
    expect(onlyOrder().state).toBe('payment_failed');
    expect(codeOf(await ask())).toBe('ok');
  });

  test('asked again by the same form twice at once makes one new link', async () => {
    world.payments.answers.push('lost');
    await openOrder(world, customer, openBody(workspaceId));
    const ask = () => openOrder(world, customer, openBody(workspaceId));
    const codes = (await Promise.all([ask(), ask()])).map(codeOf);
    expect(codes).toContain('ok');
    expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', requestNo: 2 });
    expect(world.payments.requests.size).toBe(2);
  });

  test('has a limit per person and hour', async () => {
    const codes: string[] = [];
    for (let index = 0; index < 21; index += 1) {
      const key = `k${String(index).padStart(20, '0')}`;
      codes.push(codeOf(await openOrder(world, customer, openBody(workspaceId, key))));
    }
    expect(codes.filter((code) => code === 'ok')).toHaveLength(20);
    expect(codes.at(-1)).toBe('too_many_requests');
  });
});

describe('renewing the pay link', () => {
  test('kills the old one first, and its notice does not cancel the order', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    expect(codeOf(await renew())).toBe('ok');
    expect(world.payments.requests.get(mulNo)?.state).toBe('dead');
    await deliver(world, orderId, noticeOf(mulNo, '8'));
    await sweep(world);
    expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', requestNo: 2 });
  });

  test('when the old one is paid already keeps it, and the payment counts', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    const paid = world.payments.pay(mulNo);
    expect(codeOf(await renew())).toBe('order_not_payable');
    expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', mulNo });
    await deliver(world, orderId, paid);
    await sweep(world);
    expect(onlyOrder()).toMatchObject({ state: 'fulfilled', mulNo });
    expect(world.payments.requests.size).toBe(1);
  });

  test('while PayApp is away asks for no second link', async () => {
    await orderFor(world, workspaceId);
    world.payments.reachable = false;
    expect(codeOf(await renew())).toBe('payment_provider_unavailable');
    world.payments.reachable = true;
    expect(codeOf(await renew())).toBe('ok');
    const states = [...world.payments.requests.values()].map(({ state }) => state);
    expect(states).toEqual(['dead', 'open']);
  });

  test('twice at once makes one new link; the other caller is told to look again', async () => {
    await orderFor(world, workspaceId);
    const codes = (await Promise.all([renew(), renew()])).map(codeOf).sort();
    expect(codes).toEqual(['ok', 'stale_revision']);
    const open = [...world.payments.requests.values()].filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
  });

  test('while the reconciler kills the old one, too, makes one new link', async () => {
    for (let lead = 0; lead < 12; lead += 1) {
      world = makeWorld();
      workspaceId = await workspaceOf(world);
      await orderFor(world, workspaceId);
      const renewing = renew();
      for (let turn = 0; turn < lead; turn += 1) await world.clock.sleep();
      await Promise.all([sweep(world), sweep(world)]);
      expect(codeOf(await renewing)).toBe('ok');
      await sweep(world);
      const states = [...world.payments.requests.values()].map(({ state }) => state);
      expect(states).toEqual(['dead', 'open']);
      expect(onlyOrder()).toMatchObject({ state: 'awaiting_payment', effects: '[]' });
      expect(world.store.rows('tasks')).toEqual([]);
    }
  });

  test('with an old revision, by a stranger, or too late is refused', async () => {
    const { orderId } = await orderFor(world, workspaceId);
    const { revision } = onlyOrder();
    const body = { orderId, revision, phone: '01012345678' };
    expect(codeOf(await renewPayLink(world, stranger, body))).toBe('order_unknown');
    const old = { ...body, revision: revision - 1 };
    expect(codeOf(await renewPayLink(world, customer, old))).toBe('stale_revision');
    world.clock.advance(orderLifeMs);
    expect(codeOf(await renewPayLink(world, customer, body))).toBe('order_not_payable');
  });

  test('after a crash at any write leaves at most one link that can be paid', async () => {
    for (let writes = 1; ; writes += 1) {
      world = makeWorld();
      workspaceId = await workspaceOf(world);
      await orderFor(world, workspaceId);
      world.store.crashAfterWrites(writes);
      await renew().catch(() => null);
      const crashed = world.store.crashed;
      world.store.revive();
      expect(codeOf(await renew())).toBe('ok');
      for (const [mulNo] of world.payments.requests) {
        await deliver(world, onlyOrder().id, noticeOf(mulNo, '1'));
      }
      await sweep(world);
      const open = [...world.payments.requests].filter(([, { state }]) => state === 'open');
      expect(open.map(([mulNo]) => mulNo)).toEqual([onlyOrder().mulNo]);
      if (!crashed) break;
    }
  });
});

describe('cancelling', () => {
  test('by a double click ends once, and both are told so', async () => {
    await orderFor(world, workspaceId);
    expect((await Promise.all([cancel(), cancel()])).map(codeOf)).toEqual(['ok', 'ok']);
    expect(onlyOrder().state).toBe('cancelled');
  });

  test('kills the link; doing it twice is harmless', async () => {
    const { mulNo } = await orderFor(world, workspaceId);
    expect(await cancel()).toMatchObject({ ok: true, value: { state: 'cancelled' } });
    expect(world.payments.requests.get(mulNo)?.state).toBe('dead');
    expect(codeOf(await cancel())).toBe('ok');
  });

  test('is refused when the link may have been paid', async () => {
    const { mulNo } = await orderFor(world, workspaceId);
    world.payments.pay(mulNo);
    expect(codeOf(await cancel())).toBe('order_not_cancellable');
    expect(onlyOrder().state).toBe('awaiting_payment');
  });

  test('after a crash between killing and writing still ends', async () => {
    const { orderId, mulNo } = await orderFor(world, workspaceId);
    await world.payments.cancelIfUnpaid(mulNo);
    expect(codeOf(await cancel())).toBe('order_not_cancellable');
    await deliver(world, orderId, noticeOf(mulNo, '8'));
    expect(codeOf(await cancel())).toBe('ok');
  });

  test('of an order whose request was lost kills the request when it shows up', async () => {
    world.payments.answers.push('lost');
    await openOrder(world, customer, openBody(workspaceId));
    expect(codeOf(await cancel())).toBe('ok');
    const [lost = ''] = world.payments.requests.keys();
    await deliver(world, onlyOrder().id, noticeOf(lost, '1'));
    await sweep(world);
    expect(world.payments.requests.get(lost)?.state).toBe('dead');
    expect(onlyOrder().state).toBe('cancelled');
  });
});
