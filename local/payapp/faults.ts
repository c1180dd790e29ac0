/**
 * What may be made to go wrong, and what it does to one notice. Pure.
 * A fault changes what is sent or answered, never what the sandbox believes to be true.
 */
import * as z from 'zod';
import type { NoticeFields } from './notice.ts';

const COPIES_LIMIT = 20;
const DELAY_LIMIT_MS = 300_000;
const milliseconds = z.int().min(0).max(DELAY_LIMIT_MS);

export const faults = z.strictObject({
  /** Notices that the faults below touch; `1` is left out so that requests can still be made. */
  states: z
    .array(z.string().regex(/^\d{1,3}$/))
    .default(['4', '8', '9', '10', '16', '31', '32', '64', '70', '71']),
  /** How many notices are touched before the notice faults switch themselves off; 0 = all. */
  times: z.int().min(0).max(10_000).default(0),
  /** Extra copies, one after the other / all at once. */
  duplicates: z.int().min(0).max(COPIES_LIMIT).default(0),
  concurrent: z.int().min(0).max(COPIES_LIMIT).default(0),
  /** The notice is lost: never sent. */
  drop: z.boolean().default(false),
  delayMs: milliseconds.default(0),
  keys: z.enum(['right', 'wrong_linkval', 'wrong_linkkey', 'missing', 'swapped']).default('right'),
  priceOffsetKrw: z.int().min(-1_000_000).max(1_000_000).default(0),
  /** Replaces the field when not empty. */
  payState: z.string().max(3).default(''),
  var1: z.string().max(200).default(''),
  mulNo: z.string().max(20).default(''),
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
  replyWithoutMulNo: z.boolean().default(false),
  /** The command is carried out, then the connection breaks before the reply. */
  replyLost: z.boolean().default(false),
  /** Whether a refused first notice refuses the request (errno 70080). */
  strict70080: z.boolean().default(true),
});
export type Faults = z.infer<typeof faults>;

export const noFaults = (): Faults => faults.parse({});

/** The plan with its notice faults off; how replies and states look stays as it was. */
export function withoutNoticeFaults(plan: Faults): Faults {
  const { cancelState, refundState, partPrice, strict70080 } = plan;
  const { replyDelayMs, replyLeadingNewline, replyHtml500, replyWithoutMulNo, replyLost } = plan;
  return {
    ...noFaults(),
    ...{ cancelState, refundState, partPrice, strict70080 },
    ...{ replyDelayMs, replyLeadingNewline, replyHtml500, replyWithoutMulNo, replyLost },
  };
}

export type Planned = { readonly ok: true; readonly faults: Faults } | Refused;
interface Refused {
  readonly ok: false;
  readonly reason: string;
}

export function planFaults(current: Faults, change: unknown): Planned {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    return { ok: false, reason: 'A JSON object of faults is expected.' };
  }
  const parsed = faults.safeParse({ ...current, ...change });
  return parsed.success
    ? { ok: true, faults: parsed.data }
    : { ok: false, reason: z.prettifyError(parsed.error) };
}

/** How one notice goes out. */
export interface Dispatch {
  readonly fields: NoticeFields;
  readonly lost: boolean;
  readonly delayMs: number;
  readonly probe: boolean;
  /** Sent in order after the first has been answered with SUCCESS. */
  readonly copies: readonly NoticeFields[];
  /** Sent at the same moment as the first. */
  readonly atOnce: readonly NoticeFields[];
}

export function touches(plan: Faults, fields: NoticeFields): boolean {
  return plan.states.includes(fields['pay_state'] ?? '');
}

export function dispatch(plan: Faults, truth: NoticeFields): Dispatch {
  const plain = { fields: truth, lost: false, delayMs: 0, probe: false, copies: [], atOnce: [] };
  if (!touches(plan, truth)) return plain;
  const fields = bend(plan, truth);
  const refunded = ['9', '64', '70', '71'].includes(truth['pay_state'] ?? '');
  return {
    fields,
    lost: plan.drop,
    delayMs: plan.delayMs,
    probe: plan.probe,
    copies: [
      ...Array.from({ length: plan.duplicates }, () => fields),
      ...(plan.commonCopy ? [{ ...fields, feedbacktype: '1' }] : []),
      ...(plan.lateReplay && refunded ? [asPaid(fields)] : []),
    ],
    atOnce: Array.from({ length: plan.concurrent }, () => fields),
  };
}

function bend(plan: Faults, truth: NoticeFields): NoticeFields {
  const fields = {
    ...truth,
    price: String(Number(truth['price'] ?? '0') + plan.priceOffsetKrw),
    ...(plan.payState === '' ? {} : { pay_state: plan.payState }),
    ...(plan.var1 === '' ? {} : { var1: plan.var1 }),
    ...(plan.mulNo === '' ? {} : { mul_no: plan.mulNo }),
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
