/**
 * What the order machine looks at, and small pure helpers over it: which payment request a `mul_no`
 * is, and which effects are still owed. Effects form a set: adding one that is owed changes nothing.
 */
import type { Effect, Refund } from '#schemas/record/order.ts';
import type { OrderPurpose, OrderState, RefundState } from '#schemas/contract/vocabulary.ts';
import type { EffectKind } from './machine.ts';

export interface OrderFacts {
  readonly state: OrderState;
  readonly purpose: OrderPurpose;
  readonly priceKrw: number;
  /** Payment requests sent to PayApp so far, answered or not. */
  readonly requestNo: number;
  /** The request that counts, or (once money came) the payment. */
  readonly mulNo: string | null;
  readonly payUrl: string | null;
  readonly supersededMulNos: readonly string[];
  readonly effects: readonly Effect[];
  readonly failureCode: string | null;
  /** What came under `mulNo`; null while nothing did, and in rows older than the column. */
  readonly paidKrw: number | null;
  readonly payType: string | null;
  readonly receiptUrl: string | null;
  /** Of `mulNo`, of our own requests, known to be done. */
  readonly refundedKrw: number;
  readonly refundState: RefundState | null;
  readonly refunds: readonly Refund[];
}
export type OrderChanges = Partial<OrderFacts>;

/**
 * unclaimed: no request is known yet and one was sent, so this is it.
 * stray: another request counts, but one more was sent whose answer was lost.
 * foreign: more requests than we ever sent.
 */
export type Standing = 'current' | 'superseded' | 'unclaimed' | 'stray' | 'foreign';

export const standingOf = (order: OrderFacts, mulNo: string): Standing => {
  if (order.mulNo === mulNo) return 'current';
  if (order.supersededMulNos.includes(mulNo)) return 'superseded';
  const known = order.supersededMulNos.length + (order.mulNo === null ? 0 : 1);
  if (order.requestNo <= known) return 'foreign';
  return order.mulNo === null ? 'unclaimed' : 'stray';
};

export const withEffects = (
  owed: readonly Effect[],
  added: readonly Effect[],
): readonly Effect[] => [
  ...owed,
  ...added.filter((effect) => !owed.some((other) => sameEffect(effect, other))),
];

export const withoutEffect = (owed: readonly Effect[], done: Effect): readonly Effect[] =>
  owed.filter((effect) => !sameEffect(effect, done));

export const sameEffect = (a: Effect, b: Effect): boolean => {
  if (a.kind === 'raise_task') {
    const same = b.kind === a.kind && a.task === b.task && a.mulNo === b.mulNo;
    return same && a.about === b.about;
  }
  if (a.kind === 'cancel_request') return b.kind === a.kind && a.mulNo === b.mulNo;
  return a.kind === b.kind;
};

/** What handing over what was bought means, and taking it back. */
const deliveries = {
  open: 'open_runtime',
  renew: 'extend_runtime',
  change: 'change_plan',
} as const;
const returns = {
  open: 'suspend_runtime',
  renew: 'retract_period',
  change: 'revert_plan',
} as const;
const deliveryKinds: readonly string[] = Object.values(deliveries);

/** Is taken away as soon as the money is: what is taken back is not delivered any more. */
export const withoutDelivery = (owed: readonly Effect[]): readonly Effect[] =>
  owed.filter((effect) => !isDelivery(effect));

export const isDelivery = ({ kind }: Effect): boolean => deliveryKinds.includes(kind);

/** Effects as stored; `mulNo` is the payment or request they concern. */
export const toEffects = (
  kinds: readonly EffectKind[],
  of: {
    readonly purpose: OrderPurpose;
    readonly mulNo: string;
    readonly about?: string | undefined;
  },
): readonly Effect[] =>
  kinds.map((kind): Effect => {
    const { purpose, mulNo, about } = of;
    const aside = about === undefined ? {} : { about };
    switch (kind) {
      case 'deliver':
        return { kind: deliveries[purpose] };
      case 'take_back':
        return { kind: returns[purpose] };
      case 'cancel_request':
        return { kind, mulNo };
      case 'task:refund_due':
        return { kind: 'raise_task', task: 'refund_due', mulNo };
      case 'task:amount_mismatch':
        return { kind: 'raise_task', task: 'amount_mismatch', mulNo };
      case 'task:duplicate_payment':
        return { kind: 'raise_task', task: 'duplicate_payment', mulNo };
      case 'task:partial_refund':
        return { kind: 'raise_task', task: 'partial_refund', mulNo, ...aside };
      case 'task:refund_refused':
        return { kind: 'raise_task', task: 'refund_refused', mulNo, ...aside };
    }
  });

/** The list with `mulNo` in it once. */
export const including = (mulNos: readonly string[], mulNo: string): readonly string[] =>
  mulNos.includes(mulNo) ? mulNos : [...mulNos, mulNo];
