/** Renewal that PayApp charges by itself: agreed, charged, missed, stopped; and what must go back. */
import { beforeEach, describe, expect, test } from 'vitest';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { chooseNextPlan } from '#app/checkout/plan-change.ts';
import { settleTerms } from '#app/terms/settle-terms.ts';
import { pausedFrom } from '#core/term/standstill.ts';
import { bringUp, customer, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import type { World } from '#tests/support/world.ts';
import { settleAutopays } from './settle.ts';
import { showAutopay } from './show.ts';
import { startAutopay } from './start.ts';
import { stopAutopay } from './stop-by-member.ts';

const dayMs = 24 * 60 * 60_000;
/** The runtime is paid until then; the agreement is made three days before, on the 20th. */
const endMs = Date.parse('2026-12-23T09:00:00.000Z');
const phone = '010-1234-5678';
const agreed = { priceKrw: 39_000, chargeDay: 20 };

let world: World & { readonly recurring: boolean };
let workspaceId: string;
let runtimeId: string;
beforeEach(async () => {
  world = { ...makeWorld(), recurring: true };
  workspaceId = await workspaceOf(world);
  ({ runtimeId } = await paidOrder(world, workspaceId));
  await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
  world.clock.advance(endMs - 3 * dayMs - world.clock.now().getTime());
});

const runtime = () => {
  const found = world.store.rows('runtimes').find(({ id }) => id === runtimeId);
  if (found === undefined) throw new Error('no runtime');
  return found;
};
const agreements = () => world.store.rows('autopays');
const agreement = () => {
  const found = agreements().at(-1);
  if (found === undefined) throw new Error('no agreement');
  return found;
};
const renewals = () => world.store.rows('orders').filter(({ purpose }) => purpose === 'renew');
const isCharged = ({ planSnapshot }: { readonly planSnapshot: string }): boolean =>
  planSnapshot.includes('autopayId');
/** Of payments that PayApp made by itself. */
const orders = () => renewals().filter(isCharged);
/** What can be paid by hand. */
const payable = () =>
  renewals().filter((order) => !isCharged(order) && order.state === 'awaiting_payment');
const tasks = () => world.store.rows('tasks').map(({ kind }) => kind);
const told = () => world.store.rows('messages').map(({ kind }) => kind);
const payApp = () => world.payments.recurring;
const stateThere = () => [...payApp().all.values()].map(({ state }) => state);

const run = async (): Promise<void> => {
  await sweep(world);
  await settleAutopays(world);
  await settleTerms(world);
  await sweep(world);
};

/** Days after the end of the term, four looks a day; what is written down goes out. */
const liveUntil = async (day: number): Promise<void> => {
  const untilMs = endMs + day * dayMs;
  while (world.clock.now().getTime() < untilMs) {
    world.clock.advance(Math.min(dayMs / 4, untilMs - world.clock.now().getTime()));
    await run();
    const sentAt = world.clock.now().toISOString();
    for (const { id, version, sentAt: known } of world.store.rows('messages')) {
      if (known === null) await world.store.update('messages', { id, version }, { sentAt });
    }
  }
};

const start = () => startAutopay(world, customer, { runtimeId, phone, agreed });
const stop = () => stopAutopay(world, customer, { autopayId: agreement().id });
/** PayApp charges and tells it `times` times. */
const charge = async (times = 1, priceKrw?: number): Promise<string> => {
  const told = payApp().charge(payApp().only(), world.clock.now(), priceKrw);
  for (let time = 0; time < times; time += 1) await deliver(world, told.autopayId, told.notice);
  return told.notice.mulNo;
};
const begin = async (): Promise<void> => {
  expect(await start()).toMatchObject({ ok: true });
  await charge();
  await run();
};

describe('agreeing', () => {
  test('is one registration with PayApp, written down with who agreed to what', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
    expect(payApp().all.size).toBe(1);
    expect(agreement()).toMatchObject({ state: 'approving', ...agreed, userId: customer.userId });
    const [entry] = world.store.rows('timeline').filter(({ kind }) => kind === 'autopay_agreed');
    expect(entry).toMatchObject({ actor: customer.userId, subjectId: runtimeId });
    expect(JSON.stringify(world.store.rows('autopays'))).not.toContain('1234');
    expect(orders()).toHaveLength(0);
  });

  test('is refused where it is off, and leaves nothing', async () => {
    world = { ...world, recurring: false };
    expect(await start()).toMatchObject({ error: { code: 'autopay_off' } });
    const shown = await showAutopay(world, customer, { runtimeId });
    expect(shown).toMatchObject({ error: { code: 'autopay_off' } });
    expect(agreements()).toHaveLength(0);
  });

  test.each([
    ['another price', { priceKrw: 38_000, chargeDay: 20 }],
    ['another day', { priceKrw: 39_000, chargeDay: 21 }],
  ])('to %s than there is now is outdated', async (_what, other) => {
    const asked = await startAutopay(world, customer, { runtimeId, phone, agreed: other });
    expect(asked).toMatchObject({ error: { code: 'stale_revision' } });
    expect(payApp().all.size).toBe(0);
  });

  test('is for what runs alone', async () => {
    await bringUp(world, runtimeId, pausedFrom(world.clock.now().toISOString()));
    expect(await start()).toMatchObject({ error: { code: 'runtime_not_running' } });
  });

  test('that PayApp has no contract for ends at once, and an operator is told', async () => {
    payApp().answers.push('refused');
    expect(await start()).toMatchObject({ error: { code: 'payment_not_permitted' } });
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: 'not_registered' });
    expect(tasks()).toEqual(['payment_provider_refused']);
  });

  test('whose answer was lost can be agreed to anew; what is lost there never counts', async () => {
    payApp().answers.push('lost');
    expect(await start()).toMatchObject({ error: { code: 'payment_request_unknown' } });
    const [lost] = payApp().all.keys();
    world.clock.advance(5 * 60_000);
    expect(await start()).toMatchObject({ ok: true });
    await run();
    expect(agreements().map(({ state }) => state)).toEqual(['ended', 'approving']);
    const { autopayId, notice } = payApp().charge(lost ?? '', world.clock.now());
    await deliver(world, autopayId, notice);
    await run();
    expect(orders()).toMatchObject([{ state: 'refund_due' }]);
    expect(tasks()).toEqual(['refund_due']);
    // Its number is known now: it is ended there too.
    expect(stateThere()).toEqual(['cancelled', 'registered']);
  });

  test('that nobody approves within a day is withdrawn and told', async () => {
    await start();
    await liveUntil(-1.5);
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: 'not_approved' });
    expect(stateThere()).toEqual(['cancelled']);
    expect(told()).toContain('autopay_failed');
    // Nobody relied on it: the ordinary renewal was there all along.
    expect(payable()).toHaveLength(1);
  });
});

describe('a charge', () => {
  test('is a renewal of its own, once however often it is told', async () => {
    await start();
    await charge(5);
    await Promise.all([run(), run()]);
    await run();
    expect(runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(orders()).toMatchObject([{ state: 'fulfilled', priceKrw: 39_000, effects: '[]' }]);
    expect(agreement()).toMatchObject({
      state: 'active',
      missed: 0,
      expectedAt: '2027-01-20T15:00:00.000Z',
    });
    expect(told().filter((kind) => kind === 'receipt')).toHaveLength(2);
    expect(tasks()).toEqual([]);
  });

  test('comes each month, and nobody is reminded meanwhile', async () => {
    await begin();
    await liveUntil(28.2);
    await charge();
    await liveUntil(58);
    await charge();
    await run();
    expect(runtime().paidUntil).toBe('2027-03-23T09:00:00.000Z');
    expect(told()).not.toContain('renewal_due');
    expect(orders()).toHaveLength(3);
    expect(tasks()).toEqual([]);
  });

  test.each([
    ['too little', 38_999],
    ['too much', 39_001],
  ])('of %s buys nothing and goes back', async (_what, priceKrw) => {
    await start();
    await charge(1, priceKrw);
    await run();
    expect(runtime().paidUntil).toBe('2026-12-23T09:00:00.000Z');
    expect(orders()).toMatchObject([{ state: 'refund_due' }]);
    expect(tasks()).toEqual(['amount_mismatch']);
    expect(agreement().state).toBe('approving');
  });

  test('of the same cycle again goes back', async () => {
    await begin();
    world.clock.advance(2 * dayMs);
    await charge();
    await run();
    expect(orders().map(({ state }) => state)).toEqual(['fulfilled', 'refund_due']);
    expect(runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(tasks()).toEqual(['refund_due']);
  });

  test('under another number than the agreed one goes back, and a person ends it', async () => {
    await begin();
    const other = { ...noticeOf('5550001', '4'), rebillNo: '777', payDate: '2027-01-20 10:00:00' };
    await deliver(world, agreement().id, other);
    await run();
    expect(tasks().toSorted()).toEqual(['autopay_unknown', 'refund_due']);
    expect(runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
  });

  test('whose money went back takes its time with it, in any order of the notices', async () => {
    await start();
    const { autopayId, notice } = payApp().charge(payApp().only(), world.clock.now());
    await deliver(world, autopayId, world.payments.returnAll(notice.mulNo));
    await run();
    await deliver(world, autopayId, notice);
    await run();
    expect(orders()).toMatchObject([{ state: 'refunded' }]);
    expect(runtime().paidUntil).toBe('2026-12-23T09:00:00.000Z');
  });

  test('of no agreement is for a person', async () => {
    await deliver(world, 'autopay-000000000000000000000000', noticeOf('5550001', '4'));
    await run();
    expect(tasks()).toEqual(['orphan_notice']);
  });

  test('survives a death at every write', async () => {
    await start();
    const { autopayId, notice } = payApp().charge(payApp().only(), world.clock.now());
    await deliver(world, autopayId, notice);
    for (let writes = 0; ; writes += 1) {
      world.store.crashAfterWrites(writes);
      await run().catch(() => null);
      if (!world.store.crashed) break;
      world.store.revive();
    }
    expect(orders()).toMatchObject([{ state: 'fulfilled', effects: '[]' }]);
    expect(runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(agreement().state).toBe('active');
  });
});

describe('a charge that does not come', () => {
  test('is told, looked into, and the ordinary way goes on until it is stopped', async () => {
    await begin();
    await liveUntil(27);
    expect(told()).not.toContain('renewal_due');
    // Due on the 20th, missed a day later, two days before the end.
    await liveUntil(30.5);
    expect(tasks()).toEqual(['autopay_missed']);
    expect(told()).toContain('autopay_failed');
    expect(told()).toContain('renewal_due');
    expect(payable()).toHaveLength(1);
    await liveUntil(50);
    expect(runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'unpaid' });
    expect(told()).toContain('grace');
  });

  test('and of which PayApp says so needs no person', async () => {
    await begin();
    await liveUntil(28.3);
    const failed = { ...noticeOf('0', '99'), rebillNo: payApp().only() };
    await deliver(world, agreement().id, failed);
    await run();
    expect(agreement()).toMatchObject({ state: 'active', missed: 1 });
    expect(told().filter((kind) => kind === 'autopay_failed')).toHaveLength(1);
    expect(told()).toContain('renewal_due');
    expect(tasks()).toEqual([]);
    await liveUntil(30);
    expect(agreement().missed).toBe(1);
  });

  test('is one miss, whoever dies over it', async () => {
    await begin();
    await liveUntil(28);
    world.clock.advance(2 * dayMs);
    for (let writes = 0; ; writes += 1) {
      world.store.crashAfterWrites(writes);
      await run().catch(() => null);
      if (!world.store.crashed) break;
      world.store.revive();
    }
    await run();
    expect(agreement()).toMatchObject({ state: 'active', missed: 1 });
    expect(told().filter((kind) => kind === 'autopay_failed')).toHaveLength(1);
    expect(tasks()).toEqual(['autopay_missed']);
    expect(payable()).toHaveLength(1);
  });

  test('and comes late after all still buys its month', async () => {
    await begin();
    await liveUntil(31);
    await charge();
    await run();
    expect(runtime().paidUntil).toBe('2027-02-23T09:00:00.000Z');
    expect(agreement()).toMatchObject({ missed: 0, expectedAt: '2027-02-20T15:00:00.000Z' });
  });

  test('twice ends it', async () => {
    await begin();
    await bringUp(world, runtimeId, { paidUntil: '2027-12-23T09:00:00.000Z' });
    await liveUntil(61);
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: 'missed' });
    expect(stateThere()).toEqual(['cancelled']);
  });
});

describe('stopping', () => {
  test('ends it at PayApp; what is charged all the same goes back, and is ended again', async () => {
    await begin();
    expect(await stop()).toMatchObject({ ok: true, value: { state: 'ended' } });
    expect(stateThere()).toEqual(['cancelled']);
    expect(told()).toContain('autopay_ended');
    await liveUntil(28);
    await charge();
    await run();
    expect(orders().map(({ state }) => state)).toContain('refund_due');
    expect(runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    // Refused the second time: a person sees to it.
    expect(tasks().toSorted()).toEqual(['autopay_not_cancelled', 'refund_due']);
  });

  test('a charge from before it, told late, counts', async () => {
    await start();
    const { autopayId, notice } = payApp().charge(payApp().only(), world.clock.now());
    world.clock.advance(60_000);
    await stop();
    await deliver(world, autopayId, notice);
    await run();
    expect(orders()).toMatchObject([{ state: 'fulfilled' }]);
    expect(agreement().state).toBe('ended');
  });

  test('survives a death at every write', async () => {
    await begin();
    for (let writes = 0; ; writes += 1) {
      world.store.crashAfterWrites(writes);
      await stop().catch(() => null);
      await run().catch(() => null);
      if (!world.store.crashed) break;
      world.store.revive();
      world.clock.advance(15 * 60_000);
    }
    await liveUntil(-2);
    // An answer that died with whoever asked: PayApp says no the second time, and a person looks.
    expect(stateThere()).toEqual(['cancelled']);
    expect(agreement().stopReason).toBe('member');
    expect(told().filter((kind) => kind === 'autopay_ended')).toHaveLength(1);
    const isProven = agreement().state === 'ended';
    expect(isProven || tasks().includes('autopay_not_cancelled')).toBe(true);
  });

  test('that PayApp does not answer is asked again until it does', async () => {
    await begin();
    payApp().cancelAnswers.push('never_made', 'never_made');
    expect(await stop()).toMatchObject({ ok: true, value: { state: 'cancelling' } });
    await liveUntil(-2);
    expect(agreement().state).toBe('ended');
    expect(tasks()).toEqual([]);
  });

  test('that PayApp refuses is a task, and never called ended', async () => {
    await begin();
    payApp().cancelAnswers.push(...Array<'refused'>(30).fill('refused'));
    await stop();
    await liveUntil(25);
    expect(agreement()).toMatchObject({ state: 'cancelling', nextCheckAt: null });
    expect(tasks()).toEqual(['autopay_not_cancelled']);
  });

  test('is nobody else’s', async () => {
    await begin();
    const stranger = { ...customer, userId: 'stranger' };
    const asked = await stopAutopay(world, stranger, { autopayId: agreement().id });
    expect(asked).toMatchObject({ error: { code: 'autopay_unknown' } });
    expect(agreement().state).toBe('active');
  });

  test('comes with a payment by hand, so that nobody pays twice for the same time', async () => {
    await begin();
    const requestKey = 'r'.repeat(16);
    await renewRuntime(world, customer, { runtimeId, months: 1, phone, requestKey });
    const { id, mulNo } = payable()[0] ?? {};
    world.clock.advance(60_000);
    await deliver(world, id ?? '', world.payments.pay(mulNo ?? ''));
    await run();
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: 'paid_by_hand' });
    expect(runtime().paidUntil).toBe('2027-02-23T09:00:00.000Z');
  });

  test.each([
    ['paused', () => pausedFrom(world.clock.now().toISOString())],
    ['suspended', () => ({ desired: 'suspended', suspendedFor: 'operator' }) as const],
    ['refunded', () => ({ desired: 'suspended', suspendedFor: 'refunded' }) as const],
    ['runtime_deleted', () => ({ desired: 'deleted' }) as const],
  ])('comes by itself with a runtime that is %s, even where nobody says so', async (why, wish) => {
    await begin();
    await bringUp(world, runtimeId, wish());
    await liveUntil(5);
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: why });
    expect(stateThere()).toEqual(['cancelled']);
  });

  test('comes with another plan at once', async () => {
    await begin();
    const body = { runtimeId, planKey: 'plus', revision: runtime().revision } as const;
    expect(await chooseNextPlan(world, customer, body)).toMatchObject({ ok: true });
    world.clock.advance(90_000);
    await run();
    expect(agreement()).toMatchObject({ state: 'ended', stopReason: 'plan_changed' });
  });
});
