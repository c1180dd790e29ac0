/** PayApp's notices in any order, any number of times: what must hold of money. */
import { describe, expect, test } from 'vitest';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import type { Effect } from '#schemas/record/order.ts';
import type { OrderFacts } from './facts.ts';
import type { NoticeFacts } from './notices.ts';
import { applyNotice } from './notices.ts';

const priceKrw = 39_000;
const current = '1001';
const old = '1000';

const order = (facts: Partial<OrderFacts> = {}): OrderFacts => ({
  state: 'awaiting_payment',
  purpose: 'open',
  priceKrw,
  requestNo: 1,
  mulNo: current,
  payUrl: 'https://pay.example/p/1',
  supersededMulNos: [],
  effects: [],
  failureCode: null,
  paidKrw: null,
  payType: null,
  receiptUrl: null,
  refundedKrw: 0,
  refundState: null,
  refunds: [],
  ...facts,
});
const notice = (payState: string, mulNo = current, price = priceKrw): NoticeFacts => ({
  id: `${mulNo}.${payState}.${price}`,
  mulNo,
  payState,
  priceKrw: price,
  payType: '1',
  receiptUrl: null,
});
const after = (facts: OrderFacts, ...notices: readonly NoticeFacts[]): OrderFacts =>
  notices.reduce((now, each) => ({ ...now, ...applyNotice(now, each).changes }), facts);
const task = (kind: Extract<Effect, { kind: 'raise_task' }>['task'], mulNo: string): Effect => ({
  kind: 'raise_task',
  task: kind,
  mulNo,
});

describe('a payment', () => {
  test('of the right amount is paid and owes one runtime', () => {
    expect(after(order(), notice('4'))).toMatchObject({
      state: 'paid',
      effects: [{ kind: 'open_runtime' }],
    });
  });

  test.each([priceKrw - 1, priceKrw + 1, 0])('of %d won instead is due back', (price) => {
    expect(after(order(), notice('4', current, price))).toMatchObject({
      state: 'refund_due',
      effects: [task('amount_mismatch', current)],
    });
  });

  test.each(['cancelled', 'expired'] as const)('after the order was %s is due back', (state) => {
    expect(after(order({ state }), notice('4'))).toMatchObject({
      state: 'refund_due',
      effects: [task('refund_due', current)],
    });
  });

  test('that came before the answer to its request still counts', () => {
    const unknown = order({ state: 'draft', mulNo: null, payUrl: null });
    expect(after(unknown, notice('4'))).toMatchObject({ state: 'paid', mulNo: current });
  });

  test('through a superseded link counts, and the newer link is killed', () => {
    const renewed = order({ requestNo: 2, supersededMulNos: [old] });
    expect(after(renewed, notice('4', old))).toMatchObject({
      state: 'paid',
      mulNo: old,
      supersededMulNos: [current],
      effects: [{ kind: 'cancel_request', mulNo: current }, { kind: 'open_runtime' }],
    });
  });

  test('of a second link is given back, and the order stays paid', () => {
    const paid = after(order({ requestNo: 2, supersededMulNos: [old] }), notice('4'));
    const twice = after(paid, notice('4', old));
    expect(twice).toMatchObject({ state: 'paid', mulNo: current });
    expect(twice.effects).toContainEqual(task('duplicate_payment', old));
  });

  test('under a number we never asked for grants nothing', () => {
    expect(after(order(), notice('4', '666'))).toMatchObject({
      state: 'awaiting_payment',
      mulNo: current,
      effects: [task('duplicate_payment', '666')],
    });
  });

  test('of another order’s request grants nothing', () => {
    const applied = applyNotice(order({ requestNo: 5 }), notice('4', '777'), true);
    expect(applied.changes).toEqual({ effects: [task('duplicate_payment', '777')] });
  });

  test('seen after its own refund is old news', () => {
    expect(after(order(), notice('9'), notice('4'))).toMatchObject({
      state: 'refunded',
      effects: [task('unexpected_refund', current)],
    });
  });
});

test('a refund before the runtime was opened takes the runtime back', () => {
  const refunded = after(order(), notice('4'), notice('9'));
  expect(refunded.state).toBe('refunded');
  expect(refunded.effects).toEqual([
    { kind: 'suspend_runtime' },
    task('unexpected_refund', current),
  ]);
});

test('a part refund is left to the operator', () => {
  expect(after(order({ state: 'fulfilled' }), notice('70'))).toMatchObject({
    state: 'partially_refunded',
    effects: [task('partial_refund', current)],
  });
});

test('closing a superseded link does not close the order', () => {
  const renewed = order({ requestNo: 2, supersededMulNos: [old] });
  expect(applyNotice(renewed, notice('8', old)).changes).toBeNull();
});

test('a link whose answer was lost is killed once it shows up', () => {
  const renewed = order({ requestNo: 2 });
  expect(after(renewed, notice('1', old))).toMatchObject({
    mulNo: current,
    supersededMulNos: [old],
    effects: [{ kind: 'cancel_request', mulNo: old }],
  });
});

test('an unknown pay state changes nothing', () => {
  expect(applyNotice(order(), notice('77'))).toEqual({ changes: null, outcome: 'unknown_state' });
});

test('every state stays as it is under a notice repeated', () => {
  for (const state of orderStates) {
    for (const payState of ['1', '4', '8', '9', '10', '70', '77']) {
      const once = after(order({ state }), notice(payState));
      expect(after(once, notice(payState))).toEqual(once);
    }
  }
});
