/** Automatic renewal that is stopped, by whomever: nothing counts any more, and PayApp is told. */
import { beforeEach, describe, expect, test } from 'vitest';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { chooseNextPlan } from '#app/checkout/plan-change.ts';
import { pausedFrom } from '#core/term/standstill.ts';
import { makeStage, phone } from '#tests/support/autopay-stage.ts';
import type { Stage } from '#tests/support/autopay-stage.ts';
import { bringUp, customer } from '#tests/support/shop.ts';
import { deliver } from '#tests/support/world.ts';
import { stopAutopay } from './stop-by-member.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await makeStage();
});

describe('stopping', () => {
  test('ends it at PayApp; what is charged all the same goes back, and is ended again', async () => {
    await stage.begin();
    expect(await stage.stop()).toMatchObject({ ok: true, value: { state: 'ended' } });
    expect(stage.stateThere()).toEqual(['cancelled']);
    expect(stage.told()).toContain('autopay_ended');
    await stage.liveUntil(28);
    await stage.charge();
    await stage.run();
    expect(stage.orders().map(({ state }) => state)).toContain('refund_due');
    expect(stage.runtime().paidUntil).toBe('2027-01-23T09:00:00.000Z');
    // Refused the second time: a person sees to it.
    expect(stage.tasks().toSorted()).toEqual(['autopay_not_cancelled', 'refund_due']);
  });

  test('a charge from before it, told late, counts', async () => {
    await stage.start();
    const { autopayId, notice } = stage
      .payApp()
      .charge(stage.payApp().only(), stage.world.clock.now());
    stage.world.clock.advance(60_000);
    await stage.stop();
    await deliver(stage.world, autopayId, notice);
    await stage.run();
    expect(stage.orders()).toMatchObject([{ state: 'fulfilled' }]);
    expect(stage.agreement().state).toBe('ended');
  });

  test('survives a death at every write', async () => {
    await stage.begin();
    for (let writes = 0; ; writes += 1) {
      stage.world.store.crashAfterWrites(writes);
      await stage.stop().catch(() => null);
      await stage.run().catch(() => null);
      if (!stage.world.store.crashed) break;
      stage.world.store.revive();
      stage.world.clock.advance(15 * 60_000);
    }
    stage.world.store.revive();
    await stage.liveUntil(-2);
    // An answer that died with whoever asked: PayApp says no the second time, and a person looks.
    expect(stage.stateThere()).toEqual(['cancelled']);
    expect(stage.agreement().stopReason).toBe('member');
    expect(stage.told().filter((kind) => kind === 'autopay_ended')).toHaveLength(1);
    const isProven = stage.agreement().state === 'ended';
    expect(isProven || stage.tasks().includes('autopay_not_cancelled')).toBe(true);
  });

  test('that PayApp does not answer is asked again until it does', async () => {
    await stage.begin();
    stage.payApp().cancelAnswers.push('never_made', 'never_made');
    expect(await stage.stop()).toMatchObject({ ok: true, value: { state: 'cancelling' } });
    await stage.liveUntil(-2);
    expect(stage.agreement().state).toBe('ended');
    expect(stage.tasks()).toEqual([]);
  });

  test('that PayApp refuses is a task, and never called ended', async () => {
    await stage.begin();
    stage.payApp().cancelAnswers.push(...Array<'refused'>(30).fill('refused'));
    await stage.stop();
    await stage.liveUntil(25);
    expect(stage.agreement()).toMatchObject({ state: 'cancelling', nextCheckAt: null });
    expect(stage.tasks()).toEqual(['autopay_not_cancelled']);
  });

  test('is nobody else’s', async () => {
    await stage.begin();
    const stranger = { ...customer, userId: 'stranger' };
    const asked = await stopAutopay(stage.world, stranger, { autopayId: stage.agreement().id });
    expect(asked).toMatchObject({ error: { code: 'autopay_unknown' } });
    expect(stage.agreement().state).toBe('active');
  });

  test('comes with a payment by hand, so that nobody pays twice for the same time', async () => {
    await stage.begin();
    const requestKey = 'r'.repeat(16);
    await renewRuntime(stage.world, customer, {
      runtimeId: stage.runtimeId,
      months: 1,
      phone,
      requestKey,
    });
    const { id, mulNo } = stage.payable()[0] ?? {};
    stage.world.clock.advance(60_000);
    await deliver(stage.world, id ?? '', stage.world.payments.pay(mulNo ?? ''));
    await stage.run();
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: 'paid_by_hand' });
    expect(stage.runtime().paidUntil).toBe('2027-02-23T09:00:00.000Z');
  });

  test.each([
    ['paused', () => pausedFrom(stage.world.clock.now().toISOString())],
    ['suspended', () => ({ desired: 'suspended', suspendedFor: 'operator' }) as const],
    ['refunded', () => ({ desired: 'suspended', suspendedFor: 'refunded' }) as const],
    ['runtime_deleted', () => ({ desired: 'deleted' }) as const],
    ['runtime_deleted', () => ({ deletesAt: '2027-01-01T00:00:00.000Z' })],
  ])('comes by itself with a runtime that is %s, even where nobody says so', async (why, wish) => {
    await stage.begin();
    await bringUp(stage.world, stage.runtimeId, wish());
    await stage.liveUntil(5);
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: why });
    expect(stage.stateThere()).toEqual(['cancelled']);
  });

  test('comes with another plan at once', async () => {
    await stage.begin();
    const body = {
      runtimeId: stage.runtimeId,
      planKey: 'plus',
      revision: stage.runtime().revision,
    } as const;
    expect(await chooseNextPlan(stage.world, customer, body)).toMatchObject({ ok: true });
    stage.world.clock.advance(90_000);
    await stage.run();
    expect(stage.agreement()).toMatchObject({ state: 'ended', stopReason: 'plan_changed' });
  });
});
