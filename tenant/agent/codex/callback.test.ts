import fc from 'fast-check';
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
    ['in quotes of a word processor', `“${good}”`],
    ['with a full stop', `${good}.`],
    ['after words of a phone', `Check this out ${good}`],
    ['between lines of a phone', `이 링크를 보세요\n${good}\n\nSent from my iPhone`],
    ['as a link of Markdown', `[${good}](${good})`],
    ['out of the source of a mail', good.replaceAll('&', '&amp;')],
    ['encoded once more', encodeURIComponent(good)],
    ['encoded twice more', encodeURIComponent(encodeURIComponent(good))],
    ['with only its query encoded', good.replace(/\?.*/, (query) => encodeURIComponent(query))],
    ['without scheme and encoded', encodeURIComponent(good.replace('http://', ''))],
    ['with what cannot be seen', `\ufeff${good.replace('?', '\u200b?')}\u200b`],
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
    ['codex_code_rejected', `${base}?error=invalid_request&state=${state}`],
    ['codex_upstream_unavailable', `${base}?error=server_error&state=${state}`],
    ['codex_upstream_unavailable', `${base}?error=temporarily_unavailable&state=${state}`],
    ['codex_unsupported_region', `${base}?error=unsupported_country_region_territory`],
    ['codex_pasted_authorize_url', `Open this: ${authorize} and sign in`],
    ['codex_wrong_attempt', `two: ${good.replace(state, '1'.repeat(32))}`],
    // Two codes for one login: which is right cannot be known, and the wrong one would be spent.
    ['codex_callback_malformed', `${good}\n${good.replace(code, 'ac_other')}`],
    ['codex_callback_malformed', `${base}?state=${state}&code=${code}\nSent from my iPhone`],
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

describe('whatever is pasted', () => {
  const passedCode = (pasted: string): string | null => {
    const inspected = inspectCallback(pasted, expected);
    return inspected.ok ? new URL(inspected.callbackUrl).searchParams.get('code') : null;
  };
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc
      .array(
        fc.constantFrom(...good.split(/(?=[?&=:/])/), '%', '%3A', '%253F', '\n', ' ', '<', '"'),
        {
          maxLength: 40,
        },
      )
      .map((pieces) => pieces.join('')),
  );

  it('nothing throws, and what passes is this login with a code that stood in the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const inspected = inspectCallback(text, expected);
        if (!inspected.ok) return;
        const url = new URL(inspected.callbackUrl);
        expect(inspected.callbackUrl.startsWith(`${base}?`)).toBe(true);
        expect(url.searchParams.get('state')).toBe(state);
        expect(url.searchParams.get('code')).toMatch(/^[\x21-\x7e]+$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('a beginning of the address never passes', () => {
    for (let length = 0; length < good.length; length += 1) {
      expect([length, passedCode(good.slice(0, length))]).toEqual([length, null]);
    }
  });

  it('words around it change nothing, or it is asked for again', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 60 });
    const gap = fc.constantFrom(' ', '\n', '\r\n', '\t ');
    fc.assert(
      fc.property(words, gap, gap, words, (before, left, right, after) => {
        expect([code, null]).toContain(passedCode(`${before}${left}${good}${right}${after}`));
      }),
      { numRuns: 2_000 },
    );
  });

  it('a callback of another attempt never passes', () => {
    const hex = fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'.split(/(?=.)/)),
      maxLength: 40,
    });
    fc.assert(
      fc.property(hex, (other) => {
        fc.pre(other !== state);
        expect(passedCode(good.replace(state, other))).toBeNull();
      }),
    );
  });

  it('any code of the issuer arrives as it was, however often the whole was encoded', () => {
    const codes = fc.string({
      unit: fc.constantFrom(...'aZ09-_.~+/=%&'.split(/(?=.)/)),
      minLength: 1,
    });
    fc.assert(
      fc.property(codes, fc.integer({ min: 0, max: 2 }), (issued, times) => {
        let pasted = `${base}?${new URLSearchParams({ code: issued, scope: 'a b', state }).toString()}`;
        for (let count = 0; count < times; count += 1) pasted = encodeURIComponent(pasted);
        expect(passedCode(pasted)).toBe(issued);
      }),
    );
  });
});
