/** Every failure the pages can show: the functions' own codes, and what happens on the way there. */
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
