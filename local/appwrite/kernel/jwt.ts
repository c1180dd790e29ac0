/**
 * JSON web tokens of one algorithm, HS256, as Appwrite makes them for users and for the keys of
 * executions. No other `alg` is ever accepted.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Json } from './types.ts';

const HEADER = Buffer.from('{"typ":"JWT","alg":"HS256"}').toString('base64url');
const MAX_TOKEN_CHARS = 16_384;

export type JwtResult =
  { readonly ok: true; readonly payload: Json } | { readonly ok: false; readonly reason: string };

function sign(secret: string, input: string): Buffer {
  return createHmac('sha256', secret).update(input).digest();
}

function decode(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

/** `expireMs` becomes `exp` in whole seconds. */
export function signJwt(secret: string, payload: Json, expireMs: number): string {
  const body = { ...payload, exp: Math.floor(expireMs / 1000) };
  const input = `${HEADER}.${Buffer.from(JSON.stringify(body)).toString('base64url')}`;
  return `${input}.${sign(secret, input).toString('base64url')}`;
}

export function verifyJwt(secret: string, token: string, nowMs: number): JwtResult {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (token.length > MAX_TOKEN_CHARS || more.length > 0 || signature === '') {
    return { ok: false, reason: 'Invalid token: Incomplete segments' };
  }
  const header = decode(head);
  const payload = decode(body);
  if (header === undefined || payload === undefined) {
    return { ok: false, reason: 'JSON failed: Syntax error' };
  }
  if (header['alg'] !== 'HS256') return { ok: false, reason: 'Unsupported algo' };
  const wanted = sign(secret, `${head}.${body}`);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return { ok: false, reason: 'Invalid signature' };
  }
  const expire = payload['exp'];
  if (typeof expire !== 'number' || nowMs / 1000 > expire) {
    return { ok: false, reason: 'Invalid token: Expired' };
  }
  return { ok: true, payload };
}
