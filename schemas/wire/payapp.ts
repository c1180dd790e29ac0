/**
 * PayApp's merchant API in its own words: what we send, what it answers, what it notifies.
 * Every value on the wire is a string; nothing here renames or computes. Fields that only one
 * source knows are optional, and unknown fields are ignored, because PayApp adds them at any time.
 */
import * as z from 'zod/mini';

/** Request numbers are opaque digits: never parsed as a number. */
export const payAppMulNo = z.string().check(z.regex(/^\d{1,20}$/));
/** Whole won. */
export const payAppPrice = z.string().check(z.regex(/^\d{1,10}$/));
export const PAYAPP_LOWEST_PRICE_KRW = 1000;
/** Mobile number of the payer, digits only. */
export const payAppPhone = z.string().check(z.regex(/^01\d{8,9}$/));

const line = z.string().check(z.minLength(1), z.maxLength(1000));
const flag = z.optional(z.enum(['y', 'n']));
const maybe = z.optional(z.string());

/** `cmd=payrequest`: a link that can be paid once. It needs no key. */
export const payAppPayRequest = z.object({
  cmd: z.literal('payrequest'),
  userid: line,
  goodname: line,
  price: payAppPrice,
  recvphone: payAppPhone,
  memo: maybe,
  /** '1' asks the payer for an address. */
  reqaddr: z.optional(z.enum(['0', '1'])),
  feedbackurl: maybe,
  /** 'y': call feedbackurl up to ten times until it answers SUCCESS. */
  checkretry: flag,
  var1: maybe,
  var2: maybe,
  smsuse: flag,
  returnurl: maybe,
  skip_cstpage: flag,
  /** Comma list, see PAYAPP_OPEN_PAY_TYPES; empty offers all. */
  openpaytype: maybe,
  recvemail: maybe,
});
export type PayAppPayRequest = z.infer<typeof payAppPayRequest>;

export const PAYAPP_OPEN_PAY_TYPES = [
  'card',
  'phone',
  'rbank',
  'vbank',
  'kakaopay',
  'naverpay',
  'smilepay',
  'payco',
  'applepay',
  'wechat',
  'myaccount',
  'tosspay',
] as const;

/** `cmd=paycancel`: cancels an unpaid request, refunds a paid one that is not settled yet. */
export const payAppPayCancel = z.object({
  cmd: z.literal('paycancel'),
  userid: line,
  linkkey: line,
  mul_no: payAppMulNo,
  cancelmemo: maybe,
  /** Only this literal protects a paid request from being refunded. */
  cancelmode: z.optional(z.literal('ready')),
  partcancel: z.optional(z.enum(['0', '1'])),
  cancelprice: z.optional(payAppPrice),
});
export type PayAppPayCancel = z.infer<typeof payAppPayCancel>;

/** `cmd=paycancelreq`: asks for a refund after settlement; the result comes by feedback. */
export const payAppPayCancelReq = z.object({
  cmd: z.literal('paycancelreq'),
  userid: line,
  linkkey: line,
  mul_no: payAppMulNo,
  cancelmemo: maybe,
  dpname: maybe,
  partcancel: z.optional(z.enum(['0', '1'])),
  cancelprice: z.optional(payAppPrice),
});
export type PayAppPayCancelReq = z.infer<typeof payAppPayCancelReq>;

/**
 * `cmd=rebillRegist`: a link at which the payer approves the first charge; PayApp then charges by
 * itself each cycle. It needs no key, and a contract of its own with PayApp.
 */
export const payAppRebillRegist = z.object({
  cmd: z.literal('rebillRegist'),
  userid: line,
  goodname: line,
  /** Feedback calls the same amount `price`. */
  goodprice: payAppPrice,
  recvphone: payAppPhone,
  rebillCycleType: z.enum(['Month', 'Week', 'Day']),
  /** 1–31, or 90 for the last day of the month. */
  rebillCycleMonth: z.optional(z.string().check(z.regex(/^(?:[1-9]|[12]\d|3[01]|90)$/))),
  /** 1 Monday … 7 Sunday. */
  rebillCycleWeek: z.optional(z.string().check(z.regex(/^[1-7]$/))),
  /** `yyyy-mm-dd`; PayApp has no term without an end. */
  rebillExpire: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)),
  feedbackurl: maybe,
  /** Where a charge that failed is told, but never the first one. */
  failurl: maybe,
  returnurl: maybe,
  var1: maybe,
  var2: maybe,
  smsuse: flag,
  checkretry: flag,
  /** `card` or `phone` only. */
  openpaytype: maybe,
  recvemail: maybe,
  memo: maybe,
});
export type PayAppRebillRegist = z.infer<typeof payAppRebillRegist>;

/** Cancel ends the next cycle and gives nothing back; stop and start pause it. */
export const payAppRebillChange = z.object({
  cmd: z.enum(['rebillCancel', 'rebillStop', 'rebillStart']),
  userid: line,
  linkkey: line,
  rebill_no: payAppMulNo,
});
export type PayAppRebillChange = z.infer<typeof payAppRebillChange>;

/** The reply line after `readPayAppPairs`. `state=1` means accepted, never paid. */
export const payAppReply = z.object({
  state: z.enum(['0', '1']),
  errno: maybe,
  errorMessage: maybe,
  mul_no: z.optional(payAppMulNo),
  /** Of `rebillRegist`. */
  rebill_no: z.optional(payAppMulNo),
  payurl: maybe,
  qrurl: maybe,
  cr_dpname: maybe,
  partcancel: maybe,
  paybackprice: maybe,
  paybackbank: maybe,
  partprice: maybe,
});
export type PayAppReply = z.infer<typeof payAppReply>;

export const PAYAPP_ERRNO = {
  ok: '00000',
  notHttps: '70001',
  wrongCredentials: '70010',
  wrongParameter: '70020',
  unknownCommand: '70040',
  noPermission: '70060',
  /** Our own feedbackurl did not answer SUCCESS while the request was being made. */
  feedbackRefused: '70080',
} as const;

/** What PayApp posts to feedbackurl. Card details are not named here, so that parsing drops them. */
export const payAppFeedback = z.object({
  userid: line,
  linkkey: line,
  linkval: line,
  mul_no: payAppMulNo,
  pay_state: z.string().check(z.regex(/^\d{1,3}$/)),
  price: payAppPrice,
  goodname: maybe,
  /** `YYYY-MM-DD HH:mm:ss`, Korean time. */
  reqdate: maybe,
  /** As reqdate; empty while nothing is paid. */
  pay_date: maybe,
  canceldate: maybe,
  pay_type: maybe,
  var1: maybe,
  var2: maybe,
  currency: maybe,
  payurl: maybe,
  csturl: maybe,
  /** Of recurring charges, each of which has a `mul_no` of its own. */
  rebill_no: maybe,
  /** '0' the request's own feedbackurl, '1' the seller-wide one. */
  feedbacktype: maybe,
});
export type PayAppFeedback = z.infer<typeof payAppFeedback>;

/** `pay_state` by meaning; the lists are unions over what different sources have seen. */
export const PAYAPP_PAY_STATE = {
  requested: ['1'],
  paid: ['4'],
  requestCancelled: ['8', '16', '31', '32'],
  refunded: ['9', '64'],
  waiting: ['10'],
  partiallyRefunded: ['70', '71'],
  chargeFailed: ['99'],
} as const;

export const PAYAPP_PAY_TYPE = { card: '1', virtualAccount: '7', kakaoPay: '15' } as const;

/**
 * `key=value&key=value` as PayApp writes and reads it; undefined when a key is given twice.
 * Leading white space would become part of the first key, so it is cut off first.
 */
export function readPayAppPairs(text: string): Record<string, string> | undefined {
  const pairs: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of new URLSearchParams(text.trim())) {
    // One integrator has seen this key in lower case.
    const name = key === 'errormessage' ? 'errorMessage' : key;
    if (name in pairs) return undefined;
    pairs[name] = value;
  }
  return pairs;
}
