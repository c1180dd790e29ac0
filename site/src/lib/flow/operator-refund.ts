/** What an operator may still give back of an order, and the forms that ask for it. */
import type { OrderView } from '#schemas/contract/operator.ts';
import { holdsMoney } from './outlook.ts';

/** Won of the order's own payment that did not go back; never below nothing. */
export const leftKrw = (
  order: Pick<OrderView, 'state' | 'paidKrw' | 'priceKrw' | 'refundedKrw' | 'paidAt'>,
): number => {
  const came = order.paidKrw ?? (order.paidAt === null ? 0 : order.priceKrw);
  return order.state === 'refunded' ? 0 : Math.max(0, came - order.refundedKrw);
};

/** Another payment of the same order may be given back even when its own one is. */
export const canRefund = (order: Pick<OrderView, 'state' | 'paidKrw'>): boolean =>
  holdsMoney(order.state) || order.paidKrw !== null;

/** Whole won as typed, with or without separators and unit; null when it is not an amount. */
export const wonOf = (typed: string): number | null => {
  const digits = typed.replace(/[\s,₩]/g, '').replace(/원$/, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
};

/** Whole, at least one won, and no more than is left. */
export const isRefundable = (amountKrw: number | null, leftToGiveKrw: number): boolean =>
  amountKrw !== null && amountKrw >= 1 && amountKrw <= leftToGiveKrw;

/** Ends only when a person has looked at PayApp's seller page; one being asked for is not for people. */
export const canSettle = (step: OrderView['refunds'][number]['step']): boolean =>
  step === 'unknown' || step === 'requested';
