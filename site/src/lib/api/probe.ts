/**
 * Is anybody signed in? Asked with one plain request, so that a visitor without an account does not
 * load the SDK (30 kB) to be told no. Where the API is on another site, the SDK keeps the session
 * in storage under its own name: then the SDK is asked, because the session is its business.
 */
import type { SiteConfig } from './config.ts';

export type Probe = 'signed_in' | 'signed_out' | 'unreachable';

const timeoutMs = 10_000;
const sdkSessionKey = 'cookieFallback';

const hasStoredSession = (): boolean => {
  try {
    const stored = localStorage.getItem(sdkSessionKey);
    return stored !== null && stored !== '[]' && stored !== '{}' && stored !== '';
  } catch {
    return false;
  }
};

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
