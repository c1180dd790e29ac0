/** Everybody who would like a ticket: other algorithms, other keys, other callers, other hours. */
import { createHmac, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentScope } from '#schemas/contract/agent.ts';
import {
  agentScopes,
  browserScopes,
  clockToleranceSeconds,
  ticketIssuer,
  ticketMaxLifeSeconds,
} from '#schemas/contract/agent.ts';
import type { PublicKeySet } from '../config.ts';
import { AgentFailure } from '../failure.ts';
import { BurntTickets } from './journal.ts';
import { createTicketDesk } from './verify.ts';

const runtimeId = 'rt_1';
const nowSeconds = Date.UTC(2026, 10, 23, 9) / 1000;

interface Signer {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: PublicKeySet['keys'][number];
}

function newSigner(kid: string): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { kid, privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid } };
}

const old = newSigner('2026-10');
const current = newSigner('2026-11');
const stranger = newSigner('2026-11');
let folder: string;
let burnt: BurntTickets;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forgery-'));
  burnt = new BurntTickets(join(folder, 'burnt.log'), () => nowSeconds * 1000, 100_000);
  await burnt.load();
});
afterAll(async () => rm(folder, { recursive: true }));

type Json = Readonly<Record<string, unknown>>;
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const honestHeader = { alg: 'EdDSA', typ: 'JWT', kid: current.kid };
const claims = (changes: Json = {}): Json => ({
  iss: ticketIssuer,
  aud: runtimeId,
  sub: 'control-plane',
  scope: 'state',
  jti: randomUUID(),
  iat: nowSeconds,
  exp: nowSeconds + 60,
  ...changes,
});

/** By hand: a library would refuse to make most of these. */
function ticket(payload: Json, header: Json = honestHeader, signer = current): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signBytes(null, Buffer.from(signed), signer.privateKey).toString('base64url')}`;
}

interface Desk {
  readonly keys?: readonly Signer[];
  readonly scope?: AgentScope;
  readonly atSeconds?: number;
}

async function outcome(presented: string, desk: Desk = {}): Promise<string> {
  const { keys = [current], scope = 'state', atSeconds = nowSeconds } = desk;
  const set = { keys: keys.map((signer) => signer.jwk) };
  const now = (): number => atSeconds * 1000;
  try {
    await createTicketDesk({ keys: set, runtimeId, burnt, now }).spend(
      `Bearer ${presented}`,
      scope,
    );
    return 'accepted';
  } catch (error) {
    if (error instanceof AgentFailure) return error.code;
    throw error;
  }
}

it('takes the honest one, or nothing below would mean anything', async () => {
  expect(await outcome(ticket(claims()))).toBe('accepted');
});

describe('a rotation of keys', () => {
  const withOld = (): string => ticket(claims(), { ...honestHeader, kid: old.kid }, old);

  it('takes tickets of both keys while both are listed, in any order', async () => {
    for (const keys of [
      [old, current],
      [current, old],
    ]) {
      expect(await outcome(withOld(), { keys })).toBe('accepted');
      expect(await outcome(ticket(claims()), { keys })).toBe('accepted');
    }
  });

  it('takes none of the old key once it is removed, whatever name it goes by', async () => {
    expect(await outcome(withOld(), { keys: [current] })).toBe('ticket_invalid');
    expect(await outcome(ticket(claims(), honestHeader, old))).toBe('ticket_invalid');
  });

  it('does not forget what was spent under the old key', async () => {
    const spent = withOld();
    expect(await outcome(spent, { keys: [old, current] })).toBe('accepted');
    expect(await outcome(spent, { keys: [old, current] })).toBe('ticket_replayed');
  });
});

describe('the caller', () => {
  const browsers: ReadonlySet<AgentScope> = new Set(browserScopes);

  it.each(agentScopes)('of %s is who it must be', async (scope) => {
    const isBrowser = browsers.has(scope);
    const asControl = ticket(claims({ scope, sub: 'control-plane' }));
    const asUser = ticket(claims({ scope, sub: 'user_68a1' }));
    expect(await outcome(asControl, { scope })).toBe(isBrowser ? 'ticket_invalid' : 'accepted');
    expect(await outcome(asUser, { scope })).toBe(isBrowser ? 'accepted' : 'ticket_invalid');
  });

  it('is no name that could mean another', async () => {
    const isUserId = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
    const names = fc.oneof(
      fc.constantFrom('', 'control-plane ', 'control-plane\0', '-', '../x', 'x'.repeat(65)),
      fc.string({ maxLength: 80 }).filter((name) => !isUserId(name)),
    );
    await fc.assert(
      fc.asyncProperty(names, fc.constantFrom(...agentScopes), async (sub, scope) => {
        expect(await outcome(ticket(claims({ sub, scope })), { scope })).toBe('ticket_invalid');
      }),
      { numRuns: 200 },
    );
  });
});

describe('an algorithm', () => {
  const secrets = [
    ['the public key', current.jwk.x],
    ['its bytes', Buffer.from(current.jwk.x, 'base64url')],
    ['its JWK', JSON.stringify(current.jwk)],
    ['nothing', ''],
  ] as const;

  it.each(['none', 'None', 'NONE', '', 'nOnE'])('called %j signs nothing', async (alg) => {
    const unsigned = `${encode({ ...honestHeader, alg })}.${encode(claims())}`;
    for (const tail of ['', '.', '.AAAA']) {
      expect(await outcome(`${unsigned}${tail}`)).toBe('ticket_invalid');
    }
    expect(await outcome(ticket(claims(), { ...honestHeader, alg }))).toBe('ticket_invalid');
  });

  it.each(secrets)('with a shared secret is refused: %s', async (_name, secret) => {
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS512', 'sha512'],
      ['EdDSA', 'sha256'],
    ] as const) {
      const signed = `${encode({ ...honestHeader, alg })}.${encode(claims())}`;
      const mac = createHmac(hash, secret).update(signed).digest('base64url');
      expect(await outcome(`${signed}.${mac}`)).toBe('ticket_invalid');
    }
  });

  it('of another curve is refused, also under the known name', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const alg of ['ES256', 'EdDSA']) {
      const signed = `${encode({ ...honestHeader, alg })}.${encode(claims())}`;
      const signature = signBytes('sha256', Buffer.from(signed), {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      });
      expect(await outcome(`${signed}.${signature.toString('base64url')}`)).toBe('ticket_invalid');
    }
  });
});

describe('a header', () => {
  const bring = { jwk: stranger.jwk, x5c: ['AAAA'], jku: 'http://127.0.0.1:1/', x5u: 'http://a/' };

  it.each<[string, Json]>([
    ['brings its own key', bring],
    ['names no key', { kid: undefined }],
    ['names an empty key', { kid: '' }],
    ['names a path', { kid: '../../2026-11' }],
    ['names a list', { kid: [current.kid] }],
    ['names an object', { kid: { toString: current.kid } }],
    ['names a prototype', { kid: '__proto__' }],
    ['asks for what nobody knows', { crit: ['exp'], exp: 1 }],
    ['says that the payload is not encoded', { crit: ['b64'], b64: false }],
    ['is of another type', { typ: 'at+jwt' }],
    ['has no type', { typ: undefined }],
  ])('that %s opens nothing for a stranger', async (_name, changes) => {
    const header = { ...honestHeader, ...changes };
    expect(await outcome(ticket(claims(), header, stranger))).toBe('ticket_invalid');
    if ('jwk' in changes) return;
    expect(await outcome(ticket(claims(), header))).toBe('ticket_invalid');
  });
});

describe('time', () => {
  const life = fc.integer({ min: -10, max: 400 });
  const offset = fc.integer({ min: -400, max: 400 });

  it('decides alone: two minutes of life, a minute of difference between clocks', async () => {
    await fc.assert(
      fc.asyncProperty(life, offset, async (lifeSeconds, startsIn) => {
        const iat = nowSeconds + startsIn;
        const presented = ticket(claims({ iat, exp: iat + lifeSeconds }));
        const found = await outcome(presented);
        const isShort = lifeSeconds > 0 && lifeSeconds <= ticketMaxLifeSeconds;
        const hasBegun = startsIn <= clockToleranceSeconds;
        const goesOn = startsIn + lifeSeconds > -clockToleranceSeconds;
        expect(found === 'accepted').toBe(isShort && hasBegun && goesOn);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    [-clockToleranceSeconds, 'accepted'],
    [-clockToleranceSeconds - 1, 'ticket_invalid'],
    [60 + clockToleranceSeconds - 1, 'accepted'],
    [60 + clockToleranceSeconds, 'ticket_expired'],
  ])('at %i s on the clock of the tenant: %s', async (shift, expected) => {
    expect(await outcome(ticket(claims()), { atSeconds: nowSeconds + shift })).toBe(expected);
  });

  it.each(['60', null, Number.NaN, 1e20, -1, 1.5e308])('is no %j', async (odd) => {
    expect(await outcome(ticket(claims({ exp: odd })))).toMatch(/^ticket_(invalid|expired)$/);
    expect(await outcome(ticket(claims({ iat: odd })))).toMatch(/^ticket_(invalid|expired)$/);
  });
});

describe('whatever is presented', () => {
  it('no ticket that differs by one character from an honest one is accepted', async () => {
    const honest = ticket(claims());
    const place = fc.integer({ min: 0, max: honest.length - 1 });
    const other = fc.constantFrom(...'ABab01_-.'.split(/(?=.)/));
    await fc.assert(
      fc.asyncProperty(place, other, async (at, character) => {
        const forged = `${honest.slice(0, at)}${character}${honest.slice(at + 1)}`;
        // The last character of a part carries unused bits: the same ticket, written otherwise.
        fc.pre(Buffer.from(forged, 'base64url').compare(Buffer.from(honest, 'base64url')) !== 0);
        fc.pre(!isSameBytes(forged, honest));
        expect(await outcome(forged)).toBe('ticket_invalid');
      }),
      { numRuns: 500 },
    );
    expect(await outcome(honest)).toBe('accepted');
  });

  it('nothing is accepted, and nothing throws, without a signature of ours', async () => {
    const part = fc.oneof(
      fc.base64String({ maxLength: 60 }).map((text) => text.replace(/[+/=]/g, '-')),
      fc.json({ maxDepth: 2 }).map(encode),
      fc.constant(encode(honestHeader)),
      fc.constant(encode(claims())),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        expect(await outcome(parts.join('.'))).toBe('ticket_invalid');
      }),
      { numRuns: 1_000 },
    );
  });
});

function isSameBytes(one: string, other: string): boolean {
  const bytes = (token: string): string[] =>
    token.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
  return bytes(one).join('.') === bytes(other).join('.');
}
