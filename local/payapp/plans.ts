/**
 * What PayApp is known or feared to do, by name: for `npm run payapp -- --fault <name>` and for
 * `/_ctl/faults` `{"plan":"<name>"}`. Each plan is a change to the faults that are all off.
 */
import type { Faults } from './faults.ts';

export interface FaultPlan {
  /** One line for a person. */
  readonly says: string;
  readonly faults: Partial<Faults>;
}

/** Longer than a payer needs to act, shorter than a merchant's test. */
const OVERTAKEN_MS = 4_000;
/** Longer than anybody waits for an answer. */
const SLOW_REPLY_MS = 30_000;

/** Refused again and again, such a notice must not hold back a true one sent after it. */
const withKeys = (keys: Faults['keys']): Partial<Faults> => ({ keys, overtake: true });

export const FAULT_PLANS = {
  none: { says: 'everything goes right', faults: {} },
  'duplicate-10': { says: 'every notice comes ten times', faults: { duplicates: 9 } },
  'concurrent-2': {
    says: 'every notice comes twice at the same moment',
    faults: { concurrent: 1 },
  },
  'drop-all': { says: 'no notice ever comes', faults: { drop: true } },
  delay: { says: 'every notice comes late', faults: { delayMs: OVERTAKEN_MS } },
  'paid-overtaken': {
    says: 'the paid notice (4) comes after the refund (9) that followed it',
    faults: { states: ['4'], delayMs: OVERTAKEN_MS, overtake: true },
  },
  'paid-again-after-refund': {
    says: 'after a refund (9) the old paid notice (4) comes once more',
    faults: { lateReplay: true },
  },
  'waiting-then-paid': {
    says: 'waiting for the deposit (10) comes before paid (4), also by card',
    faults: { waitingFirst: true },
  },
  'waiting-overtaken': {
    says: 'the waiting notice (10) comes after the paid one (4)',
    faults: { states: ['10'], delayMs: OVERTAKEN_MS, overtake: true },
  },
  'wrong-linkval': { says: 'linkval is not the seller’s', faults: withKeys('wrong_linkval') },
  'wrong-linkkey': { says: 'linkkey is not the seller’s', faults: withKeys('wrong_linkkey') },
  'swapped-keys': { says: 'linkkey and linkval are swapped', faults: withKeys('swapped') },
  'missing-keys': { says: 'linkkey and linkval are left out', faults: withKeys('missing') },
  'price-minus-1': { says: 'the price is one won too low', faults: { priceOffsetKrw: -1 } },
  'price-plus-1': { says: 'the price is one won too high', faults: { priceOffsetKrw: 1 } },
  'foreign-var1': { says: 'var1 is that of another order', faults: { var1: 'another-request' } },
  'foreign-mul-no': {
    says: 'mul_no is that of another order',
    faults: { mulNo: 'another-request' },
  },
  'unknown-state': { says: 'pay_state is 77, which nobody documents', faults: { payState: '77' } },
  probe: { says: 'a GET and an empty POST come before every notice', faults: { probe: true } },
  'common-copy': {
    says: 'every notice comes again as the seller-wide one (feedbacktype=1)',
    faults: { commonCopy: true },
  },
  'slow-reply': { says: 'the API replies after 30 s', faults: { replyDelayMs: SLOW_REPLY_MS } },
  'newline-reply': {
    says: 'the API’s reply begins with a newline',
    faults: { replyLeadingNewline: true },
  },
  'no-mul-no': { says: 'state=1 without mul_no', faults: { replyWithoutMulNo: true } },
  'html-500': { says: 'the API answers HTTP 500 with a page', faults: { replyHtml500: true } },
  'html-200': { says: 'the API answers HTTP 200 with a page', faults: { replyHtml200: true } },
  'lost-reply': {
    says: 'the API does its work and breaks the connection',
    faults: { replyLost: true },
  },
  'charge-declined': {
    says: 'charges of a recurring payment are declined after the first one',
    faults: { chargeFails: true },
  },
  'charge-declined-bare': {
    says: 'the same, and the notice of it has no mul_no',
    faults: { chargeFails: true, failureWithoutMulNo: true },
  },
  'notice-before-reply': {
    says: 'notices come, and the payer may pay, before the API replies',
    faults: { replyDelayMs: OVERTAKEN_MS },
  },
} as const satisfies Readonly<Record<string, FaultPlan>>;

export type PlanName = keyof typeof FAULT_PLANS;
export const FAULT_PLAN_NAMES: readonly PlanName[] = Object.keys(FAULT_PLANS).filter(isPlanName);

export function isPlanName(name: unknown): name is PlanName {
  return typeof name === 'string' && Object.hasOwn(FAULT_PLANS, name);
}
