/**
 * Is anybody signed in? A browser in which nobody ever was is not asked about: the page is the
 * visitor's at once, and no request is refused. Else one plain request asks, without the SDK (30 kB).
 * Where the API is on another site, the SDK keeps the session in storage under its own name: then the
 * SDK is asked, because the session is its business.
 */
import type { Session } from '../flow/words.ts';
import type { SiteConfig } from './config.ts';

export type Probe = 'signed_in' | 'signed_out' | 'unreachable';

const timeoutMs = 10_000;
const sdkSessionKey = 'cookieFallback';

/** Says that somebody was signed in here, and nothing about who. `boot.js` reads it too. */
const seenKey = 'hd.seen';

export const rememberSeen = (isSignedIn: boolean): void => {
  try {
    if (isSignedIn) localStorage.setItem(seenKey, '1');
    else localStorage.removeItem(seenKey);
  } catch {
    // Storage is closed to us: then the API is asked each time.
  }
};

const hasStoredSession = (): boolean => {
  try {
    const stored = localStorage.getItem(sdkSessionKey);
    return stored !== null && stored !== '[]' && stored !== '{}' && stored !== '';
  } catch {
    return false;
  }
};

const mayBeSignedIn = (): boolean => {
  try {
    return localStorage.getItem(seenKey) !== null || hasStoredSession();
  } catch {
    return true;
  }
};

/** Before anybody was asked. The page as it is built is a visitor's. */
export const guessSession = (): Exclude<Session, 'signed_in'> =>
  typeof document === 'undefined' || !mayBeSignedIn() ? 'signed_out' : 'checking';

export const probeSession = async (config: SiteConfig): Promise<Probe> => {
  if (hasStoredSession()) return 'signed_in';
  try {
    const response = await fetch(`${config.endpoint}/account`, {
      credentials: 'include',
      headers: { 'X-Appwrite-Project': config.projectId },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return 'signed_in';
    return response.status === 401 || response.status === 404 ? 'signed_out' : 'unreachable';
  } catch {
    return 'unreachable';
  }
};
