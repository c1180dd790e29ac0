/**
 * `POST /oauth/token`: a code or a refresh token becomes a set of tokens.
 * Guarantees: PKCE S256 is checked; a code works once, even when the exchange fails; a refresh
 * token works once, and its reuse is named (`refresh_token_reused`).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { CodexTokenRequest } from '#schemas/wire/codex.ts';
import { CODEX_CLIENT_ID, codexTokenRequest } from '#schemas/wire/codex.ts';
import { findAccount } from './accounts.ts';
import type { Answer } from './http.ts';
import { json } from './http.ts';
import { refusal, refuseFor } from './refusals.ts';
import type { Session } from './store.ts';
import type { Exchange, World } from './world.ts';
import { wait } from './world.ts';

type CodeExchange = Extract<CodexTokenRequest, { grant_type: 'authorization_code' }>;

export async function exchangeToken({ world, request, body }: Exchange): Promise<Answer> {
  await wait(request, world.knobs.tokenLatencyMs);
  if (world.knobs.tokenStatus !== 0) {
    return refuseFor(world.knobs.tokenStatus, world.knobs.refusalReason);
  }
  const form = codexTokenRequest.safeParse(Object.fromEntries(new URLSearchParams(body)));
  if (!form.success) return refusal(400, 'invalid_request', 'The request is not complete.');
  if (form.data.client_id !== CODEX_CLIENT_ID) {
    return refusal(401, 'invalid_client', 'The client is not known.');
  }
  return form.data.grant_type === 'authorization_code'
    ? spendCode(world, form.data)
    : spendRefreshToken(world, form.data.refresh_token);
}

async function spendCode(world: World, form: CodeExchange): Promise<Answer> {
  const grant = world.store.takeGrant(form.code, world.now());
  const account = grant && findAccount(grant.accountKey);
  if (
    grant === undefined ||
    account === undefined ||
    grant.clientId !== form.client_id ||
    grant.redirectUri !== form.redirect_uri ||
    !matchesChallenge(form.code_verifier, grant.codeChallenge)
  ) {
    return refusal(400, 'invalid_grant', 'The code is wrong, spent, expired or not yours.');
  }
  return json(200, await world.mint.begin(account, world.knobs));
}

async function spendRefreshToken(world: World, refreshToken: string): Promise<Answer> {
  const refused = world.knobs.refreshRefusedWith;
  if (refused !== '') return refusal(401, refused, 'A knob of the stand-in refuses refreshing.');
  const sessions = [...world.store.sessions.values()];
  const session = sessions.find((known) => known.refreshToken === refreshToken);
  if (session === undefined) return refuseUnknown(sessions, refreshToken);
  const account = findAccount(session.accountKey);
  if (session.revoked || account === undefined) {
    return refusal(401, 'refresh_token_invalidated', 'This sign-in has been ended.');
  }
  return json(200, await world.mint.renew(account, session, world.knobs));
}

function refuseUnknown(sessions: readonly Session[], refreshToken: string): Answer {
  return sessions.some((known) => known.spentRefreshTokens.includes(refreshToken))
    ? refusal(401, 'refresh_token_reused', 'The refresh token has been used before.')
    : refusal(401, 'invalid_refresh_token', 'The refresh token is not known.');
}

/** `code_challenge` is the base64url SHA-256 of the verifier (RFC 7636). */
export function matchesChallenge(verifier: string, challenge: string): boolean {
  const expected = Buffer.from(challenge, 'base64url');
  const actual = createHash('sha256').update(verifier, 'ascii').digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
