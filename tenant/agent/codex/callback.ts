/**
 * Looks at a pasted callback before it is spent: any wrong paste given to OpenClaw ends the login.
 * Guarantees: pure; only an address that carries this login's own state and one code passes, and it
 * is rebuilt from its parts; every other paste gets the code that tells the person what happened.
 */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';

export interface ExpectedCallback {
  /** `http://localhost:1455/auth/callback` */
  readonly redirectUri: string;
  readonly state: string;
  /** Origins whose `/oauth/authorize` page may have been copied by mistake. */
  readonly authorizeOrigins: readonly string[];
}

export type CallbackProblem = Extract<
  AgentErrorCode,
  | 'codex_pasted_authorize_url'
  | 'codex_callback_malformed'
  | 'codex_callback_truncated'
  | 'codex_wrong_attempt'
  | 'codex_access_denied'
  | 'codex_code_rejected'
>;

export type InspectedCallback =
  | { readonly ok: true; readonly callbackUrl: string }
  | { readonly ok: false; readonly code: CallbackProblem };

/** Browsers leave the scheme out when the address is copied by hand. */
const schemelessLoopback = /^(localhost|127\.0\.0\.1)(:|\/|$)/i;
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1']);

export function inspectCallback(pasted: string, expected: ExpectedCallback): InspectedCallback {
  const address = unwrap(pasted);
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
  if (error !== null) {
    return problem(error === 'access_denied' ? 'codex_access_denied' : 'codex_code_rejected');
  }
  if (isPrefix || code === '') return problem('codex_callback_truncated');
  if (!/^[\x21-\x7e]{1,2048}$/.test(code)) return problem('codex_callback_malformed');
  const callback = new URL(expected.redirectUri);
  callback.search = new URLSearchParams({ code, state }).toString();
  return { ok: true, callbackUrl: callback.href };
}

/** Takes off what a mail, a chat or a terminal puts around and into an address. */
function unwrap(pasted: string): string {
  const bare = pasted
    .replace(/[\r\n\t]+ */g, '')
    .trim()
    .replace(/^[<"'`(]+/, '')
    .replace(/[>"'`)]+$/, '');
  return schemelessLoopback.test(bare) ? `http://${bare}` : bare;
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
