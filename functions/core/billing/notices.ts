/**
 * Applies one notice of PayApp to the pay link it was sent for. Pure; the same notice applied again
 * changes nothing and names the same effects. Money under another number is never this link's.
 */
import type { NoticeFacts } from '#core/order/notices.ts';
import { noticeClassOf } from '#core/order/notices.ts';
import type { BillingRequestState } from '#schemas/contract/vocabulary.ts';
import type { BillingEffect, BillingEvent } from './machine.ts';
import { decideBilling } from './machine.ts';

export interface BillingFacts {
  readonly state: BillingRequestState;
  readonly amountKrw: number;
  readonly mulNo: string | null;
  readonly paidKrw: number | null;
}

export interface BillingChanges {
  readonly state?: BillingRequestState;
  readonly mulNo?: string;
  readonly paidKrw?: number;
  readonly payType?: string;
  readonly receiptUrl?: string | null;
}

export interface AppliedBilling {
  readonly changes: BillingChanges | null;
  readonly effects: readonly BillingEffect[];
  /** Kept with the notice. */
  readonly outcome: string;
}

/** `elsewhere`: this number belongs to another request or to an order. */
export const applyBillingNotice = (
  request: BillingFacts,
  notice: NoticeFacts,
  elsewhere: boolean,
): AppliedBilling => {
  const event = eventOf(request, notice);
  const isOurs = !elsewhere && (request.mulNo === null || request.mulNo === notice.mulNo);
  if (!isOurs) return foreign(event);
  const arrow = decideBilling(request.state, event);
  const changes: BillingChanges = {
    ...(arrow.kind === 'move' ? { state: arrow.to } : {}),
    ...(request.mulNo === null ? { mulNo: notice.mulNo } : {}),
    ...paymentOf(request, notice, event),
  };
  return {
    changes: Object.keys(changes).length === 0 ? null : changes,
    effects: arrow.effects,
    outcome: `billing_${arrow.kind === 'move' ? arrow.to : 'recorded'}`,
  };
};

const isMoney = (event: BillingEvent): boolean => event === 'paid' || event === 'paid_wrong_amount';

const foreign = (event: BillingEvent): AppliedBilling => ({
  changes: null,
  effects: isMoney(event) ? [{ task: 'billing_paid_again' }] : [],
  outcome: isMoney(event) ? 'billing_other_payment' : 'billing_foreign',
});

/** Written with the state that it explains, and never twice. */
const paymentOf = (
  request: BillingFacts,
  notice: NoticeFacts,
  event: BillingEvent,
): BillingChanges => {
  if (!isMoney(event) || request.paidKrw !== null) return {};
  const { priceKrw: paidKrw, payType, receiptUrl } = notice;
  return { paidKrw, payType, receiptUrl };
};

const eventOf = ({ amountKrw }: BillingFacts, notice: NoticeFacts): BillingEvent => {
  const meaning = noticeClassOf(notice.payState);
  if (meaning === undefined) return 'unknown_noticed';
  switch (meaning) {
    case 'requested':
      return 'request_noticed';
    case 'waiting':
      return 'deposit_waiting';
    case 'paid':
      return notice.priceKrw === amountKrw ? 'paid' : 'paid_wrong_amount';
    case 'request_cancelled':
      return 'request_cancelled';
    case 'refunded':
      return 'money_returned';
    case 'part_refunded':
      return 'part_returned';
  }
};
