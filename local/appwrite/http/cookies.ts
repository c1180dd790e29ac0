/** Session cookies: where a secret is looked for, and how it is set and cleared. */
import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject, parseJson } from '../kernel/params.ts';
import type { RequestContext } from '../kernel/types.ts';
import { originHost, sameSite } from '../kernel/origin.ts';

export const cookieName = (projectId: string): string => `a_session_${projectId}`;

function cookieValue(header: string, name: string): string {
  const wanted = `${name}=`;
  for (const part of header.split(';')) {
    const trimmed = part.trim();
    if (trimmed.startsWith(wanted)) {
      const value = trimmed.slice(wanted.length);
      return value.includes('%') ? safeDecode(value) : value;
    }
  }
  return '';
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

export interface SentSecret {
  readonly secret: string;
  readonly fromCookie: boolean;
}

const one = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? (value[0] ?? '') : (value ?? '');

/** In the order of the server: cookie, legacy cookie, X-Appwrite-Session, X-Fallback-Cookies. */
export function sentSecret(headers: IncomingHttpHeaders, projectId: string): SentSecret {
  const name = cookieName(projectId);
  const { cookie } = headers;
  if (cookie !== undefined && cookie.includes(name)) {
    const secret = cookieValue(cookie, name) || cookieValue(cookie, `${name}_legacy`);
    if (secret !== '') return { secret, fromCookie: true };
  }
  const direct = one(headers['x-appwrite-session']);
  if (direct !== '') return { secret: direct, fromCookie: false };
  const fallback = one(headers['x-fallback-cookies']);
  const parsed = fallback === '' ? undefined : parseJson(fallback);
  const value = isJsonObject(parsed) ? parsed[name] : undefined;
  return { secret: typeof value === 'string' ? value : '', fromCookie: false };
}

/** `Domain=.host` lets subdomains share the cookie; bare names and addresses may not have one. */
function cookieAttributes(context: RequestContext): { both: string; modern: string } {
  const shareable = context.host !== 'localhost' && isIP(context.host) === 0;
  const domain = shareable ? `; Domain=.${context.host}` : '';
  const secure = context.secure ? '; Secure' : '';
  const both = `; path=/${domain}${secure}; HttpOnly`;
  return { both, modern: `${both}; SameSite=None` };
}

export function needsFallback(context: RequestContext): boolean {
  const { origin } = context.headers;
  return !sameSite(context.host, origin === undefined ? context.host : originHost(origin));
}

export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

export function setSession(
  context: RequestContext,
  secret: string,
  expiresMs: number,
): AnswerHeaders {
  const name = cookieName(context.project.id);
  const maxAge = Math.max(0, Math.round((expiresMs - context.services.clock.now()) / 1000));
  const life = `; expires=${new Date(expiresMs).toUTCString()}; Max-Age=${maxAge}`;
  const { both, modern } = cookieAttributes(context);
  const cookies = [`${name}_legacy=${secret}${life}${both}`, `${name}=${secret}${life}${modern}`];
  if (!needsFallback(context)) return { 'set-cookie': cookies };
  return { 'set-cookie': cookies, 'x-fallback-cookies': JSON.stringify({ [name]: secret }) };
}

export function clearSession(context: RequestContext): AnswerHeaders {
  const name = cookieName(context.project.id);
  const life = '; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0';
  const { both, modern } = cookieAttributes(context);
  const cookies = [`${name}_legacy=deleted${life}${both}`, `${name}=deleted${life}${modern}`];
  if (!needsFallback(context)) return { 'set-cookie': cookies };
  return { 'set-cookie': cookies, 'x-fallback-cookies': '[]' };
}
