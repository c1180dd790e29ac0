import { expect, it } from 'vitest';
import { isSaved, loginProblem } from './outcome.ts';

const page = '<!doctype html><title>Access denied</title> error 429 invalid_grant';

it.each([
  ['OpenAI Codex OAuth failed (callback_validation_failed): State mismatch', 'codex_code_rejected'],
  ['OpenAI Codex token exchange failed (HTTP 400; code=invalid_grant).', 'codex_code_rejected'],
  ['Failed to extract accountId from token', 'codex_code_rejected'],
  ['OpenAI device token exchange failed: invalid_grant (spent)', 'codex_code_rejected'],
  ['OpenAI Codex OAuth failed (unsupported_region): HTTP 403', 'codex_unsupported_region'],
  ['code=unsupported_country_region_territory', 'codex_unsupported_region'],
  [
    'Country, region, or territory not supported\n\ntoken exchange failed (HTTP 403).',
    'codex_unsupported_region',
  ],
  ['token exchange failed (HTTP 503).', 'codex_upstream_unavailable'],
  ['OpenAI device code request failed: HTTP 502 Bad gateway', 'codex_upstream_unavailable'],
  ['OpenAI device code user code request timed out after 30000ms', 'codex_upstream_unavailable'],
  ['token exchange failed (HTTP 429; code=slow_down).', 'codex_rate_limited'],
  ['OpenAI device authorization failed: slow_down', 'codex_rate_limited'],
  ['token exchange failed (HTTP 403).', 'codex_blocked'],
  ['The user denied access\n\ntoken exchange failed (HTTP 403).', 'codex_access_denied'],
  ['OpenAI device authorization failed: access_denied', 'codex_access_denied'],
  ['OpenAI Codex device code login is not enabled for this server.', 'codex_device_disabled'],
  ['OpenAI device authorization timed out after 15 minutes.', 'codex_attempt_expired'],
  ['fetch failed', 'codex_upstream_unavailable'],
  ['', 'codex_upstream_unavailable'],
])('%j ends the login as %s', (text, problem) => {
  expect(loginProblem(text)).toBe(problem);
});

it.each([
  [403, 'codex_blocked'],
  [429, 'codex_rate_limited'],
  [503, 'codex_upstream_unavailable'],
])('does not read the words of a page with status %i', (status, problem) => {
  expect(loginProblem(`OpenAI device code request failed: HTTP ${status} ${page}`)).toBe(problem);
});

it('knows a login that was saved although something after it failed', () => {
  expect(isSaved('Your sign-in was saved, but the connection update could not')).toBe(true);
  expect(isSaved('Your sign-in and model access were saved, but')).toBe(true);
  expect(isSaved('Credentials saved, but provider settings could not be applied: busy')).toBe(true);
  expect(isSaved('The auth profile was saved, but its order could not be updated')).toBe(true);
  expect(isSaved('Nothing was saved')).toBe(false);
});
