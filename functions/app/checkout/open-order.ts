/**
 * Opens one order for one runtime and asks PayApp for its pay link. Key: (workspace, requestKey),
 * so a double click opens one order and sends one request; the second caller gets the first's link.
 * Pressed again after the request came to nothing, it is asked anew, and the old request superseded.
 */
import { normalisePhone } from '#core/money/phone.ts';
import { isPriceKrw } from '#core/money/price.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { recordState } from '#app/orders/change-order.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import type { Account } from '#ports/accounts.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import type { openOrder as openOrderOperation } from '#schemas/contract/checkout.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail } from '#schemas/contract/errors.ts';
import { planOf } from '#schemas/plans.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import { newOrderRow, orderIdOf, subjectIdLength } from './new-order.ts';
import { renewPayLink } from './renew-pay-link.ts';
import { payLinkOf, requestPayment } from './request-payment.ts';

export type OpenOrderBody = BodyOf<typeof openOrderOperation>;

/** An unpaid order ends after a day. */
export const orderLifeMs = 24 * 60 * 60_000;
/** Each new order may text a phone and costs PayApp work. */
export const ordersPerHour = 20;

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
  const months = body.months ?? 1;
  if (!isPriceKrw(plan.pricesKrw[months])) return fail('misconfigured', { detail: 'plan price' });
  const phone = normalisePhone(body.phone);
  if (phone === null) return fail('phone_invalid', { field: 'phone' });

  const orderId = orderIdOf(deps.ids, workspaceId, body.requestKey);
  const present = await deps.store.get('orders', orderId);
  if (present !== null) return askAgain(deps, caller, { order: present, phone: body.phone });
  const turn = { what: 'order', whom: caller.userId, perHour: ordersPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');

  const order = newOrderRow({
    workspaceId,
    userId: caller.userId,
    runtimeId: deps.ids.idFrom('runtime', orderId).slice(0, subjectIdLength),
    runtimeName: body.runtimeName,
    purpose: 'open',
    plan,
    months,
    expiresAt: new Date(deps.clock.now().getTime() + orderLifeMs).toISOString(),
    changedBy: caller.userId,
  });
  return openNewOrder(deps, { orderId, order, phone, actor: caller.userId });
};

/** Creating the row is the claim; whoever comes second waits for the first one's link. */
export const openNewOrder = async (
  deps: CheckoutDeps,
  request: Parameters<typeof requestPayment>[1],
): Promise<Result<PayLink>> => {
  const { orderId, order } = request;
  const readers = { team: order.workspaceId };
  const outcome = await deps.store.create('orders', orderId, { data: order, readers });
  if (outcome === 'exists') return waitForLink(deps, orderId);
  await deps.faults.reach('order.created');
  await recordState(deps, orderId, order);
  const { workspaceId, planKey } = order;
  deps.log.info('order.opened', { orderId, workspaceId, planKey });
  return requestPayment(deps, request);
};

/** The order of this very wish is there: under way, or come to nothing with a reason we know. */
export const askAgain = (
  deps: CheckoutDeps,
  caller: Account,
  { order, phone }: { readonly order: StoredOrder; readonly phone: string },
): Promise<Result<PayLink>> => {
  const { id: orderId, state, failureCode, revision } = order;
  const cameToNothing = state === 'payment_failed' || (state === 'draft' && failureCode !== null);
  return cameToNothing
    ? renewPayLink(deps, caller, { orderId, revision, phone })
    : waitForLink(deps, orderId);
};

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
