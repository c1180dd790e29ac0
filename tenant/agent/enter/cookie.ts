/**
 * The session cookie. Guarantees: out of reach of scripts, of other sites' pages and, on https, of
 * other hosts: a `__Host-` cookie can be set by this very host only, so a neighbour's runtime below
 * the same domain can neither read nor plant it. A browser keeps `__Host-` and `Secure` cookies on
 * https alone; on plain http, which exists on one machine only, the plain name is all there is.
 */
import type { AgentConfig } from '../config.ts';

const baseName = 'runtime-session';
const valuePattern = /^[A-Za-z0-9_-]{43}$/;

type Scheme = AgentConfig['publicScheme'];

export function cookieName(scheme: Scheme): string {
  return scheme === 'https' ? `__Host-${baseName}` : baseName;
}

/** Without a lifetime: it goes with the browser, and the session ends by itself at the agent. */
export function setCookie(scheme: Scheme, value: string): string {
  return `${cookieName(scheme)}=${value}; ${attributes(scheme)}`;
}

export function dropCookie(scheme: Scheme): string {
  return `${cookieName(scheme)}=; Max-Age=0; ${attributes(scheme)}`;
}

/** Null when there is none, or more than one: two of a name mean that one was planted. */
export function readCookie(scheme: Scheme, header: string | undefined): string | null {
  const prefix = `${cookieName(scheme)}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(prefix))
    .map((part) => part.slice(prefix.length));
  const [value] = found;
  return found.length === 1 && value !== undefined && valuePattern.test(value) ? value : null;
}

function attributes(scheme: Scheme): string {
  return `Path=/; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`;
}
