/**
 * Sends one payment request for an order whose row already says that it is being sent, and writes
 * down the answer. A timeout is neither success nor failure: the order keeps waiting, and whoever
 * asks again supersedes the lost request.
 */
import { failRequest, openRequest } from '#core/order/commands.ts';
import { changeOrder } from '#app/orders/change-order.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';
import type { Refusal } from './refusals.ts';
import { refusalsOf, unknownRequestCodes } from './refusals.ts';

interface Request {
  readonly orderId: string;
  readonly order: RowOf<'orders'>;
  readonly phone: string;
  /** PayApp texts the link there. Absent: it does not. */
  readonly texts?: boolean;
  readonly actor: string;
}

export const requestPayment = async (
  deps: CheckoutDeps,
  request: Request,
): Promise<Result<PayLink>> => {
  const { orderId, order } = request;
  const outcome = await deps.payments.request({
    orderId,
    goodName: planSnapshot.parse(JSON.parse(order.planSnapshot)).goodName,
    priceKrw: order.priceKrw,
    phone: request.phone,
    ...(request.texts === true ? { texts: true } : {}),
  });
  await deps.faults.reach('payment.requested');
  if (outcome.kind === 'opened') {
    deps.log.info('payment.requested', { orderId });
    return recordLink(deps, request, outcome);
  }
  const refusal = refusalsOf[outcome.reason ?? 'timeout'];
  deps.log.warn('payment.not_opened', { orderId, code: refusal.code, advice: refusal.advice });
  const failed = await recordFailure(deps, request, refusal.code);
  if (refusal.task) await tellOperator(deps, refusal);
  return failed;
};

const dayLength = 10;

/** Key: (code, day): every order of that day fails for the same reason. */
export const tellOperator = async (
  deps: CheckoutDeps,
  { code, advice }: Refusal,
): Promise<void> => {
  await raiseTask(deps, {
    kind: 'payment_provider_refused',
    subjectId: 'payapp',
    mulNo: '',
    about: `${code} ${deps.clock.now().toISOString().slice(0, dayLength)}`,
    detail: { code, advice },
  });
};

const recordLink = async (
  deps: CheckoutDeps,
  { orderId, actor }: Request,
  link: { readonly mulNo: string; readonly payUrl: string },
): Promise<Result<PayLink>> => {
  const { mulNo, payUrl } = link;
  const change = await changeOrder(deps, orderId, {
    actor,
    decide: (facts) => openRequest(facts, { mulNo, payUrl }),
  });
  if (change.kind === 'missing') return fail('order_unknown');
  return payLinkOf(orderId, change.order);
};

const recordFailure = async (
  deps: CheckoutDeps,
  { orderId, actor }: Request,
  code: ErrorCode,
): Promise<Result<PayLink>> => {
  await changeOrder(deps, orderId, {
    actor,
    decide: (facts) => {
      if (!unknownRequestCodes.has(code)) return failRequest(facts, code);
      if (facts.state !== 'draft' || facts.failureCode === code) return { kind: 'unchanged' };
      return { kind: 'changed', changes: { failureCode: code } };
    },
  });
  return fail(code);
};

/** The link to show, if the order has one that may be paid. */
export const payLinkOf = (orderId: string, order: RowOf<'orders'>): Result<PayLink> => {
  const { runtimeId, payUrl, priceKrw, revision } = order;
  const payable = order.state === 'awaiting_payment' || order.state === 'waiting_deposit';
  // Never "order again" to somebody whose payment came before PayApp's own answer.
  if (order.paidAt !== null) return fail('order_already_paid');
  if (!payable || payUrl === null) return fail('order_not_payable');
  return succeed({ orderId, runtimeId, payUrl, priceKrw, revision });
};
