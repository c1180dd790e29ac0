import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentScope } from '#schemas/contract/agent.ts';
import type { PublicKeySet } from '../config.ts';
import { AgentFailure } from '../failure.ts';
import { BurntTickets } from './journal.ts';
import type { TicketDesk } from './verify.ts';
import { createTicketDesk } from './verify.ts';

const runtimeId = 'rt_1';
const startMs = Date.UTC(2026, 10, 23, 9);
const seconds = startMs / 1000;
const honest: JWTPayload = {
  iss: 'hosted-dedicated',
  aud: runtimeId,
  sub: 'control-plane',
  scope: 'state',
  jti: 'abcdefghijklmnop',
  iat: seconds,
  exp: seconds + 60,
};

let folder: string;
let nowMs = startMs;
let count = 0;
let current: CryptoKey;
let next: CryptoKey;
let stranger: CryptoKey;
let keys: PublicKeySet;

async function publicJwk(key: CryptoKey, kid: string): Promise<PublicKeySet['keys'][number]> {
  const { x = '' } = await exportJWK(key);
  return { kty: 'OKP', crv: 'Ed25519', x, kid };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickets-'));
  const pairs = await Promise.all(
    [1, 2, 3].map(async () => generateKeyPair('EdDSA', { extractable: true })),
  );
  const [first, second, third] = pairs;
  if (!first || !second || !third) throw new Error('no keys');
  [current, next, stranger] = [first.privateKey, second.privateKey, third.privateKey];
  keys = {
    keys: [await publicJwk(first.publicKey, 'k1'), await publicJwk(second.publicKey, 'k2')],
  };
});

afterAll(async () => rm(folder, { recursive: true }));

async function desk(path = join(folder, `${String(count++)}.log`)): Promise<TicketDesk> {
  nowMs = startMs;
  const now = (): number => nowMs;
  const burnt = new BurntTickets(path, now);
  await burnt.load();
  return createTicketDesk({ keys, runtimeId, burnt, now });
}

async function sign(changes: JWTPayload = {}, key = current, header = {}): Promise<string> {
  const claims = { ...honest, ...changes };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1', ...header })
    .sign(key);
}

async function outcome(
  at: TicketDesk,
  ticket: string,
  scope: AgentScope = 'state',
): Promise<string> {
  try {
    await at.spend(`Bearer ${ticket}`, scope);
    return 'accepted';
  } catch (error) {
    if (error instanceof AgentFailure) return error.code;
    throw error;
  }
}

describe('an honest ticket', () => {
  it('is accepted once, and refused the second time', async () => {
    const at = await desk();
    const ticket = await sign();
    expect(await outcome(at, ticket)).toBe('accepted');
    expect(await outcome(at, ticket)).toBe('ticket_replayed');
  });

  it('is accepted from any key of the set, found by its kid', async () => {
    expect(await outcome(await desk(), await sign({}, next, { kid: 'k2' }))).toBe('accepted');
  });

  it('is accepted within a minute of clock difference on either side', async () => {
    const [early, late] = [await desk(), await desk()];
    nowMs = startMs - 50_000;
    expect(await outcome(early, await sign())).toBe('accepted');
    nowMs = startMs + 110_000;
    expect(await outcome(late, await sign())).toBe('accepted');
  });

  it('wins exactly once when used by many at the same time', async () => {
    const at = await desk();
    const ticket = await sign();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(at, ticket)));
    expect(outcomes.filter((one) => one === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((one) => one === 'ticket_replayed')).toHaveLength(19);
  });

  it('stays burnt when the agent restarts', async () => {
    const path = join(folder, 'restart.log');
    const ticket = await sign();
    expect(await outcome(await desk(path), ticket)).toBe('accepted');
    expect(await outcome(await desk(path), ticket)).toBe('ticket_replayed');
  });
});

describe('a ticket that is not honest', () => {
  it.each<[string, JWTPayload, string]>([
    ['for another runtime', { aud: 'rt_2' }, 'ticket_invalid'],
    ['for several runtimes', { aud: [runtimeId, 'rt_2'] }, 'ticket_invalid'],
    ['of another issuer', { iss: 'someone' }, 'ticket_invalid'],
    ['for another route', { scope: 'smoke' }, 'ticket_wrong_scope'],
    ['for an unknown route', { scope: 'shell' }, 'ticket_invalid'],
    ['that lives too long', { exp: seconds + 121 }, 'ticket_invalid'],
    ['that ends before it begins', { exp: seconds }, 'ticket_invalid'],
    ['from the future', { iat: seconds + 90, exp: seconds + 120 }, 'ticket_invalid'],
    ['with a short id', { jti: 'short' }, 'ticket_invalid'],
    ['with a long id', { jti: 'x'.repeat(65) }, 'ticket_invalid'],
  ])('is refused: %s', async (_name, changes, expected) => {
    expect(await outcome(await desk(), await sign(changes))).toBe(expected);
  });

  it('is refused when a claim is left out', async () => {
    for (const name of ['aud', 'sub', 'scope', 'jti', 'iat', 'exp', 'iss']) {
      const claims = Object.fromEntries(Object.entries(honest).filter(([key]) => key !== name));
      const ticket = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' })
        .sign(current);
      expect([name, await outcome(await desk(), ticket)]).toEqual([name, 'ticket_invalid']);
    }
  });

  it('is refused with a wrong or missing kid, type or signature', async () => {
    const at = await desk();
    expect(await outcome(at, await sign({}, stranger))).toBe('ticket_invalid');
    expect(await outcome(at, await sign({}, current, { kid: 'k2' }))).toBe('ticket_invalid');
    expect(await outcome(at, await sign({}, current, { kid: 'k3' }))).toBe('ticket_invalid');
    expect(await outcome(at, await sign({}, current, { kid: undefined }))).toBe('ticket_invalid');
    expect(await outcome(at, await sign({}, current, { typ: 'at+jwt' }))).toBe('ticket_invalid');
    const [head = '', , signature = ''] = (await sign()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...honest, scope: 'smoke' }));
    const forged = `${head}.${payload.toString('base64url')}.${signature}`;
    expect(await outcome(at, forged, 'smoke')).toBe('ticket_invalid');
  });

  it('is refused without a signature, and with the public key used as a shared one', async () => {
    const at = await desk();
    const unsigned = new UnsecuredJWT(honest).encode();
    expect(await outcome(at, unsigned)).toBe('ticket_invalid');
    const secret = new TextEncoder().encode(keys.keys[0]?.x.padEnd(64, 'x'));
    const symmetric = await new SignJWT(honest)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'k1' })
      .sign(secret);
    expect(await outcome(at, symmetric)).toBe('ticket_invalid');
  });

  it('is refused after its time', async () => {
    const at = await desk();
    nowMs = startMs + 130_000;
    expect(await outcome(at, await sign())).toBe('ticket_expired');
  });
});

describe('the header', () => {
  it.each([
    [undefined, 'ticket_missing'],
    ['', 'ticket_invalid'],
    ['Basic abc', 'ticket_invalid'],
    ['Bearer ', 'ticket_invalid'],
    ['Bearer a b', 'ticket_invalid'],
    ['Bearer nonsense', 'ticket_invalid'],
    [`Bearer ${'a'.repeat(5000)}`, 'ticket_invalid'],
  ])('%j answers %s', async (header, expected) => {
    const at = await desk();
    await expect(at.spend(header, 'state')).rejects.toMatchObject({ code: expected });
  });
});
