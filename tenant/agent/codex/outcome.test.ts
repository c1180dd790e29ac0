import { expect, it } from 'vitest';
import { loginProblem } from './outcome.ts';

it.each([
  ['OpenAI Codex OAuth failed (callback_validation_failed): State mismatch', 'codex_code_rejected'],
  ['OpenAI Codex token exchange failed (HTTP 400; code=invalid_grant).', 'codex_code_rejected'],
  ['Failed to extract accountId from token', 'codex_code_rejected'],
  ['OpenAI Codex OAuth failed (unsupported_region): HTTP 403', 'codex_unsupported_region'],
  ['code=unsupported_country_region_territory', 'codex_unsupported_region'],
  ['token exchange failed (HTTP 503).', 'codex_upstream_unavailable'],
  ['token exchange failed (HTTP 429; code=slow_down).', 'codex_upstream_unavailable'],
  ['token exchange failed (HTTP 403).', 'codex_upstream_unavailable'],
  ['fetch failed', 'codex_upstream_unavailable'],
  ['', 'codex_upstream_unavailable'],
])('%j ends the login as %s', (text, problem) => {
  expect(loginProblem(text)).toBe(problem);
});
