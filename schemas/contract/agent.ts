/**
 * What the tenant's agent answers, and to whom. Two callers: the control plane and the customer's
 * browser; both present an EdDSA token (JWT) bound to one runtime, one scope and one use.
 * No shape here can hold a token, a code, an e-mail address or an upstream error text.
 */
import * as z from 'zod/mini';
import { backupState } from './agent-backup.ts';
import { agentModes, exportReport } from './agent-export.ts';
import { noOffsite, offsiteCodes, offsiteState } from './agent-offsite.ts';
import { restoreReport } from './agent-restore.ts';
import { usageReport } from './usage.ts';

/** All routes are POST below this path on the runtime's own host. */
export const agentBasePath = '/agent/v1';

export const agentScopes = [
  'state',
  'verify',
  'codex:start',
  'codex:device',
  'codex:callback',
  'smoke',
  'check',
  'backup',
  'restore',
  'access',
  'enter',
  'watch',
  'export',
  'import',
  'offsite',
] as const;
export type AgentScope = (typeof agentScopes)[number];

/** A form post by top-level navigation (field `ticket`). */
export const navigatedScopes = ['enter', 'export'] as const;
export type NavigatedScope = (typeof navigatedScopes)[number];
/** Called by the customer's browser with a ticket of its user; all others by the control plane. */
export const browserScopes = [
  ...navigatedScopes,
  // Fetched by a page of the site, with the ticket as bearer.
  'codex:device',
  'codex:callback',
  'watch',
  'import',
  'offsite',
] as const;
export type BrowserScope = (typeof browserScopes)[number];
export type ControlScope = Exclude<AgentScope, BrowserScope>;

/** Route of each scope, below `agentBasePath`. */
export const agentRoutes = {
  state: '/state',
  verify: '/verify',
  'codex:start': '/codex/start',
  'codex:device': '/codex/device',
  'codex:callback': '/codex/callback',
  smoke: '/smoke',
  check: '/check',
  backup: '/backup',
  restore: '/restore',
  access: '/access',
  enter: '/enter',
  watch: '/watch',
  export: '/export',
  import: '/import',
  offsite: '/offsite',
} as const satisfies Record<AgentScope, string>;

/** Longest life of a ticket and how far the two clocks may be apart, seconds. */
export const ticketMaxLifeSeconds = 120;
export const clockToleranceSeconds = 60;

export const ticketIssuer = 'hosted-dedicated';
/** `sub` of every ticket for a control scope, and of none for a browser's scope. */
export const controlPlaneSubject = 'control-plane';

/** JWT claims; header is `{alg: 'EdDSA', typ: 'JWT', kid}`; `aud` is the runtime id. */
export const ticketClaims = z.object({
  iss: z.literal(ticketIssuer),
  aud: z.string(),
  /** `control-plane`, or the id of the user whose browser holds the ticket. */
  sub: z.string(),
  scope: z.enum(agentScopes),
  /** Single use: the agent burns it. */
  jti: z.string().check(z.minLength(16), z.maxLength(64)),
  iat: z.number(),
  exp: z.number(),
  /** Only for `codex:callback`: the login attempt this ticket may finish. */
  attempt: z.optional(z.string()),
});
export type TicketClaims = z.infer<typeof ticketClaims>;

export const agentErrorCodes = [
  'ticket_missing',
  'ticket_invalid',
  'ticket_expired',
  'ticket_replayed',
  'ticket_wrong_scope',
  'body_invalid',
  'body_too_large',
  'not_found',
  'origin_refused',
  'gateway_starting',
  'gateway_unreachable',
  'gateway_refused',
  'codex_busy',
  'codex_attempt_unknown',
  'codex_attempt_expired',
  /** The authorize URL was pasted instead of the address after the login. */
  'codex_pasted_authorize_url',
  'codex_callback_malformed',
  'codex_callback_truncated',
  'codex_wrong_attempt',
  'codex_access_denied',
  'codex_code_rejected',
  'codex_unsupported_region',
  /** A firewall before the issuer refuses this server's address (HTTP 403 without a reason). */
  'codex_blocked',
  'codex_rate_limited',
  'codex_upstream_unavailable',
  /** The account, or its workspace, does not allow device codes: paste instead. */
  'codex_device_disabled',
  'smoke_busy',
  /** As many browsers read the log as may at once. */
  'watch_full',
  /** One is being made already. */
  'export_busy',
  'export_too_large',
  /** A file or database of the state could not be read. */
  'export_unreadable',
  /** No gzip, or an upload that does not say how long it is. */
  'import_malformed',
  'import_too_large',
  /** A backup or an import is being made: this one can be sent when that has ended. */
  'backup_busy',
  /** A sealed backup was sent with another key than it was sealed to. */
  'import_key_wrong',
  /** A bucket is taken only once backups can be opened elsewhere. */
  'recovery_key_missing',
  ...offsiteCodes,
  /** Deployed to export the state of a suspended runtime, and for nothing else. */
  'runtime_suspended',
  /** No session of this browser, or it has ended: open the runtime from the site again. */
  'session_missing',
  /** No room on the tenant's disk: a ticket cannot be burnt, so nothing is done until there is. */
  'storage_full',
  'internal',
] as const;
export const agentErrorCode = z.enum(agentErrorCodes);
export type AgentErrorCode = z.infer<typeof agentErrorCode>;

/** `retryable`: the same call may succeed later. `loginEnded`: a new authorize URL is needed. */
export const agentError = z.object({
  error: z.object({
    code: agentErrorCode,
    retryable: z.boolean(),
    loginEnded: z.optional(z.boolean()),
  }),
});
export type AgentError = z.infer<typeof agentError>;

export const gatewayStatuses = ['starting', 'ready', 'unreachable'] as const;
export const codexStatuses = ['none', 'linking', 'ok', 'expiring', 'expired', 'unknown'] as const;
export type CodexStatus = (typeof codexStatuses)[number];

export const smokeCodes = [
  'passed',
  'running',
  'auth',
  'rate_limit',
  'billing',
  'timeout',
  'format',
  'unavailable',
  'nonce_mismatch',
  'interrupted',
  'unknown',
] as const;
export type SmokeCode = (typeof smokeCodes)[number];

/** Last agent turn asked for. `nonceMatched` is decided on the tenant; the answer stays there. */
export const smokeReport = z.object({
  smokeId: z.string(),
  code: z.enum(smokeCodes),
  nonceMatched: z.boolean(),
  provider: z.string().check(z.maxLength(64)),
  model: z.string().check(z.maxLength(128)),
  latencyMs: z.number(),
  startedAtMs: z.number(),
  finishedAtMs: z.nullable(z.number()),
  /** `codex.loginId` at the time of the turn: another login makes the report worthless. */
  loginId: z._default(z.nullable(z.string().check(z.maxLength(64))), null),
});
export type SmokeReport = z.infer<typeof smokeReport>;

/** Last cheap check of the model behind the login: one small request, no agent turn. */
export const checkReport = z.object({
  checkId: z.string(),
  code: z.enum(smokeCodes),
  startedAtMs: z.number(),
  finishedAtMs: z.nullable(z.number()),
});
export type CheckReport = z.infer<typeof checkReport>;

export const codexEndings = ['linked', 'expired', 'failed', 'replaced', 'lost'] as const;

/** How the last login attempt ended; `code` says why a failed one failed. */
export const endedAttempt = z.object({
  attemptId: z.string(),
  ending: z.enum(codexEndings),
  code: z.nullable(agentErrorCode),
});
export type EndedAttempt = z.infer<typeof endedAttempt>;

export const maxSessions = 32;
/** Browsers that read the log at once. */
export const maxWatchers = 4;

export const stateAnswer = z.object({
  runtimeId: z.string(),
  agentVersion: z.string(),
  /** `export`: no gateway is deployed; its status reads `unreachable`. */
  mode: z._default(z.enum(agentModes), 'run'),
  /** The agent's clock, epoch ms, so that skew can be seen. */
  clockMs: z.number(),
  gateway: z.object({
    status: z.enum(gatewayStatuses),
    version: z.nullable(z.string().check(z.maxLength(32))),
  }),
  codex: z.object({
    status: z.enum(codexStatuses),
    attemptId: z.nullable(z.string()),
    attemptExpiresAtMs: z.nullable(z.number()),
    loginExpiresAtMs: z.nullable(z.number()),
    /**
     * Opaque; changes with every login and with the account behind it, not with a refreshed token.
     * Null: no login, or (status `unknown` after a restart) nobody could be asked yet.
     */
    loginId: z._default(z.nullable(z.string().check(z.maxLength(64))), null),
    ended: z._default(z.nullable(endedAttempt), null),
  }),
  smoke: z.nullable(smokeReport),
  check: z._default(z.nullable(checkReport), null),
  /** Whose browsers are in the Control UI or read the log now: ids of users, each once. */
  sessions: z._default(z.array(z.string()).check(z.maxLength(maxSessions + maxWatchers)), []),
  /** Null: the gateway has not said, or is older than this field. */
  usage: z._default(z.nullable(usageReport), null),
  /** Null: an agent of before that makes none. */
  backup: z._default(z.nullable(backupState), null),
  /** The last one that was asked for. */
  restore: z._default(z.nullable(restoreReport), null),
  /** The last one that began. */
  export: z._default(z.nullable(exportReport), null),
  offsite: z._default(offsiteState, noOffsite),
});
export type StateAnswer = z.infer<typeof stateAnswer>;

/** Tried from outside, before the agent's own rungs. */
export const outsideRungs = ['image', 'dns', 'tls', 'stranger_refused', 'clock'] as const;

export const verifyRungs = [
  ...outsideRungs,
  'ready_json',
  'websocket_handshake',
  'version_floor',
  'tokenless_refused',
  'foreign_origin_refused',
  /**
   * The gateway's live configuration is what bootstrap wrote. OpenClaw's own `security audit` is a
   * command of its CLI: none of the methods of 2026.9.6 runs it, and the agent's image has no CLI.
   * That a configuration of ours passes it is tried in tenant/agent/agent.server.test.ts.
   */
  'security_audit',
  'model_auth',
] as const;
export type VerifyRung = (typeof verifyRungs)[number];

export const verifyRequest = z.object({
  /** Lowest OpenClaw version that may be handed over, such as `2026.5.18`. */
  versionFloor: z.string().check(z.regex(/^\d{4}\.\d{1,2}\.\d{1,3}$/)),
});

export const verifyAnswer = z.object({
  atMs: z.number(),
  openclawVersion: z.nullable(z.string()),
  rungs: z.array(
    z.object({
      rung: z.enum(verifyRungs),
      /** `model_auth` may be `pending`: there is no login yet, which fails nothing. */
      result: z.enum(['pass', 'fail', 'pending', 'skipped']),
      /** Stable reason, snake_case, '' when passed. */
      reason: z.string().check(z.maxLength(64)),
    }),
  ),
});
export type VerifyAnswer = z.infer<typeof verifyAnswer>;

export const codexStartAnswer = z.object({
  attemptId: z.string(),
  authorizeUrl: z.url(),
  expiresAtMs: z.number(),
});
export type CodexStartAnswer = z.infer<typeof codexStartAnswer>;

/** For the browser only: the code never passes through the control plane. */
export const codexDeviceAnswer = z.object({
  attemptId: z.string(),
  verificationUrl: z.url(),
  userCode: z.string().check(z.maxLength(32)),
  expiresAtMs: z.number(),
});
export type CodexDeviceAnswer = z.infer<typeof codexDeviceAnswer>;

export const codexCallbackRequest = z.object({
  callbackUrl: z.string().check(z.minLength(1), z.maxLength(4096)),
});
export const codexCallbackAnswer = z.object({ status: z.literal('linked') });

export const smokeRequest = z.object({
  smokeId: z.string().check(z.regex(/^[a-zA-Z0-9_-]{8,64}$/)),
  nonce: z.string().check(z.regex(/^[a-zA-Z0-9]{16,64}$/)),
});
/** 202: the turn runs; its end is read from `state`. The same smokeId again starts nothing new. */
export const smokeAnswer = z.object({ smoke: smokeReport });

export const checkRequest = z.object({
  checkId: z.string().check(z.regex(/^[a-zA-Z0-9_-]{8,64}$/)),
});
/** 202: its end is read from `state`. The same checkId again starts nothing new. */
export const checkAnswer = z.object({ check: checkReport });

/**
 * Who may have sessions in the Control UI. Sessions and sockets of everybody else end before this
 * is answered, then their browsers are unpaired. Idempotent.
 */
export const accessRequest = z.object({
  allow: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(256)),
});
export const accessAnswer = z.object({ ended: z.number() });

/**
 * Tried on the public address by somebody without a ticket. Every refusal must be the agent's own
 * (`agentError` as JSON), that of an upgrade too: another server's 404 proves nothing.
 */
export const exposureChecks = [
  /** The gateway's own port answers nobody. */
  'gateway_port_closed',
  'ui_needs_session',
  'socket_needs_session',
  'foreign_origin_refused',
  /** `/api/v1/admin`, `/tools/invoke`, `/v1` and their like are no routes. */
  'admin_paths_closed',
  'ticket_needed',
] as const;
export type ExposureCheck = (typeof exposureChecks)[number];

export const exposureReport = z.object({
  atMs: z.number(),
  checks: z.array(
    z.object({
      check: z.enum(exposureChecks),
      /** `skipped`: cannot be tried where this runtime stands; the reason says why. */
      result: z.enum(['pass', 'fail', 'skipped']),
      reason: z.string().check(z.maxLength(64)),
    }),
  ),
});
export type ExposureReport = z.infer<typeof exposureReport>;
