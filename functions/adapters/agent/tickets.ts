/** Mints the short-lived EdDSA tokens the tenant's agent accepts. Only the private key is secret. */
import { SignJWT, importJWK } from 'jose';
import type { JWK } from 'jose';
import { ticketIssuer, ticketMaxLifeSeconds } from '#schemas/contract/agent.ts';
import type { Tickets } from '#ports/runtime.ts';
import type { Clock, Ids } from '#ports/system.ts';

export interface SigningKey {
  /** Private Ed25519 key as a JWK with `kid`; never logged, never serialised. */
  readonly jwk: JWK;
}

export const createTickets = (
  key: SigningKey,
  system: { readonly clock: Clock; readonly ids: Ids },
): Tickets => ({
  mint: async ({ runtimeId, subject, scope, attempt, lifeSeconds }) => {
    const issuedAt = Math.floor(system.clock.now().getTime() / 1_000);
    const expiresAt = issuedAt + Math.min(lifeSeconds, ticketMaxLifeSeconds);
    const claims = attempt === undefined ? { scope } : { scope, attempt };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: key.jwk.kid ?? '' })
      .setIssuer(ticketIssuer)
      .setAudience(runtimeId)
      .setSubject(subject)
      .setJti(system.ids.newToken())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(await importJWK(key.jwk, 'EdDSA'));
    return { token, expiresAt: new Date(expiresAt * 1_000) };
  },
});

/** Public half as a JWK set, for the tenant's environment. */
export const publicKeySet = ({ jwk }: SigningKey): string => {
  const { kty, crv, x, kid } = jwk;
  return JSON.stringify({ keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] });
};
