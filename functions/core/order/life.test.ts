/**
 * Whole lives of orders: the shortest way to every state, generated from the table and walked
 * through the real rules; a million random steps against the invariants; and planted mistakes, each
 * of which the same walk must catch.
 */
import { expect, test } from 'vitest';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import { newOrder } from '#tests/support/new-order.ts';
import type { Rules } from '#tests/support/order-life.ts';
import { rules } from '#tests/support/order-life.ts';
import { walk } from '#tests/support/order-walk.ts';
import type { Commanded } from './commands.ts';
import {
  close,
  failRequest,
  openRequest,
  delivered,
  undeliverable,
  startRequest,
} from './commands.ts';
import type { OrderFacts } from './facts.ts';
import type { Arrow, OrderEvent } from './machine.ts';
import { decide, orderEvents, orderMachine } from './machine.ts';
import { applyNotice } from './notices.ts';
import { beginRefund, recordRefund } from './refunds.ts';

const million = 1_000_000;
/** `ORDER_WALK_SEED` walks a life again that once failed. */
const seed = Number(process.env['ORDER_WALK_SEED'] ?? Date.now() % 4_294_967_296);

test('a million random steps break no invariant, and meet every state', () => {
  const startedMs = performance.now();
  const walked = walk(seed, million);
  const seconds = (performance.now() - startedMs) / 1_000;
  const perSecond = Math.round(walked.steps / seconds);
  console.info(`order walk: seed ${seed}, ${walked.lives} lives, ${perSecond} steps/s`);
  expect([...walked.seen].sort()).toEqual([...orderStates].sort());
}, 60_000);

type Path = readonly OrderEvent[];

/** Breadth first over the arrows that move. */
const shortestPaths = (): ReadonlyMap<OrderState, Path> => {
  const paths = new Map<OrderState, Path>([['draft', []]]);
  const queue: OrderState[] = ['draft'];
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    for (const event of orderEvents) {
      const arrow = decide(from, event);
      if (arrow.kind !== 'move' || paths.has(arrow.to)) continue;
      paths.set(arrow.to, [...(paths.get(from) ?? []), event]);
      queue.push(arrow.to);
    }
  }
  return paths;
};

const notice = (facts: OrderFacts, payState: string, mulNo = '1', priceKrw = 39_000): Commanded => {
  const letter = { id: payState, mulNo, payState, priceKrw, payType: '1', receiptUrl: null };
  const { changes } = applyNotice(facts, letter);
  return changes === null ? { kind: 'unchanged' } : { kind: 'changed', changes };
};

const refundOf = (facts: OrderFacts, amountKrw: number | null): Commanded =>
  beginRefund(facts, {
    mulNo: '1',
    amountKrw,
    paidKrw: facts.paidKrw ?? facts.priceKrw,
    by: 'operator',
    at: '',
    step: 'cancelling',
  });

/** What really happens when the table says that an event came. */
const happen: Record<OrderEvent, (facts: OrderFacts) => Commanded> = {
  request_started: startRequest,
  request_opened: (facts) => openRequest(facts, { mulNo: '1', payUrl: 'https://pay.example/1' }),
  request_failed: (facts) => failRequest(facts, 'payment_request_refused'),
  request_noticed: (facts) => notice(facts, '1'),
  deposit_waiting: (facts) => notice(facts, '10'),
  paid: (facts) => notice(facts, '4'),
  paid_wrong_amount: (facts) => notice(facts, '4', '1', 38_999),
  paid_again: (facts) => notice(facts, '4', '2'),
  request_cancelled: (facts) => notice({ ...facts, mulNo: '1' }, '8'),
  approval_cancelled: (facts) => notice(facts, '9'),
  partially_cancelled: (facts) => notice(facts, '70'),
  partly_refunded: (facts) => {
    const begun = refundOf(facts, 1_000);
    if (begun.kind !== 'changed') return begun;
    return recordRefund({ ...facts, ...begun.changes }, 1, { step: 'done' });
  },
  expired: (facts) => close(facts, 'expired'),
  cancelled_by_customer: (facts) => close(facts, 'cancelled_by_customer'),
  refund_requested: (facts) => refundOf(facts, null),
  refund_refused: (facts) => recordRefund(facts, 1, { step: 'refused' }),
  delivered,
  undeliverable,
  unknown_noticed: (facts) => notice(facts, '77'),
};

test('every state is reached by its shortest path, through the real rules', () => {
  const paths = shortestPaths();
  expect([...paths.keys()].sort()).toEqual([...orderStates].sort());
  for (const [state, path] of paths) {
    let facts = newOrder;
    for (const event of path) {
      const came = happen[event](facts);
      if (came.kind === 'changed') facts = { ...facts, ...came.changes };
    }
    expect([path, facts.state]).toEqual([path, state]);
  }
  const lengths = Object.fromEntries([...paths].map(([state, { length }]) => [state, length]));
  expect(lengths).toEqual({
    draft: 0,
    awaiting_payment: 1,
    waiting_deposit: 1,
    paid: 1,
    payment_failed: 1,
    cancelled: 1,
    expired: 1,
    refund_due: 1,
    refunded: 1,
    fulfilled: 2,
    partially_refunded: 2,
    refund_requested: 2,
  });
});

interface Plant {
  readonly states: readonly OrderState[];
  readonly event: OrderEvent;
  readonly instead: Arrow;
}

const move = (to: OrderState, ...effects: Extract<Arrow, { kind: 'move' }>['effects']): Arrow => ({
  kind: 'move',
  to,
  effects,
});
const nothing: Arrow = { kind: 'ignore', note: 'duplicate', effects: [] };
const openStates = ['draft', 'awaiting_payment', 'waiting_deposit', 'payment_failed'] as const;

/** The table with one rule changed, for as long as `work` runs. */
const planted = (plant: Plant, work: () => void): void => {
  const table = orderMachine as Record<OrderState, Record<OrderEvent, Arrow>>;
  const before = plant.states.map((state) => [state, table[state]] as const);
  for (const [state, row] of before) table[state] = { ...row, [plant.event]: plant.instead };
  try {
    work();
  } finally {
    for (const [state, row] of before) table[state] = row;
  }
};

const plants: readonly (readonly [string, Plant])[] = [
  [
    'a wrong amount counts as paid',
    { states: openStates, event: 'paid_wrong_amount', instead: move('paid', 'deliver') },
  ],
  [
    'a wrong amount is paid back without a task',
    { states: openStates, event: 'paid_wrong_amount', instead: move('refund_due') },
  ],
  [
    'a second payment is ignored',
    { states: ['paid', 'fulfilled'], event: 'paid_again', instead: nothing },
  ],
  [
    'a payment after the order was cancelled is ignored',
    { states: ['cancelled', 'expired'], event: 'paid', instead: nothing },
  ],
  [
    'a refunded order is paid again by an old notice',
    { states: ['refunded'], event: 'paid', instead: move('paid', 'deliver') },
  ],
  [
    'a refund leaves the runtime running',
    { states: ['paid', 'fulfilled'], event: 'approval_cancelled', instead: move('refunded') },
  ],
  [
    'a refused refund is forgotten',
    { states: ['refund_requested'], event: 'refund_refused', instead: nothing },
  ],
  [
    'a cancelled request cancels a paid order',
    { states: ['fulfilled'], event: 'request_noticed', instead: move('awaiting_payment') },
  ],
  [
    'the runtime opens twice',
    { states: ['fulfilled'], event: 'paid', instead: move('paid', 'deliver') },
  ],
];

test.each(plants)('the walk catches it when %s', (_what, plant) => {
  planted(plant, () => {
    expect(() => walk(1, million / 4)).toThrow(/seed 1, life/);
  });
  expect(() => walk(1, 2_000)).not.toThrow();
});

const brokenRules: readonly (readonly [string, Partial<Rules>])[] = [
  [
    'a link that shows up late stays payable',
    {
      applyNotice: (facts, letter, elsewhere) => {
        const applied = applyNotice(facts, letter, elsewhere);
        if (applied.outcome !== 'stray_request') return applied;
        return { ...applied, changes: { ...applied.changes, effects: facts.effects } };
      },
    },
  ],
  [
    'a refund is begun while another is open',
    {
      beginRefund: (facts, wish) => {
        const refunds = facts.refunds.map((each) => ({ ...each, mulNo: 'other' }));
        const begun = beginRefund({ ...facts, refunds }, wish);
        if (begun.kind !== 'changed') return begun;
        const added = begun.changes.refunds?.at(-1);
        const all = added === undefined ? facts.refunds : [...facts.refunds, added];
        return { ...begun, changes: { ...begun.changes, refunds: all } };
      },
    },
  ],
  [
    'silence counts as refunded',
    {
      recordRefund: (facts, no, learnt) =>
        recordRefund(facts, no, learnt.step === 'unknown' ? { step: 'done' } : learnt),
    },
  ],
  [
    'silence counts as refused',
    {
      recordRefund: (facts, no, learnt) =>
        recordRefund(facts, no, learnt.step === 'unknown' ? { step: 'refused' } : learnt),
    },
  ],
  [
    'asked counts as refunded',
    {
      recordRefund: (facts, no, learnt) =>
        recordRefund(facts, no, learnt.step === 'requested' ? { step: 'done' } : learnt),
    },
  ],
  [
    'our own refund’s notice is counted again',
    {
      applyNotice: (facts, letter, elsewhere) => {
        const applied = applyNotice(facts, letter, elsewhere);
        if (!['70', '71'].includes(letter.payState) || facts.mulNo !== letter.mulNo) return applied;
        const refundedKrw = facts.refundedKrw + (facts.refunds.at(-1)?.amountKrw ?? 0);
        return { ...applied, changes: { ...applied.changes, refundedKrw } };
      },
    },
  ],
];

test.each(brokenRules)('the walk catches it when %s', (_what, broken) => {
  expect(() => walk(1, million / 4, { ...rules, ...broken })).toThrow(/seed 1, life/);
});
