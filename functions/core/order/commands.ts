/**
 * Changes that we ourselves make to an order: asking for a pay link, hearing the answer, cancelling,
 * expiring, handing over what was bought. Pure. A refusal carries the machine's code.
 */
import type { OrderChanges, OrderFacts } from './facts.ts';
import { including, toEffects, withEffects, withoutDelivery, withoutEffect } from './facts.ts';
import type { Effect } from '#schemas/record/order.ts';
import type { RefusalCode } from './machine.ts';
import { decide, hasPayment } from './machine.ts';

export type Commanded =
  | { readonly kind: 'changed'; readonly changes: OrderChanges }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly code: RefusalCode };

const unchanged: Commanded = { kind: 'unchanged' };

const cancelling = ({ purpose }: OrderFacts, mulNo: string): readonly Effect[] =>
  toEffects(['cancel_request'], { purpose, mulNo });

/** One more request will be sent; the one before is superseded and has to be killed first. */
export const startRequest = (order: OrderFacts): Commanded => {
  const arrow = decide(order.state, 'request_started');
  if (arrow.kind === 'refuse') return { kind: 'refused', code: arrow.code };
  if (arrow.kind === 'ignore') return unchanged;
  const old = order.mulNo;
  return {
    kind: 'changed',
    changes: {
      state: arrow.to,
      requestNo: order.requestNo + 1,
      mulNo: null,
      payUrl: null,
      failureCode: null,
      supersededMulNos:
        old === null ? order.supersededMulNos : including(order.supersededMulNos, old),
      effects: old === null ? order.effects : withEffects(order.effects, cancelling(order, old)),
    },
  };
};

/** PayApp answered. A link that can no longer be used is set down for killing, never shown. */
export const openRequest = (
  order: OrderFacts,
  link: { readonly mulNo: string; readonly payUrl: string },
): Commanded => {
  const arrow = decide(order.state, 'request_opened');
  if (arrow.kind === 'refuse') return { kind: 'refused', code: arrow.code };
  const same = order.mulNo === link.mulNo;
  if (arrow.kind === 'ignore') {
    if (!same) return discard(order, link.mulNo);
    if (hasPayment(order.state) || order.payUrl === link.payUrl) return unchanged;
    if (arrow.effects.length > 0) return discard(order, link.mulNo);
    return { kind: 'changed', changes: { payUrl: link.payUrl } };
  }
  const others = order.supersededMulNos.filter((other) => other !== link.mulNo);
  const effects = withoutEffect(order.effects, { kind: 'cancel_request', mulNo: link.mulNo });
  const replaced = order.mulNo !== null && !same ? order.mulNo : null;
  return {
    kind: 'changed',
    changes: {
      state: arrow.to,
      ...link,
      failureCode: null,
      supersededMulNos: replaced === null ? others : including(others, replaced),
      effects: replaced === null ? effects : withEffects(effects, cancelling(order, replaced)),
    },
  };
};

const discard = (order: OrderFacts, mulNo: string): Commanded => ({
  kind: 'changed',
  changes: {
    supersededMulNos:
      order.mulNo === mulNo ? order.supersededMulNos : including(order.supersededMulNos, mulNo),
    effects: withEffects(order.effects, cancelling(order, mulNo)),
  },
});

export const failRequest = (order: OrderFacts, failureCode: string): Commanded => {
  const arrow = decide(order.state, 'request_failed');
  if (arrow.kind !== 'move') return unchanged;
  return { kind: 'changed', changes: { state: arrow.to, failureCode } };
};

/** Only once the pay link is surely dead. */
export const close = (order: OrderFacts, event: 'expired' | 'cancelled_by_customer'): Commanded => {
  const arrow = decide(order.state, event);
  if (arrow.kind === 'refuse') return { kind: 'refused', code: arrow.code };
  if (arrow.kind === 'ignore') return unchanged;
  return { kind: 'changed', changes: { state: arrow.to, payUrl: null } };
};

export const delivered = (order: OrderFacts): Commanded => {
  const arrow = decide(order.state, 'delivered');
  if (arrow.kind === 'refuse') return { kind: 'refused', code: arrow.code };
  if (arrow.kind === 'ignore') return unchanged;
  return { kind: 'changed', changes: { state: arrow.to } };
};

/** The money has to go back: what it was for is not there any more. */
export const undeliverable = (order: OrderFacts): Commanded => {
  const arrow = decide(order.state, 'undeliverable');
  if (arrow.kind !== 'move' || order.mulNo === null) return unchanged;
  const { purpose, mulNo } = order;
  const owed = withoutDelivery(order.effects);
  const effects = withEffects(owed, toEffects(arrow.effects, { purpose, mulNo }));
  return { kind: 'changed', changes: { state: arrow.to, effects } };
};
