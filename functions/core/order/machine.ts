/**
 * What may happen to an order, as one table: (state, event) → next state and effects, or a refusal.
 * Every pair is decided here; nothing else decides. Facts from PayApp (a notice) are never refused:
 * they move the order or are ignored with a note. Commands of people are refused with a code.
 *
 * Guarantees: `refunded` is never left; an order that was closed (cancelled, expired) or refunded
 * never earns a runtime again; `deliver` is an effect of no arrow but the one into `paid`.
 * Which event a notice is depends on what we know of its payment: see notices.ts.
 */
import type { OrderState } from '#schemas/contract/vocabulary.ts';

export const orderEvents = [
  /** A (new) pay link is about to be asked for. */
  'request_started',
  /** PayApp answered with a pay link. */
  'request_opened',
  /** PayApp refused the request. */
  'request_failed',
  /** Notice 1: the request exists; may come before the answer to the request. */
  'request_noticed',
  /** Notice 10: a virtual account was issued. */
  'deposit_waiting',
  /** Notice 4, amount as ordered, first payment of this order. */
  'paid',
  /** Notice 4 with another amount. */
  'paid_wrong_amount',
  /** Notice 4 of a payment that is not, and cannot become, the one of this order. */
  'paid_again',
  /** Notices 8, 16, 31, 32: closed before payment. */
  'request_cancelled',
  /** Notices 9, 64: money went back in full. */
  'approval_cancelled',
  /** Notices 70, 71: part of the money went back, and not because we asked. */
  'partially_cancelled',
  /** A part refund of ours is done. */
  'partly_refunded',
  /** Our own deadline passed and the pay link is surely dead. */
  'expired',
  'cancelled_by_customer',
  /** PayApp is being asked for all that is left; its end comes as `approval_cancelled`. */
  'refund_requested',
  /** PayApp surely refused a refund, or an operator saw that it did not happen. */
  'refund_refused',
  /** What was bought is there: the runtime exists, or was given its time. */
  'delivered',
  /** The runtime that was to be given more time is gone for good. */
  'undeliverable',
  /** A notice whose `pay_state` nobody knows, 99 (recurring charges, which we do not sell) too. */
  'unknown_noticed',
] as const;
export type OrderEvent = (typeof orderEvents)[number];

/**
 * Effects without the payment they concern; the caller knows its `mul_no`. `deliver` and `take_back`
 * are about what the order buys: a runtime, or more time for one.
 */
export type EffectKind =
  | 'deliver'
  | 'take_back'
  | 'cancel_request'
  | 'task:refund_due'
  | 'task:amount_mismatch'
  | 'task:duplicate_payment'
  | 'task:partial_refund'
  | 'task:refund_refused';

/** Answered to people, but for the last one, which can only meet our own code. */
export type RefusalCode =
  | 'order_not_payable'
  | 'order_not_cancellable'
  | 'refund_not_allowed'
  | 'refund_in_progress'
  | 'refund_amount_invalid'
  | 'order_not_paid';

export type Arrow =
  | { readonly kind: 'move'; readonly to: OrderState; readonly effects: readonly EffectKind[] }
  | { readonly kind: 'ignore'; readonly note: IgnoreNote; readonly effects: readonly EffectKind[] }
  | { readonly kind: 'refuse'; readonly code: RefusalCode };

export type IgnoreNote =
  'duplicate' | 'outdated' | 'recorded' | 'too_late' | 'left_to_operator' | 'unknown_state';

const to = (state: OrderState, ...effects: EffectKind[]): Arrow => ({
  kind: 'move',
  to: state,
  effects,
});
const ignore = (note: IgnoreNote, ...effects: EffectKind[]): Arrow => ({
  kind: 'ignore',
  note,
  effects,
});
const refuse = (code: RefusalCode): Arrow => ({ kind: 'refuse', code });

const duplicate = ignore('duplicate');
const outdated = ignore('outdated');
const recorded = ignore('recorded');
const notPayable = refuse('order_not_payable');
const notCancellable = refuse('order_not_cancellable');
const notRefundable = refuse('refund_not_allowed');
const notPaid = refuse('order_not_paid');
const wrongAmount = to('refund_due', 'task:amount_mismatch');
const keptMoney = ignore('left_to_operator', 'task:amount_mismatch');
const secondPayment = ignore('left_to_operator', 'task:duplicate_payment');
const partOnly = ignore('left_to_operator', 'task:partial_refund');
const refundRefused = ignore('left_to_operator', 'task:refund_refused');
const unknownState = ignore('unknown_state');
/** A link that opened after the order had closed must not stay payable. */
const killLink = ignore('too_late', 'cancel_request');

type Row = Readonly<Record<OrderEvent, Arrow>>;

/** An order that may still be paid. */
const open: Row = {
  request_started: to('draft'),
  request_opened: to('awaiting_payment'),
  request_failed: outdated,
  request_noticed: recorded,
  deposit_waiting: to('waiting_deposit'),
  paid: to('paid', 'deliver'),
  paid_wrong_amount: wrongAmount,
  paid_again: secondPayment,
  request_cancelled: to('cancelled'),
  approval_cancelled: to('refunded'),
  partially_cancelled: partOnly,
  partly_refunded: recorded,
  expired: to('expired'),
  cancelled_by_customer: to('cancelled'),
  refund_requested: notRefundable,
  refund_refused: refundRefused,
  delivered: notPaid,
  undeliverable: recorded,
  unknown_noticed: unknownState,
};

/** An order whose money came and was right. */
const earned: Row = {
  request_started: notPayable,
  request_opened: recorded,
  request_failed: outdated,
  request_noticed: outdated,
  deposit_waiting: outdated,
  paid: duplicate,
  paid_wrong_amount: keptMoney,
  paid_again: secondPayment,
  request_cancelled: outdated,
  approval_cancelled: to('refunded', 'take_back'),
  partially_cancelled: to('partially_refunded', 'task:partial_refund'),
  partly_refunded: to('partially_refunded'),
  expired: outdated,
  cancelled_by_customer: notCancellable,
  refund_requested: to('refund_requested', 'take_back'),
  refund_refused: refundRefused,
  delivered: to('fulfilled'),
  undeliverable: to('refund_due', 'take_back', 'task:refund_due'),
  unknown_noticed: unknownState,
};

/** Closed unpaid: money that still comes goes back. */
const closed: Row = {
  request_started: notPayable,
  request_opened: killLink,
  request_failed: outdated,
  request_noticed: outdated,
  deposit_waiting: outdated,
  paid: to('refund_due', 'task:refund_due'),
  paid_wrong_amount: wrongAmount,
  paid_again: secondPayment,
  request_cancelled: duplicate,
  approval_cancelled: to('refunded'),
  partially_cancelled: to('refund_due', 'task:partial_refund'),
  partly_refunded: recorded,
  expired: outdated,
  cancelled_by_customer: notCancellable,
  refund_requested: notRefundable,
  refund_refused: refundRefused,
  delivered: notPaid,
  undeliverable: recorded,
  unknown_noticed: unknownState,
};

/** Money that has to go back, or is on its way. */
const owing: Row = {
  ...closed,
  request_opened: killLink,
  paid: duplicate,
  paid_wrong_amount: keptMoney,
  request_cancelled: outdated,
  partially_cancelled: partOnly,
  refund_requested: to('refund_requested'),
};

export const orderMachine: Readonly<Record<OrderState, Row>> = {
  draft: { ...open, request_failed: to('payment_failed') },
  awaiting_payment: { ...open, request_opened: to('awaiting_payment') },
  waiting_deposit: {
    ...open,
    request_opened: recorded,
    request_noticed: outdated,
    deposit_waiting: duplicate,
  },
  payment_failed: { ...open, request_failed: duplicate },
  paid: earned,
  fulfilled: { ...earned, delivered: duplicate },
  cancelled: { ...closed, cancelled_by_customer: duplicate },
  expired: { ...closed, request_cancelled: outdated, expired: duplicate },
  refund_due: owing,
  refund_requested: {
    ...owing,
    refund_requested: duplicate,
    refund_refused: to('refund_due', 'task:refund_refused'),
  },
  refunded: {
    ...owing,
    paid: outdated,
    approval_cancelled: duplicate,
    partially_cancelled: outdated,
    partly_refunded: outdated,
    refund_requested: notRefundable,
    refund_refused: outdated,
  },
  /** The runtime, if one was owed, is still owed: the operator decides about the rest. */
  partially_refunded: {
    ...earned,
    paid: outdated,
    partially_cancelled: partOnly,
    partly_refunded: recorded,
    delivered: recorded,
  },
};

export const decide = (state: OrderState, event: OrderEvent): Arrow => orderMachine[state][event];

/** May still be paid and will be expired by us. */
export const isOpen = (state: OrderState): boolean =>
  state === 'draft' ||
  state === 'awaiting_payment' ||
  state === 'waiting_deposit' ||
  state === 'payment_failed';

/** A payment of this order was accepted or has to be given back: its `mulNo` is the payment's. */
export const hasPayment = (state: OrderState): boolean =>
  !isOpen(state) && state !== 'cancelled' && state !== 'expired';

/** Money is ours and no refund was asked for: a runtime is owed. */
export const earnsRuntime = (state: OrderState): boolean =>
  state === 'paid' || state === 'fulfilled' || state === 'partially_refunded';
