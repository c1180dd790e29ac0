/**
 * Access tokens: signed with the issuer's own key, checked again on every model call.
 * Guarantees: a token that verifies here was issued here, is not expired, and its login session
 * has not been revoked since.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import type { CryptoKey } from 'jose';
import {
  CODEX_AUTH_CLAIM,
  CODEX_AUTH_ORIGIN,
  CODEX_CLIENT_ID,
  CODEX_PROFILE_CLAIM,
} from '#schemas/wire/codex.ts';
import type { Account } from './accounts.ts';
import { CANARY, findAccount } from './accounts.ts';
import type { Knobs } from './knobs.ts';
import type { Session, Store } from './store.ts';

const ALGORITHM = 'RS256';
const AUDIENCE = 'https://api.openai.com/v1';

export interface Caller {
  readonly account: Account;
  readonly session: Session;
}

export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

export async function newSigningKey(): Promise<Readonly<Record<string, unknown>>> {
  const pair = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(pair.privateKey)) };
}

/** `prefix_codex-canary_<random>`: opaque, and recognisable wherever it must not be. */
export function newSecret(prefix: string): string {
  return `${prefix}_${CANARY}_${randomBytes(24).toString('base64url')}`;
}

export class TokenMint {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #key: Promise<CryptoKey>;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#key = importJWK(store.signingKey, ALGORITHM).then((key) => {
      if (key instanceof Uint8Array) throw new Error('The signing key is not an RSA key.');
      return key;
    });
  }

  /** Tokens of a new login session. */
  async begin(account: Account, knobs: Knobs): Promise<TokenSet> {
    const session: Session = {
      id: randomUUID(),
      accountKey: account.key,
      refreshToken: newSecret('rt'),
      spentRefreshTokens: [],
      revoked: false,
      accessValidFromSeconds: 0,
    };
    this.#store.addSession(session);
    return this.#tokens(account, session, knobs);
  }

  /** Tokens of a session that goes on: the refresh token it had is spent. */
  async renew(account: Account, session: Session, knobs: Knobs): Promise<TokenSet> {
    this.#store.rotate(session, newSecret('rt'));
    return this.#tokens(account, session, knobs);
  }

  /** Who calls, or nobody: unknown, expired, revoked and foreign tokens look the same. */
  async verify(authorization: string | undefined): Promise<Caller | undefined> {
    const token = /^Bearer ([A-Za-z0-9._-]{1,8192})$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(token, await this.#publicKey(), {
        algorithms: [ALGORITHM],
        issuer: CODEX_AUTH_ORIGIN,
        audience: AUDIENCE,
        currentDate: new Date(this.#now()),
      });
      const session = this.#store.sessions.get(String(payload['session_id']));
      const account = session && findAccount(session.accountKey);
      if (session === undefined || account === undefined || session.revoked) return undefined;
      return (payload.iat ?? 0) < session.accessValidFromSeconds ? undefined : { account, session };
    } catch {
      return undefined;
    }
  }

  async #publicKey(): Promise<CryptoKey> {
    const { kty, n, e } = this.#store.signingKey;
    const key = await importJWK({ kty, n, e } as Record<string, string>, ALGORITHM);
    if (key instanceof Uint8Array) throw new Error('The signing key is not an RSA key.');
    return key;
  }

  async #tokens(account: Account, session: Session, knobs: Knobs): Promise<TokenSet> {
    const issuedAt = Math.floor(this.#now() / 1000);
    const expiresAt = issuedAt + knobs.tokenLifeSeconds;
    const auth = {
      ...(knobs.withoutAccountId ? {} : { chatgpt_account_id: account.accountId }),
      chatgpt_plan_type: account.plan,
      chatgpt_user_id: account.userId,
    };
    const claims = {
      [CODEX_AUTH_CLAIM]: auth,
      [CODEX_PROFILE_CLAIM]: { email: account.email, email_verified: true },
      client_id: CODEX_CLIENT_ID,
      session_id: session.id,
      scp: ['openid', 'profile', 'email', 'offline_access'],
    };
    const sign = async (audience: string, body: Record<string, unknown>): Promise<string> =>
      new SignJWT(body)
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: 'stand-in' })
        .setIssuer(CODEX_AUTH_ORIGIN)
        .setAudience(audience)
        .setSubject(account.userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(await this.#key);
    const idClaims = { email: account.email, email_verified: true, [CODEX_AUTH_CLAIM]: auth };
    const accessToken = await sign(AUDIENCE, claims);
    this.#store.note(accessToken);
    return {
      access_token: accessToken,
      refresh_token: session.refreshToken,
      id_token: await sign(CODEX_CLIENT_ID, idClaims),
      token_type: 'Bearer',
      expires_in: knobs.tokenLifeSeconds,
      scope: 'openid profile email offline_access',
    };
  }
}
