/** Orders as an operator looks them up: newest first, one page at a time. */
import { factsOf } from '#app/orders/order-row.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import type { Store } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { listOrders as listOperation, OrderView } from '#schemas/contract/operator.ts';

const pageSize = 50;

export const listOrders = async (
  deps: { readonly store: Store },
  body: BodyOf<typeof listOperation>,
): Promise<Result<ValueOf<typeof listOperation>>> => {
  const { orderId, state } = body;
  if (orderId !== undefined) {
    const order = await deps.store.get('orders', orderId);
    const fits = order !== null && (state === undefined || order.state === state);
    return succeed({ orders: fits ? [viewOf(order)] : [], nextCursor: null });
  }
  const rows = await deps.store.list('orders', {
    ...(state === undefined ? {} : { where: { state } }),
    newestFirst: true,
    limit: pageSize,
    ...(body.cursor === undefined ? {} : { after: body.cursor }),
  });
  const last = rows.length === pageSize ? rows.at(-1) : undefined;
  return succeed({ orders: rows.map(viewOf), nextCursor: last?.id ?? null });
};

const viewOf = (order: StoredOrder): OrderView => ({
  orderId: order.id,
  workspaceId: order.workspaceId,
  runtimeId: order.runtimeId,
  runtimeName: order.runtimeName,
  state: order.state,
  revision: order.revision,
  planKey: order.planKey,
  priceKrw: order.priceKrw,
  mulNo: order.mulNo,
  payType: order.payType,
  receiptUrl: order.receiptUrl,
  failureCode: order.failureCode,
  createdAt: order.createdAt,
  paidAt: order.paidAt,
  promisedBy: order.promisedBy,
  paidKrw: order.paidKrw,
  refundedKrw: order.refundedKrw ?? 0,
  refundState: order.refundState,
  refunds: factsOf(order).refunds.map(({ no, mulNo, amountKrw, step, by, at }) => ({
    refundNo: no,
    mulNo,
    amountKrw,
    step,
    by,
    at,
  })),
});
