/** Renewal that PayApp charges by itself: agreed, charged, missed; and what must go back. */
import { beforeEach, describe, expect, test } from 'vitest';
import { pausedFrom } from '#core/term/standstill.ts';
import { agreed, dayMs, makeStage, phone } from '#tests/support/autopay-stage.ts';
import type { Stage } from '#tests/support/autopay-stage.ts';
import { bringUp, customer } from '#tests/support/shop.ts';
import { deliver, noticeOf } from '#tests/support/world.ts';
import { showAutopay } from './show.ts';
import { startAutopay } from './start.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await makeStage();
});

describe('agreeing', () => {
  test('is one registration with PayApp, written down with who agreed to what', async () => {
    const both = await Promise.all([stage.start(), stage.start()]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
    expect(stage.payApp().all.size).toBe(1);
    expect(stage.agreement()).toMatchObject({
      state: 'approving',
      ...agreed,
      userId: customer.userId,
    });
    const [entry] = stage.world.store
      .rows('timeline')
      .filter(({ kind }) => kind === 'autopay_agreed');
    expect(entry).toMatchObject({ actor: customer.userId, subjectId: stage.runtimeId });
    expect(JSON.stringify(stage.world.store.rows('autopays'))).not.toContain('1234');
    expect(stage.orders()).toHaveLength(0);
  });

  test('is refused where it is off, and leaves nothing', async () => {
    const world = { ...stage.world, recurring: false };
    const wish = { runtimeId: stage.runtimeId, phone, agreed };
    expect(await startAutopay(world, customer, wish)).toMatchObject({
      error: { code: 'autopay_off' },
    });
    const shown = await showAutopay(world, customer, { runtimeId: stage.runtimeId });
    expect(shown).toMatchObject({ error: { code: 'autopay_off' } });
    expect(stage.agreements()).toHaveLength(0);
  });

  test.each([
    ['another price', { priceKrw: 38_000, chargeDay: 20 }],
    ['another day', { priceKrw: 39_000, chargeDay: 21 }],
  ])('to %s than there is now is outdated', async (_what, other) => {
    const asked = await startAutopay(stage.world, customer, {
      runtimeId: stage.runtimeId,
      phone,
      agreed: other,
    });
    expect(asked).toMatchObject({ error: { code: 'stale_revision' } });
    expect(stage.payApp().all.size).toBe(0);
  });

  test('is for what runs alone', async () => {
    await bringUp(stage.world, stage.runtimeId, pausedFrom(stage.world.clock.now().toISOString()));
    expect(await stage.start()).toMatchObject({ error: { code: 'runtime_not_running' } });
  });

  test('that PayApp has no contract for ends at once, and an operator is told', async () => {
    stage.payApp().answers.push('refused');
    expect(await stage.start()).toMatchObject({ error: { code: 'payment_not_permitted' } });
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: 'not_registered' });
    expect(stage.tasks()).toEqual(['payment_provider_refused']);
  });

  test('whose answer was lost can be agreed to anew; what is lost there never counts', async () => {
    stage.payApp().answers.push('lost');
    expect(await stage.start()).toMatchObject({ error: { code: 'payment_request_unknown' } });
    const [lost] = stage.payApp().all.keys();
    stage.world.clock.advance(5 * 60_000);
    expect(await stage.start()).toMatchObject({ ok: true });
    await stage.run();
    expect(stage.agreements().map(({ state }) => state)).toEqual(['ended', 'approving']);
    const { autopayId, notice } = stage.payApp().charge(lost ?? '', stage.world.clock.now());
    await deliver(stage.world, autopayId, notice);
    await stage.run();
    expect(stage.orders()).toMatchObject([{ state: 'refund_due' }]);
    expect(stage.tasks()).toEqual(['refund_due']);
    // Its number is known now: it is ended there too.
    expect(stage.stateThere()).toEqual(['cancelled', 'registered']);
  });

  test('that nobody approves within a day is withdrawn and told', async () => {
    await stage.start();
    await stage.liveUntil(-1.5);
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: 'not_approved' });
    expect(stage.stateThere()).toEqual(['cancelled']);
    expect(stage.told()).toContain('autopay_failed');
    // Nobody relied on it: the ordinary renewal was there all along.
    expect(stage.payable()).toHaveLength(1);
  });
});

describe('a charge', () => {
  test('is a renewal of its own, once however often it is told', async () => {
    await stage.start();
    await stage.charge(5);
    await Promise.all([stage.run(), stage.run()]);
    await stage.run();
    expect(stage.runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(stage.orders()).toMatchObject([{ state: 'fulfilled', priceKrw: 39_000, effects: '[]' }]);
    expect(stage.agreement()).toMatchObject({
      state: 'active',
      missed: 0,
      expectedAt: '2027-01-20T15:00:00.000Z',
    });
    expect(stage.told().filter((kind) => kind === 'receipt')).toHaveLength(2);
    expect(stage.tasks()).toEqual([]);
  });

  test('comes each month, and nobody is reminded meanwhile', async () => {
    await stage.begin();
    await stage.liveUntil(28.2);
    await stage.charge();
    await stage.liveUntil(58);
    await stage.charge();
    await stage.run();
    expect(stage.runtime().paidUntil).toBe('2027-03-23T09:00:00.000Z');
    expect(stage.told()).not.toContain('renewal_due');
    expect(stage.orders()).toHaveLength(3);
    expect(stage.tasks()).toEqual([]);
  });

  test.each([
    ['too little', 38_999],
    ['too much', 39_001],
  ])('of %s buys nothing and goes back', async (_what, priceKrw) => {
    await stage.start();
    await stage.charge(1, priceKrw);
    await stage.run();
    expect(stage.runtime().paidUntil).toBe('2026-12-23T09:00:00.000Z');
    expect(stage.orders()).toMatchObject([{ state: 'refund_due' }]);
    expect(stage.tasks()).toEqual(['amount_mismatch']);
    expect(stage.agreement().state).toBe('approving');
  });

  test('of the same cycle again goes back', async () => {
    await stage.begin();
    stage.world.clock.advance(2 * dayMs);
    await stage.charge();
    await stage.run();
    expect(stage.orders().map(({ state }) => state)).toEqual(['fulfilled', 'refund_due']);
    expect(stage.runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(stage.tasks()).toEqual(['refund_due']);
  });

  test('under another number than the agreed one goes back, and a person ends it', async () => {
    await stage.begin();
    const other = { ...noticeOf('5550001', '4'), rebillNo: '777', payDate: '2027-01-20 10:00:00' };
    await deliver(stage.world, stage.agreement().id, other);
    await stage.run();
    expect(stage.tasks().toSorted()).toEqual(['autopay_unknown', 'refund_due']);
    expect(stage.runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
  });

  test('whose money went back takes its time with it, in any order of the notices', async () => {
    await stage.start();
    const { autopayId, notice } = stage
      .payApp()
      .charge(stage.payApp().only(), stage.world.clock.now());
    await deliver(stage.world, autopayId, stage.world.payments.returnAll(notice.mulNo));
    await stage.run();
    await deliver(stage.world, autopayId, notice);
    await stage.run();
    expect(stage.orders()).toMatchObject([{ state: 'refunded' }]);
    expect(stage.runtime().paidUntil).toBe('2026-12-23T09:00:00.000Z');
  });

  test('of no agreement is for a person', async () => {
    await deliver(stage.world, 'autopay-000000000000000000000000', noticeOf('5550001', '4'));
    await stage.run();
    expect(stage.tasks()).toEqual(['orphan_notice']);
  });

  test('survives a death at every write', async () => {
    await stage.start();
    const { autopayId, notice } = stage
      .payApp()
      .charge(stage.payApp().only(), stage.world.clock.now());
    await deliver(stage.world, autopayId, notice);
    for (let writes = 0; ; writes += 1) {
      stage.world.store.crashAfterWrites(writes);
      await stage.run().catch(() => null);
      if (!stage.world.store.crashed) break;
      stage.world.store.revive();
    }
    expect(stage.orders()).toMatchObject([{ state: 'fulfilled', effects: '[]' }]);
    expect(stage.runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    expect(stage.agreement().state).toBe('active');
  });
});

describe('a charge that does not come', () => {
  test('is told, looked into, and the ordinary way goes on until it is stopped', async () => {
    await stage.begin();
    await stage.liveUntil(27);
    expect(stage.told()).not.toContain('renewal_due');
    // Due on the 20th, missed a day later, two days before the end.
    await stage.liveUntil(30.5);
    expect(stage.tasks()).toEqual(['autopay_missed']);
    expect(stage.told()).toContain('autopay_failed');
    expect(stage.told()).toContain('renewal_due');
    expect(stage.payable()).toHaveLength(1);
    await stage.liveUntil(50);
    expect(stage.runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'unpaid' });
    expect(stage.told()).toContain('grace');
  });

  test('and of which PayApp says so needs no person', async () => {
    await stage.begin();
    await stage.liveUntil(28.3);
    const failed = { ...noticeOf('0', '99'), rebillNo: stage.payApp().only() };
    await deliver(stage.world, stage.agreement().id, failed);
    await stage.run();
    expect(stage.agreement()).toMatchObject({ state: 'active', missed: 1 });
    expect(stage.told().filter((kind) => kind === 'autopay_failed')).toHaveLength(1);
    expect(stage.told()).toContain('renewal_due');
    expect(stage.tasks()).toEqual([]);
    await stage.liveUntil(30);
    expect(stage.agreement().missed).toBe(1);
  });

  test('is one miss, whoever dies over it', async () => {
    await stage.begin();
    await stage.liveUntil(28);
    stage.world.clock.advance(2 * dayMs);
    for (let writes = 0; ; writes += 1) {
      stage.world.store.crashAfterWrites(writes);
      await stage.run().catch(() => null);
      if (!stage.world.store.crashed) break;
      stage.world.store.revive();
    }
    await stage.run();
    expect(stage.agreement()).toMatchObject({ state: 'active', missed: 1 });
    expect(stage.told().filter((kind) => kind === 'autopay_failed')).toHaveLength(1);
    expect(stage.tasks()).toEqual(['autopay_missed']);
    expect(stage.payable()).toHaveLength(1);
  });

  test('and comes late after all still buys its month', async () => {
    await stage.begin();
    await stage.liveUntil(31);
    await stage.charge();
    await stage.run();
    expect(stage.runtime().paidUntil).toBe('2027-02-23T09:00:00.000Z');
    expect(stage.agreement()).toMatchObject({ missed: 0, expectedAt: '2027-02-20T15:00:00.000Z' });
  });

  test('twice ends it', async () => {
    await stage.begin();
    await bringUp(stage.world, stage.runtimeId, { paidUntil: '2027-12-23T09:00:00.000Z' });
    await stage.liveUntil(61);
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: 'missed' });
    expect(stage.stateThere()).toEqual(['cancelled']);
  });
});
