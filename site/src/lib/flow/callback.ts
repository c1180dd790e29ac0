/**
 * Looks at a pasted Codex callback before it is sent: any wrong paste that reaches the gateway ends
 * the login, so what can be seen to be wrong here is named here and costs nothing. The tenant's
 * agent looks again, by rules of its own. What passes is rebuilt from its parts.
 */

export type CallbackProblem =
  | 'codex_callback_empty'
  | 'codex_pasted_authorize_url'
  | 'codex_callback_malformed'
  | 'codex_callback_wrong_host'
  | 'codex_callback_truncated'
  | 'codex_wrong_attempt'
  | 'codex_access_denied'
  | 'codex_login_error'
  | 'codex_attempt_expired';

export type CallbackCheck =
  | { readonly ok: true; readonly callbackUrl: string }
  | { readonly ok: false; readonly problem: CallbackProblem };

/** The login that is open in this browser. */
export interface OpenLogin {
  /** Null: not known here; then its state cannot be compared. */
  readonly authorizeUrl: string | null;
  readonly expired: boolean;
}

/** Where the login ends when the authorize address does not say. */
const defaultRedirect = 'http://localhost:1455/auth/callback';
/** As in the contract: a longer text is refused by the agent. */
export const callbackMaxCharacters = 4096;

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** Some browsers copy the address without its scheme. */
const withScheme = (text: string): string =>
  /^(localhost|127\.0\.0\.1)(:|\/|$)/i.test(text) ? `http://${text}` : text;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '127.0.0.1';

/** What a mail, a chat or a terminal puts around and into an address. */
const unwrap = (text: string): string =>
  withScheme(
    text
      .replace(/[\r\n\t]+ */g, '')
      .trim()
      .replace(/^[<"'`(“‘]+/, '')
      .replace(/[>"'`)”’]+$/, ''),
  );

/** A phone shares a title or a greeting along with the address: the one address in it is meant. */
const addressIn = (pasted: string): string => {
  const whole = unwrap(pasted);
  if (!/\s/.test(whole)) return whole;
  const found = new Set(
    pasted.match(/(?:https?:\/\/)?(?:localhost|127\.0\.0\.1)[:/][^\s<>"'`]*/gi) ?? [],
  );
  const [only] = found;
  return found.size === 1 && only !== undefined ? unwrap(only) : whole;
};

const isSameHost = (url: URL, expected: URL): boolean =>
  url.hostname === expected.hostname || (isLoopback(url.hostname) && isLoopback(expected.hostname));

/** `http://localhost:1455/auth/call`, `http://localhost:14`: the start of the right address. */
const isCutOff = (url: URL, expected: URL): boolean => {
  if (url.search !== '' || url.hash !== '') return false;
  const given = `${url.port === '' ? '' : `:${url.port}`}${url.pathname}`.replace(/\/$/, '');
  return `:${expected.port}${expected.pathname}`.startsWith(given);
};

const looksLikeAuthorize = (url: URL, authorize: URL | null): boolean => {
  if (authorize !== null && url.host === authorize.host && !isLoopback(url.hostname)) return true;
  if (authorize !== null && url.host === authorize.host) return url.pathname === authorize.pathname;
  return url.hostname === 'auth.openai.com' || url.searchParams.has('code_challenge');
};

const refuse = (problem: CallbackProblem): CallbackCheck => ({ ok: false, problem });

/** The address is the right one: does it carry this login's own answer? */
const checkAnswer = (query: URLSearchParams, redirect: URL, wanted: string | null) => {
  if (['state', 'code', 'error'].some((name) => query.getAll(name).length > 1)) {
    return refuse('codex_callback_malformed');
  }
  const code = query.get('code') ?? '';
  const state = query.get('state') ?? '';
  const isPrefix = wanted !== null && state !== wanted && wanted.startsWith(state);
  if (state !== '' && wanted !== null && state !== wanted && !isPrefix) {
    return refuse('codex_wrong_attempt');
  }
  const error = query.get('error');
  if (error !== null) {
    return refuse(error === 'access_denied' ? 'codex_access_denied' : 'codex_login_error');
  }
  if (code === '' || state === '' || isPrefix) return refuse('codex_callback_truncated');
  if (!/^[\x21-\x7e]{1,2048}$/.test(code)) return refuse('codex_callback_malformed');
  const callback = new URL(redirect);
  callback.search = new URLSearchParams({ code, state }).toString();
  return { ok: true, callbackUrl: callback.href } as const;
};

export const checkCallback = (pasted: string, login: OpenLogin): CallbackCheck => {
  if (pasted.trim() === '') return refuse('codex_callback_empty');
  if (login.expired) return refuse('codex_attempt_expired');
  const text = addressIn(pasted);
  if (text.length > callbackMaxCharacters || /\s/.test(text)) {
    return refuse('codex_callback_malformed');
  }
  const url = parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse('codex_callback_malformed');
  const authorize = login.authorizeUrl === null ? null : parse(login.authorizeUrl);
  const redirect = parse(authorize?.searchParams.get('redirect_uri') ?? defaultRedirect);
  if (redirect === null || looksLikeAuthorize(url, authorize)) {
    return refuse('codex_pasted_authorize_url');
  }
  if (!isSameHost(url, redirect)) return refuse('codex_callback_wrong_host');
  if (url.port !== redirect.port || url.pathname !== redirect.pathname) {
    return refuse(
      isCutOff(url, redirect) ? 'codex_callback_truncated' : 'codex_callback_wrong_host',
    );
  }
  return checkAnswer(url.searchParams, redirect, authorize?.searchParams.get('state') ?? null);
};
