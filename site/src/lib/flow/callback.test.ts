import { describe, expect, test } from 'vitest';
import { checkCallback } from './callback.ts';

const state = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const redirect = 'http://localhost:1455/auth/callback';
const authorize =
  'https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_x' +
  `&redirect_uri=${encodeURIComponent(redirect)}&code_challenge=abc&state=${state}`;
const good = `${redirect}?code=ac_123&state=${state}`;

const problemOf = (pasted: string, url: string | null = authorize): string => {
  const check = checkCallback(pasted, url);
  return check.ok ? 'none' : check.problem;
};

describe('a pasted callback', () => {
  test('is handed on as it is when nothing is wrong', () => {
    expect(checkCallback(good, authorize)).toEqual({ ok: true, callbackUrl: good });
    expect(checkCallback(`  ${good}\n`, authorize)).toEqual({ ok: true, callbackUrl: good });
  });

  test('may come without its scheme or with 127.0.0.1', () => {
    expect(problemOf(good.replace('http://', ''))).toBe('none');
    expect(problemOf(good.replace('localhost', '127.0.0.1'))).toBe('none');
  });

  test.each([
    ['', 'codex_callback_empty'],
    ['hello', 'codex_callback_malformed'],
    ['ac_123', 'codex_callback_malformed'],
    [`${good} ${good}`, 'codex_callback_malformed'],
    [`${good}&${'x'.repeat(5_000)}`, 'codex_callback_malformed'],
    [authorize, 'codex_pasted_authorize_url'],
    ['https://auth.openai.com/log-in', 'codex_pasted_authorize_url'],
    ['https://chatgpt.com/', 'codex_callback_wrong_host'],
    [good.replace('1455', '1456'), 'codex_callback_wrong_host'],
    [good.replace('/auth/callback', '/other'), 'codex_callback_wrong_host'],
    [good.replace('localhost', 'localhost.evil.example'), 'codex_callback_wrong_host'],
    [redirect, 'codex_callback_truncated'],
    [`${redirect}?code=ac_123`, 'codex_callback_truncated'],
    [good.slice(0, -4), 'codex_callback_truncated'],
    [`${redirect}?code=ac_123&state=ffffffffffffffffffffffffffffffff`, 'codex_wrong_attempt'],
    [`${redirect}?error=access_denied&state=${state}`, 'codex_access_denied'],
    [`${redirect}?error=server_error&state=${state}`, 'codex_login_error'],
  ])('%s is refused as %s', (pasted, problem) => {
    expect(problemOf(pasted)).toBe(problem);
  });

  test('of a stand-in issuer on this machine is told from its authorize page', () => {
    const local = authorize.replace('https://auth.openai.com', 'http://127.0.0.1:4600');
    expect(problemOf(good, local)).toBe('none');
    expect(problemOf(local, local)).toBe('codex_pasted_authorize_url');
  });

  test('is looked at without an authorize address as far as that goes', () => {
    expect(problemOf(good, null)).toBe('none');
    expect(problemOf(authorize, null)).toBe('codex_pasted_authorize_url');
  });
});
