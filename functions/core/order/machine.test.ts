/** Every pair of the order machine, written out by hand beside the table it checks. */
import { describe, expect, test } from 'vitest';
import { orderStates } from '#schemas/contract/vocabulary.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import type { Arrow, OrderEvent } from './machine.ts';
import { decide, earnsRuntime, hasPayment, isOpen, orderEvents } from './machine.ts';

/** `→ state +effect`, `= note of what is ignored +effect`, `! refusal`. */
const expected: Record<OrderState, Record<OrderEvent, string>> = {
  draft: {
    request_started: '→ draft',
    request_opened: '→ awaiting_payment',
    request_failed: '→ payment_failed',
    request_noticed: '= recorded',
    deposit_waiting: '→ waiting_deposit',
    paid: '→ paid +deliver',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '→ cancelled',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '→ expired',
    cancelled_by_customer: '→ cancelled',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  awaiting_payment: {
    request_started: '→ draft',
    request_opened: '→ awaiting_payment',
    request_failed: '= outdated',
    request_noticed: '= recorded',
    deposit_waiting: '→ waiting_deposit',
    paid: '→ paid +deliver',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '→ cancelled',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '→ expired',
    cancelled_by_customer: '→ cancelled',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  waiting_deposit: {
    request_started: '→ draft',
    request_opened: '= recorded',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= duplicate',
    paid: '→ paid +deliver',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '→ cancelled',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '→ expired',
    cancelled_by_customer: '→ cancelled',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  payment_failed: {
    request_started: '→ draft',
    request_opened: '→ awaiting_payment',
    request_failed: '= duplicate',
    request_noticed: '= recorded',
    deposit_waiting: '→ waiting_deposit',
    paid: '→ paid +deliver',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '→ cancelled',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '→ expired',
    cancelled_by_customer: '→ cancelled',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  paid: {
    request_started: '! order_not_payable',
    request_opened: '= recorded',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= duplicate',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded +take_back',
    partially_cancelled: '→ partially_refunded +task:partial_refund',
    partly_refunded: '→ partially_refunded',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '→ refund_requested +take_back',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '→ fulfilled',
    undeliverable: '→ refund_due +take_back +task:refund_due',
    unknown_noticed: '= unknown_state',
  },
  fulfilled: {
    request_started: '! order_not_payable',
    request_opened: '= recorded',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= duplicate',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded +take_back',
    partially_cancelled: '→ partially_refunded +task:partial_refund',
    partly_refunded: '→ partially_refunded',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '→ refund_requested +take_back',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '= duplicate',
    undeliverable: '→ refund_due +take_back +task:refund_due',
    unknown_noticed: '= unknown_state',
  },
  cancelled: {
    request_started: '! order_not_payable',
    request_opened: '= too_late +cancel_request',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '→ refund_due +task:refund_due',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= duplicate',
    approval_cancelled: '→ refunded',
    partially_cancelled: '→ refund_due +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '= outdated',
    cancelled_by_customer: '= duplicate',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  expired: {
    request_started: '! order_not_payable',
    request_opened: '= too_late +cancel_request',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '→ refund_due +task:refund_due',
    paid_wrong_amount: '→ refund_due +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded',
    partially_cancelled: '→ refund_due +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '= duplicate',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  refund_due: {
    request_started: '! order_not_payable',
    request_opened: '= too_late +cancel_request',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= duplicate',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '→ refund_requested',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  refund_requested: {
    request_started: '! order_not_payable',
    request_opened: '= too_late +cancel_request',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= duplicate',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '= duplicate',
    refund_refused: '→ refund_due +task:refund_refused',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  refunded: {
    request_started: '! order_not_payable',
    request_opened: '= too_late +cancel_request',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= outdated',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '= duplicate',
    partially_cancelled: '= outdated',
    partly_refunded: '= outdated',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '! refund_not_allowed',
    refund_refused: '= outdated',
    delivered: '! order_not_paid',
    undeliverable: '= recorded',
    unknown_noticed: '= unknown_state',
  },
  partially_refunded: {
    request_started: '! order_not_payable',
    request_opened: '= recorded',
    request_failed: '= outdated',
    request_noticed: '= outdated',
    deposit_waiting: '= outdated',
    paid: '= outdated',
    paid_wrong_amount: '= left_to_operator +task:amount_mismatch',
    paid_again: '= left_to_operator +task:duplicate_payment',
    request_cancelled: '= outdated',
    approval_cancelled: '→ refunded +take_back',
    partially_cancelled: '= left_to_operator +task:partial_refund',
    partly_refunded: '= recorded',
    expired: '= outdated',
    cancelled_by_customer: '! order_not_cancellable',
    refund_requested: '→ refund_requested +take_back',
    refund_refused: '= left_to_operator +task:refund_refused',
    delivered: '= recorded',
    undeliverable: '→ refund_due +take_back +task:refund_due',
    unknown_noticed: '= unknown_state',
  },
};

const written = (arrow: Arrow): string => {
  if (arrow.kind === 'refuse') return `! ${arrow.code}`;
  const effects = arrow.effects.map((effect) => ` +${effect}`).join('');
  return arrow.kind === 'move' ? `→ ${arrow.to}${effects}` : `= ${arrow.note}${effects}`;
};

describe.each(orderStates)('an order that is %s', (state) => {
  test.each(orderEvents)('decides %s', (event) => {
    expect(written(decide(state, event))).toBe(expected[state][event]);
  });
});

test('a refunded order stays refunded', () => {
  for (const event of orderEvents) expect(decide('refunded', event).kind).not.toBe('move');
});

test('only the arrow into paid owes a runtime', () => {
  for (const state of orderStates) {
    for (const event of orderEvents) {
      const arrow = decide(state, event);
      if (arrow.kind === 'refuse' || !arrow.effects.includes('deliver')) continue;
      expect(arrow).toMatchObject({ kind: 'move', to: 'paid' });
      expect(isOpen(state)).toBe(true);
    }
  }
});

test('money that goes back never leaves a runtime running', () => {
  for (const state of orderStates.filter(earnsRuntime)) {
    for (const event of orderEvents) {
      const arrow = decide(state, event);
      if (arrow.kind !== 'move' || earnsRuntime(arrow.to)) continue;
      expect(arrow.effects).toContain('take_back');
    }
  }
});

test('an order that is over never earns again', () => {
  const over = orderStates.filter((state) => !isOpen(state) && !earnsRuntime(state));
  for (const state of over) {
    for (const event of orderEvents) {
      const arrow = decide(state, event);
      if (arrow.kind !== 'move') continue;
      expect(isOpen(arrow.to) || earnsRuntime(arrow.to)).toBe(false);
    }
  }
});

test('once money came, the order has a payment for good', () => {
  for (const state of orderStates.filter(hasPayment)) {
    for (const event of orderEvents) {
      const arrow = decide(state, event);
      if (arrow.kind === 'move') expect(hasPayment(arrow.to)).toBe(true);
    }
  }
});
