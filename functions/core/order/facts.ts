/**
 * What the order machine looks at, and small pure helpers over it: which payment request a `mul_no`
 * is, and which effects are still owed. Effects form a set: adding one that is owed changes nothing.
 */
import type { Effect } from '#schemas/record/order.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import type { EffectKind } from './machine.ts';

export interface OrderFacts {
  readonly state: OrderState;
  readonly priceKrw: number;
  /** Payment requests sent to PayApp so far, answered or not. */
  readonly requestNo: number;
  /** The request that counts, or (once money came) the payment. */
  readonly mulNo: string | null;
  readonly payUrl: string | null;
  readonly supersededMulNos: readonly string[];
  readonly effects: readonly Effect[];
  readonly failureCode: string | null;
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

const sameEffect = (a: Effect, b: Effect): boolean => JSON.stringify(a) === JSON.stringify(b);

export const withEffects = (
  owed: readonly Effect[],
  added: readonly Effect[],
): readonly Effect[] => [
  ...owed,
  ...added.filter((effect) => !owed.some((other) => sameEffect(effect, other))),
];

export const withoutEffect = (owed: readonly Effect[], done: Effect): readonly Effect[] =>
  owed.filter((effect) => !sameEffect(effect, done));

/** Effects as stored; `mulNo` is the payment or request they concern. */
export const toEffects = (kinds: readonly EffectKind[], mulNo: string): readonly Effect[] =>
  kinds.map((kind): Effect => {
    switch (kind) {
      case 'open_runtime':
      case 'suspend_runtime':
        return { kind };
      case 'cancel_request':
        return { kind, mulNo };
      case 'task:refund_due':
        return { kind: 'raise_task', task: 'refund_due', mulNo };
      case 'task:amount_mismatch':
        return { kind: 'raise_task', task: 'amount_mismatch', mulNo };
      case 'task:duplicate_payment':
        return { kind: 'raise_task', task: 'duplicate_payment', mulNo };
      case 'task:partial_refund':
        return { kind: 'raise_task', task: 'partial_refund', mulNo };
    }
  });

/** The list with `mulNo` in it once. */
export const including = (mulNos: readonly string[], mulNo: string): readonly string[] =>
  mulNos.includes(mulNo) ? mulNos : [...mulNos, mulNo];
