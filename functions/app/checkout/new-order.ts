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

const snapshotOf = (plan: Plan, months: TermMonths): PlanSnapshot => ({
  key: plan.key,
  version: plan.version,
  priceKrw: plan.pricesKrw[months],
  memoryMiB: plan.memoryMiB,
  cpus: plan.cpus,
  goodName: goodNameOf(plan, months),
  months,
});

export interface NewOrder {
  readonly workspaceId: string;
  readonly userId: string;
  readonly runtimeId: string;
  readonly runtimeName: string;
  readonly purpose: OrderPurpose;
  readonly plan: Plan;
  readonly months: TermMonths;
  readonly expiresAt: string;
  readonly changedBy: string;
}

export const newOrderRow = ({ plan, months, ...order }: NewOrder): RowOf<'orders'> => ({
  ...order,
  state: 'draft',
  revision: 1,
  planKey: plan.key,
  planVersion: plan.version,
  planSnapshot: JSON.stringify(snapshotOf(plan, months)),
  priceKrw: plan.pricesKrw[months],
  requestNo: 1,
  mulNo: null,
  payUrl: null,
  supersededMulNos: '[]',
  effects: '[]',
  failureCode: null,
  paidAt: null,
  nextCheckAt: order.expiresAt,
  paidKrw: null,
  payType: null,
  receiptUrl: null,
  refundedKrw: null,
  refundState: null,
  refunds: null,
  promisedBy: null,
  promiseStage: null,
});
