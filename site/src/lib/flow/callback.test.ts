import { describe, expect, test } from 'vitest';
import { checkCallback } from './callback.ts';

const state = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const redirect = 'http://localhost:1455/auth/callback';
const authorize =
  'https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_x' +
  `&redirect_uri=${encodeURIComponent(redirect)}&code_challenge=abc&state=${state}`;
const good = `${redirect}?code=ac_123&state=${state}`;

const look = (pasted: string, authorizeUrl: string | null = authorize, expired = false) =>
  checkCallback(pasted, { authorizeUrl, expired });
const problemOf = (pasted: string, authorizeUrl: string | null = authorize): string => {
  const check = look(pasted, authorizeUrl);
  return check.ok ? 'none' : check.problem;
};

describe('a pasted callback', () => {
  test.each([
    ['as it is', good],
    ['with space around it', `  ${good}\n`],
    ['without its scheme', good.replace('http://', '')],
    ['with 127.0.0.1', good.replace('localhost', '127.0.0.1')],
    ['with a scheme the browser has raised', good.replace('http:', 'https:')],
    ['in quotes', `"${good}"`],
    ['in typographic quotes', `“${good}”`],
    ['in angle brackets of a mail', `<${good}>`],
    ['in backticks of a chat', `\`${good}\``],
    ['broken over lines by a terminal', `${good.slice(0, 40)}\r\n   ${good.slice(40)}`],
    ['shared with a title', `This site can’t be reached ${good}`],
    ['shared with a title in a line of its own', `localhost refused to connect.\n\n${good}`],
    ['named twice', `${good} ${good}`],
    ['with more parameters', `${good}&scope=openid%20email`],
  ])('%s is handed on, rebuilt from its parts', (_, pasted) => {
    expect(look(pasted)).toEqual({ ok: true, callbackUrl: good });
  });

  test.each([
    ['', 'codex_callback_empty'],
    [' \n', 'codex_callback_empty'],
    ['hello', 'codex_callback_malformed'],
    ['ac_123', 'codex_callback_malformed'],
    [`file:///auth/callback?code=ac_123&state=${state}`, 'codex_callback_malformed'],
    [`${good} ${good.replace('ac_123', 'ac_456')}`, 'codex_callback_malformed'],
    [`${good}&${'x'.repeat(5_000)}`, 'codex_callback_malformed'],
    [`${good}&code=ac_456`, 'codex_callback_malformed'],
    [good.replace('ac_123', 'ac%20123'), 'codex_callback_malformed'],
    [authorize, 'codex_pasted_authorize_url'],
    [`"${authorize}"`, 'codex_pasted_authorize_url'],
    ['https://auth.openai.com/log-in', 'codex_pasted_authorize_url'],
    ['https://chatgpt.com/', 'codex_callback_wrong_host'],
    [good.replace('1455', '1456'), 'codex_callback_wrong_host'],
    [good.replace('/auth/callback', '/other'), 'codex_callback_wrong_host'],
    [good.replace('localhost', 'localhost.evil.example'), 'codex_callback_wrong_host'],
    [redirect, 'codex_callback_truncated'],
    ['http://localhost:1455/auth/call', 'codex_callback_truncated'],
    ['localhost:14', 'codex_callback_truncated'],
    ['localhost', 'codex_callback_truncated'],
    [`${redirect}?code=ac_123`, 'codex_callback_truncated'],
    [`${redirect}?state=${state}`, 'codex_callback_truncated'],
    [good.slice(0, -4), 'codex_callback_truncated'],
    [`${redirect}?code=ac_123&state=ffffffffffffffffffffffffffffffff`, 'codex_wrong_attempt'],
    [`${redirect}?error=access_denied&state=ffffffffffffffffffff`, 'codex_wrong_attempt'],
    [`${redirect}?error=access_denied&state=${state}`, 'codex_access_denied'],
    [`${redirect}?error=server_error&state=${state}`, 'codex_login_error'],
  ])('%s is refused as %s', (pasted, problem) => {
    expect(problemOf(pasted)).toBe(problem);
  });

  test('of a login whose time is over is not sent', () => {
    expect(look(good, authorize, true)).toEqual({ ok: false, problem: 'codex_attempt_expired' });
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
