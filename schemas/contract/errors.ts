/**
 * Every expected failure a function can answer with. A code is stable: pages map it to a text,
 * operators search for it. `retryable` says whether the same call may succeed later unchanged.
 */
import * as z from 'zod/mini';

interface ErrorInfo {
  readonly status: number;
  readonly retryable: boolean;
}

export const errorInfo = {
  // Any function
  body_invalid: { status: 400, retryable: false },
  not_signed_in: { status: 401, retryable: false },
  not_allowed: { status: 403, retryable: false },
  not_found: { status: 404, retryable: false },
  stale_revision: { status: 409, retryable: true },
  too_many_requests: { status: 429, retryable: true },
  store_unavailable: { status: 503, retryable: true },
  misconfigured: { status: 500, retryable: false },
  internal: { status: 500, retryable: true },
  // signup
  invite_unknown: { status: 404, retryable: false },
  invite_used: { status: 409, retryable: false },
  invite_expired: { status: 410, retryable: false },
  invite_revoked: { status: 410, retryable: false },
  invite_email_mismatch: { status: 403, retryable: false },
  email_taken: { status: 409, retryable: false },
  password_weak: { status: 400, retryable: false },
  // account
  password_wrong: { status: 403, retryable: false },
  /** The only owner of a workspace with a runtime that is not deleted. */
  account_runtime_left: { status: 409, retryable: false },
  /** The only owner of a workspace whose money is on the way, in or back. */
  account_order_open: { status: 409, retryable: false },
  /** The only owner of a workspace that has other members. */
  account_members_left: { status: 409, retryable: false },
  // workspaces
  subdomain_invalid: { status: 400, retryable: false },
  subdomain_reserved: { status: 409, retryable: false },
  subdomain_taken: { status: 409, retryable: false },
  workspace_unknown: { status: 404, retryable: false },
  plan_unknown: { status: 400, retryable: false },
  // members of a workspace
  /** A member, whose role does not go so far: `roles.ts` says whose does. */
  role_not_allowed: { status: 403, retryable: false },
  member_unknown: { status: 404, retryable: false },
  /** A workspace is never left without an owner. */
  last_owner: { status: 409, retryable: false },
  already_member: { status: 409, retryable: false },
  /** As many invitations are open as a workspace may have. */
  invitations_full: { status: 409, retryable: false },
  /** As many members, the invited ones counted, as a workspace may have. */
  team_full: { status: 409, retryable: false },
  /** Somebody else changes this team at the moment, or died doing so less than a minute ago. */
  team_busy: { status: 409, retryable: true },
  join_unknown: { status: 404, retryable: false },
  join_used: { status: 409, retryable: false },
  join_expired: { status: 410, retryable: false },
  join_revoked: { status: 410, retryable: false },
  join_email_mismatch: { status: 403, retryable: false },
  // checkout
  phone_invalid: { status: 400, retryable: false },
  order_unknown: { status: 404, retryable: false },
  /** Deleted, or stopped because its money went back: nothing is left to pay for. */
  runtime_not_renewable: { status: 409, retryable: false },
  /** Paid for two years ahead already. */
  renewal_too_early: { status: 409, retryable: false },
  /** Only a larger plan can be had at once; another one waits for the renewal. */
  plan_not_larger: { status: 409, retryable: false },
  /** Too little is left of the paid time for a payment: it waits for the renewal. */
  plan_change_too_small: { status: 409, retryable: false },
  /** The runtime's server gives no runtime so much memory. */
  plan_no_room: { status: 409, retryable: false },
  /** Automatic renewal is not offered by this installation. */
  autopay_off: { status: 409, retryable: false },
  autopay_unknown: { status: 404, retryable: false },
  /** It stopped already. */
  autopay_over: { status: 409, retryable: false },
  order_not_payable: { status: 409, retryable: false },
  order_already_paid: { status: 409, retryable: false },
  order_not_cancellable: { status: 409, retryable: false },
  payment_provider_unavailable: { status: 502, retryable: true },
  /** The request may or may not exist at PayApp: asking again supersedes it. */
  payment_request_unknown: { status: 504, retryable: true },
  /** PayApp refused for a reason we do not know. */
  payment_request_refused: { status: 502, retryable: false },
  /** errno 70080 */
  payment_feedback_unreachable: { status: 502, retryable: true },
  /** errno 70060 */
  payment_not_permitted: { status: 502, retryable: false },
  /** errno 70010 */
  payment_credentials_refused: { status: 502, retryable: false },
  /** errno 70020 */
  payment_request_invalid: { status: 502, retryable: false },
  /** errno 70001 */
  payment_not_https: { status: 502, retryable: false },
  /** errno 70040 */
  payment_command_unknown: { status: 502, retryable: false },
  /** errno 99999: as little is known as after a timeout */
  payment_transport_failed: { status: 502, retryable: true },
  /** No form, or an error page: as little is known as after a timeout. */
  payment_answer_unreadable: { status: 502, retryable: true },
  /** Accepted without a request number or link: a request exists that cannot be named. */
  payment_answer_incomplete: { status: 502, retryable: true },
  // refunds (checkout, operator)
  refund_not_allowed: { status: 409, retryable: false },
  refund_window_over: { status: 409, retryable: false },
  /** The time it bought has begun. */
  refund_renewal_begun: { status: 409, retryable: false },
  refund_runtime_was_ready: { status: 409, retryable: false },
  refund_amount_invalid: { status: 400, retryable: false },
  refund_confirmation_mismatch: { status: 400, retryable: false },
  /** Another refund of this payment is not settled yet. */
  refund_in_progress: { status: 409, retryable: false },
  /** PayApp stayed silent: its notice or an operator will tell. Never asked again by itself. */
  refund_unknown: { status: 504, retryable: false },
  refund_refused: { status: 502, retryable: false },
  // runtimes
  runtime_unknown: { status: 404, retryable: false },
  runtime_not_running: { status: 409, retryable: true },
  runtime_not_verified: { status: 409, retryable: true },
  codex_not_linked: { status: 409, retryable: false },
  codex_busy: { status: 409, retryable: true },
  smoke_busy: { status: 409, retryable: true },
  /** An update is under way. */
  update_busy: { status: 409, retryable: true },
  /** A restart is under way. */
  restart_busy: { status: 409, retryable: true },
  /** A backup of another runtime on the same server is being made. */
  server_busy: { status: 409, retryable: true },
  /** Not its owner stopped it: who did decides, or a payment. */
  runtime_not_paused: { status: 409, retryable: false },
  /** Never set up, or deleted: nothing is there to be taken along. */
  export_not_possible: { status: 409, retryable: false },
  /** Opened as often as it may be in one day while it is suspended. */
  export_limit: { status: 429, retryable: false },
  runtime_leaving: { status: 409, retryable: false },
  runtime_not_leaving: { status: 409, retryable: false },
  agent_unreachable: { status: 502, retryable: true },
  agent_refused: { status: 502, retryable: false },
  // operator
  deployer_unreachable: { status: 502, retryable: true },
  tenant_unknown: { status: 404, retryable: false },
  task_unknown: { status: 404, retryable: false },
  /** Where a server is cannot change while runtimes hold its slots. */
  server_in_use: { status: 409, retryable: false },
  /** Somebody pays for it: the money goes back first. */
  runtime_paid: { status: 409, retryable: false },
  confirmation_mismatch: { status: 400, retryable: false },
  /** Not with the runtime as it stands. */
  action_not_possible: { status: 409, retryable: false },
  /** Nobody pays for it, so it is not started again. */
  runtime_not_paid: { status: 409, retryable: false },
  deployment_unknown: { status: 404, retryable: false },
  /** Below what runs there, or below the lowest safe version: an update never goes back. */
  version_too_old: { status: 409, retryable: false },
  /** No ring has a version that is that high: give the first one a target first. */
  floor_above_target: { status: 409, retryable: false },
  // legacy billing
  document_unknown: { status: 404, retryable: false },
  /** Paid, or void: nobody is to be asked for money. */
  document_not_due: { status: 409, retryable: false },
  /** The document has a link that can still be paid: cancel it first. */
  billing_link_open: { status: 409, retryable: false },
  billing_request_unknown: { status: 404, retryable: false },
  billing_not_cancellable: { status: 409, retryable: false },
  /** PayApp does not kill the link: it may be paid, and its notice is on the way or lost. */
  billing_possibly_paid: { status: 409, retryable: true },
  /** Neither CSV with a header nor JSON, or more than one piece may hold. */
  import_unreadable: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorInfo>;

export type ErrorCode = keyof typeof errorInfo;
export const errorCodes = Object.keys(errorInfo) as [ErrorCode, ...ErrorCode[]];

/** Answer of every function that refuses. `field` names the input to mark. */
export const failureAnswer = z.object({
  ok: z.literal(false),
  error: z.object({
    code: z.string(),
    retryable: z.boolean(),
    field: z.optional(z.string()),
    correlationId: z.string(),
  }),
});
export type FailureAnswer = z.infer<typeof failureAnswer>;

/** A refused use case: a value, not an exception. `detail` goes to the log, never to the caller. */
export interface Failure {
  readonly code: ErrorCode;
  readonly field?: string;
  readonly detail?: string;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

export const succeed = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (
  code: ErrorCode,
  extra: Omit<Failure, 'code'> = {},
): { readonly ok: false; readonly error: Failure } => ({ ok: false, error: { code, ...extra } });
