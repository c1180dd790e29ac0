import { describe, expect, test } from 'vitest';
import { signJwt, verifyJwt } from './jwt.ts';

const NOW = Date.UTC(2026, 0, 2);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens', () => {
  const token = signJwt('secret', { userId: 'a' }, NOW + 60_000);

  test('a fresh token gives its payload', () => {
    const result = verifyJwt('secret', token, NOW);
    expect(result).toMatchObject({ ok: true, payload: { userId: 'a' } });
  });

  test('it ends at its second', () => {
    expect(verifyJwt('secret', token, NOW + 60_000).ok).toBe(true);
    expect(verifyJwt('secret', token, NOW + 61_000)).toEqual({
      ok: false,
      reason: 'Invalid token: Expired',
    });
  });

  test('another secret, another payload or another algorithm is refused', () => {
    const [head = '', , signature = ''] = token.split('.');
    const forged = `${head}.${part({ userId: 'b', exp: NOW })}.${signature}`;
    const unsigned = `${part({ alg: 'none' })}.${part({ userId: 'b' })}.x`;
    expect(verifyJwt('other', token, NOW).ok).toBe(false);
    expect(verifyJwt('secret', forged, NOW).ok).toBe(false);
    expect(verifyJwt('secret', unsigned, NOW)).toEqual({ ok: false, reason: 'Unsupported algo' });
  });

  test('garbage is named as the server names it', () => {
    expect(verifyJwt('secret', 'abc.def.ghi', NOW)).toEqual({
      ok: false,
      reason: 'JSON failed: Syntax error',
    });
    expect(verifyJwt('secret', '', NOW).ok).toBe(false);
    expect(verifyJwt('secret', 'a.b.c.d', NOW).ok).toBe(false);
  });
});
