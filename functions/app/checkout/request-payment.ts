/**
 * Sends one payment request for an order whose row already says that it is being sent, and writes
 * down the answer. A timeout is neither success nor failure: the order keeps waiting, and whoever
 * asks again supersedes the lost request.
 */
import { failRequest, openRequest } from '#core/order/commands.ts';
import type { PaymentRefusal } from '#ports/payments.ts';
import { changeOrder } from '#app/orders/change-order.ts';
import type { ErrorCode, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import type { CheckoutDeps, PayLink } from './deps.ts';

interface Request {
  readonly orderId: string;
  readonly order: RowOf<'orders'>;
  readonly phone: string;
  readonly actor: string;
}

const refusalCodes = {
  feedback_unreachable: 'payment_feedback_unreachable',
  credentials: 'payment_request_refused',
  invalid_parameter: 'payment_request_refused',
  not_permitted: 'payment_not_permitted',
  malformed_answer: 'payment_request_refused',
  other: 'payment_request_refused',
} as const satisfies Record<PaymentRefusal, ErrorCode>;

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
  });
  await deps.faults.reach('payment.requested');
  deps.log.info('payment.requested', { orderId, outcome: outcome.kind });
  switch (outcome.kind) {
    case 'opened':
      return recordLink(deps, request, outcome);
    case 'refused':
      return recordFailure(deps, request, refusalCodes[outcome.reason]);
    case 'unknown':
      return recordFailure(deps, request, 'payment_request_unknown');
  }
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
      if (code !== 'payment_request_unknown') return failRequest(facts, code);
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
  if (!payable || payUrl === null) return fail('order_not_payable');
  return succeed({ orderId, runtimeId, payUrl, priceKrw, revision });
};
