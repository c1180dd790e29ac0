/** Every pair of the table, written out by hand beside it. */
import { describe, expect, test } from 'vitest';
import { billingRequestStates } from '#schemas/contract/vocabulary.ts';
import type { BillingRequestState } from '#schemas/contract/vocabulary.ts';
import type { BillingArrow, BillingEvent } from './machine.ts';
import { billingEvents, decideBilling, isLiveRequest } from './machine.ts';

const open = {
  paid: '→ paid +sync',
  paid_wrong_amount: '→ mismatch +billing_amount_mismatch',
  money_returned: '→ returned +sync',
  part_returned: '= +billing_money_returned',
  unknown_noticed: '=',
  request_noticed: '=',
  deposit_waiting: '=',
};
const ended = {
  link_opened: '=',
  request_refused: '=',
  request_silent: '=',
  withdrawn: '=',
  request_cancelled: '=',
};

/** `→ state +effect` moves, `= +effect` stays. */
const expected: Record<BillingRequestState, Record<BillingEvent, string>> = {
  requested: {
    ...open,
    link_opened: '→ link',
    request_refused: '→ failed',
    request_silent: '→ unknown',
    withdrawn: '→ cancelled',
    request_cancelled: '→ cancelled',
  },
  link: {
    ...open,
    link_opened: '=',
    request_refused: '=',
    request_silent: '=',
    withdrawn: '→ cancelled',
    request_cancelled: '→ cancelled',
  },
  unknown: {
    ...open,
    link_opened: '→ link',
    request_refused: '=',
    request_silent: '=',
    withdrawn: '→ cancelled',
    request_cancelled: '→ cancelled',
  },
  failed: { ...open, ...ended },
  cancelled: { ...open, ...ended },
  paid: {
    ...open,
    ...ended,
    paid: '= +sync',
    paid_wrong_amount: '= +billing_amount_mismatch',
    money_returned: '→ returned +sync +billing_money_returned',
  },
  mismatch: {
    ...open,
    ...ended,
    paid: '= +billing_amount_mismatch',
    paid_wrong_amount: '= +billing_amount_mismatch',
    money_returned: '→ returned',
  },
  returned: { ...open, ...ended, paid: '=', paid_wrong_amount: '=', money_returned: '= +sync' },
};

const told = (arrow: BillingArrow): string =>
  [
    arrow.kind === 'move' ? `→ ${arrow.to}` : '=',
    ...arrow.effects.map((effect) => (effect === 'sync_document' ? '+sync' : `+${effect.task}`)),
  ].join(' ');

describe.each(billingRequestStates)('a pay link that is %s', (state) => {
  test.each(billingEvents)('%s', (event) => {
    expect(told(decideBilling(state, event))).toBe(expected[state][event]);
  });
});

test('money that comes always has a follow-up while it is not known to be back', () => {
  for (const state of billingRequestStates) {
    if (state === 'returned') continue;
    for (const event of ['paid', 'paid_wrong_amount'] as const) {
      expect(decideBilling(state, event).effects, `${state} ${event}`).not.toEqual([]);
    }
  }
});

test('only what may still be paid, as far as we know, stands in the way of another link', () => {
  expect(billingRequestStates.filter(isLiveRequest)).toEqual(['requested', 'link', 'unknown']);
});
