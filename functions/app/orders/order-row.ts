/**
 * Between the order's row (JSON columns as text) and what the order machine looks at. A column that
 * cannot be read is an error, never an empty list: what is owed must not be forgotten by a rewrite.
 */
import type { OrderChanges, OrderFacts } from '#core/order/facts.ts';
import type { Stored } from '#ports/store.ts';
import { effects, mulNos, refunds } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export type StoredOrder = Stored<'orders'>;

export const factsOf = (order: RowOf<'orders'>): OrderFacts => ({
  state: order.state,
  purpose: order.purpose ?? 'open',
  priceKrw: order.priceKrw,
  requestNo: order.requestNo,
  mulNo: order.mulNo,
  payUrl: order.payUrl,
  supersededMulNos: mulNos.parse(JSON.parse(order.supersededMulNos)),
  effects: effects.parse(JSON.parse(order.effects)),
  failureCode: order.failureCode,
  paidKrw: order.paidKrw,
  payType: order.payType,
  receiptUrl: order.receiptUrl,
  refundedKrw: order.refundedKrw ?? 0,
  refundState: order.refundState,
  refunds: refunds.parse(JSON.parse(order.refunds ?? '[]')),
});

/** Columns to write for these changes. */
export const columnsOf = (changes: OrderChanges): Partial<RowOf<'orders'>> => {
  const { supersededMulNos, effects: owed, refunds: asked, ...plain } = changes;
  return {
    ...plain,
    ...(supersededMulNos === undefined
      ? {}
      : { supersededMulNos: JSON.stringify(supersededMulNos) }),
    ...(owed === undefined ? {} : { effects: JSON.stringify(owed) }),
    ...(asked === undefined ? {} : { refunds: JSON.stringify(asked) }),
  };
};
