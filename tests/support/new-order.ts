/** An order as it stands right after it was opened: one request is on its way. */
import type { OrderFacts } from '#core/order/facts.ts';

export const newOrder: OrderFacts = {
  state: 'draft',
  purpose: 'open',
  priceKrw: 39_000,
  requestNo: 1,
  mulNo: null,
  payUrl: null,
  supersededMulNos: [],
  effects: [],
  failureCode: null,
  paidKrw: null,
  payType: null,
  receiptUrl: null,
  refundedKrw: 0,
  refundState: null,
  refunds: [],
};
