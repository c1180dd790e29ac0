/** Between the order's row (JSON columns as text) and what the order machine looks at. */
import type { OrderChanges, OrderFacts } from '#core/order/facts.ts';
import type { Stored } from '#ports/store.ts';
import { readJson } from '#schemas/record/json.ts';
import { effects, mulNos } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export type StoredOrder = Stored<'orders'>;

export const factsOf = (order: RowOf<'orders'>): OrderFacts => ({
  state: order.state,
  priceKrw: order.priceKrw,
  requestNo: order.requestNo,
  mulNo: order.mulNo,
  payUrl: order.payUrl,
  supersededMulNos: readJson(mulNos, order.supersededMulNos, []),
  effects: readJson(effects, order.effects, []),
  failureCode: order.failureCode,
});

/** Columns to write for these changes. */
export const columnsOf = (changes: OrderChanges): Partial<RowOf<'orders'>> => {
  const { supersededMulNos, effects: owed, ...plain } = changes;
  return {
    ...plain,
    ...(supersededMulNos === undefined
      ? {}
      : { supersededMulNos: JSON.stringify(supersededMulNos) }),
    ...(owed === undefined ? {} : { effects: JSON.stringify(owed) }),
  };
};
