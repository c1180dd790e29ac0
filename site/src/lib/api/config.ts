/**
 * Where the API is. The build knows no address: `/config.json` is written beside it when it is
 * deployed, and a page that cannot read it says so instead of guessing. Parsed by hand: a schema
 * library would be a tenth of the first page's script, for three fields.
 */
import { aheadMs } from '../flow/clock.ts';

export interface SiteConfig {
  /** Appwrite endpoint with its version, such as `https://api.example.com/v1`. */
  readonly endpoint: string;
  readonly projectId: string;
  /** Suffix under which runtimes get their host; shown while a subdomain is typed. */
  readonly runtimeDomain?: string;
  /** Measured durations of this installation, as they came: `flow/waits.ts` reads them. */
  readonly usual?: unknown;
}

export type ConfigProblem = 'missing' | 'invalid';
export type ConfigResult =
  | { readonly ok: true; readonly config: SiteConfig }
  | { readonly ok: false; readonly problem: ConfigProblem };
/** No answer, or none of the file's own: it may be there the next time. */
type Unreachable = { readonly ok: false; readonly problem: 'unreachable' };

/** The configuration, and how far the server's clock is ahead of this device's. */
export type LoadedConfig = (ConfigResult | Unreachable) & { readonly clockAheadMs: number };

const timeoutMs = 10_000;
const maxCharacters = 16_384;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEndpoint = (value: unknown): value is string =>
  typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);

export const parseConfig = (text: string): ConfigResult => {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'invalid' };
  }
  if (!isFields(value)) return { ok: false, problem: 'invalid' };
  const { endpoint, projectId, runtimeDomain, usual } = value;
  if (!isEndpoint(endpoint) || typeof projectId !== 'string' || projectId === '') {
    return { ok: false, problem: 'invalid' };
  }
  const domain = typeof runtimeDomain === 'string' ? { runtimeDomain } : {};
  const trimmed = endpoint.replace(/\/+$/, '');
  return { ok: true, config: { endpoint: trimmed, projectId, usual, ...domain } };
};

/** A static host answers unknown paths with the fallback page, so the type is looked at as well. */
export const loadConfig = async (address: string): Promise<LoadedConfig> => {
  const askedAtMs = Date.now();
  try {
    const response = await fetch(address, {
      cache: 'no-cache',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { headers } = response;
    const clockAheadMs = aheadMs(
      headers.get('date'),
      headers.get('age'),
      (askedAtMs + Date.now()) / 2,
    );
    const isHtml = headers.get('content-type')?.includes('text/html') ?? false;
    if (response.status >= 500) return { ok: false, problem: 'unreachable', clockAheadMs };
    if (!response.ok || isHtml) return { ok: false, problem: 'missing', clockAheadMs };
    const text = await response.text();
    if (text.length > maxCharacters) return { ok: false, problem: 'invalid', clockAheadMs };
    return { ...parseConfig(text), clockAheadMs };
  } catch {
    return { ok: false, problem: 'unreachable', clockAheadMs: 0 };
  }
};
