/**
 * What the end of OpenClaw's login wizard means. Guarantees: pure; the wizard's text is read for its
 * marker only and goes no further. All of these end the login: it has to be started again.
 * The texts come from OpenClaw 2026.9.6: pasting names status and OAuth code (`HTTP 400;
 * code=invalid_grant`) and drops all other codes; device codes carry the issuer's whole body.
 */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export type LoginProblem = Extract<
  AgentErrorCode,
  | 'codex_access_denied'
  | 'codex_attempt_expired'
  | 'codex_blocked'
  | 'codex_code_rejected'
  | 'codex_device_disabled'
  | 'codex_rate_limited'
  | 'codex_unsupported_region'
  | 'codex_upstream_unavailable'
>;

/** The words of a page mean nothing (a firewall says "access denied" too): only its status does. */
const pageMarker = /HTTP (\d{3})[^<]{0,80}<(!doctype|html|head|title)/i;

/** First match wins. A refusal for its region is an HTTP 403 with a reason. */
const markers: readonly (readonly [RegExp, LoginProblem])[] = [
  [/not enabled for this server/i, 'codex_device_disabled'],
  [/timed out after 15 minutes|expired_token/i, 'codex_attempt_expired'],
  [/unsupported_(country_)?region|region,? or territory/i, 'codex_unsupported_region'],
  [/HTTP 429\b|slow_down|rate_limit/i, 'codex_rate_limited'],
  [/access_denied|denied access/i, 'codex_access_denied'],
  [/invalid_grant|callback_validation_failed|state mismatch/i, 'codex_code_rejected'],
  [/missing authorization code|accountId/i, 'codex_code_rejected'],
  [/HTTP 403\b/, 'codex_blocked'],
  [/HTTP (5\d\d|408)\b/, 'codex_upstream_unavailable'],
  [/HTTP 4\d\d\b|code=\w/, 'codex_code_rejected'],
];

export function loginProblem(wizardError: string): LoginProblem {
  const page = pageMarker.exec(wizardError);
  const text = page === null ? wizardError : `HTTP ${page[1] ?? ''}`;
  const found = markers.find(([marker]) => marker.test(text));
  return found?.[1] ?? 'codex_upstream_unavailable';
}

const saved =
  /^(your sign-in (and model access )?(was|were)|the auth profile was|credentials) saved/i;

/** The wizard calls this a failure, but the login is on the tenant's disk; a turn will tell. */
export function isSaved(wizardError: string): boolean {
  return saved.test(wizardError);
}
