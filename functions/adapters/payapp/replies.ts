/**
 * PayApp's answers in our words. Pure. `state=0` is a refusal only where the number says that PayApp
 * decided; 99999 is what its own library reports when it could not get through.
 */
import type {
  PaymentRefusal,
  PaymentRequestOutcome,
  ReadyCancelOutcome,
  RecurringCancelOutcome,
  RecurringOutcome,
  RefundOutcome,
  RefundRequestOutcome,
} from '#ports/payments.ts';
import { PAYAPP_ERRNO } from '#schemas/wire/payapp.ts';
import type { PayAppReply } from '#schemas/wire/payapp.ts';
import type { Reply } from './call.ts';

const payUrlLength = 512;
const transportErrno = '99999';

const refusals: Readonly<Record<string, PaymentRefusal>> = {
  [PAYAPP_ERRNO.feedbackRefused]: 'feedback_unreachable',
  [PAYAPP_ERRNO.wrongCredentials]: 'credentials',
  [PAYAPP_ERRNO.wrongParameter]: 'invalid_parameter',
  [PAYAPP_ERRNO.noPermission]: 'not_permitted',
  [PAYAPP_ERRNO.notHttps]: 'not_https',
  [PAYAPP_ERRNO.unknownCommand]: 'unknown_command',
};

/** These say that PayApp did not look at the payment at all. */
const notLooked: readonly string[] = [
  PAYAPP_ERRNO.notHttps,
  PAYAPP_ERRNO.wrongCredentials,
  PAYAPP_ERRNO.unknownCommand,
  PAYAPP_ERRNO.noPermission,
];

const errnoOf = (reply: PayAppReply): string => (reply.errno ?? '').trim();

type NotOpened = Exclude<PaymentRequestOutcome, { readonly kind: 'opened' }>;

/** Null: it was accepted. */
const notOpened = (answer: Reply): NotOpened | null => {
  if (answer.kind === 'silence') return { kind: 'unknown', reason: answer.reason };
  if (answer.reply.state === '1') return null;
  const errno = errnoOf(answer.reply);
  if (errno === transportErrno) return { kind: 'unknown', reason: 'transport_error' };
  return { kind: 'refused', reason: refusals[errno] ?? 'other' };
};

const incomplete: NotOpened = { kind: 'unknown', reason: 'incomplete_answer' };

/** The accepted reply with a number and a link that can be opened. */
const linkIn = (answer: Reply, no: 'mul_no' | 'rebill_no'): readonly [string, string] | null => {
  if (answer.kind === 'silence') return null;
  const [number, payUrl = ''] = [answer.reply[no], answer.reply.payurl];
  return number === undefined || !isWebUrl(payUrl) ? null : [number, payUrl];
};

export const requestOutcome = (answer: Reply): PaymentRequestOutcome => {
  const failed = notOpened(answer);
  if (failed !== null) return failed;
  const link = linkIn(answer, 'mul_no');
  return link === null ? incomplete : { kind: 'opened', mulNo: link[0], payUrl: link[1] };
};

export const recurringOutcome = (answer: Reply): RecurringOutcome => {
  const failed = notOpened(answer);
  if (failed !== null) return failed;
  const link = linkIn(answer, 'rebill_no');
  return link === null ? incomplete : { kind: 'opened', rebillNo: link[0], payUrl: link[1] };
};

export const recurringCancelOutcome = (answer: Reply): RecurringCancelOutcome => {
  if (answer.kind === 'silence') return 'unknown';
  if (answer.reply.state === '1') return 'cancelled';
  return errnoOf(answer.reply) === transportErrno ? 'unknown' : 'refused';
};

const isWebUrl = (text: string): boolean => {
  if (text.length > payUrlLength || !URL.canParse(text)) return false;
  return ['https:', 'http:'].includes(new URL(text).protocol);
};

export const cancelOutcome = (answer: Reply): ReadyCancelOutcome => {
  if (answer.kind === 'silence') return 'unknown';
  if (answer.reply.state === '1') return 'unpaid_and_dead';
  const errno = errnoOf(answer.reply);
  return errno === transportErrno || notLooked.includes(errno) ? 'unknown' : 'refused';
};

export const refundOutcome = (answer: Reply): RefundOutcome => {
  if (answer.kind === 'silence') return { kind: 'unknown' };
  return answer.reply.state === '1' ? { kind: 'refunded' } : refusalOf(answer.reply);
};

const refusalOf = (reply: PayAppReply): Exclude<RefundOutcome, { kind: 'refunded' }> => {
  const errno = errnoOf(reply);
  if (errno === transportErrno) return { kind: 'unknown' };
  return { kind: 'refused', looked: !notLooked.includes(errno), errno: errno.slice(0, 8) };
};

const accountLength = 100;
const depositorLength = 50;

/** The account is asked for at PayApp's seller page where the answer does not hold it. */
export const paybackOutcome = (answer: Reply, askedKrw: number): RefundRequestOutcome => {
  if (answer.kind === 'silence') return { kind: 'unknown' };
  const { reply } = answer;
  if (reply.state !== '1') return refusalOf(reply);
  const told = reply.paybackprice ?? '';
  return {
    kind: 'requested',
    payback: {
      account: (reply.paybackbank ?? '').slice(0, accountLength),
      amountKrw: /^\d{1,10}$/.test(told) ? Number(told) : askedKrw,
      depositor: (reply.cr_dpname ?? '').slice(0, depositorLength),
    },
  };
};
