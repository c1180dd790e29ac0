/** What a customer may do with an order, told from its state alone; the functions decide again. */
import type { OrderState } from '#schemas/contract/vocabulary.ts';

const payable: ReadonlySet<OrderState> = new Set(['awaiting_payment', 'waiting_deposit']);
const renewable: ReadonlySet<OrderState> = new Set([
  'draft',
  'awaiting_payment',
  'payment_failed',
  'expired',
]);
const cancellable: ReadonlySet<OrderState> = new Set([
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'payment_failed',
]);

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
