/**
 * What the tenant's agent answers, and to whom. Two callers: the control plane and the customer's
 * browser; both present an EdDSA token (JWT) bound to one runtime, one scope and one use.
 * No shape here can hold a token, a code, an e-mail address or an upstream error text.
 */
import * as z from 'zod/mini';

/** All routes are POST below this path on the runtime's own host. */
export const agentBasePath = '/agent/v1';

export const agentScopes = ['state', 'verify', 'codex:start', 'codex:callback', 'smoke'] as const;
export type AgentScope = (typeof agentScopes)[number];

/** Route of each scope, below `agentBasePath`. */
export const agentRoutes = {
  state: '/state',
  verify: '/verify',
  'codex:start': '/codex/start',
  'codex:callback': '/codex/callback',
  smoke: '/smoke',
} as const satisfies Record<AgentScope, string>;

/** Longest life of a ticket and how far the two clocks may be apart, seconds. */
export const ticketMaxLifeSeconds = 120;
export const clockToleranceSeconds = 60;

export const ticketIssuer = 'hosted-dedicated';

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
  'codex_upstream_unavailable',
  'smoke_busy',
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
});
export type SmokeReport = z.infer<typeof smokeReport>;

export const stateAnswer = z.object({
  runtimeId: z.string(),
  agentVersion: z.string(),
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
  }),
  smoke: z.nullable(smokeReport),
});
export type StateAnswer = z.infer<typeof stateAnswer>;

/** The agent climbs all rungs but the first, which is tried from outside, over DNS and TLS. */
export const verifyRungs = [
  'stranger_refused',
  'ready_json',
  'websocket_handshake',
  'version_floor',
  'tokenless_refused',
  'foreign_origin_refused',
  /**
   * The gateway's live configuration is what bootstrap wrote. OpenClaw's own `security audit` is a
   * command of its CLI and cannot be asked for over its protocol.
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
