/**
 * What the end of OpenClaw's login wizard means. Guarantees: the wizard's text is read for its
 * marker only and goes no further. All of these end the login: a new authorize URL is needed.
 */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export type LoginProblem = Extract<
  AgentErrorCode,
  'codex_unsupported_region' | 'codex_code_rejected' | 'codex_upstream_unavailable'
>;

/** First match wins; a region refusal also says `HTTP 403`. */
const markers: readonly (readonly [RegExp, LoginProblem])[] = [
  [/unsupported_(country_)?region/i, 'codex_unsupported_region'],
  [/invalid_grant|callback_validation_failed|state mismatch/i, 'codex_code_rejected'],
  [/missing authorization code|accountId/i, 'codex_code_rejected'],
  [/HTTP (5\d\d|403|408|429)\b/, 'codex_upstream_unavailable'],
  [/HTTP 4\d\d\b|code=\w/, 'codex_code_rejected'],
];

export function loginProblem(wizardError: string): LoginProblem {
  const found = markers.find(([marker]) => marker.test(wizardError));
  return found?.[1] ?? 'codex_upstream_unavailable';
}
