/**
 * `GET /oauth/authorize` shows the sign-in page, `POST` of the same address decides.
 * Guarantees: a request with an unknown client or a foreign redirect address is never redirected;
 * codes are single use, live ten minutes, and are bound to the PKCE challenge of their request.
 */
import type { CodexAuthorizeQuery } from '#schemas/wire/codex.ts';
import { CODEX_CLIENT_ID, codexAuthorizeQuery } from '#schemas/wire/codex.ts';
import { ACCOUNTS, findAccount } from './accounts.ts';
import type { Answer } from './http.ts';
import { page, redirect } from './http.ts';
import { authorizePage, problemPage } from './pages.ts';
import { newSecret } from './tokens.ts';
import type { Exchange } from './world.ts';

export const CODE_LIFE_MS = 10 * 60 * 1000;

type Checked =
  | { readonly ok: true; readonly query: CodexAuthorizeQuery }
  | { readonly ok: false; readonly reason: string };

/** A request that may be shown to a person, or the reason why it may not. */
export function checkAuthorize(parameters: URLSearchParams): Checked {
  const repeated = [...parameters.keys()].find((key) => parameters.getAll(key).length > 1);
  if (repeated !== undefined) return { ok: false, reason: `${repeated} is given twice` };
  const parsed = codexAuthorizeQuery.safeParse(Object.fromEntries(parameters));
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.'));
    return { ok: false, reason: `missing or malformed: ${[...new Set(names)].join(', ')}` };
  }
  if (parsed.data.client_id !== CODEX_CLIENT_ID) return { ok: false, reason: 'unknown client_id' };
  return isRegisteredRedirect(parsed.data.redirect_uri)
    ? { ok: true, query: parsed.data }
    : { ok: false, reason: 'redirect_uri is not registered for this client' };
}

/** The loopback callback of the Codex client, under either of its two host names. */
function isRegisteredRedirect(address: string): boolean {
  return /^http:\/\/(localhost|127\.0\.0\.1):1455\/auth\/callback$/.test(address);
}

export function showAuthorize({ url }: Exchange): Answer {
  const checked = checkAuthorize(url.searchParams);
  if (!checked.ok) return page(400, problemPage(checked.reason));
  return page(200, authorizePage(`${url.pathname}${url.search}`, ACCOUNTS));
}

export function decideAuthorize({ url, body, world }: Exchange): Answer {
  const checked = checkAuthorize(url.searchParams);
  if (!checked.ok) return page(400, problemPage(checked.reason));
  const form = new URLSearchParams(body);
  const { query } = checked;
  if (form.get('decision') === 'deny') {
    return redirectBack(query, {
      error: 'access_denied',
      error_description: 'The user denied access',
    });
  }
  const account = findAccount(form.get('account') ?? 'demo');
  if (account === undefined || form.get('decision') !== 'continue') {
    return page(400, problemPage('an account and a decision are needed'));
  }
  const code = newSecret('ac');
  world.store.addGrant(code, {
    clientId: query.client_id,
    redirectUri: query.redirect_uri,
    codeChallenge: query.code_challenge,
    accountKey: account.key,
    expiresAtMs: world.now() + CODE_LIFE_MS,
  });
  return redirectBack(query, { code, scope: query.scope });
}

function redirectBack(query: CodexAuthorizeQuery, values: Record<string, string>): Answer {
  const parameters = new URLSearchParams({ ...values, state: query.state });
  return redirect(`${query.redirect_uri}?${parameters.toString()}`);
}
