/**
 * Was anybody ever signed in here? A browser in which nobody was is not asked about: the page is the
 * visitor's at once, nothing more is fetched, and no request is refused.
 */
import type { Session } from '../flow/words.ts';

/** Says that somebody was signed in, and nothing about who. `boot.js` reads it too. */
const seenKey = 'hd.seen';
/** Where the API is on another site, the SDK keeps the session in storage under its own name. */
const sdkSessionKey = 'cookieFallback';
const emptySessions: readonly (string | null)[] = [null, '', '[]', '{}'];

export const rememberSeen = (isSignedIn: boolean): void => {
  try {
    if (isSignedIn) localStorage.setItem(seenKey, '1');
    else localStorage.removeItem(seenKey);
  } catch {
    // Storage is closed to us: then the API is asked each time.
  }
};

/** As the SDK sends it along. */
export const storedSession = (): string | null => {
  try {
    const stored = localStorage.getItem(sdkSessionKey);
    return emptySessions.includes(stored) ? null : stored;
  } catch {
    return null;
  }
};

const wasSeen = (): boolean => {
  try {
    return localStorage.getItem(seenKey) !== null;
  } catch {
    return true;
  }
};

/** Before anybody was asked. The page as it is built is a visitor's. */
export const guessSession = (): Exclude<Session, 'signed_in'> => {
  if (typeof document === 'undefined') return 'signed_out';
  return wasSeen() || storedSession() !== null ? 'checking' : 'signed_out';
};
