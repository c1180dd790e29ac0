/**
 * The one way a request ends badly. Guarantees: what leaves the agent is a code of the contract and
 * two flags; no upstream text can ride along.
 */
import type { AgentError, AgentErrorCode } from '#schemas/contract/agent.ts';

const httpStatuses: Readonly<Record<AgentErrorCode, number>> = {
  ticket_missing: 401,
  ticket_invalid: 401,
  ticket_expired: 401,
  ticket_replayed: 401,
  ticket_wrong_scope: 403,
  body_invalid: 400,
  body_too_large: 413,
  not_found: 404,
  origin_refused: 403,
  gateway_starting: 503,
  gateway_unreachable: 503,
  gateway_refused: 502,
  codex_busy: 409,
  codex_attempt_unknown: 404,
  codex_attempt_expired: 410,
  codex_pasted_authorize_url: 422,
  codex_callback_malformed: 422,
  codex_callback_truncated: 422,
  codex_wrong_attempt: 422,
  codex_access_denied: 422,
  codex_code_rejected: 422,
  codex_unsupported_region: 422,
  codex_blocked: 502,
  codex_rate_limited: 503,
  codex_upstream_unavailable: 502,
  codex_device_disabled: 422,
  smoke_busy: 409,
  watch_full: 409,
  export_busy: 409,
  export_too_large: 413,
  export_unreadable: 500,
  import_malformed: 422,
  import_too_large: 413,
  backup_busy: 409,
  import_key_wrong: 422,
  recovery_key_missing: 409,
  bucket_unreachable: 502,
  bucket_denied: 422,
  bucket_missing: 422,
  bucket_misdirected: 422,
  bucket_full: 422,
  bucket_forbidden: 422,
  bucket_mismatch: 502,
  bucket_too_large: 422,
  bucket_refused: 502,
  runtime_suspended: 409,
  session_missing: 401,
  storage_full: 507,
  internal: 500,
};

/** The same call may succeed later without anybody changing anything. */
const retryableCodes: ReadonlySet<AgentErrorCode> = new Set([
  'gateway_starting',
  'gateway_unreachable',
  'codex_busy',
  'smoke_busy',
  'watch_full',
  'export_busy',
  'export_unreadable',
  'backup_busy',
  'bucket_unreachable',
  'storage_full',
  'internal',
]);

export class AgentFailure extends Error {
  readonly code: AgentErrorCode;
  readonly loginEnded: boolean | undefined;

  /** `loginEnded`: only for Codex errors; true when a new authorize URL is needed. */
  constructor(code: AgentErrorCode, loginEnded?: boolean) {
    super(code);
    this.code = code;
    this.loginEnded = loginEnded;
  }

  get httpStatus(): number {
    return httpStatuses[this.code];
  }

  toBody(): AgentError {
    const retryable = retryableCodes.has(this.code);
    const error = { code: this.code, retryable };
    return {
      error: this.loginEnded === undefined ? error : { ...error, loginEnded: this.loginEnded },
    };
  }
}

const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Anything that was thrown, as what leaves the agent. */
export function failureOf(error: unknown): AgentFailure {
  if (error instanceof AgentFailure) return error;
  const isFull = error instanceof Error && noRoom.has((error as NodeJS.ErrnoException).code);
  return new AgentFailure(isFull ? 'storage_full' : 'internal');
}
