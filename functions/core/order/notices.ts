/**
 * Applies one notice of PayApp to an order. Pure; the same notice applied again changes nothing.
 *
 * Guarantees: at most one payment ever counts for an order, and only with the order's amount; any
 * other money that came is a task for an operator. A link whose answer was lost still counts when
 * it is the one that gets paid. A notice about a refund of ours closes that refund and adds nothing
 * twice; one about a refund that nobody of us asked for is a task.
 */
import type { Effect } from '#schemas/record/order.ts';
import type { OrderChanges, OrderFacts, Standing } from './facts.ts';
import {
  including,
  standingOf,
  toEffects,
  withEffects,
  withoutDelivery,
  withoutEffect,
} from './facts.ts';
import type { Arrow, OrderEvent } from './machine.ts';
import { decide, hasPayment, isOpen } from './machine.ts';
import {
  askedForAll,
  closeAllRefunds,
  isOpenRefund,
  noteNotice,
  recordRefund,
  refundFor,
} from './refunds.ts';

export interface NoticeFacts {
  readonly id: string;
  readonly mulNo: string;
  readonly payState: string;
  readonly priceKrw: number;
  readonly payType: string;
  readonly receiptUrl: string | null;
}

/** `outcome` is kept with the notice; `changes` is null when the order stays as it is. */
export interface Applied {
  readonly changes: OrderChanges | null;
  readonly outcome: string;
}

export type NoticeClass =
  'requested' | 'waiting' | 'paid' | 'request_cancelled' | 'refunded' | 'part_refunded';

const classes: Readonly<Partial<Record<string, NoticeClass>>> = {
  '1': 'requested',
  '4': 'paid',
  '8': 'request_cancelled',
  '9': 'refunded',
  '10': 'waiting',
  '16': 'request_cancelled',
  '31': 'request_cancelled',
  '32': 'request_cancelled',
  '64': 'refunded',
  '70': 'part_refunded',
  '71': 'part_refunded',
};

/** What PayApp's number means; undefined for one we do not know. */
export const noticeClassOf = (payState: string): NoticeClass | undefined => classes[payState];

/** Pay states that say a request is closed and was never paid. */
export const requestCancelledPayStates = Object.keys(classes).filter(
  (payState) => classes[payState] === 'request_cancelled',
);

/** `elsewhere`: this `mul_no` is the request of another order. */
export const applyNotice = (order: OrderFacts, notice: NoticeFacts, elsewhere = false): Applied => {
  const standing = elsewhere ? 'foreign' : standingOf(order, notice.mulNo);
  const meaning = noticeClassOf(notice.payState);
  if (meaning === undefined) return follow(order, notice.mulNo, 'unknown_noticed');
  switch (meaning) {
    case 'paid':
      return applyPaid(order, notice, standing);
    case 'requested':
      return applyRequest(order, notice.mulNo, { standing, event: 'request_noticed' });
    case 'waiting':
      return applyRequest(order, notice.mulNo, { standing, event: 'deposit_waiting' });
    case 'request_cancelled':
      return applyRequestCancelled(order, notice.mulNo, standing);
    case 'refunded':
      return applyRefund(order, notice, standing);
    case 'part_refunded':
      return applyPartRefund(order, notice, standing);
  }
};

const applyPaid = (order: OrderFacts, notice: NoticeFacts, standing: Standing): Applied => {
  const other = standing === 'foreign' || (hasPayment(order.state) && standing !== 'current');
  if (other) return follow(order, notice.mulNo, 'paid_again');
  const event = notice.priceKrw === order.priceKrw ? 'paid' : 'paid_wrong_amount';
  const applied = follow(order, notice.mulNo, event);
  const counts = applied.changes?.state !== undefined || order.paidKrw === null;
  if (!counts) return applied;
  const { priceKrw: paidKrw, payType, receiptUrl } = notice;
  // Its refund was told before it.
  const back = order.state === 'refunded' ? { refundedKrw: paidKrw } : {};
  return { ...applied, changes: { ...applied.changes, paidKrw, payType, receiptUrl, ...back } };
};

interface Meaning {
  readonly standing: Standing;
  readonly event: OrderEvent;
}

const applyRequest = (order: OrderFacts, mulNo: string, { standing, event }: Meaning): Applied => {
  if (standing === 'current') return follow(order, mulNo, event);
  if (standing === 'foreign') return { changes: null, outcome: 'foreign_request' };
  if (standing === 'superseded') return { changes: null, outcome: 'superseded' };
  if (standing === 'unclaimed' && isOpen(order.state)) {
    const known = { ...order, mulNo };
    const { changes, outcome } = follow(known, mulNo, event);
    return { changes: { ...changes, mulNo }, outcome };
  }
  return {
    changes: {
      supersededMulNos: including(order.supersededMulNos, mulNo),
      effects: withEffects(
        order.effects,
        toEffects(['cancel_request'], { purpose: order.purpose, mulNo }),
      ),
    },
    outcome: 'stray_request',
  };
};

const applyRequestCancelled = (order: OrderFacts, mulNo: string, standing: Standing): Applied => {
  if (standing === 'current') return follow(order, mulNo, 'request_cancelled');
  if (standing === 'foreign') return { changes: null, outcome: 'foreign_request' };
  const effects = withoutEffect(order.effects, { kind: 'cancel_request', mulNo });
  const supersededMulNos = including(order.supersededMulNos, mulNo);
  const same =
    effects.length === order.effects.length &&
    supersededMulNos.length === order.supersededMulNos.length;
  return { changes: same ? null : { supersededMulNos, effects }, outcome: 'superseded' };
};

/** Money that goes back without its payment seen still closes the order: the payment is old news. */
const applyRefund = (order: OrderFacts, notice: NoticeFacts, standing: Standing): Applied => {
  const { mulNo } = notice;
  if (standing !== 'current' && hasPayment(order.state)) return applyOther(order, notice);
  if (standing === 'foreign') return applyOther(order, notice);
  const paidKrw = order.paidKrw ?? order.priceKrw;
  const expected = standing === 'current' && askedForAll(order, mulNo, paidKrw);
  const applied = follow(order, mulNo, 'approval_cancelled');
  if (applied.changes?.state === undefined) return applied;
  const effects = applied.changes.effects ?? order.effects;
  const task: Effect = { kind: 'raise_task', task: 'unexpected_refund', mulNo };
  const closed: OrderChanges = {
    ...closeAllRefunds({ ...order, mulNo }, mulNo),
    effects: expected ? effects : withEffects(effects, [task]),
    ...(knowsPaid(order) ? { refundedKrw: paidKrw } : {}),
  };
  return { ...applied, changes: { ...applied.changes, ...closed } };
};

/** Rows older than the column: what earned a runtime was paid in the order's amount. */
const knowsPaid = (order: OrderFacts): boolean =>
  order.paidKrw !== null || (hasPayment(order.state) && order.state !== 'refund_due');

/** A payment that is not the order's own went back: only its own refunds are concerned. */
const applyOther = (order: OrderFacts, { mulNo }: NoticeFacts): Applied => {
  const open = order.refunds.filter((refund) => refund.mulNo === mulNo && isOpenRefund(refund));
  const changes = open.length === 0 ? null : closeAllRefunds(order, mulNo);
  return { changes, outcome: 'other_payment_refunded' };
};

const applyPartRefund = (order: OrderFacts, notice: NoticeFacts, standing: Standing): Applied => {
  const { id, mulNo } = notice;
  const ours = refundFor(order, mulNo, id);
  if (ours?.known === true) return { changes: null, outcome: 'duplicate' };
  if (ours !== null) {
    const closed = recordRefund(order, ours.entry.no, { step: 'done', noticeId: id });
    const changes =
      closed.kind === 'changed' ? closed.changes : noteNotice(order, ours.entry.no, id);
    return { changes, outcome: 'our_refund' };
  }
  if (standing === 'foreign') return { changes: null, outcome: 'foreign_refund' };
  if (standing === 'current' || !hasPayment(order.state)) {
    return follow(order, mulNo, 'partially_cancelled', id);
  }
  const { purpose } = order;
  const task = toEffects(['task:partial_refund'], { purpose, mulNo, about: id });
  const effects = withEffects(order.effects, task);
  const changes = effects.length === order.effects.length ? null : { effects };
  return { changes, outcome: 'left_to_operator' };
};

/** `about` tells two notices of one kind apart, where each is a task of its own. */
const follow = (order: OrderFacts, mulNo: string, event: OrderEvent, about?: string): Applied => {
  const arrow = decide(order.state, event);
  switch (arrow.kind) {
    case 'refuse':
      return { changes: null, outcome: arrow.code };
    case 'ignore': {
      const { purpose } = order;
      const added = toEffects(arrow.effects, { purpose, mulNo, about });
      const owed = withEffects(order.effects, added);
      const changes = owed.length === order.effects.length ? null : { effects: owed };
      return { changes, outcome: arrow.note };
    }
    case 'move':
      return { changes: moved(order, mulNo, { arrow, about }), outcome: arrow.to };
  }
};

const moved = (
  order: OrderFacts,
  mulNo: string,
  {
    arrow,
    about,
  }: { readonly arrow: Extract<Arrow, { kind: 'move' }>; readonly about: string | undefined },
): OrderChanges => {
  const adopted = adopt(order, mulNo);
  const owed = arrow.effects.includes('take_back')
    ? withoutDelivery(adopted.effects)
    : adopted.effects;
  const { purpose } = order;
  return {
    ...adopted,
    state: arrow.to,
    effects: withEffects(owed, toEffects(arrow.effects, { purpose, mulNo, about })),
    failureCode: arrow.to === 'cancelled' ? 'payment_cancelled' : null,
  };
};

/** `mulNo` becomes the request that counts; the one that counted must not stay payable. */
const adopt = (
  order: OrderFacts,
  mulNo: string,
): Required<Pick<OrderFacts, 'mulNo' | 'payUrl' | 'supersededMulNos' | 'effects'>> => {
  const done: Effect = { kind: 'cancel_request', mulNo };
  const others = order.supersededMulNos.filter((other) => other !== mulNo);
  const effects = withoutEffect(order.effects, done);
  if (order.mulNo === null || order.mulNo === mulNo) {
    return { mulNo, payUrl: order.payUrl, supersededMulNos: others, effects };
  }
  return {
    mulNo,
    payUrl: null,
    supersededMulNos: including(others, order.mulNo),
    effects: withEffects(
      effects,
      toEffects(['cancel_request'], { purpose: order.purpose, mulNo: order.mulNo }),
    ),
  };
};
