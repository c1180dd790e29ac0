/** PayApp's notices in any order, any number of times: what must hold of money. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import type { Effect } from '#schemas/record/order.ts';
import { close, openRequest, runtimeOpened, startRequest } from './commands.ts';
import type { OrderFacts } from './facts.ts';
import { hasPayment, isOpen } from './machine.ts';
import type { NoticeFacts } from './notices.ts';
import { applyNotice } from './notices.ts';

const priceKrw = 39_000;
const current = '1001';
const old = '1000';

const order = (facts: Partial<OrderFacts> = {}): OrderFacts => ({
  state: 'awaiting_payment',
  priceKrw,
  requestNo: 1,
  mulNo: current,
  payUrl: 'https://pay.example/p/1',
  supersededMulNos: [],
  effects: [],
  failureCode: null,
  ...facts,
});
const notice = (payState: string, mulNo = current, price = priceKrw): NoticeFacts => ({
  mulNo,
  payState,
  priceKrw: price,
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
      effects: [],
    });
  });
});

test('a refund before the runtime was opened takes the runtime back', () => {
  const refunded = after(order(), notice('4'), notice('9'));
  expect(refunded.state).toBe('refunded');
  expect(refunded.effects).toEqual([{ kind: 'suspend_runtime' }]);
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

const anyNotice = fc.record({
  mulNo: fc.constantFrom(old, current, '1002', '666'),
  payState: fc.constantFrom(
    '1',
    '4',
    '4',
    '8',
    '9',
    '10',
    '16',
    '31',
    '32',
    '64',
    '70',
    '71',
    '77',
  ),
  priceKrw: fc.constantFrom(priceKrw, priceKrw, priceKrw, 1_000),
});
type Step =
  | { readonly do: 'notice'; readonly notice: NoticeFacts }
  | { readonly do: 'renew' | 'open' | 'cancel' | 'expire' | 'runtime' };
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: anyNotice.map((each): Step => ({ do: 'notice', notice: each })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('renew', 'open', 'cancel', 'expire', 'runtime')
      .map((each): Step => ({ do: each })),
  },
);

const step = (facts: OrderFacts, next: Step): OrderFacts => {
  if (next.do === 'notice') return after(facts, next.notice);
  const commanded = {
    renew: () => startRequest(facts),
    open: () => openRequest(facts, { mulNo: '1002', payUrl: 'https://pay.example/p/2' }),
    cancel: () => close(facts, 'cancelled_by_customer'),
    expire: () => close(facts, 'expired'),
    runtime: () => runtimeOpened(facts),
  }[next.do]();
  return commanded.kind === 'changed' ? { ...facts, ...commanded.changes } : facts;
};

test('whatever happens: one runtime at most, no money unseen, the end is the end', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      let now = order({ state: 'draft', mulNo: null, payUrl: null });
      let runtimesOwed = 0;
      const tasks = new Set<string>();
      const goneBack = new Set<string>();
      for (const next of steps) {
        const then = step(now, next);
        const owes = (facts: OrderFacts): boolean =>
          facts.effects.some((effect) => effect.kind === 'open_runtime');
        if (!owes(now) && owes(then)) runtimesOwed += 1;
        if (now.state === 'refunded') expect(then.state).toBe('refunded');
        if (hasPayment(now.state)) expect(then.mulNo).toBe(now.mulNo);
        if (!isOpen(now.state)) expect(isOpen(then.state)).toBe(false);
        expect(new Set(then.supersededMulNos).size).toBe(then.supersededMulNos.length);
        expect(then.supersededMulNos).not.toContain(then.mulNo);
        for (const effect of then.effects) {
          if (effect.kind === 'raise_task') tasks.add(effect.mulNo);
          // Only an order that is closed unpaid may kill the link it has.
          const keepsLink = isOpen(then.state) || hasPayment(then.state);
          if (effect.kind === 'cancel_request' && keepsLink) {
            expect(effect.mulNo).not.toBe(then.mulNo);
          }
        }
        if (next.do === 'notice') {
          const { notice: seen } = next;
          if (['9', '64'].includes(seen.payState)) goneBack.add(seen.mulNo);
          if (seen.payState === '4' && !goneBack.has(seen.mulNo)) {
            const counted = hasPayment(then.state) && then.mulNo === seen.mulNo;
            expect(counted || tasks.has(seen.mulNo)).toBe(true);
          }
          expect(after(then, seen)).toEqual(then);
        }
        now = then;
      }
      expect(runtimesOwed).toBeLessThanOrEqual(1);
    }),
    { numRuns: 2_000 },
  );
});

test('every state stays as it is under a notice repeated', () => {
  for (const state of orderStates) {
    for (const payState of ['1', '4', '8', '9', '10', '70', '77']) {
      const once = after(order({ state }), notice(payState));
      expect(after(once, notice(payState))).toEqual(once);
    }
  }
});
