/**
 * Every way PayApp can say no, or nothing, to a payment request: our code (the site has a customer's
 * text for each) and what an operator has to know. Pure data; one line a way.
 */
import type { PaymentRefusal, PaymentSilence } from '#ports/payments.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';

export interface Refusal {
  readonly code: ErrorCode;
  /** For the log and the task; the customer never sees it. */
  readonly advice: string;
  /** Only a person can remove the cause, and no order can be paid until then. */
  readonly task: boolean;
}

export const refusalsOf = {
  feedback_unreachable: {
    code: 'payment_feedback_unreachable',
    advice:
      '70080: PayApp got no SUCCESS from FEEDBACK_BASE_URL. Check that the payapp function answers ' +
      'on it, over https, without a redirect or bot protection in front.',
    task: true,
  },
  credentials: {
    code: 'payment_credentials_refused',
    advice: '70010: PayApp does not know PAYAPP_USERID, or PAYAPP_LINKKEY is not its key.',
    task: true,
  },
  invalid_parameter: {
    code: 'payment_request_invalid',
    advice: '70020: PayApp refuses a field of the request: product name, price or phone number.',
    task: false,
  },
  not_permitted: {
    code: 'payment_not_permitted',
    advice: '70060: the seller account may not take payments this way. Ask PayApp (1800-3772).',
    task: true,
  },
  not_https: {
    code: 'payment_not_https',
    advice: '70001: PAYAPP_API_URL has to be an https address.',
    task: true,
  },
  unknown_command: {
    code: 'payment_command_unknown',
    advice: '70040: what stands at PAYAPP_API_URL does not know payrequest.',
    task: true,
  },
  other: {
    code: 'payment_request_refused',
    advice: 'PayApp refused with a number we do not know.',
    task: false,
  },
  timeout: {
    code: 'payment_request_unknown',
    advice: 'PayApp did not answer in time. The request may exist: asking again supersedes it.',
    task: false,
  },
  unreadable_answer: {
    code: 'payment_answer_unreadable',
    advice: 'PayApp answered with something that is not its form (an error page, a redirect).',
    task: false,
  },
  incomplete_answer: {
    code: 'payment_answer_incomplete',
    advice: 'PayApp accepted without a request number or link. Its notice will bring the number.',
    task: false,
  },
  transport_error: {
    code: 'payment_transport_failed',
    advice: '99999: PayApp could not get through on its own side. The request may exist.',
    task: false,
  },
} as const satisfies Record<PaymentRefusal | PaymentSilence, Refusal>;

/** Nobody knows whether the request exists. */
export const unknownRequestCodes: ReadonlySet<string> = new Set<ErrorCode>([
  refusalsOf.timeout.code,
  refusalsOf.unreadable_answer.code,
  refusalsOf.incomplete_answer.code,
  refusalsOf.transport_error.code,
]);
