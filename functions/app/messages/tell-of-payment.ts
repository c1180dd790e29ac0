/** The receipt of an order whose payment opens or renews a runtime. Key: the order. */
import { planSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { announce } from './announce.ts';
import type { AnnounceDeps } from './announce.ts';
import { orderPath } from './paths.ts';

type Paid = RowOf<'orders'> & { readonly id: string };

export const tellPaid = async (deps: AnnounceDeps, order: Paid): Promise<void> => {
  const { months } = planSnapshot.parse(JSON.parse(order.planSnapshot));
  const { id: orderId, workspaceId, runtimeName, receiptUrl, paidAt, paidKrw, priceKrw } = order;
  await announce(deps, {
    kind: 'receipt',
    subjectId: orderId,
    occasion: 'paid',
    workspaceId,
    values: {
      runtimeName,
      amountKrw: paidKrw ?? priceKrw,
      months,
      paidAt: new Date(paidAt ?? deps.clock.now()).toISOString(),
      orderId,
      receiptUrl,
      path: orderPath(workspaceId, orderId),
    },
  });
};
