/** Another plan: paid for what is left, given once, taken back with its money, or from a renewal on. */
import { beforeEach, describe, expect, test } from 'vitest';
import { changePlan } from '#app/terms/change-plan.ts';
import { settleTerms } from '#app/terms/settle-terms.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { bringUp, customer, paidOrder, sweep, workspaceOf } from '#tests/support/shop.ts';
import type { World } from '#tests/support/world.ts';
import { deliver, makeWorld, noticeOf } from '#tests/support/world.ts';
import { planChanges } from '#schemas/record/term.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import { chooseNextPlan, quotePlan, upgradePlan } from './plan-change.ts';
import { renewRuntime } from './renew-runtime.ts';

const dayMs = 24 * 60 * 60_000;
/** Opened on 23 November, paid until 23 December at nine. */
const endMs = Date.parse('2026-12-23T09:00:00.000Z');
const phone = '010-1234-5678';

let world: World;
let workspaceId: string;
let runtimeId: string;
let keys = 0;

const begin = async (): Promise<void> => {
  world = makeWorld();
  workspaceId = await workspaceOf(world);
  ({ runtimeId } = await paidOrder(world, workspaceId));
  await bringUp(world, runtimeId, { status: 'ready', receipt: '{}' });
};
beforeEach(begin);

const runtime = () => {
  const found = world.store.rows('runtimes').find(({ id }) => id === runtimeId);
  if (found === undefined) throw new Error('no runtime');
  return found;
};
const orders = (purpose: string) =>
  world.store.rows('orders').filter((order) => order.purpose === purpose);
const lastOf = (purpose: string) => {
  const order = orders(purpose).at(-1);
  if (order?.mulNo == null) throw new Error(`no ${purpose} with a link`);
  return { ...order, mulNo: order.mulNo };
};
const run = async (): Promise<void> => {
  await sweep(world);
  await settleTerms(world);
  await sweep(world);
};
const liveUntil = async (day: number): Promise<void> => {
  const untilMs = endMs + day * dayMs;
  while (world.clock.now().getTime() < untilMs) {
    world.clock.advance(Math.min(dayMs / 2, untilMs - world.clock.now().getTime()));
    await run();
  }
};
const nextKey = (): string => `plan${String((keys += 1)).padStart(12, '0')}`;
const upgrade = (requestKey = nextKey()) =>
  upgradePlan(world, customer, { runtimeId, planKey: 'plus', phone, requestKey });
const choose = (planKey: string) =>
  chooseNextPlan(world, customer, { runtimeId, planKey, revision: runtime().revision });
const renew = () =>
  renewRuntime(world, customer, { runtimeId, months: 1, phone, requestKey: nextKey() });
const pay = async (purpose: string): Promise<void> => {
  const { id, mulNo } = lastOf(purpose);
  await deliver(world, id, world.payments.pay(mulNo));
  await run();
};
const codeOf = (answer: { ok: boolean; error?: { code: string } }) => answer.error?.code ?? 'ok';
const tasks = () => world.store.rows('tasks').map(({ kind }) => kind);
const told = (kind: string) => world.store.rows('timeline').filter((entry) => entry.kind === kind);

describe('a larger plan at once', () => {
  test('is quoted and sold for what is left, at the price of our own table', async () => {
    await liveUntil(-15);
    const quote = await quotePlan(world, customer, { runtimeId, planKey: 'plus' });
    const until = '2026-12-23T09:00:00.000Z';
    expect(quote).toMatchObject({ value: { from: 'basic', to: 'plus', priceKrw: 15_000, until } });
    expect(await upgrade()).toMatchObject({ ok: true, value: { priceKrw: 15_000 } });
    expect(lastOf('change')).toMatchObject({ priceKrw: 15_000, planKey: 'plus', runtimeId });
    expect(runtime()).toMatchObject({ planKey: 'basic' });
  });

  test('is given once the payment has come, once, and told with a receipt', async () => {
    await liveUntil(-15);
    await upgrade();
    const before = runtime();
    await pay('change');
    expect(runtime()).toMatchObject({ planKey: 'plus', paidUntil: before.paidUntil });
    expect(runtime().nextCheckAt).toBe(world.clock.now().toISOString());
    await changePlan(world, lastOf('change'));
    await run();
    expect(JSON.parse(runtime().planChanges ?? '[]')).toHaveLength(1);
    expect(told('plan_changed')).toHaveLength(1);
    const receipts = world.store.rows('messages').filter(({ kind }) => kind === 'receipt');
    expect(receipts.map(({ subjectId }) => subjectId)).toContain(lastOf('change').id);
    expect(lastOf('change')).toMatchObject({ state: 'fulfilled', effects: '[]' });
  });

  test('paid with another amount gives nothing, and the money goes back', async () => {
    await upgrade();
    const { id, mulNo } = lastOf('change');
    await deliver(world, id, { ...noticeOf(mulNo, '4'), priceKrw: 1_000 });
    await run();
    expect(lastOf('change').state).toBe('refund_due');
    expect(runtime().planKey).toBe('basic');
    expect(tasks()).toContain('amount_mismatch');
  });

  test('paid twice by two orders is given once; the second money goes back', async () => {
    await upgrade();
    const first = lastOf('change');
    await upgrade();
    const second = lastOf('change');
    await deliver(world, first.id, world.payments.pay(first.mulNo));
    await deliver(world, second.id, world.payments.pay(second.mulNo));
    await run();
    expect(
      orders('change')
        .map(({ state }) => state)
        .toSorted(),
    ).toEqual(['fulfilled', 'refund_due']);
    const made = planChanges.parse(JSON.parse(runtime().planChanges ?? '[]'));
    expect(made.map(({ withdrawn }) => withdrawn).toSorted()).toEqual([false, true]);
  });

  test('closes the renewal at the old price, and the next one is of the new plan', async () => {
    await liveUntil(-6);
    expect(lastOf('renew').priceKrw).toBe(39_000);
    await upgrade();
    await pay('change');
    await liveUntil(-5);
    expect(orders('renew').map(({ state, priceKrw }) => [state, priceKrw])).toEqual([
      ['expired', 39_000],
      ['awaiting_payment', 69_000],
    ]);
  });

  test('paid after its time gives the money back', async () => {
    await liveUntil(-3);
    await upgrade();
    const { id, mulNo } = lastOf('change');
    const paid = world.payments.pay(mulNo);
    await liveUntil(1);
    await deliver(world, id, paid);
    await run();
    expect(lastOf('change').state).toBe('refund_due');
    expect(runtime().planKey).toBe('basic');
  });

  test('whose money goes back goes too, given or not', async () => {
    await upgrade();
    await pay('change');
    const given = lastOf('change');
    const asked = { orderId: given.id, revision: given.revision };
    expect(codeOf(await requestRefund(world, customer, asked))).toBe('refund_renewal_begun');
    await deliver(world, given.id, world.payments.returnAll(given.mulNo));
    await run();
    expect(runtime().planKey).toBe('basic');
    expect(told('plan_reverted')).toHaveLength(1);
    await changePlan(world, { ...given, state: 'paid' });
    expect(runtime().planKey).toBe('basic');
  });

  test('is given back with the time that it was for', async () => {
    await upgrade();
    await pay('change');
    const opening = lastOf('open');
    await deliver(world, opening.id, world.payments.returnAll(opening.mulNo));
    await run();
    expect(runtime()).toMatchObject({ desired: 'suspended', suspendedFor: 'refunded' });
    expect(lastOf('change')).toMatchObject({ state: 'refund_due', effects: '[]' });
    expect(tasks()).toContain('refund_due');
  });

  test.each([
    ['a stranger', { userId: 'stranger' }, {}, 'runtime_unknown'],
    ['no larger plan', {}, { planKey: 'basic' }, 'plan_not_larger'],
    ['an unknown plan', {}, { planKey: 'none' }, 'plan_unknown'],
    ['no phone', {}, { phone: '02-123' }, 'phone_invalid'],
  ])('is refused: %s', async (_, who, what, code) => {
    const body = { runtimeId, planKey: 'plus', phone, requestKey: nextKey(), ...what };
    expect(codeOf(await upgradePlan(world, { ...customer, ...who }, body))).toBe(code);
    expect(orders('change')).toEqual([]);
  });

  test.each([
    [{ suspendedFor: 'unpaid', desired: 'suspended' }, 'runtime_not_running'],
    [{ desired: 'deleted' }, 'runtime_not_renewable'],
    [{ status: 'provisioning', receipt: null }, 'runtime_not_running'],
  ] as const)('is refused as it stands: %o', async (row, code) => {
    await bringUp(world, runtimeId, row);
    expect(codeOf(await upgrade())).toBe(code);
  });

  test('is not sold where its server gives no runtime so much, or for a last hour', async () => {
    const placement = { ...noFacts.placement, slotId: 's.0', serverId: 's' };
    const facts = JSON.stringify({ ...noFacts, placement });
    await bringUp(world, runtimeId, { facts });
    const server = { dokployServerId: null, region: 'kr', slots: 1, state: 'open' as const };
    const data = { ...server, slotMemoryMiB: 2_048, full: false, lostSince: null };
    await world.store.create('servers', 's', { data, readers: 'functions' });
    expect(codeOf(await upgrade())).toBe('plan_no_room');
    expect(codeOf(await choose('plus'))).toBe('plan_no_room');
    await bringUp(world, runtimeId, { facts: JSON.stringify(noFacts) });
    await liveUntil(-0.05);
    expect(codeOf(await upgrade())).toBe('plan_change_too_small');
  });

  test('ends right after a death at any write', async () => {
    for (let writes = 1; ; writes += 1) {
      await begin();
      await upgrade();
      const { id, mulNo } = lastOf('change');
      await deliver(world, id, world.payments.pay(mulNo));
      world.store.crashAfterWrites(writes);
      await run().catch(() => null);
      const { crashed } = world.store;
      world.store.revive();
      world.clock.advance(11 * 60_000);
      await run();
      expect(lastOf('change')).toMatchObject({ state: 'fulfilled', effects: '[]' });
      expect(runtime().planKey).toBe('plus');
      expect(JSON.parse(runtime().planChanges ?? '[]')).toHaveLength(1);
      if (!crashed) break;
    }
  });
});

describe('another plan from the next renewal on', () => {
  test('costs nothing, is what renewals buy, and begins where the renewal begins', async () => {
    await upgrade();
    await pay('change');
    expect(codeOf(await choose('basic'))).toBe('ok');
    expect(runtime()).toMatchObject({ planKey: 'plus', nextPlanKey: 'basic' });
    await renew();
    expect(lastOf('renew').priceKrw).toBe(39_000);
    await pay('renew');
    await liveUntil(-0.1);
    expect(runtime()).toMatchObject({ planKey: 'plus', nextPlanKey: 'basic' });
    await liveUntil(0.5);
    expect(runtime()).toMatchObject({ planKey: 'basic', nextPlanKey: null });
    expect(told('plan_switched')).toHaveLength(1);
  });

  test('begins at once with a renewal that is paid late', async () => {
    await choose('plus');
    await liveUntil(3);
    expect(lastOf('renew').priceKrw).toBe(69_000);
    await pay('renew');
    expect(runtime()).toMatchObject({ planKey: 'plus', nextPlanKey: null });
  });

  test('is taken back by choosing the plan it has', async () => {
    await choose('plus');
    expect(codeOf(await choose('basic'))).toBe('ok');
    expect(runtime().nextPlanKey).toBeNull();
    expect(told('plan_chosen')).toHaveLength(2);
    const stale = { runtimeId, planKey: 'plus', revision: 1 };
    expect(codeOf(await chooseNextPlan(world, customer, stale))).toBe('stale_revision');
  });

  test('opens the renewal that we make anew at its price', async () => {
    await liveUntil(-6);
    await choose('plus');
    await run();
    const open = orders('renew').filter(({ state }) => state === 'awaiting_payment');
    expect(open.map(({ priceKrw }) => priceKrw)).toContain(69_000);
  });
});
