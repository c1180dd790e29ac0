/**
 * Looks at a pasted callback before it is spent: any wrong paste given to OpenClaw ends the login.
 * Guarantees: pure; only an address that carries this login's own state and one code passes, and it
 * is rebuilt from its parts; a text that can be read as two different codes passes as none; every
 * other paste gets the code that tells the person what happened.
 */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import { readingsOf } from './readings.ts';

export interface ExpectedCallback {
  /** `http://localhost:1455/auth/callback` */
  readonly redirectUri: string;
  readonly state: string;
  /** Origins whose `/oauth/authorize` page may have been copied by mistake. */
  readonly authorizeOrigins: readonly string[];
}

/** Most telling first: what is said when a text can be read in several ways, and none passes. */
const problems = [
  'codex_access_denied',
  'codex_unsupported_region',
  'codex_upstream_unavailable',
  'codex_code_rejected',
  'codex_pasted_authorize_url',
  'codex_callback_truncated',
  'codex_wrong_attempt',
  'codex_callback_malformed',
] as const satisfies readonly AgentErrorCode[];
export type CallbackProblem = (typeof problems)[number];

export type InspectedCallback =
  | { readonly ok: true; readonly callbackUrl: string }
  | { readonly ok: false; readonly code: CallbackProblem };

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1']);

export function inspectCallback(pasted: string, expected: ExpectedCallback): InspectedCallback {
  const seen = readingsOf(pasted).map((reading) => inspectReading(reading, expected));
  const passing = new Set(seen.flatMap((one) => (one.ok ? [one.callbackUrl] : [])));
  const [callbackUrl, ...others] = passing;
  if (callbackUrl !== undefined && others.length === 0) return { ok: true, callbackUrl };
  if (callbackUrl !== undefined) return problem('codex_callback_malformed');
  const named = new Set(seen.flatMap((one) => (one.ok ? [] : [one.code])));
  return problem(problems.find((code) => named.has(code)) ?? 'codex_callback_malformed');
}

function inspectReading(address: string, expected: ExpectedCallback): InspectedCallback {
  if (!URL.canParse(address)) return problem('codex_callback_malformed');
  const url = new URL(address);
  if (isAuthorizeUrl(url, expected)) return problem('codex_pasted_authorize_url');
  const redirect = new URL(expected.redirectUri);
  const isSameDoor =
    url.protocol === redirect.protocol &&
    loopbackHosts.has(url.hostname) &&
    url.username === '' &&
    url.password === '';
  if (!isSameDoor) return problem('codex_callback_malformed');
  if (isCutOff(url, redirect)) return problem('codex_callback_truncated');
  if (url.port !== redirect.port || url.pathname !== redirect.pathname) {
    return problem('codex_callback_malformed');
  }
  return inspectQuery(url.searchParams, expected);
}

function inspectQuery(query: URLSearchParams, expected: ExpectedCallback): InspectedCallback {
  if (['state', 'code', 'error'].some((name) => query.getAll(name).length > 1)) {
    return problem('codex_callback_malformed');
  }
  const state = query.get('state') ?? '';
  const code = query.get('code') ?? '';
  const error = query.get('error');
  const isPrefix = state !== expected.state && expected.state.startsWith(state);
  if (state !== '' && state !== expected.state && !isPrefix) return problem('codex_wrong_attempt');
  if (error !== null) return problem(refusalOf(error));
  if (isPrefix || code === '') return problem('codex_callback_truncated');
  if (!/^[\x21-\x7e]{1,2048}$/.test(code)) return problem('codex_callback_malformed');
  const callback = new URL(expected.redirectUri);
  callback.search = new URLSearchParams({ code, state }).toString();
  return { ok: true, callbackUrl: callback.href };
}

/** `error` of OAuth (RFC 6749 §4.1.2.1), and the issuer's own. The login stands: try the page again. */
function refusalOf(error: string): CallbackProblem {
  if (error === 'access_denied') return 'codex_access_denied';
  if (error.startsWith('unsupported_country_region')) return 'codex_unsupported_region';
  const isPassing = error === 'server_error' || error === 'temporarily_unavailable';
  return isPassing ? 'codex_upstream_unavailable' : 'codex_code_rejected';
}

function isAuthorizeUrl(url: URL, expected: ExpectedCallback): boolean {
  if (expected.authorizeOrigins.includes(url.origin)) return true;
  return url.searchParams.has('code_challenge') && url.searchParams.has('client_id');
}

/** `http://localhost:1455/auth/call`, `http://localhost:14`: the start of the right address. */
function isCutOff(url: URL, redirect: URL): boolean {
  if (url.search !== '' || url.hash !== '') return false;
  const given = `${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
  const bare = given.replace(/\/$/, '');
  return `:${redirect.port}${redirect.pathname}`.startsWith(bare);
}

function problem(code: CallbackProblem): InspectedCallback {
  return { ok: false, code };
}
