/**
 * Which addresses reach the gateway. Guarantees: pure; only `/ui` and what is below it; nothing that
 * two parsers could read as two different paths (dot segments, doubled or encoded slashes,
 * backslashes, double encoding, an absolute address) gets through.
 */
import { uiBasePath } from '../bootstrap/document.ts';

const maxTargetChars = 4096;
const plainPath = /^(?:\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)+$/;
const plainQuery = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%/?[\]|]*$/;
/** Slash, backslash, dot, percent, and what is no character at all. */
const trickyEscape = /%(?:2[ef5]|5c|[01][0-9a-f]|7f)/i;
const trickySegment = /\/\/|\/\.{1,2}(?:\/|$)/;

/** The target as it stood, or null when it is not one of the Control UI. */
export function uiTarget(target: string | undefined): string | null {
  if (target === undefined || target.length > maxTargetChars) return null;
  const cut = target.indexOf('?');
  const path = cut === -1 ? target : target.slice(0, cut);
  const query = cut === -1 ? '' : target.slice(cut + 1);
  const isBelow = path === uiBasePath || path.startsWith(`${uiBasePath}/`);
  if (!isBelow || !plainPath.test(path) || !plainQuery.test(query)) return null;
  if (trickyEscape.test(path) || trickySegment.test(path)) return null;
  return isText(path) ? target : null;
}

/** Escapes that are no UTF-8 are read by every parser in its own way. */
function isText(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** The Control UI opens its socket on the base path itself, without a query. */
export function isSocketTarget(target: string | undefined): boolean {
  return target === uiBasePath;
}
