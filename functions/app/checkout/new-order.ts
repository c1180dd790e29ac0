/** An order as it is first written: draft, its one payment request about to be sent. */
import type { Ids } from '#ports/system.ts';
import type { OrderPurpose } from '#schemas/contract/vocabulary.ts';
import type { TermMonths } from '#schemas/contract/terms.ts';
import { goodNameOf } from '#schemas/plans.ts';
import type { Plan } from '#schemas/plans.ts';
import type { PlanSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

export const subjectIdLength = 24;

/** The same key in the same workspace never opens a second order. */
export const orderIdOf = (ids: Ids, workspaceId: string, requestKey: string): string =>
  ids.idFrom('order', workspaceId, requestKey).slice(0, subjectIdLength);

type Sold = Pick<NewOrder, 'plan' | 'months' | 'change'> & { readonly priceKrw: number };

export const snapshotOf = ({ plan, months, priceKrw, change }: Sold): PlanSnapshot => ({
  key: plan.key,
  version: plan.version,
  priceKrw,
  memoryMiB: plan.memoryMiB,
  cpus: plan.cpus,
  goodName: goodNameOf(plan, months),
  months,
  ...(change === undefined ? {} : { change }),
});

export interface NewOrder {
  readonly workspaceId: string;
  readonly userId: string;
  readonly runtimeId: string;
  readonly runtimeName: string;
  readonly purpose: OrderPurpose;
  readonly plan: Plan;
  /** 0 with a change. */
  readonly months: TermMonths | 0;
  /** Of a change of plan: its price, and what it is for. */
  readonly priceKrw?: number;
  readonly change?: NonNullable<PlanSnapshot['change']>;
  readonly expiresAt: string;
  readonly changedBy: string;
}

export const newOrderRow = ({ plan, months, change, ...order }: NewOrder): RowOf<'orders'> => {
  const priceKrw = order.priceKrw ?? (months === 0 ? 0 : plan.pricesKrw[months]);
  const sold = { plan, months, priceKrw, ...(change === undefined ? {} : { change }) };
  return { ...order, ...unpaid(order.expiresAt), ...columnsOf(sold) };
};

const columnsOf = (sold: Sold) => ({
  planKey: sold.plan.key,
  planVersion: sold.plan.version,
  planSnapshot: JSON.stringify(snapshotOf(sold)),
  priceKrw: sold.priceKrw,
});

export interface ChargedOrder extends Pick<
  NewOrder,
  'workspaceId' | 'userId' | 'runtimeId' | 'runtimeName' | 'expiresAt'
> {
  readonly sold: PlanSnapshot;
  readonly autopayId: string;
  readonly mulNo: string;
  /** False: closed before its money came, so that the money goes back. */
  readonly counts: boolean;
}

/** Of a payment that PayApp made by itself: a renewal whose request nobody had to send. */
export const chargedOrderRow = (charged: ChargedOrder): RowOf<'orders'> => {
  const { sold, autopayId, mulNo, counts, ...order } = charged;
  return {
    ...order,
    ...unpaid(order.expiresAt),
    planKey: sold.key,
    planVersion: sold.version,
    planSnapshot: JSON.stringify({ ...sold, autopayId }),
    priceKrw: sold.priceKrw,
    purpose: 'renew',
    changedBy: 'payapp',
    state: counts ? 'awaiting_payment' : 'cancelled',
    mulNo,
  };
};

const unpaid = (expiresAt: string) => ({
  state: 'draft' as const,
  revision: 1,
  requestNo: 1,
  mulNo: null,
  payUrl: null,
  supersededMulNos: '[]',
  effects: '[]',
  failureCode: null,
  paidAt: null,
  nextCheckAt: expiresAt,
  paidKrw: null,
  payType: null,
  receiptUrl: null,
  refundedKrw: null,
  refundState: null,
  refunds: null,
  promisedBy: null,
  promiseStage: null,
});
