/** What a customer may do with an order, told from its state alone; the functions decide again. */
import type { OrderState } from '#schemas/contract/vocabulary.ts';

const payable: ReadonlySet<OrderState> = new Set(['awaiting_payment', 'waiting_deposit']);
/** A closed order is not opened again: one orders anew, so that a late payment can only go back. */
const renewable: ReadonlySet<OrderState> = new Set(['draft', 'awaiting_payment', 'payment_failed']);
const cancellable: ReadonlySet<OrderState> = new Set([
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'payment_failed',
]);

/** Nothing more is expected of the customer; another runtime needs another order. */
const closed: ReadonlySet<OrderState> = new Set([
  'cancelled',
  'expired',
  'refund_due',
  'refund_requested',
  'refunded',
]);

export const isClosed = (state: OrderState): boolean => closed.has(state);

/** Colour of what is said about the state, as the notices know it. */
export const toneOf = (state: OrderState): 'red' | 'amber' | 'blue' | 'plain' => {
  if (state === 'payment_failed' || state === 'refund_due') return 'red';
  if (state === 'awaiting_payment' || state === 'waiting_deposit') return 'amber';
  return isClosed(state) ? 'plain' : 'blue';
};

export const canPay = (state: OrderState): boolean => payable.has(state);
export const canRenewLink = (state: OrderState): boolean => renewable.has(state);
export const canCancel = (state: OrderState): boolean => cancellable.has(state);

/** As PayApp wants it: 010 and eight digits; separators and +82 are taken off. */
export const koreanMobile = (typed: string): string | null => {
  const digits = typed.replace(/[\s().-]/g, '').replace(/^\+82/, '0');
  return /^01[016789]\d{7,8}$/.test(digits) ? digits : null;
};

const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Cheap look before the server is asked; reserved and taken names are known there alone. */
export const looksLikeSubdomain = (typed: string): boolean =>
  hostLabel.test(typed) && !typed.startsWith('xn--');
