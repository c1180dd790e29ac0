import { describe, expect, test } from 'vitest';
import { orderStates, runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import { orderFixture, runtimeFixture, workspaceFixture } from '../gallery/fixtures.ts';
import { actorOf, historyOf } from './history.ts';
import type { HistoryRow } from './history.ts';
import { payMethodOf, vatOf } from './money.ts';
import { canRefund, isRefundable, leftKrw, wonOf } from './operator-refund.ts';
import { newestOrders, ordersScope } from './orders.ts';
import { canRenewLink, isClosed } from './order.ts';
import { outlookOf, shownWord } from './outlook.ts';
import { refundOf, wasReady } from './refund.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const paidAt = '2026-11-20T09:00:00.000Z';
const paidMs = Date.parse(paidAt);

describe('the tax in a price', () => {
  test.each([
    [39_000, 35_455, 3_545],
    [69_000, 62_727, 6_273],
    [11_000, 10_000, 1_000],
    [1_000, 909, 91],
    [0, 0, 0],
  ])('of %i won', (priceKrw, supplyKrw, vatKrw) => {
    expect(vatOf(priceKrw)).toEqual({ supplyKrw, vatKrw });
  });

  test('never gains or loses a won', () => {
    for (let priceKrw = 1_000; priceKrw < 5_000; priceKrw += 1) {
      const { supplyKrw, vatKrw } = vatOf(priceKrw);
      expect(supplyKrw + vatKrw).toBe(priceKrw);
      expect(supplyKrw).toBe(Math.round(priceKrw / 1.1));
    }
  });
});

test('a way to pay is named, admitted as unknown, or not told yet', () => {
  expect(payMethodOf('1')).toBe('card');
  expect(payMethodOf(' 15 ')).toBe('kakaopay');
  expect(payMethodOf('99')).toBe('unknown');
  expect(payMethodOf('toString')).toBe('unknown');
  expect(payMethodOf('')).toBeNull();
  expect(payMethodOf(null)).toBeNull();
});

const row = (subjectId: string, sequence: number, kind: string, at: string): HistoryRow => ({
  $id: `${subjectId}.${sequence}`,
  subjectId,
  sequence,
  kind,
  actor: 'system',
  at,
  detail: '',
});

describe('the history', () => {
  test('joins order and runtime, newest first, in the order they were written', () => {
    const at = '2026-11-23T01:00:00.000Z';
    const rows = [
      row('run', 1, 'runtime.opened', '2026-11-23T01:01:00.000Z'),
      row('ord', 2, 'order.awaiting_payment', at),
      row('ord', 1, 'order.draft', at),
    ];
    expect(historyOf(rows, null).map((entry) => entry.id)).toEqual(['run.1', 'ord.2', 'ord.1']);
  });

  test('knows every state of an order and of a runtime', () => {
    const at = '2026-11-23T01:00:00.000Z';
    const kinds = [
      ...orderStates.map((state) => `order.${state}`),
      ...runtimeStatuses.map((status) => `runtime_${status}`),
    ];
    const entries = historyOf(
      kinds.map((kind, index) => row('ord', index + 1, kind, at)),
      null,
    );
    expect(entries).toHaveLength(kinds.length);
    expect(entries.every((entry) => entry.word !== null)).toBe(true);
  });

  test('keeps an entry it has no words for under its own name', () => {
    const [entry] = historyOf([row('ord', 1, 'order.renewed', paidAt)], null);
    expect(entry).toMatchObject({ word: null, kind: 'order.renewed' });
  });

  test('tells a second payment page from the first', () => {
    const rows = [1, 2].map((n) => row('ord', n, 'order.draft', paidAt));
    expect(historyOf(rows, null).map((entry) => entry.word)).toEqual([
      'order.draft_again',
      'order.draft',
    ]);
  });

  test('tells a state that is written again once, by the one who is named for it', () => {
    const asked = (n: number, actor: string): HistoryRow => ({
      ...row('ord', n, 'order.refund_requested', `2026-11-23T01:0${n}:00.000Z`),
      actor,
    });
    const rows = [
      asked(1, 'system'),
      row('run', 1, 'runtime_suspended', '2026-11-23T01:01:30.000Z'),
      asked(2, 'me'),
      asked(3, 'operator'),
      row('ord', 4, 'order.refunded', '2026-11-23T01:05:00.000Z'),
    ];
    expect(historyOf(rows, 'me').map(({ kind, actor }) => [kind, actor])).toEqual([
      ['order.refunded', 'system'],
      ['runtime_suspended', 'system'],
      ['order.refund_requested', 'you'],
    ]);
  });

  test('tells the opening of the runtime once', () => {
    const handed = row('ord', 4, 'order.fulfilled', paidAt);
    expect(historyOf([handed], null)).toHaveLength(1);
    const both = [handed, row('run', 1, 'runtime.opened', paidAt)];
    expect(historyOf(both, null).map((entry) => entry.word)).toEqual(['runtime.opened']);
  });

  test('names who acted without giving an account away', () => {
    expect(actorOf('system', 'me')).toBe('system');
    expect(actorOf('payapp', 'me')).toBe('payapp');
    expect(actorOf('operator:x', 'me')).toBe('operator');
    expect(actorOf('me', 'me')).toBe('you');
    expect(actorOf('somebody', 'me')).toBe('member');
  });
});

describe('what comes next', () => {
  const promisedBy = new Date(paidMs + hourMs).toISOString();
  const order = orderFixture('fulfilled', { paidAt, promisedBy });

  test('a promise that is open is told with its time, one that is over as missed', () => {
    const runtime = runtimeFixture('provisioning');
    expect(outlookOf(order, runtime, paidMs)).toMatchObject({
      word: 'setting_up',
      actor: 'system',
      dueIso: promisedBy,
    });
    expect(outlookOf(order, runtime, paidMs + hourMs)).toMatchObject({
      word: 'promise_missed',
      actor: 'system',
    });
    expect(outlookOf({ ...order, promisedBy: null }, null, paidMs + dayMs)).toMatchObject({
      word: 'setting_up',
      dueIso: null,
    });
  });

  test('every state of an order and of a runtime has an answer and somebody who acts, or nobody', () => {
    for (const state of orderStates) {
      expect(outlookOf(orderFixture(state), null, Date.now()).word, state).toBeTruthy();
    }
    for (const status of runtimeStatuses) {
      expect(outlookOf(order, runtimeFixture(status), paidMs).word, status).toBeTruthy();
    }
  });

  test('nobody is told to pay an order whose time is over', () => {
    const unpaid = orderFixture('awaiting_payment', { expiresAt: paidAt });
    expect(outlookOf(unpaid, null, paidMs - 1)).toMatchObject({ word: 'pay', actor: 'customer' });
    expect(outlookOf(unpaid, null, paidMs)).toMatchObject({ word: 'pay_lapsing', actor: 'system' });
  });

  test('a refund under way is told by what PayApp said of it', () => {
    const words = (['pending', 'requested', 'refused', null] as const).map(
      (refundState) => outlookOf(orderFixture('refund_requested', { refundState }), null, 0).word,
    );
    expect(words).toEqual([
      'refund_pending',
      'refund_requested',
      'refund_refused',
      'refund_requested',
    ]);
  });

  test('a paid order goes by its runtime, any other by itself', () => {
    const runtime = runtimeFixture('degraded');
    expect(shownWord(order, runtime)).toBe('degraded');
    expect(shownWord(order, null)).toBe('fulfilled');
    expect(shownWord(orderFixture('refunded'), runtime)).toBe('refunded');
  });
});

describe('taking an order back', () => {
  const order = orderFixture('fulfilled', { paidAt, refundState: null });

  test('is offered for seven days after the payment and not a moment longer', () => {
    const until = paidMs + 7 * dayMs;
    expect(refundOf(order, null, until - 1)).toEqual({
      kind: 'allowed',
      untilIso: new Date(until).toISOString(),
    });
    expect(refundOf(order, null, until)).toEqual({ kind: 'too_late' });
  });

  test('is not offered once the runtime was ready', () => {
    expect(refundOf(order, runtimeFixture('ready'), paidMs)).toEqual({ kind: 'was_ready' });
    expect(refundOf(order, runtimeFixture('degraded'), paidMs)).toEqual({ kind: 'was_ready' });
    expect(wasReady(null)).toBe(false);
    expect(refundOf(order, runtimeFixture('failed'), paidMs).kind).toBe('allowed');
  });

  test('gives back what is left after a part went back', () => {
    const rest = orderFixture('partially_refunded', { paidAt });
    expect(refundOf(rest, null, paidMs).kind).toBe('allowed');
  });

  test('is not offered twice, nor without a payment', () => {
    const asked = { ...order, refundState: 'requested' as const };
    expect(refundOf(asked, null, paidMs)).toEqual({ kind: 'under_way' });
    for (const state of ['awaiting_payment', 'expired', 'refund_requested', 'refunded'] as const) {
      expect(refundOf(orderFixture(state), null, paidMs), state).toEqual({ kind: 'not_paid' });
    }
  });
});

test('a closed order gets no new payment page', () => {
  for (const state of orderStates) {
    expect(isClosed(state) && canRenewLink(state), state).toBe(false);
  }
});

describe('which orders are shown', () => {
  const workspaces = [workspaceFixture('acme', 'Acme'), workspaceFixture('beta', 'Beta')];
  const older = orderFixture('expired', { $id: 'a', $createdAt: '2026-11-01T00:00:00.000Z' });
  const newer = orderFixture('paid', { $id: 'b', workspaceId: 'acme' });
  const other = orderFixture('paid', { $id: 'c', workspaceId: 'beta' });
  const rows = { workspaces, orders: [older, newer, other] };

  test('those of one workspace, newest first', () => {
    expect(newestOrders(rows.orders, 'acme').map((order) => order.$id)).toEqual(['b', 'a']);
    expect(newestOrders(rows.orders, null)).toEqual([]);
  });

  test('an order that is ours decides on the workspace; a foreign one is admitted as unknown', () => {
    expect(ordersScope(rows, 'acme', 'c').workspace?.$id).toBe('beta');
    expect(ordersScope(rows, null, null)).toMatchObject({ unknown: false });
    expect(ordersScope(rows, 'acme', 'nobodys')).toMatchObject({ unknown: true });
    expect(ordersScope(rows, 'nobodys', null)).toEqual({ workspace: null, unknown: true });
  });
});

describe('what an operator gives back', () => {
  const view = { state: 'fulfilled', priceKrw: 39_000, paidAt, refundedKrw: 13_000 } as const;

  test('is what came less what went back', () => {
    expect(leftKrw({ ...view, paidKrw: 39_000 })).toBe(26_000);
    expect(leftKrw({ ...view, paidKrw: 38_000 })).toBe(25_000);
    expect(leftKrw({ ...view, paidKrw: null })).toBe(26_000);
    expect(leftKrw({ ...view, paidKrw: null, paidAt: null })).toBe(0);
    expect(leftKrw({ ...view, paidKrw: 39_000, state: 'refunded' })).toBe(0);
  });

  test('is asked of orders that hold or held money', () => {
    expect(canRefund({ state: 'refund_due', paidKrw: null })).toBe(true);
    expect(canRefund({ state: 'refunded', paidKrw: 39_000 })).toBe(true);
    expect(canRefund({ state: 'awaiting_payment', paidKrw: null })).toBe(false);
  });

  test.each([
    ['13,000', 13_000],
    ['13000원', 13_000],
    ['₩ 13,000', 13_000],
    ['13.5', null],
    ['-1', null],
    ['', null],
  ])('typed as "%s"', (typed, amountKrw) => {
    expect(wonOf(typed)).toBe(amountKrw);
  });

  test('is at least one won and at most what is left', () => {
    const amounts = [null, 0, 1, 100, 101];
    expect(amounts.filter((amountKrw) => isRefundable(amountKrw, 100))).toEqual([1, 100]);
  });
});
