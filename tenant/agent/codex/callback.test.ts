import { describe, expect, it } from 'vitest';
import { inspectCallback } from './callback.ts';

const state = '973dfc71d76cf9bb2cec692ba67f289c';
const code = 'ac_Zm9v-Bar_123';
const base = 'http://localhost:1455/auth/callback';
const good = `${base}?code=${code}&scope=openid+profile&state=${state}`;
const authorize = `https://auth.openai.com/oauth/authorize?response_type=code&state=${state}`;
const expected = {
  redirectUri: base,
  state,
  authorizeOrigins: ['https://auth.openai.com', 'http://127.0.0.1:4455'],
};

describe('a callback of this login', () => {
  it.each([
    ['as copied', good],
    ['with other parameters', `${good}&extra=1#fragment`],
    ['by number', good.replace('localhost', '127.0.0.1')],
    ['without scheme', good.replace('http://', '')],
    ['with spaces around', `  ${good} \n`],
    ['broken over lines', good.replace('&state', '\r\n  &state')],
    ['in brackets', `<${good}>`],
    ['in quotes', `"${good}"`],
    ['in capitals where they do not matter', good.replace('http://localhost', 'HTTP://LOCALHOST')],
  ])('passes %s, rebuilt from its parts', (_name, pasted) => {
    expect(inspectCallback(pasted, expected)).toEqual({
      ok: true,
      callbackUrl: `${base}?code=${code}&state=${state}`,
    });
  });
});

describe('any other paste is named', () => {
  it.each([
    ['codex_pasted_authorize_url', authorize],
    ['codex_pasted_authorize_url', `http://127.0.0.1:4455/oauth/authorize?state=${state}`],
    ['codex_pasted_authorize_url', 'https://auth.openai.com/log-in'],
    ['codex_pasted_authorize_url', 'https://proxy.example/x?client_id=a&code_challenge=b'],
    ['codex_callback_malformed', 'hello'],
    ['codex_callback_malformed', code],
    ['codex_callback_malformed', `${code}#${state}`],
    ['codex_callback_malformed', good.replace('localhost', 'evil.example')],
    ['codex_callback_malformed', good.replace('localhost', 'localhost.evil.example')],
    ['codex_callback_malformed', good.replace('localhost', 'user@localhost')],
    ['codex_callback_malformed', good.replace('1455', '1456')],
    ['codex_callback_malformed', good.replace(':1455', '')],
    ['codex_callback_malformed', good.replace('http:', 'https:')],
    ['codex_callback_malformed', good.replace('/auth/callback', '/callback')],
    ['codex_callback_malformed', `javascript:alert('${good}')`],
    ['codex_callback_malformed', `${good}&code=second`],
    ['codex_callback_malformed', `${good}&state=${state}`],
    ['codex_callback_malformed', `${base}?code=a%00b&state=${state}`],
    ['codex_callback_truncated', base],
    ['codex_callback_truncated', 'http://localhost:1455/auth/call'],
    ['codex_callback_truncated', 'localhost:1455'],
    ['codex_callback_truncated', `${base}?code=${code}`],
    ['codex_callback_truncated', `${base}?code=${code}&scope=openid+prof`],
    ['codex_callback_truncated', `${base}?code=${code}&state=${state.slice(0, 12)}`],
    ['codex_callback_truncated', `${base}?code=${code}&state=`],
    ['codex_callback_truncated', `${base}?state=${state}`],
    ['codex_callback_truncated', `${base}?code=&state=${state}`],
    ['codex_wrong_attempt', good.replace(state, '0'.repeat(32))],
    ['codex_wrong_attempt', `${good}0`],
    ['codex_wrong_attempt', `${base}?error=access_denied&state=${'0'.repeat(32)}`],
    ['codex_access_denied', `${base}?error=access_denied&state=${state}`],
    ['codex_access_denied', `${base}?error=access_denied&error_description=The+user`],
    ['codex_code_rejected', `${base}?error=server_error&state=${state}`],
  ])('%s: %s', (problem, pasted) => {
    expect(inspectCallback(pasted, expected)).toEqual({ ok: false, code: problem });
  });

  it('whatever the length, without going slow', () => {
    const startedMs = performance.now();
    for (const piece of ['<', '"', ' ', '\n', '%', '?', '&state=', 'http://']) {
      expect(inspectCallback(piece.repeat(4096), expected).ok).toBe(false);
    }
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});
