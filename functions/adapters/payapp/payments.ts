/**
 * PayApp's merchant API: asking for a pay link, killing one, giving money back. Nothing is retried
 * here: a call that timed out may have had its effect, and is reported as `unknown`. Answers are
 * bounded, parsed tolerantly, and never logged or shown.
 */
import type { PaymentRequest, Payments, RecurringRequest, RefundRequest } from '#ports/payments.ts';
import type {
  PayAppPayCancel,
  PayAppPayCancelReq,
  PayAppPayRequest,
  PayAppRebillChange,
  PayAppRebillRegist,
} from '#schemas/wire/payapp.ts';
import { callPayApp } from './call.ts';
import {
  cancelOutcome,
  paybackOutcome,
  recurringCancelOutcome,
  recurringOutcome,
  refundOutcome,
  requestOutcome,
} from './replies.ts';
import { orderTokens } from './tokens.ts';

export interface PayAppSettings {
  readonly apiUrl: string;
  readonly userId: string;
  readonly linkKey: string;
  readonly tokenKey: Uint8Array;
  readonly feedbackBaseUrl: string;
  readonly siteUrl: string;
}

/** Both, one after the other, stay below the 28 s a checkout may take, with room for our writes. */
const requestTimeoutMs = 12_000;
const cancelTimeoutMs = 8_000;
/** The limit is not published; longer names are cut by others too. */
const goodNameLength = 50;

export const payAppPayments = (settings: PayAppSettings): Payments => ({
  request: async (request) => {
    const body = requestBody(settings, request);
    return requestOutcome(await callPayApp(settings.apiUrl, body, requestTimeoutMs));
  },
  cancelIfUnpaid: async (mulNo) => {
    const body: PayAppPayCancel = {
      cmd: 'paycancel',
      ...sellerOf(settings),
      mul_no: mulNo,
      // Without this literal PayApp would refund a paid request.
      cancelmode: 'ready',
      cancelmemo: 'unpaid',
    };
    return cancelOutcome(await callPayApp(settings.apiUrl, body, cancelTimeoutMs));
  },
  refund: async (request) => {
    const body: PayAppPayCancel = {
      cmd: 'paycancel',
      ...sellerOf(settings),
      ...amountOf(request),
    };
    return refundOutcome(await callPayApp(settings.apiUrl, body, cancelTimeoutMs));
  },
  requestRefund: async (request) => {
    const body: PayAppPayCancelReq = {
      cmd: 'paycancelreq',
      ...sellerOf(settings),
      ...amountOf(request),
    };
    const reply = await callPayApp(settings.apiUrl, body, cancelTimeoutMs);
    return paybackOutcome(reply, request.amountKrw);
  },
  registerRecurring: async (request) => {
    const body = recurringBody(settings, request);
    return recurringOutcome(await callPayApp(settings.apiUrl, body, requestTimeoutMs));
  },
  cancelRecurring: async (rebillNo) => {
    const body: PayAppRebillChange = {
      cmd: 'rebillCancel',
      ...sellerOf(settings),
      rebill_no: rebillNo,
    };
    return recurringCancelOutcome(await callPayApp(settings.apiUrl, body, cancelTimeoutMs));
  },
});

const sellerOf = (settings: PayAppSettings) => ({
  userid: settings.userId,
  linkkey: settings.linkKey,
});

/** The reason an operator gives stays with us: the memo is only a word that PayApp requires. */
const amountOf = ({ mulNo, amountKrw, part }: RefundRequest) => ({
  mul_no: mulNo,
  cancelmemo: 'refund',
  ...(part
    ? ({ partcancel: '1', cancelprice: String(amountKrw) } as const)
    : ({ partcancel: '0' } as const)),
});

/** Where PayApp tells what became of it: the capability of this one subject. */
const feedbackUrlOf = ({ tokenKey, feedbackBaseUrl }: PayAppSettings, subjectId: string): string =>
  `${feedbackBaseUrl.replace(/\/+$/, '')}/feedback/${subjectId}/${orderTokens(tokenKey).tokenOf(subjectId)}`;

/** The payer comes back to the page of the runtime's term. */
const recurringBody = (
  settings: PayAppSettings,
  { autopayId, runtimeId, ...request }: RecurringRequest,
): PayAppRebillRegist => {
  const returnUrl = new URL('/term', settings.siteUrl);
  returnUrl.searchParams.set('runtime', runtimeId);
  const feedbackUrl = feedbackUrlOf(settings, autopayId);
  return {
    cmd: 'rebillRegist',
    userid: settings.userId,
    goodname: request.goodName.slice(0, goodNameLength),
    goodprice: String(request.priceKrw),
    recvphone: request.phone,
    rebillCycleType: 'Month',
    rebillCycleMonth: String(request.chargeDay),
    rebillExpire: request.until,
    feedbackurl: feedbackUrl,
    failurl: feedbackUrl,
    returnurl: returnUrl.toString(),
    var1: autopayId,
    smsuse: 'n',
    checkretry: 'y',
    openpaytype: 'card',
  };
};

const requestBody = (settings: PayAppSettings, request: PaymentRequest): PayAppPayRequest => {
  const returnUrl = new URL(settings.siteUrl);
  if (request.withoutAccount !== true) returnUrl.searchParams.set('order', request.orderId);
  return {
    cmd: 'payrequest',
    userid: settings.userId,
    goodname: request.goodName.slice(0, goodNameLength),
    price: String(request.priceKrw),
    recvphone: request.phone,
    reqaddr: '0',
    smsuse: request.texts === true ? 'y' : 'n',
    checkretry: 'y',
    feedbackurl: feedbackUrlOf(settings, request.orderId),
    returnurl: returnUrl.toString(),
    var1: request.orderId,
  };
};
