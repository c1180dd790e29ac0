/**
 * Looks at a pasted Codex callback before it is sent: any wrong paste that reaches the gateway ends
 * the login, so what can be seen to be wrong here is named here and costs nothing.
 */

export type CallbackProblem =
  | 'codex_callback_empty'
  | 'codex_pasted_authorize_url'
  | 'codex_callback_malformed'
  | 'codex_callback_wrong_host'
  | 'codex_callback_truncated'
  | 'codex_wrong_attempt'
  | 'codex_access_denied'
  | 'codex_login_error';

export type CallbackCheck =
  | { readonly ok: true; readonly callbackUrl: string }
  | { readonly ok: false; readonly problem: CallbackProblem };

/** Where the login ends when the authorize address does not say. */
const defaultRedirect = 'http://localhost:1455/auth/callback';
/** As in the contract: a longer text is refused by the agent. */
export const callbackMaxCharacters = 4096;

const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** Some browsers copy the address without its scheme. */
const withScheme = (text: string): string =>
  /^(localhost|127\.0\.0\.1)[:/]/i.test(text) ? `http://${text}` : text;

const isLoopback = (host: string): boolean => host === 'localhost' || host === '127.0.0.1';

const sameEnd = (url: URL, expected: URL): boolean => {
  const hosts =
    url.hostname === expected.hostname ||
    (isLoopback(url.hostname) && isLoopback(expected.hostname));
  return hosts && url.port === expected.port && url.pathname === expected.pathname;
};

const looksLikeAuthorize = (url: URL, authorize: URL | null): boolean => {
  if (authorize !== null && url.host === authorize.host && !isLoopback(url.hostname)) return true;
  if (authorize !== null && url.host === authorize.host) return url.pathname === authorize.pathname;
  return url.hostname === 'auth.openai.com' || url.searchParams.has('code_challenge');
};

const refuse = (problem: CallbackProblem): CallbackCheck => ({ ok: false, problem });

const checkAnswer = (url: URL, expectedState: string | null): CallbackCheck => {
  const error = url.searchParams.get('error');
  if (error !== null) {
    return refuse(error === 'access_denied' ? 'codex_access_denied' : 'codex_login_error');
  }
  const code = url.searchParams.get('code') ?? '';
  const state = url.searchParams.get('state') ?? '';
  if (code === '' || state === '') return refuse('codex_callback_truncated');
  if (expectedState !== null && expectedState.startsWith(state) && state !== expectedState) {
    return refuse('codex_callback_truncated');
  }
  if (expectedState !== null && state !== expectedState) return refuse('codex_wrong_attempt');
  return { ok: true, callbackUrl: url.href };
};

export const checkCallback = (pasted: string, authorizeUrl: string | null): CallbackCheck => {
  const text = pasted.trim();
  if (text === '') return refuse('codex_callback_empty');
  if (text.length > callbackMaxCharacters || /\s/.test(text)) {
    return refuse('codex_callback_malformed');
  }
  const url = parse(withScheme(text));
  if (url === null) return refuse('codex_callback_malformed');
  const authorize = authorizeUrl === null ? null : parse(authorizeUrl);
  const redirect = parse(authorize?.searchParams.get('redirect_uri') ?? defaultRedirect);
  if (redirect === null || !sameEnd(url, redirect)) {
    return refuse(
      looksLikeAuthorize(url, authorize)
        ? 'codex_pasted_authorize_url'
        : 'codex_callback_wrong_host',
    );
  }
  return checkAnswer(url, authorize?.searchParams.get('state') ?? null);
};
