/**
 * What may be made to go wrong, and what it does to one notice. Pure.
 * A fault changes what is sent or answered, never what the sandbox believes to be true.
 */
import * as z from 'zod';
import { PAYAPP_PAY_TYPE } from '#schemas/wire/payapp.ts';
import type { NoticeFields } from './notice.ts';
import { FAULT_PLANS, FAULT_PLAN_NAMES, isPlanName } from './plans.ts';

const COPIES_LIMIT = 20;
const DELAY_LIMIT_MS = 300_000;
const milliseconds = z.int().min(0).max(DELAY_LIMIT_MS);

export const faults = z.strictObject({
  /** Notices that the faults below touch; `1` is left out so that requests can still be made. */
  states: z
    .array(z.string().regex(/^\d{1,3}$/))
    .default(['4', '8', '9', '10', '16', '31', '32', '64', '70', '71', '99']),
  /** How many notices are touched before the notice faults switch themselves off; 0 = all. */
  times: z.int().min(0).max(10_000).default(0),
  /** Extra copies, one after the other / all at once. */
  duplicates: z.int().min(0).max(COPIES_LIMIT).default(0),
  concurrent: z.int().min(0).max(COPIES_LIMIT).default(0),
  /** The notice is lost: never sent. */
  drop: z.boolean().default(false),
  delayMs: milliseconds.default(0),
  /** A delayed notice does not hold back the later ones of its request: they arrive before it. */
  overtake: z.boolean().default(false),
  keys: z.enum(['right', 'wrong_linkval', 'wrong_linkkey', 'missing', 'swapped']).default('right'),
  priceOffsetKrw: z.int().min(-1_000_000).max(1_000_000).default(0),
  /** Replaces the field when not empty; `another-request` takes it from one. */
  payState: z.string().max(3).default(''),
  var1: z.string().max(200).default(''),
  mulNo: z.string().max(20).default(''),
  /** A paid notice follows one that says "waiting for the deposit" (`10`), also for a card. */
  waitingFirst: z.boolean().default(false),
  /** A GET and an empty POST before the notice, as a console's connection check. */
  probe: z.boolean().default(false),
  /** The same notice again as the seller-wide one (`feedbacktype=1`). */
  commonCopy: z.boolean().default(false),
  /** After a refund notice the old `4` comes again, late. */
  lateReplay: z.boolean().default(false),
  /** `pay_state` used for a cancelled request and for a full refund. */
  cancelState: z.enum(['8', '16', '31', '32']).default('8'),
  refundState: z.enum(['9', '64']).default('9'),
  /** What `price` says in a partial refund; sources disagree. */
  partPrice: z.enum(['requested', 'cancelled']).default('requested'),
  /** Replies of the API. */
  replyDelayMs: milliseconds.default(0),
  replyLeadingNewline: z.boolean().default(false),
  replyHtml500: z.boolean().default(false),
  /** A page instead of the line, and a status that says all is well. */
  replyHtml200: z.boolean().default(false),
  replyWithoutMulNo: z.boolean().default(false),
  /** The command is carried out, then the connection breaks before the reply. */
  replyLost: z.boolean().default(false),
  /** Charges of a cycle are declined; of the first one the payer decides. */
  chargeFails: z.boolean().default(false),
  /** The notice of that has no `mul_no`. */
  failureWithoutMulNo: z.boolean().default(false),
  /** Whether a refused first notice refuses the request (errno 70080). */
  strict70080: z.boolean().default(true),
});
export type Faults = z.infer<typeof faults>;

export const noFaults = (): Faults => faults.parse({});

/** The plan with its notice faults off; how replies and states look stays as it was. */
export function withoutNoticeFaults(plan: Faults): Faults {
  const { cancelState, refundState, partPrice, strict70080 } = plan;
  const { replyDelayMs, replyLeadingNewline, replyWithoutMulNo, replyLost } = plan;
  const { replyHtml500, replyHtml200, chargeFails, failureWithoutMulNo } = plan;
  return {
    ...noFaults(),
    ...{ cancelState, refundState, partPrice, strict70080 },
    ...{ replyDelayMs, replyLeadingNewline, replyWithoutMulNo, replyLost },
    ...{ replyHtml500, replyHtml200, chargeFails, failureWithoutMulNo },
  };
}

export type Planned = { readonly ok: true; readonly faults: Faults } | Refused;
interface Refused {
  readonly ok: false;
  readonly reason: string;
}

/** Faults by themselves change the plan in force; `plan` names one that replaces it first. */
export function planFaults(current: Faults, change: unknown): Planned {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return { ok: false, reason: 'A JSON object of faults is expected.' };
  }
  const { plan, ...own } = change as Record<string, unknown>;
  if (plan !== undefined && !isPlanName(plan)) {
    return { ok: false, reason: `Known plans: ${FAULT_PLAN_NAMES.join(', ')}.` };
  }
  const base = plan === undefined ? current : FAULT_PLANS[plan].faults;
  const parsed = faults.safeParse({ ...base, ...own });
  return parsed.success
    ? { ok: true, faults: parsed.data }
    : { ok: false, reason: z.prettifyError(parsed.error) };
}

/** How one notice goes out. */
export interface Dispatch {
  readonly fields: NoticeFields;
  readonly lost: boolean;
  readonly delayMs: number;
  readonly mayBeOvertaken: boolean;
  readonly probe: boolean;
  /** Sent in order, and each answered, before the notice itself. */
  readonly before: readonly NoticeFields[];
  /** Sent in order after the first has been answered with SUCCESS. */
  readonly copies: readonly NoticeFields[];
  /** Sent at the same moment as the first. */
  readonly atOnce: readonly NoticeFields[];
}

export function touches(plan: Faults, fields: NoticeFields): boolean {
  return plan.states.includes(fields['pay_state'] ?? '');
}

const UNTOUCHED = {
  ...{ lost: false, delayMs: 0, mayBeOvertaken: false, probe: false },
  ...{ before: [], copies: [], atOnce: [] },
};

/** `other`: a notice of another request, for the faults that mix two up. */
export function dispatch(plan: Faults, truth: NoticeFields, other: NoticeFields = {}): Dispatch {
  if (!touches(plan, truth)) return { ...UNTOUCHED, fields: truth };
  const fields = bend(plan, truth, other);
  const refunded = ['9', '64', '70', '71'].includes(truth['pay_state'] ?? '');
  return {
    fields,
    lost: plan.drop,
    delayMs: plan.delayMs,
    mayBeOvertaken: plan.overtake,
    probe: plan.probe,
    before: plan.waitingFirst && truth['pay_state'] === '4' ? [asWaiting(fields)] : [],
    copies: [
      ...Array.from({ length: plan.duplicates }, () => fields),
      ...(plan.commonCopy ? [{ ...fields, feedbacktype: '1' }] : []),
      ...(plan.lateReplay && refunded ? [asPaid(fields)] : []),
    ],
    atOnce: Array.from({ length: plan.concurrent }, () => fields),
  };
}

function bend(plan: Faults, truth: NoticeFields, other: NoticeFields): NoticeFields {
  const named = (value: string, field: string): string =>
    value === 'another-request' ? (other[field] ?? '') : value;
  const fields = {
    ...truth,
    price: String(Number(truth['price'] ?? '0') + plan.priceOffsetKrw),
    ...(plan.payState === '' ? {} : { pay_state: plan.payState }),
    ...(plan.var1 === '' ? {} : { var1: named(plan.var1, 'var1') }),
    ...(plan.mulNo === '' ? {} : { mul_no: named(plan.mulNo, 'mul_no') }),
  };
  return bendKeys(plan.keys, fields);
}

function bendKeys(keys: Faults['keys'], fields: NoticeFields): NoticeFields {
  const { linkkey = '', linkval = '', ...rest } = fields;
  switch (keys) {
    case 'right':
      return fields;
    case 'wrong_linkval':
      return { ...fields, linkval: reversed(linkval) };
    case 'wrong_linkkey':
      return { ...fields, linkkey: reversed(linkkey) };
    case 'missing':
      return rest;
    case 'swapped':
      return { ...rest, linkkey: linkval, linkval: linkkey };
  }
}

/** As long as the real one and made of the same characters, but another value. */
function reversed(key: string): string {
  return `${Array.from(key.slice(0, -1)).reverse().join('')}${key.slice(-1)}`;
}

function asPaid(fields: NoticeFields): NoticeFields {
  const { canceldate: _dropped, ...rest } = fields;
  return { ...rest, pay_state: '4' };
}

function asWaiting(fields: NoticeFields): NoticeFields {
  return { ...fields, pay_state: '10', pay_type: PAYAPP_PAY_TYPE.virtualAccount, pay_date: '' };
}
