/**
 * An agreement to be charged each month, as decisions: which charge buys time, when to stop, what to
 * do next, and how long the term may rely on it. Pure.
 *
 * Guarantees: a charge counts at most once and only with the agreed amount, one a cycle; nothing
 * counts that PayApp took after the agreement was stopped. Nobody relies on a charge that is late.
 */
import type {
  AutopayState,
  AutopayStopReason,
  DesiredState,
} from '#schemas/contract/vocabulary.ts';
import type { SuspensionReason } from '#schemas/contract/terms.ts';
import type { AutopayCharge } from '#schemas/record/autopay.ts';
import { nextChargeMs } from './charge-day.ts';

export interface Agreement {
  readonly state: AutopayState;
  readonly priceKrw: number;
  readonly chargeDay: number;
  readonly agreedAtMs: number;
  readonly rebillNo: string | null;
  readonly charges: readonly AutopayCharge[];
  readonly expectedAtMs: number | null;
  readonly missed: number;
  readonly stoppedAtMs: number | null;
  readonly attempts: number;
}

/** What it pays for, as it is now. */
export interface Payable {
  readonly desired: DesiredState;
  readonly suspendedFor: SuspensionReason | null;
  readonly pausedAt: string | null;
  /** Its owner is deleting it. */
  readonly deletesAt: string | null;
  /** Of a month of it from the next renewal on, at the price it was bought for. */
  readonly priceKrw: number;
  readonly planKey: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** To approve the first charge; after that the link is killed. */
export const approvalMs = dayMs;
/** Longer than PayApp may take to answer, and our writes around it. */
const answerMs = 2 * minuteMs;
/** A charge that is later than its day by this is missed. */
const marginMs = dayMs;
/** The term relies on no charge that is due later than this after its end. */
const slackMs = 4 * dayMs;
/** Two charges that are nearer than this are of one cycle. */
const sameCycleMs = 14 * dayMs;
const missesAtMost = 2;
const chargesKept = 24;
/** Whatever else happens it is looked at so often. */
const lookMs = 7 * dayMs;
const firstRetryMs = 5 * minuteMs;
const longestRetryMs = dayMs;
/** Half a month of days: from then on only the person of the task can know. */
const attemptsAtMost = 20;

const alive: readonly AutopayState[] = ['registering', 'approving', 'active'];
export const isAlive = ({ state }: Pick<Agreement, 'state'>): boolean => alive.includes(state);

/** No answer came to who asked: what PayApp made of it, if anything, has a link that nobody knows. */
export const isForlorn = ({ state, agreedAtMs }: Agreement, nowMs: number): boolean =>
  state === 'registering' && nowMs > agreedAtMs + answerMs;

export interface Charge {
  readonly mulNo: string;
  readonly priceKrw: number;
  readonly rebillNo: string | null;
  readonly paidAtMs: number;
}

export interface Taken {
  readonly counts: boolean;
  readonly changes: Partial<Omit<Agreement, 'priceKrw' | 'chargeDay' | 'agreedAtMs'>>;
  /** It came from something at PayApp that this agreement knows nothing of. */
  readonly isForeign: boolean;
}

/** Null: it was judged before, and stays what it was. */
export const takeCharge = (agreement: Agreement, charge: Charge): Taken | null => {
  const { charges, stoppedAtMs } = agreement;
  const { mulNo } = charge;
  if (charges.some((each) => each.mulNo === mulNo)) return null;
  const isForeign =
    agreement.rebillNo !== null &&
    charge.rebillNo !== null &&
    agreement.rebillNo !== charge.rebillNo;
  const isStopped = !isAlive(agreement) && charge.paidAtMs >= (stoppedAtMs ?? 0);
  const isTwice = charges.some(
    (each) => each.counts && Math.abs(Date.parse(each.paidAt) - charge.paidAtMs) < sameCycleMs,
  );
  const isRight = charge.priceKrw === agreement.priceKrw;
  const counts = !isForeign && !isStopped && !isTwice && isRight;
  const paidAt = new Date(charge.paidAtMs).toISOString();
  const noted = { charges: [...charges, { mulNo, paidAt, counts }].slice(-chargesKept) };
  if (isForeign) return { counts, isForeign, changes: noted };
  const known = { ...noted, rebillNo: agreement.rebillNo ?? charge.rebillNo };
  // Taken though it was stopped: PayApp is asked to stop once more.
  if (isStopped)
    return { counts, isForeign, changes: { ...known, state: 'cancelling', attempts: 0 } };
  if (!counts || !isAlive(agreement)) return { counts, isForeign, changes: known };
  const nextMs = nextChargeMs(agreement.chargeDay, charge.paidAtMs);
  const expectedAtMs = Math.max(agreement.expectedAtMs ?? 0, nextMs);
  return { counts, isForeign, changes: { ...known, state: 'active', missed: 0, expectedAtMs } };
};

/** A charge did not come; the next one is waited for, and nobody relies on it meanwhile. */
export const missCharge = (agreement: Agreement): Partial<Agreement> => {
  const { chargeDay, expectedAtMs, missed } = agreement;
  if (expectedAtMs === null) return { missed: missed + 1 };
  return { missed: missed + 1, expectedAtMs: nextChargeMs(chargeDay, expectedAtMs) };
};

/** Told of by PayApp: only of the charge that is due; an older word is known already. */
export const isOfThisCycle = ({ state, expectedAtMs }: Agreement, toldMs: number): boolean =>
  state === 'active' && expectedAtMs !== null && toldMs > expectedAtMs - marginMs - dayMs;

/** Null: nothing speaks against going on. */
export const stopReasonOf = (
  agreement: Pick<Agreement, 'priceKrw' | 'missed'> & { readonly planKey: string },
  payable: Payable | null,
): AutopayStopReason | null => {
  if (payable === null || payable.desired === 'deleted') return 'runtime_deleted';
  if (payable.deletesAt !== null) return 'runtime_deleted';
  if (payable.suspendedFor === 'refunded') return 'refunded';
  if (payable.suspendedFor === 'operator') return 'suspended';
  if (payable.pausedAt !== null) return 'paused';
  const isSame = payable.planKey === agreement.planKey && payable.priceKrw === agreement.priceKrw;
  if (!isSame) return 'plan_changed';
  return agreement.missed >= missesAtMost ? 'missed' : null;
};

export type AutopayStep =
  | { readonly kind: 'stop'; readonly reason: AutopayStopReason }
  | { readonly kind: 'miss' }
  | { readonly kind: 'cancel' }
  /** Nothing that could be charged is there any more. */
  | { readonly kind: 'end' }
  | { readonly kind: 'wait'; readonly untilMs: number | null };

export const planAutopay = (
  agreement: Agreement & { readonly planKey: string },
  payable: Payable | null,
  nowMs: number,
): AutopayStep => {
  const { state, agreedAtMs, expectedAtMs, attempts } = agreement;
  if (state === 'ended') return { kind: 'wait', untilMs: null };
  if (state === 'cancelling') {
    if (agreement.rebillNo === null) return { kind: 'end' };
    return attempts >= attemptsAtMost ? { kind: 'wait', untilMs: null } : { kind: 'cancel' };
  }
  const reason = stopReasonOf(agreement, payable);
  if (reason !== null) return { kind: 'stop', reason };
  const untilMs = state === 'active' ? (expectedAtMs ?? nowMs) + marginMs : agreedAtMs + approvalMs;
  if (nowMs < untilMs) return { kind: 'wait', untilMs: Math.min(untilMs, nowMs + lookMs) };
  if (state === 'active') return { kind: 'miss' };
  return { kind: 'stop', reason: state === 'approving' ? 'not_approved' : 'not_registered' };
};

/** Until PayApp is asked again to stop. */
export const retryMs = (attempts: number): number =>
  Math.min(firstRetryMs * 2 ** attempts, longestRetryMs);

/** Until when a term that ends at `endMs` may wait for the charge; null: it may not. */
export const reliedOnUntilMs = (agreement: Agreement, endMs: number): number | null => {
  const { state, missed, expectedAtMs } = agreement;
  if (state !== 'active' || missed > 0 || expectedAtMs === null) return null;
  return expectedAtMs <= endMs + slackMs ? expectedAtMs + marginMs : null;
};
