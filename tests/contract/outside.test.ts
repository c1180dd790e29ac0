/**
 * The rungs that are climbed from outside, each made to fail: small servers on loopback with
 * certificates made here (another host's, one that has run out, another authority's), a clock that is
 * wrong, a name that leads nowhere.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createTenantAgent } from '#adapters/agent/client.ts';
import { createTickets } from '#adapters/agent/tickets.ts';
import { system } from '#adapters/system/system.ts';
import { issueLeaf, makeAuthority } from '#local/openai/certificates.ts';
import type { Identity } from '#local/openai/certificates.ts';
import type { Rung } from '#ports/runtime.ts';
import { deafPort } from '#tests/support/http.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const tickets = createTickets(
  { jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'k' } },
  system,
);
const runtimeId = 'rt_outside';
const yearMs = 365 * 86_400_000;
const now = new Date();
const authority = makeAuthority(now);
const hostName = 'acme.run.example';

const stateAt = (clockMs: number): string =>
  JSON.stringify({
    runtimeId,
    agentVersion: '1',
    clockMs,
    gateway: { status: 'ready', version: '2026.9.6' },
    codex: { status: 'none', attemptId: null, attemptExpiresAtMs: null, loginExpiresAtMs: null },
    smoke: null,
  });

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Refuses strangers, and tells its clock to whoever has a ticket. */
const serve = async (identity: Identity, skewMs = 0): Promise<number> => {
  const options = { key: identity.privateKeyPem, cert: identity.certificatePem };
  const server = createServer(options, (request, response) => {
    request.resume();
    const isKnown = request.headers.authorization !== undefined;
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    const refusal = JSON.stringify({ error: { code: 'ticket_missing', retryable: false } });
    response.end(isKnown ? stateAt(Date.now() + skewMs) : refusal);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

const trust = ({ certificatePem }: Identity) =>
  createTenantAgent({ scheme: 'https', address: '127.0.0.1', authority: certificatePem }, tickets);
const trusting = trust(authority);

const rungsAt = async (port: number, agent = trusting): Promise<readonly Rung[]> => {
  const outcome = await agent.outside({ runtimeId, host: `${hostName}:${port}` });
  if (outcome.kind !== 'ok') throw new Error(outcome.kind);
  return outcome.value.rungs;
};
const named = (rungs: readonly Rung[], rung: Rung['rung']) =>
  rungs.find((each) => each.rung === rung);

const leaf = (names = [hostName]): Identity => issueLeaf(authority, names, now);

describe('from outside', () => {
  test('a runtime with a good certificate and a good clock passes', async () => {
    expect(await rungsAt(await serve(leaf()))).toEqual([
      { rung: 'dns', result: 'skipped', reason: 'fixed_address' },
      { rung: 'tls', result: 'pass', reason: '' },
      { rung: 'stranger_refused', result: 'pass', reason: '' },
      { rung: 'clock', result: 'pass', reason: '' },
    ]);
  });

  test.each([
    ['of another host', 'certificate_wrong_host', () => leaf(['other.example'])],
    [
      'of an authority nobody knows',
      'certificate_untrusted',
      () => issueLeaf(makeAuthority(now), [hostName], now),
    ],
  ])('a certificate %s fails as %s, and nothing above it is climbed', async (_n, reason, make) => {
    const rungs = await rungsAt(await serve(make()));
    expect(rungs.at(-1)).toEqual({ rung: 'tls', result: 'fail', reason });
  });

  test('a certificate that has run out fails as expired', async () => {
    const then = new Date(now.getTime() - 5 * yearMs);
    const old = makeAuthority(then);
    const rungs = await rungsAt(await serve(issueLeaf(old, [hostName], then)), trust(old));
    expect(rungs.at(-1)).toEqual({ rung: 'tls', result: 'fail', reason: 'certificate_expired' });
  });

  test('a certificate that only we made is trusted by nobody by default', async () => {
    const plain = createTenantAgent({ scheme: 'https', address: '127.0.0.1' }, tickets);
    const rungs = await rungsAt(await serve(leaf()), plain);
    expect(named(rungs, 'tls')).toMatchObject({ result: 'fail', reason: 'certificate_untrusted' });
  });

  test.each([
    [61_500, 'fail', 'clock_skewed'],
    [-61_500, 'fail', 'clock_skewed'],
    [45_000, 'pass', ''],
  ])('a clock that is %d ms from ours: %s', async (skewMs, result, reason) => {
    const rungs = await rungsAt(await serve(leaf(), skewMs));
    expect(named(rungs, 'clock')).toEqual({ rung: 'clock', result, reason });
  });

  test('a name that leads nowhere fails as unknown', async () => {
    const agent = createTenantAgent({ scheme: 'https' }, tickets);
    const outcome = await agent.outside({ runtimeId, host: 'nowhere.invalid' });
    // Without a resolver at all nothing is shown either way.
    const seen = outcome.kind === 'ok' ? outcome.value.rungs : outcome.kind;
    expect([
      [{ rung: 'dns', result: 'fail', reason: 'name_unknown' }],
      'unreachable',
    ]).toContainEqual(seen);
  });

  test('nobody there shows nothing either way', async () => {
    const host = `${hostName}:${await deafPort()}`;
    expect(await trusting.outside({ runtimeId, host })).toEqual({ kind: 'unreachable' });
  });
});
