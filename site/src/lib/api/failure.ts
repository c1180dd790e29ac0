/** Every failure the pages can show: the functions' own codes, and what happens on the way there. */
import type { Actor } from '#schemas/contract/vocabulary.ts';
import type { ErrorCode } from '#schemas/contract/errors.ts';

export const siteErrorCodes = [
  'network_unreachable',
  'answer_late',
  'answer_invalid',
  'session_lost',
  'credentials_wrong',
  'password_short',
  'password_recently_used',
  'account_blocked',
  'unknown',
] as const;
export type SiteErrorCode = (typeof siteErrorCodes)[number];
export type FailureCode = ErrorCode | SiteErrorCode;

export interface Failure {
  readonly code: FailureCode;
  readonly retryable: boolean;
  readonly field?: string;
  readonly correlationId?: string;
  /** The code as it came, when this page does not know it. */
  readonly rawCode?: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

const retryableHere: Readonly<Record<SiteErrorCode, boolean>> = {
  network_unreachable: true,
  answer_late: true,
  answer_invalid: false,
  session_lost: false,
  credentials_wrong: false,
  password_short: false,
  password_recently_used: false,
  account_blocked: false,
  unknown: true,
};

export const siteFailure = (
  code: SiteErrorCode,
  extra: Omit<Failure, 'code' | 'retryable'> = {},
): { readonly ok: false; readonly error: Failure } => ({
  ok: false,
  error: { code, retryable: retryableHere[code], ...extra },
});

const operatorActs: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'misconfigured',
  'payment_request_refused',
  'payment_not_permitted',
  'payment_credentials_refused',
  'payment_request_invalid',
  'payment_not_https',
  'payment_command_unknown',
  'refund_not_allowed',
  'refund_window_over',
  'refund_runtime_was_ready',
  'refund_unknown',
  'refund_refused',
  'agent_refused',
  'invite_unknown',
  'invite_used',
  'invite_expired',
  'invite_revoked',
  'invite_email_mismatch',
  'account_blocked',
  'not_allowed',
  'answer_invalid',
]);
const systemActs: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'store_unavailable',
  'internal',
  'payment_provider_unavailable',
  'payment_feedback_unreachable',
  'refund_in_progress',
  'runtime_not_running',
  'runtime_not_verified',
  'agent_unreachable',
  'deployer_unreachable',
]);

/** Who has to do the next thing about it. */
export const actorFor = (code: FailureCode): Actor => {
  if (operatorActs.has(code)) return 'operator';
  return systemActs.has(code) ? 'system' : 'customer';
};
