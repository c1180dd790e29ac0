/**
 * Who may ask what. Guarantees: a ticket is accepted once, only with an EdDSA signature of a key
 * named by `kid`, only for this runtime, this route's scope and this kind of caller, and never past
 * its two minutes.
 * Which check failed is said only where the honest caller can act on it (expired, used, wrong scope).
 */
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { JWTVerifyGetKey } from 'jose';
import type { AgentScope, TicketClaims } from '#schemas/contract/agent.ts';
import {
  browserScopes,
  clockToleranceSeconds,
  controlPlaneSubject,
  ticketClaims,
  ticketIssuer,
  ticketMaxLifeSeconds,
} from '#schemas/contract/agent.ts';
import type { PublicKeySet } from '../config.ts';
import { AgentFailure } from '../failure.ts';
import type { BurntTickets } from './journal.ts';

const maxTicketLength = 2048;

export interface TicketDesk {
  /** Throws `AgentFailure` with a `ticket_*` code; otherwise the ticket is spent. */
  spend(authorization: string | undefined, scope: AgentScope): Promise<TicketClaims>;
}

export interface TicketDeskOptions {
  readonly keys: PublicKeySet;
  readonly runtimeId: string;
  readonly burnt: BurntTickets;
  readonly now: () => number;
}

export function createTicketDesk(options: TicketDeskOptions): TicketDesk {
  const keys = createLocalJWKSet({
    keys: options.keys.keys.map(({ kty, crv, x, kid }) => ({ kty, crv, x, kid })),
  });
  return {
    async spend(authorization, scope) {
      const claims = await readTicket(bearerOf(authorization), keys, options);
      if (claims.scope !== scope) throw new AgentFailure('ticket_wrong_scope');
      if (!isCallerOf(scope, claims.sub)) throw new AgentFailure('ticket_invalid');
      const aliveUntilMs = (claims.exp + clockToleranceSeconds) * 1000;
      const first = await options.burnt.burn(claims.jti, aliveUntilMs);
      if (!first) throw new AgentFailure('ticket_replayed');
      return claims;
    },
  };
}

const scopesOfBrowsers: ReadonlySet<AgentScope> = new Set(browserScopes);
const userId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A ticket of the control plane opens no route of the browser's, nor the other way round. */
function isCallerOf(scope: AgentScope, subject: string): boolean {
  if (!scopesOfBrowsers.has(scope)) return subject === controlPlaneSubject;
  return subject !== controlPlaneSubject && userId.test(subject);
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) throw new AgentFailure('ticket_missing');
  const match = /^Bearer ([A-Za-z0-9_.-]+)$/.exec(authorization);
  const token = match?.[1];
  if (token === undefined || token.length > maxTicketLength)
    throw new AgentFailure('ticket_invalid');
  return token;
}

async function readTicket(
  token: string,
  keys: JWTVerifyGetKey,
  { runtimeId, now }: TicketDeskOptions,
): Promise<TicketClaims> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA'],
      typ: 'JWT',
      issuer: ticketIssuer,
      audience: runtimeId,
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: ticketMaxLifeSeconds,
      requiredClaims: ['aud', 'sub', 'scope', 'jti', 'iat', 'exp'],
      currentDate: new Date(now()),
    });
    // Without a kid the library would take the only key; a rotation would then change the meaning.
    if (protectedHeader.kid === undefined) throw new AgentFailure('ticket_invalid');
    const claims = ticketClaims.safeParse(payload);
    if (!claims.success) throw new AgentFailure('ticket_invalid');
    const lifeSeconds = claims.data.exp - claims.data.iat;
    if (lifeSeconds <= 0 || lifeSeconds > ticketMaxLifeSeconds)
      throw new AgentFailure('ticket_invalid');
    return claims.data;
  } catch (error) {
    if (error instanceof AgentFailure) throw error;
    if (error instanceof errors.JWTExpired) throw new AgentFailure('ticket_expired');
    if (error instanceof errors.JOSEError) throw new AgentFailure('ticket_invalid');
    throw error;
  }
}
