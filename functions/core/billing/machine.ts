/**
 * The life of one pay link for a legacy document: one total table of (state, event) → arrow. Effects
 * are data and idempotent, so an arrow that was followed twice has done its work once.
 *
 * Guarantees: money that comes is never without a follow-up (it settles the document, or a person
 * is told); `returned` is never left; no event opens or extends a runtime.
 */
import type { BillingRequestState, TaskKind } from '#schemas/contract/vocabulary.ts';

export const billingEvents = [
  'link_opened',
  'request_refused',
  'request_silent',
  /** An operator does not want it any more, and PayApp has killed it or never named it. */
  'withdrawn',
  'request_noticed',
  'deposit_waiting',
  'request_cancelled',
  'paid',
  'paid_wrong_amount',
  'money_returned',
  'part_returned',
  'unknown_noticed',
] as const;
export type BillingEvent = (typeof billingEvents)[number];

export type BillingTask = Extract<TaskKind, `billing_${string}`>;

/** sync: the document is settled by this request exactly as long as this request is paid. */
export type BillingEffect = 'sync_document' | { readonly task: BillingTask };

export type BillingArrow =
  | {
      readonly kind: 'move';
      readonly to: BillingRequestState;
      readonly effects: readonly BillingEffect[];
    }
  | { readonly kind: 'stay'; readonly effects: readonly BillingEffect[] };

const to = (state: BillingRequestState, ...effects: readonly BillingEffect[]): BillingArrow => ({
  kind: 'move',
  to: state,
  effects,
});
const stay = (...effects: readonly BillingEffect[]): BillingArrow => ({ kind: 'stay', effects });

const mismatch: BillingEffect = { task: 'billing_amount_mismatch' };
const wentBack: BillingEffect = { task: 'billing_money_returned' };

type Row = Readonly<Record<BillingEvent, BillingArrow>>;

/** Money may come for any link that PayApp ever made, whatever we thought of it. */
const payable = {
  paid: to('paid', 'sync_document'),
  paid_wrong_amount: to('mismatch', mismatch),
  money_returned: to('returned', 'sync_document'),
  part_returned: stay(wentBack),
  unknown_noticed: stay(),
  request_noticed: stay(),
  deposit_waiting: stay(),
} as const;

const closed: Row = {
  ...payable,
  link_opened: stay(),
  request_refused: stay(),
  request_silent: stay(),
  withdrawn: stay(),
  request_cancelled: stay(),
};

export const billingTable: Readonly<Record<BillingRequestState, Row>> = {
  requested: {
    ...payable,
    link_opened: to('link'),
    request_refused: to('failed'),
    request_silent: to('unknown'),
    withdrawn: to('cancelled'),
    request_cancelled: to('cancelled'),
  },
  link: {
    ...payable,
    link_opened: stay(),
    request_refused: stay(),
    request_silent: stay(),
    withdrawn: to('cancelled'),
    request_cancelled: to('cancelled'),
  },
  unknown: {
    ...payable,
    link_opened: to('link'),
    request_refused: stay(),
    request_silent: stay(),
    withdrawn: to('cancelled'),
    request_cancelled: to('cancelled'),
  },
  failed: closed,
  cancelled: closed,
  paid: {
    ...closed,
    paid: stay('sync_document'),
    paid_wrong_amount: stay(mismatch),
    money_returned: to('returned', 'sync_document', wentBack),
  },
  mismatch: {
    ...closed,
    paid: stay(mismatch),
    paid_wrong_amount: stay(mismatch),
    money_returned: to('returned'),
  },
  returned: {
    ...closed,
    // Late news of the payment whose return was told already; the return itself, told again.
    paid: stay(),
    paid_wrong_amount: stay(),
    money_returned: stay('sync_document'),
  },
};

export const decideBilling = (state: BillingRequestState, event: BillingEvent): BillingArrow =>
  billingTable[state][event];

/** Somebody may still pay it, as far as we know: no second one is made beside it. */
export const isLiveRequest = (state: BillingRequestState): boolean =>
  state === 'requested' || state === 'link' || state === 'unknown';
