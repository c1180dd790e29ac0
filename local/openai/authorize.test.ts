import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CODEX_CLIENT_ID, CODEX_REDIRECT_URI } from '#schemas/wire/codex.ts';
import { checkAuthorize } from './authorize.ts';
import { newUserCode } from './device.ts';
import { unpack } from './http.ts';
import { defaultKnobs, turnKnobs } from './knobs.ts';
import { authorizePage, devicePage } from './pages.ts';
import { matchesChallenge } from './token.ts';

const right = {
  response_type: 'code',
  client_id: CODEX_CLIENT_ID,
  redirect_uri: CODEX_REDIRECT_URI,
  scope: 'openid',
  code_challenge: 'A'.repeat(43),
  code_challenge_method: 'S256',
  state: 's',
};

describe('an authorize request', () => {
  it('is accepted as the gateway sends it', () => {
    expect(checkAuthorize(new URLSearchParams(right)).ok).toBe(true);
  });

  it.each(Object.keys(right))('is refused without %s, and the name is said', (name) => {
    const query = new URLSearchParams(right);
    query.delete(name);
    const checked = checkAuthorize(query);
    expect(checked.ok ? '' : checked.reason).toContain(name);
  });

  it('is refused with a parameter given twice', () => {
    const query = new URLSearchParams(right);
    query.append('state', 'other');
    expect(checkAuthorize(query)).toEqual({ ok: false, reason: 'state is given twice' });
  });
});

describe('PKCE', () => {
  it('matches the hash of the verifier and nothing else', () => {
    const challenge = createHash('sha256').update('verifier').digest('base64url');
    expect(matchesChallenge('verifier', challenge)).toBe(true);
    expect(matchesChallenge('Verifier', challenge)).toBe(false);
    expect(matchesChallenge('verifier', challenge.slice(0, 20))).toBe(false);
  });
});

describe('bodies', () => {
  it('are refused when they unpack to more than the limit, or to nothing known', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    expect(() => unpack(bomb, 'gzip')).toThrow('too large');
    expect(() => unpack(Buffer.from('x'), 'gzip')).toThrow('does not unpack');
    expect(() => unpack(Buffer.from('x'), 'rot13')).toThrow('not known');
    expect(unpack(Buffer.from('x'), undefined)).toBe('x');
  });
});

describe('small things', () => {
  it('user codes have no look-alikes', () => {
    for (let i = 0; i < 200; i += 1) {
      expect(newUserCode()).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ2-9]{4}-[BCDFGHJKLMNPQRSTVWXZ2-9]{4}$/);
    }
  });

  it('pages escape what comes from outside', () => {
    expect(authorizePage('/x?"><script>', [])).not.toContain('<script>');
    expect(devicePage([], '"><script>')).not.toContain('<script>');
  });

  it('knobs keep what a change does not name', () => {
    const turned = turnKnobs({ ...defaultKnobs(), modelStatus: 429 }, { tokenLifeSeconds: 5 });
    expect(turned).toMatchObject({ ok: true, knobs: { modelStatus: 429, tokenLifeSeconds: 5 } });
    expect(turnKnobs(defaultKnobs(), [])).toMatchObject({ ok: false });
  });
});
