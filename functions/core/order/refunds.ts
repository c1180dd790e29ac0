/**
 * Refunds of one order, as changes to it. Pure. Asked is not refunded: an entry is written before
 * PayApp is called and stays open until PayApp's answer, its notice, or an operator closes it.
 *
 * Guarantees: what is asked for, all refunds that did not surely fail taken together, never exceeds
 * what was paid; while one is open no other is begun for the same payment; an entry that is closed
 * as done is never counted twice, whoever closes it first.
 */
import type { RefundState, RefundStep } from '#schemas/contract/vocabulary.ts';
import type { Refund } from '#schemas/record/order.ts';
import type { Commanded } from './commands.ts';
import type { OrderChanges, OrderFacts } from './facts.ts';
import { toEffects, withEffects, withoutDelivery } from './facts.ts';
import type { OrderEvent } from './machine.ts';
import { decide, hasPayment } from './machine.ts';

export interface RefundWish {
  readonly mulNo: string;
  /** Null: all that is left. */
  readonly amountKrw: number | null;
  /** What came under `mulNo`. */
  readonly paidKrw: number;
  readonly by: Refund['by'];
  readonly at: string;
  readonly step: 'cancelling' | 'requesting';
}

/** A row holds so many; more is a person stuck, or a script. */
export const refundsAtMost = 20;

/** PayApp may still give the money back. */
export const isOpenRefund = (refund: Refund): boolean =>
  refund.step !== 'done' && refund.step !== 'refused';

/** What went back under `mulNo`, as far as it is known. */
const doneKrw = (order: OrderFacts, mulNo: string): number =>
  order.refunds
    .filter((refund) => refund.mulNo === mulNo && refund.step === 'done')
    .reduce((sum, refund) => sum + refund.amountKrw, 0);

export const beginRefund = (order: OrderFacts, wish: RefundWish): Commanded => {
  const { mulNo } = wish;
  const own = order.mulNo === mulNo;
  if (own && (!hasPayment(order.state) || order.state === 'refunded')) return notAllowed;
  if (order.refunds.length >= refundsAtMost) return notAllowed;
  const earlier = order.refunds.filter((refund) => refund.mulNo === mulNo);
  if (earlier.some(isOpenRefund)) return { kind: 'refused', code: 'refund_in_progress' };
  const leftKrw = wish.paidKrw - doneKrw(order, mulNo);
  const amountKrw = wish.amountKrw ?? leftKrw;
  const possible = amountKrw >= 1 && amountKrw <= leftKrw && (own || amountKrw === wish.paidKrw);
  if (!possible) return { kind: 'refused', code: 'refund_amount_invalid' };
  const entry: Refund = {
    no: order.refunds.length + 1,
    mulNo,
    amountKrw,
    part: amountKrw !== wish.paidKrw,
    step: wish.step,
    by: wish.by,
    at: wish.at,
    noticeId: null,
  };
  const begun = {
    ...withRefunds(order, [...order.refunds, entry]),
    ...(own && order.paidKrw === null ? { paidKrw: wish.paidKrw } : {}),
  };
  if (!own || amountKrw !== leftKrw) return { kind: 'changed', changes: begun };
  const arrow = decide(order.state, 'refund_requested');
  if (arrow.kind === 'refuse') return { kind: 'refused', code: arrow.code };
  return { kind: 'changed', changes: { ...begun, ...moved(order, mulNo, 'refund_requested') } };
};

const notAllowed: Commanded = { kind: 'refused', code: 'refund_not_allowed' };

/** What became known of refund `no`. One that is closed stays as it is. */
export const recordRefund = (
  order: OrderFacts,
  no: number,
  learnt: { readonly step: Exclude<RefundStep, 'cancelling'>; readonly noticeId?: string },
): Commanded => {
  const entry = order.refunds.find((refund) => refund.no === no);
  if (entry === undefined || !isOpenRefund(entry)) return { kind: 'unchanged' };
  const noticeId = learnt.noticeId ?? entry.noticeId;
  const same = entry.step === learnt.step && entry.noticeId === noticeId;
  // A late answer never turns an accepted request into an unknown one.
  if (same || (entry.step === 'requested' && learnt.step === 'unknown')) {
    return { kind: 'unchanged' };
  }
  const changed: Refund = { ...entry, step: learnt.step, noticeId };
  const refunds = order.refunds.map((refund) => (refund.no === no ? changed : refund));
  const after = { ...order, ...withRefunds(order, refunds) };
  return {
    kind: 'changed',
    changes: { ...withRefunds(order, refunds), ...follow(after, changed) },
  };
};

const follow = (order: OrderFacts, entry: Refund): OrderChanges => {
  const { mulNo } = entry;
  const own = order.mulNo === mulNo;
  const about = String(entry.no);
  switch (entry.step) {
    case 'cancelling':
    case 'requesting':
    case 'requested':
      return {};
    case 'unknown':
      return {
        effects: withEffects(order.effects, [
          { kind: 'raise_task', task: 'refund_unknown', mulNo, about },
        ]),
      };
    case 'refused':
      if (own && !endsPayment(order, entry)) return moved(order, mulNo, 'partly_refused', about);
      return moved(order, mulNo, own ? 'refund_refused' : 'partly_refused', about);
    case 'done': {
      if (!own) return {};
      const refundedKrw = doneKrw(order, mulNo);
      const event = refundedKrw >= paidOf(order) ? 'approval_cancelled' : 'partly_refunded';
      return { refundedKrw, ...moved(order, mulNo, event) };
    }
  }
};

/** Rows older than the column were only ever paid in the right amount. */
export const paidOf = (order: OrderFacts): number => order.paidKrw ?? order.priceKrw;

const endsPayment = (order: OrderFacts, entry: Refund): boolean =>
  doneKrw(order, entry.mulNo) + entry.amountKrw >= paidOf(order);

/** `partly_refused`: a refusal that does not concern the order's state, only an operator. */
const moved = (
  order: OrderFacts,
  mulNo: string,
  event: OrderEvent | 'partly_refused',
  about?: string,
): OrderChanges => {
  if (event === 'partly_refused') {
    const { purpose } = order;
    const task = toEffects(['task:refund_refused'], { purpose, mulNo, about });
    return { effects: withEffects(order.effects, task) };
  }
  const arrow = decide(order.state, event);
  if (arrow.kind === 'refuse') return {};
  const owed = arrow.effects.includes('take_back') ? withoutDelivery(order.effects) : order.effects;
  const { purpose } = order;
  const effects = withEffects(owed, toEffects(arrow.effects, { purpose, mulNo, about }));
  return arrow.kind === 'move' ? { state: arrow.to, effects } : { effects };
};

/** The money of `mulNo` is back in full: whatever was open is done, and only the rest is added. */
export const closeAllRefunds = (order: OrderFacts, mulNo: string): OrderChanges => {
  const refunds = order.refunds.map((refund) =>
    refund.mulNo === mulNo && isOpenRefund(refund) ? { ...refund, step: 'done' as const } : refund,
  );
  return withRefunds(order, refunds);
};

/** We asked for the whole payment back, in one or in parts. */
export const askedForAll = (order: OrderFacts, mulNo: string, paidKrw: number): boolean => {
  const asked = order.refunds.filter((refund) => refund.mulNo === mulNo);
  return asked.reduce((sum, refund) => sum + refund.amountKrw, 0) >= paidKrw;
};

const withRefunds = (order: OrderFacts, refunds: readonly Refund[]): OrderChanges => ({
  refunds,
  refundState: refundStateOf(refunds.filter((refund) => refund.mulNo === order.mulNo)),
});

/** How the newest refund of the order's own payment stands. */
const refundStateOf = (refunds: readonly Refund[]): RefundState | null => {
  const newest = refunds.at(-1);
  switch (newest?.step) {
    case undefined:
      return null;
    case 'cancelling':
    case 'requesting':
    case 'unknown':
      return 'pending';
    case 'requested':
    case 'done':
    case 'refused':
      return newest.step;
  }
};

/** The entry a part-refund notice speaks of: the one it confirmed before, or the oldest without. */
export const refundFor = (
  order: OrderFacts,
  mulNo: string,
  noticeId: string,
): { readonly entry: Refund; readonly known: boolean } | null => {
  const own = order.refunds.filter((refund) => refund.mulNo === mulNo && refund.part);
  const known = own.find((refund) => refund.noticeId === noticeId);
  if (known !== undefined) return { entry: known, known: true };
  const entry = own.find((refund) => refund.noticeId === null && refund.step !== 'refused');
  return entry === undefined ? null : { entry, known: false };
};

/** The notice that told of this refund, for one that was closed before the notice came. */
export const noteNotice = (order: OrderFacts, no: number, noticeId: string): OrderChanges => ({
  refunds: order.refunds.map((refund) => (refund.no === no ? { ...refund, noticeId } : refund)),
});
