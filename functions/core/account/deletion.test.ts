import { describe, expect, test } from 'vitest';
import { newOrder } from '#tests/support/new-order.ts';
import { isAlive, isUnderWay, refusalFor, standingIn, wordFor } from './deletion.ts';

const me = { userId: 'me', role: 'owner', confirmed: true };
const other = (role: string, confirmed = true) => ({ userId: 'other', role, confirmed });

test.each([
  [[me], 'alone'],
  [[me, other('owner')], 'left'],
  [[me, other('member')], 'last_owner'],
  [[me, other('billing')], 'last_owner'],
  [[me, other('owner', false)], 'alone'],
  [[{ ...me, role: 'member' }, other('owner')], 'left'],
  [[{ ...me, role: 'member' }, other('member')], 'left'],
  [[{ ...me, role: 'billing' }], 'alone'],
] as const)('among %j one is %s', (members, standing) => {
  expect(standingIn(members, 'me')).toBe(standing);
});

describe('an order', () => {
  test.each([
    'draft',
    'awaiting_payment',
    'waiting_deposit',
    'payment_failed',
    'paid',
    'refund_due',
    'refund_requested',
  ] as const)('that is %s is under way', (state) => {
    expect(isUnderWay({ ...newOrder, state })).toBe(true);
  });

  test.each(['fulfilled', 'cancelled', 'expired', 'refunded', 'partially_refunded'] as const)(
    'that is %s is not, unless something is owed or on the way back',
    (state) => {
      expect(isUnderWay({ ...newOrder, state })).toBe(false);
      expect(isUnderWay({ ...newOrder, state, refundState: 'done' })).toBe(false);
      expect(isUnderWay({ ...newOrder, state, refundState: 'requested' })).toBe(true);
      expect(isUnderWay({ ...newOrder, state, effects: [{ kind: 'open_runtime' }] })).toBe(true);
    },
  );
});

test('a runtime lives until it is gone', () => {
  expect(isAlive({ status: 'suspended' })).toBe(true);
  expect(isAlive({ status: 'deleting' })).toBe(true);
  expect(isAlive({ status: 'deleted' })).toBe(false);
});

test('money is named first, then machines, then people', () => {
  expect(refusalFor([])).toBeNull();
  expect(refusalFor([{ kind: 'members' }])).toBe('account_members_left');
  expect(refusalFor([{ kind: 'members' }, { kind: 'runtime' }])).toBe('account_runtime_left');
  expect(refusalFor([{ kind: 'runtime' }, { kind: 'order' }])).toBe('account_order_open');
});

test('the word is short and the same every time', () => {
  expect(wordFor('0123456789abcdef')).toBe('deleted-0123456789ab');
});
