/**
 * PayApp's merchant API: asking for a pay link and killing one. Nothing is retried here: a call that
 * timed out may have had its effect, and is reported as `unknown`. Answers are bounded, parsed
 * tolerantly, and never logged or shown.
 */
import type {
  PaymentRefusal,
  PaymentRequest,
  PaymentRequestOutcome,
  Payments,
  ReadyCancelOutcome,
} from '#ports/payments.ts';
import type { PayAppPayCancel, PayAppPayRequest, PayAppReply } from '#schemas/wire/payapp.ts';
import { PAYAPP_ERRNO, payAppReply, readPayAppPairs } from '#schemas/wire/payapp.ts';
import { readBounded } from '#adapters/http/bounded.ts';
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
const replyBytesAtMost = 64 * 1024;
const apiPath = '/oapi/apiLoad.html';
/** The limit is not published; longer names are cut by others too. */
const goodNameLength = 50;
const payUrlLength = 512;

export const payAppPayments = (settings: PayAppSettings): Payments => ({
  request: async (request) => {
    const reply = await call(settings, requestBody(settings, request), requestTimeoutMs);
    return reply === null ? { kind: 'unknown' } : requestOutcome(reply);
  },
  cancelIfUnpaid: async (mulNo) => {
    const body: PayAppPayCancel = {
      cmd: 'paycancel',
      userid: settings.userId,
      linkkey: settings.linkKey,
      mul_no: mulNo,
      // Without this literal PayApp would refund a paid request.
      cancelmode: 'ready',
      cancelmemo: 'unpaid',
    };
    const reply = await call(settings, body, cancelTimeoutMs);
    return reply === null ? 'unknown' : cancelOutcome(reply);
  },
});

const requestBody = (settings: PayAppSettings, request: PaymentRequest): PayAppPayRequest => {
  const token = orderTokens(settings.tokenKey).tokenOf(request.orderId);
  const base = settings.feedbackBaseUrl.replace(/\/+$/, '');
  const returnUrl = new URL(settings.siteUrl);
  returnUrl.searchParams.set('order', request.orderId);
  return {
    cmd: 'payrequest',
    userid: settings.userId,
    goodname: request.goodName.slice(0, goodNameLength),
    price: String(request.priceKrw),
    recvphone: request.phone,
    reqaddr: '0',
    smsuse: 'n',
    checkretry: 'y',
    feedbackurl: `${base}/feedback/${request.orderId}/${token}`,
    returnurl: returnUrl.toString(),
    var1: request.orderId,
  };
};

const refusals: Readonly<Record<string, PaymentRefusal>> = {
  [PAYAPP_ERRNO.feedbackRefused]: 'feedback_unreachable',
  [PAYAPP_ERRNO.wrongCredentials]: 'credentials',
  [PAYAPP_ERRNO.wrongParameter]: 'invalid_parameter',
  [PAYAPP_ERRNO.noPermission]: 'not_permitted',
};

const requestOutcome = (reply: PayAppReply): PaymentRequestOutcome => {
  if (reply.state === '0') {
    return { kind: 'refused', reason: refusals[reply.errno ?? ''] ?? 'other' };
  }
  const payUrl = reply.payurl ?? '';
  // Accepted, but without what we need to go on: a request exists that we cannot name.
  if (reply.mul_no === undefined || !isWebUrl(payUrl)) return { kind: 'unknown' };
  return { kind: 'opened', mulNo: reply.mul_no, payUrl };
};

const isWebUrl = (text: string): boolean => {
  if (text.length > payUrlLength || !URL.canParse(text)) return false;
  return ['https:', 'http:'].includes(new URL(text).protocol);
};

/** These say that PayApp did not look at the payment at all. */
const notLooked: readonly string[] = [
  PAYAPP_ERRNO.notHttps,
  PAYAPP_ERRNO.wrongCredentials,
  PAYAPP_ERRNO.unknownCommand,
  PAYAPP_ERRNO.noPermission,
];

const cancelOutcome = (reply: PayAppReply): ReadyCancelOutcome => {
  if (reply.state === '1') return 'unpaid_and_dead';
  return notLooked.includes(reply.errno ?? '') ? 'unknown' : 'refused';
};

/** Null when no readable answer came: the call may or may not have had its effect. */
const call = async (
  settings: PayAppSettings,
  body: PayAppPayRequest | PayAppPayCancel,
  timeoutMs: number,
): Promise<PayAppReply | null> => {
  try {
    const response = await fetch(apiUrlOf(settings.apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: formOf(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = response.ok ? await readBounded(response, replyBytesAtMost) : null;
    if (text === null) {
      await response.body?.cancel();
      return null;
    }
    const parsed = payAppReply.safeParse(readPayAppPairs(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

const formOf = (body: PayAppPayRequest | PayAppPayCancel): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (value !== undefined) form.set(name, value);
  }
  return form.toString();
};

const apiUrlOf = (configured: string): string => {
  const url = new URL(configured);
  if (url.pathname === '/') url.pathname = apiPath;
  return url.toString();
};
