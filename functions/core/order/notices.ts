/**
 * Applies one notice of PayApp to an order. Pure; the same notice applied again changes nothing.
 *
 * Guarantees: at most one payment ever counts for an order, and only with the order's amount; any
 * other money that came is a task for an operator. A link whose answer was lost still counts when
 * it is the one that gets paid.
 */
import type { Effect } from '#schemas/record/order.ts';
import type { OrderChanges, OrderFacts, Standing } from './facts.ts';
import { including, standingOf, toEffects, withEffects, withoutEffect } from './facts.ts';
import type { Arrow, OrderEvent } from './machine.ts';
import { decide, hasPayment, isOpen } from './machine.ts';

export interface NoticeFacts {
  readonly mulNo: string;
  readonly payState: string;
  readonly priceKrw: number;
}

/** `outcome` is kept with the notice; `changes` is null when the order stays as it is. */
export interface Applied {
  readonly changes: OrderChanges | null;
  readonly outcome: string;
}

type NoticeClass =
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

/** Pay states that say a request is closed and was never paid. */
export const requestCancelledPayStates = Object.keys(classes).filter(
  (payState) => classes[payState] === 'request_cancelled',
);

/** `elsewhere`: this `mul_no` is the request of another order. */
export const applyNotice = (order: OrderFacts, notice: NoticeFacts, elsewhere = false): Applied => {
  const standing = elsewhere ? 'foreign' : standingOf(order, notice.mulNo);
  const meaning = classes[notice.payState];
  if (meaning === undefined) return { changes: null, outcome: 'unknown_state' };
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
      return applyRefund(order, notice.mulNo, { standing, event: 'approval_cancelled' });
    case 'part_refunded':
      return applyRefund(order, notice.mulNo, { standing, event: 'partially_cancelled' });
  }
};

const applyPaid = (order: OrderFacts, notice: NoticeFacts, standing: Standing): Applied => {
  const other = standing === 'foreign' || (hasPayment(order.state) && standing !== 'current');
  if (other) return follow(order, notice.mulNo, 'paid_again');
  const event = notice.priceKrw === order.priceKrw ? 'paid' : 'paid_wrong_amount';
  return follow(order, notice.mulNo, event);
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
      effects: withEffects(order.effects, toEffects(['cancel_request'], mulNo)),
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
const applyRefund = (order: OrderFacts, mulNo: string, { standing, event }: Meaning): Applied => {
  if (standing === 'foreign') return { changes: null, outcome: 'foreign_refund' };
  if (standing === 'current' || !hasPayment(order.state)) return follow(order, mulNo, event);
  if (event === 'approval_cancelled') {
    return { changes: null, outcome: 'other_payment_refunded' };
  }
  const owed = withEffects(order.effects, toEffects(['task:partial_refund'], mulNo));
  return { changes: { effects: owed }, outcome: 'left_to_operator' };
};

const follow = (order: OrderFacts, mulNo: string, event: OrderEvent): Applied => {
  const arrow = decide(order.state, event);
  switch (arrow.kind) {
    case 'refuse':
      return { changes: null, outcome: arrow.code };
    case 'ignore': {
      const owed = withEffects(order.effects, toEffects(arrow.effects, mulNo));
      const changes = owed.length === order.effects.length ? null : { effects: owed };
      return { changes, outcome: arrow.note };
    }
    case 'move':
      return { changes: moved(order, mulNo, arrow), outcome: arrow.to };
  }
};

const moved = (
  order: OrderFacts,
  mulNo: string,
  arrow: Extract<Arrow, { kind: 'move' }>,
): OrderChanges => {
  const adopted = adopt(order, mulNo);
  const owed = arrow.effects.includes('suspend_runtime')
    ? withoutEffect(adopted.effects, { kind: 'open_runtime' })
    : adopted.effects;
  return {
    ...adopted,
    state: arrow.to,
    effects: withEffects(owed, toEffects(arrow.effects, mulNo)),
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
    effects: withEffects(effects, toEffects(['cancel_request'], order.mulNo)),
  };
};
