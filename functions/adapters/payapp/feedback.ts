/**
 * Judges a feedback call of PayApp. Its scheme is a static secret in the body, so the capability in
 * the URL, the seller's id and both shared keys must agree; every comparison runs over digests in
 * constant time and none is skipped. What leaves here holds no key, card, name or phone number.
 */
import { createHash } from 'node:crypto';
import type {
  FeedbackGate,
  FeedbackRequest,
  FeedbackVerdict,
  NoticeFields,
  OrderTokens,
} from '#ports/payments.ts';
import { PAYAPP_PAY_STATE, payAppFeedback, readPayAppPairs } from '#schemas/wire/payapp.ts';
import { orderTokens, sameText } from './tokens.ts';

export interface FeedbackKeys {
  readonly userId: string;
  readonly linkKey: string;
  readonly linkVal: string;
  readonly tokenKey: Uint8Array;
}

/** PayApp's own bodies are below 2 KiB. */
const bodyBytesAtMost = 16 * 1024;
const formType = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

export const feedbackGate = (keys: FeedbackKeys): FeedbackGate => {
  const tokens = orderTokens(keys.tokenKey);
  return {
    judge: (request) => {
      if (Buffer.byteLength(request.body) > bodyBytesAtMost) return refused('too_large');
      if (request.method !== 'POST' || request.body.trim() === '') return { kind: 'probe' };
      const pairs = readPayAppPairs(request.body);
      if (pairs === undefined) return refused('duplicate_keys');
      if ((pairs['pay_state'] ?? '') === '') return { kind: 'probe' };
      if (!formType.test(request.contentType)) return refused('content_type');
      return judgePairs(request, pairs, { keys, tokens });
    },
  };
};

type Refusal = Extract<FeedbackVerdict, { kind: 'refused' }>['reason'];
const refused = (reason: Refusal): FeedbackVerdict => ({ kind: 'refused', reason });
type Pairs = Readonly<Record<string, string>>;

const judgePairs = (
  { orderId, token }: FeedbackRequest,
  pairs: Pairs,
  against: {
    readonly keys: FeedbackKeys;
    readonly tokens: OrderTokens;
  },
): FeedbackVerdict => {
  const { keys } = against;
  const given = (name: string): string => (pairs[name] ?? '').trim();
  const tokenFits = against.tokens.matches(orderId, token);
  const userFits = sameText(keys.userId, given('userid'));
  const keyFits = sameText(keys.linkKey, given('linkkey'));
  const valueFits = sameText(keys.linkVal, given('linkval'));
  if (!tokenFits) return refused('token');
  if (!userFits) return refused('userid');
  const notice = readNotice(pairs);
  if (keyFits && valueFits) {
    return notice === null
      ? { kind: 'malformed', digest: digestOf(pairs) }
      : { kind: 'authentic', notice };
  }
  const keysAbsent = given('linkkey') === '' && given('linkval') === '';
  if (!keysAbsent) return refused('keys');
  return notice === null ? refused('unreadable') : { kind: 'keys_absent', notice };
};

const dateLength = 19;
const payTypeLength = 8;

const readNotice = (pairs: Pairs): NoticeFields | null => {
  // Keys are judged already, and a notice without them must be readable too.
  const told = { ...pairs, linkkey: '-', linkval: '-' };
  const parsed = payAppFeedback.safeParse(isBareFailure(pairs) ? { ...told, mul_no: '0' } : told);
  if (!parsed.success) return null;
  const body = parsed.data;
  const currency = (body.currency ?? '').toLowerCase();
  if (currency !== '' && currency !== 'krw') return null;
  return {
    mulNo: body.mul_no,
    payState: body.pay_state,
    payType: (body.pay_type ?? '').slice(0, payTypeLength),
    priceKrw: Number(body.price),
    payDate: (body.pay_date ?? '').slice(0, dateLength),
    cancelDate: (body.canceldate ?? '').slice(0, dateLength),
    currency,
    receiptUrl: receiptUrlOf(body.csturl ?? ''),
    rebillNo: rebillNoOf(body.rebill_no ?? ''),
  };
};

/** A charge that failed made no payment, and some have no number. */
const isBareFailure = (pairs: Pairs): boolean =>
  (PAYAPP_PAY_STATE.chargeFailed as readonly string[]).includes(pairs['pay_state'] ?? '') &&
  (pairs['mul_no'] ?? '') === '';

const rebillNoOf = (text: string): string | null => (/^\d{1,20}$/.test(text) ? text : null);

const urlLengthAtMost = 512;

/** Shown as a link one day: nothing but a web address is kept. */
const receiptUrlOf = (text: string): string | null => {
  if (text.length > urlLengthAtMost || !URL.canParse(text)) return null;
  return ['https:', 'http:'].includes(new URL(text).protocol) ? text : null;
};

const digestOf = (pairs: Pairs): string => {
  const told = ['mul_no', 'pay_state', 'price', 'pay_date', 'canceldate', 'currency'];
  const text = JSON.stringify(told.map((name) => pairs[name] ?? null));
  return createHash('sha256').update(text).digest('hex');
};
