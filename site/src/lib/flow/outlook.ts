/**
 * What happens next with an order, who acts, and by when. From rows and the clock alone, so that
 * the list, the page an order opens on and the gallery say the same.
 */
import type { OrderRow, RuntimeRow } from '#schemas/contract/rows.ts';
import type { Actor, OrderState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import type { Phase } from './words.ts';

export type OutlookWord =
  | 'ask_link'
  | 'pay'
  | 'pay_lapsing'
  | 'deposit'
  | 'setting_up'
  | 'promise_missed'
  | 'stuck'
  | 'activate'
  | 'ready'
  | 'repair'
  | 'suspended'
  | 'paused'
  | 'unpaid'
  | 'leaving'
  | 'ending'
  | 'pay_again'
  | 'order_again'
  | 'expired'
  | 'refund_due'
  | 'refund_pending'
  | 'refund_requested'
  | 'refund_refused'
  | 'refunded'
  | 'rest_refunded';

export interface Outlook {
  readonly word: OutlookWord;
  readonly actor: Actor;
  readonly phase: Phase;
  /** When the present state ends by itself, or what was promised falls due. */
  readonly dueIso: string | null;
}

const look = (
  word: OutlookWord,
  actor: Actor,
  phase: Phase,
  dueIso: string | null = null,
): Outlook => ({ word, actor, phase, dueIso });

const isPast = (iso: string | null, nowMs: number): boolean =>
  iso !== null && Date.parse(iso) <= nowMs;

/** Who stopped it says who goes on with it. */
const standstill = ({ suspendedFor, deletesAt }: RuntimeRow): Outlook => {
  if (deletesAt !== null) return look('leaving', 'customer', 'problem', deletesAt);
  if (suspendedFor === 'customer') return look('paused', 'customer', 'next');
  if (suspendedFor === 'unpaid') return look('unpaid', 'customer', 'problem');
  return look('suspended', 'operator', 'problem');
};

/** Paid: from here on the runtime says what comes next. */
const afterPayment = (order: OrderRow, runtime: RuntimeRow | null, nowMs: number): Outlook => {
  const promisedIso = order.promisedBy;
  switch (runtime?.status) {
    case undefined:
    case 'provisioning':
      return isPast(promisedIso, nowMs)
        ? look('promise_missed', 'system', 'problem', promisedIso)
        : look('setting_up', 'system', 'working', promisedIso);
    case 'failed':
      return look('stuck', 'operator', 'problem', promisedIso);
    case 'running':
    case 'auth_required':
    case 'linking':
      return look('activate', 'customer', 'now');
    case 'ready':
      return look('ready', 'none', 'done');
    case 'degraded':
      return look('repair', 'system', 'problem');
    case 'suspended':
      return standstill(runtime);
    case 'deleting':
    case 'deleted':
      return look('ending', 'none', 'next');
  }
};

/** Asked is not refunded: who acts depends on what PayApp answered. */
const refundUnderWay = (order: OrderRow): Outlook => {
  switch (order.refundState) {
    case 'pending':
    case 'done':
      return look('refund_pending', 'system', 'working');
    case 'refused':
      return look('refund_refused', 'operator', 'problem');
    case 'requested':
    case null:
      return look('refund_requested', 'operator', 'working');
  }
};

export const outlookOf = (order: OrderRow, runtime: RuntimeRow | null, nowMs: number): Outlook => {
  switch (order.state) {
    case 'draft':
      return look('ask_link', 'customer', 'now');
    case 'awaiting_payment':
      return isPast(order.expiresAt, nowMs)
        ? look('pay_lapsing', 'system', 'working')
        : look('pay', 'customer', 'now', order.expiresAt);
    case 'waiting_deposit':
      return isPast(order.expiresAt, nowMs)
        ? look('pay_lapsing', 'system', 'working')
        : look('deposit', 'customer', 'now', order.expiresAt);
    case 'paid':
    case 'fulfilled':
      return afterPayment(order, runtime, nowMs);
    case 'payment_failed':
      return look('pay_again', 'customer', 'problem');
    case 'cancelled':
      return look('order_again', 'none', 'next');
    case 'expired':
      return look('expired', 'none', 'next');
    case 'refund_due':
      return look('refund_due', 'operator', 'problem');
    case 'refund_requested':
      return refundUnderWay(order);
    case 'refunded':
      return look('refunded', 'none', 'next');
    case 'partially_refunded':
      return look('rest_refunded', 'operator', 'now');
  }
};

/** Money was taken and not given back in full. */
export const holdsMoney = (state: OrderState): boolean =>
  state === 'paid' ||
  state === 'fulfilled' ||
  state === 'refund_due' ||
  state === 'refund_requested' ||
  state === 'partially_refunded';

/** One word for an order: once it is paid, how its runtime fares says more than that it is paid. */
export const shownWord = (
  order: OrderRow,
  runtime: RuntimeRow | null,
): OrderState | RuntimeStatus => {
  const isPaid = order.state === 'paid' || order.state === 'fulfilled';
  return isPaid && runtime !== null ? runtime.status : order.state;
};
