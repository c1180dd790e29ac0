/**
 * Opens one order for one runtime and asks PayApp for its pay link. Key: (workspace, requestKey),
 * so a double click opens one order and sends one request; the second caller gets the first's link.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { recordState } from '#app/orders/change-order.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import type { Account } from '#ports/accounts.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { openOrder as openOrderOperation } from '#schemas/contract/checkout.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail } from '#schemas/contract/errors.ts';
import type { Plan } from '#schemas/plans.ts';
import { planOf } from '#schemas/plans.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import { payLinkOf, requestPayment } from './request-payment.ts';

export type OpenOrderBody = BodyOf<typeof openOrderOperation>;

/** An unpaid order ends after a day. */
export const orderLifeMs = 24 * 60 * 60_000;
/** Each new order may text a phone and costs PayApp work. */
const ordersPerHour = 20;
const subjectIdLength = 24;

export const openOrder = async (
  deps: CheckoutDeps,
  caller: Account,
  body: OpenOrderBody,
): Promise<Result<PayLink>> => {
  const { workspaceId } = body;
  const role = await deps.teams.roleOf(workspaceId, caller.userId);
  if (role === null) return fail('workspace_unknown');
  if (!mayDo(role, 'pay')) return fail('role_not_allowed');
  if ((await deps.store.get('workspaces', workspaceId)) === null) return fail('workspace_unknown');
  const plan = planOf(body.planKey);
  if (plan === undefined) return fail('plan_unknown', { field: 'planKey' });
  if (!isPriceKrw(plan.priceKrw)) return fail('misconfigured', { detail: 'plan price' });
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });

  const orderId = deps.ids.idFrom('order', workspaceId, body.requestKey).slice(0, subjectIdLength);
  const present = await deps.store.get('orders', orderId);
  if (present !== null) return waitForLink(deps, orderId);
  const turn = { what: 'order', whom: caller.userId, perHour: ordersPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');

  const order = newOrder(deps, { orderId, userId: caller.userId, plan, body });
  const readers = { team: workspaceId };
  const outcome = await deps.store.create('orders', orderId, { data: order, readers });
  if (outcome === 'exists') return waitForLink(deps, orderId);
  await deps.faults.reach('order.created');
  await recordState(deps, orderId, order);
  deps.log.info('order.opened', { orderId, workspaceId, planKey: plan.key });
  return requestPayment(deps, { orderId, order, phone, actor: caller.userId });
};

const newOrder = (
  deps: CheckoutDeps,
  order: {
    readonly orderId: string;
    readonly userId: string;
    readonly plan: Plan;
    readonly body: OpenOrderBody;
  },
): RowOf<'orders'> => {
  const { plan, body, orderId } = order;
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + orderLifeMs).toISOString();
  return {
    workspaceId: body.workspaceId,
    userId: order.userId,
    runtimeId: deps.ids.idFrom('runtime', orderId).slice(0, subjectIdLength),
    runtimeName: body.runtimeName,
    state: 'draft',
    revision: 1,
    planKey: plan.key,
    planVersion: plan.version,
    planSnapshot: JSON.stringify(plan),
    priceKrw: plan.priceKrw,
    requestNo: 1,
    mulNo: null,
    payUrl: null,
    supersededMulNos: '[]',
    effects: '[]',
    failureCode: null,
    expiresAt,
    paidAt: null,
    nextCheckAt: expiresAt,
    changedBy: order.userId,
    ...notPaidYet,
  };
};

const notPaidYet = {
  paidKrw: null,
  payType: null,
  receiptUrl: null,
  refundedKrw: null,
  refundState: null,
  refunds: null,
  promisedBy: null,
  promiseStage: null,
} as const;

/** A little longer than PayApp may take; after that the first caller is gone. */
const linkWaitMs = 14_000;
const linkPollMs = 250;
const linkPollsAtMost = 60;

/** Someone else's request for this very order is on its way: its answer is ours too. */
const waitForLink = async (deps: CheckoutDeps, orderId: string): Promise<Result<PayLink>> => {
  for (let poll = 0; poll < linkPollsAtMost; poll += 1) {
    const order = await deps.store.get('orders', orderId);
    if (order === null) return fail('order_unknown');
    if (order.state !== 'draft') return payLinkOf(orderId, order);
    const openedAt = Date.parse(order.expiresAt) - orderLifeMs;
    const givenUp = deps.clock.now().getTime() > openedAt + linkWaitMs;
    if (givenUp || order.failureCode !== null) break;
    await deps.clock.sleep(linkPollMs);
  }
  return fail('payment_request_unknown');
};
