/** Why a bucket could not be used, as the page says it. */
import type { OffsiteCode } from '#schemas/contract/agent-offsite.ts';

export class OffsiteFailure extends Error {
  readonly code: OffsiteCode;

  constructor(code: OffsiteCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Anything that was thrown on the way to a bucket and back. */
export function offsiteCodeOf(error: unknown): OffsiteCode {
  return error instanceof OffsiteFailure ? error.code : 'bucket_unreachable';
}

/** S3's own word for what went wrong, where its status is not enough. */
const byWord: Readonly<Record<string, OffsiteCode>> = {
  NoSuchBucket: 'bucket_missing',
  PermanentRedirect: 'bucket_misdirected',
  TemporaryRedirect: 'bucket_misdirected',
  AuthorizationHeaderMalformed: 'bucket_misdirected',
  IllegalLocationConstraintException: 'bucket_misdirected',
  EntityTooLarge: 'bucket_too_large',
  QuotaExceeded: 'bucket_full',
  InsufficientStorage: 'bucket_full',
  StorageFull: 'bucket_full',
  XMinioStorageFull: 'bucket_full',
  BadDigest: 'bucket_mismatch',
  XAmzContentSHA256Mismatch: 'bucket_mismatch',
};

/** `head`: an answer without a body, whose 404 may mean the object as well as the bucket. */
export function codeOfAnswer(status: number, body: string): OffsiteCode {
  const word = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(body)?.[1] ?? '';
  const named = byWord[word];
  if (named !== undefined) return named;
  if (status === 401 || status === 403) return 'bucket_denied';
  if (status === 404) return word === 'NoSuchKey' ? 'bucket_mismatch' : 'bucket_missing';
  if (status === 507) return 'bucket_full';
  if (status >= 300 && status < 400) return 'bucket_misdirected';
  return status >= 500 || status === 429 ? 'bucket_unreachable' : 'bucket_refused';
}
