/**
 * The tenant's real stack on a Docker engine: the compose file as the product renders it, the agent's
 * image as its Dockerfile builds it, the real OpenClaw; from an empty volume to a passed smoke, and
 * then everything that strangers, neighbours and the customer's own code must not reach. One tenant
 * for the whole file; the tests follow its life in order.
 */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { sharedNetwork } from '#local/dokploy/docker/backend.ts';
import type { Browser } from 'playwright-core';
import type { StateAnswer } from '#schemas/contract/agent.ts';
import { codexDeviceAnswer, exposureChecks } from '#schemas/contract/agent.ts';
import { eventually } from '#tests/support/http.ts';
import { enter, openBrowser } from './browser.ts';
import { openHouse } from './house.ts';
import type { House } from './house.ts';
import { sayLastWords } from './machine.ts';
import { lookFromHost, lookFromInside, lookFromNetwork } from './places.ts';
import { approve, ask, askAgent, containerOf, deploy, logIn, smoke } from './tenant.ts';
import { stateOf, stateWhen, turnKnobs, userId, valueOf } from './tenant.ts';
import type { Service, Tenant } from './tenant.ts';
import { leaving } from './leaving-life.ts';

const versionFloor = '2026.5.18';
let house: House;
let acme: Tenant;

beforeAll(async () => {
  house = await openHouse();
  acme = await deploy(house, { name: 'acme', title: 'first' });
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => sayLastWords(house, acme));
});
afterAll(async () => {
  await house.close();
});

/** As the reconciler does it: a gateway that is too busy to answer is asked again. */
const verify = async (): Promise<Record<string, string>> => {
  const seen = await eventually(
    () => house.agent.verify(acme, versionFloor),
    (outcome) => outcome.kind === 'ok' && !JSON.stringify(outcome.value).includes('gateway_'),
    180_000,
  );
  const { rungs } = valueOf(seen);
  return Object.fromEntries(
    rungs.map(({ rung, result, reason }) => [rung, reason === '' ? result : `${result}:${reason}`]),
  );
};

/** A gateway that is slow to say who is signed in makes no other login. */
const isKnown = ({ codex }: StateAnswer): boolean => codex.status !== 'unknown';

const settings = z.object({
  Config: z.object({ User: z.string() }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()),
    SecurityOpt: z.array(z.string()),
    PortBindings: z.nullable(z.record(z.string(), z.unknown())),
  }),
});

const inspect = async (service: Service): Promise<z.infer<typeof settings>> => {
  const { stdout } = await house.docker({
    args: ['container', 'inspect', containerOf(acme, service)],
  });
  const [found] = z.array(settings).parse(JSON.parse(stdout));
  if (found === undefined) throw new Error(`there is no ${service}`);
  return found;
};

describe('the stack', () => {
  test.each(['bootstrap', 'openclaw', 'agent'] as const)('hardens %s', async (service) => {
    const { Config, HostConfig } = await inspect(service);
    expect(Config.User).toBe('1000:1000');
    expect(HostConfig).toMatchObject({
      ...{ ReadonlyRootfs: true, CapDrop: ['ALL'] },
      SecurityOpt: ['no-new-privileges:true'],
    });
    expect(Object.keys(HostConfig.PortBindings ?? {})).toEqual([]);
  });

  test('has an agent without a shell, and with nothing writable but its volume', async () => {
    const agent = containerOf(acme, 'agent');
    for (const program of ['sh', '/bin/sh', '/bin/bash', 'ls', 'curl']) {
      const tried = await house.docker({ args: ['exec', agent, program, '-c', 'true'] });
      expect(tried.exitCode).not.toBe(0);
      // The engine says it on either stream.
      expect(tried.stdout + tried.stderr).toMatch(/executable file not found|no such file/);
    }
    const write = (path: string) =>
      `try{fs.writeFileSync(${JSON.stringify(`${path}/x`)},'')}catch(e){console.log(e.code)}`;
    const script = ['/', '/app', '/usr/local/bin', '/data'].map(write).join(';');
    const { stdout } = await house.docker({ args: ['exec', agent, 'node', '-e', script] });
    expect(stdout.trim().split('\n')).toEqual(['EROFS', 'EROFS', 'EROFS']);
  });

  test('is ready and asks for a login', async () => {
    const state = await stateWhen(house, acme, {
      until: ({ gateway }) => gateway.status === 'ready',
      withinMs: 60_000,
    });
    expect(state).toMatchObject({
      gateway: { version: '2026.9.6' },
      codex: { status: 'none' },
      smoke: null,
    });
  });

  test('climbs every rung but the login', async () => {
    expect(await verify()).toEqual({
      ready_json: 'pass',
      websocket_handshake: 'pass',
      version_floor: 'pass',
      tokenless_refused: 'pass',
      foreign_origin_refused: 'pass',
      security_audit: 'pass',
      model_auth: 'pending:no_login',
    });
  });
});

describe('the customer', () => {
  test('links Codex by paste', async () => {
    await logIn(house, acme);
    const { codex } = await stateWhen(house, acme, { until: isKnown, withinMs: 60_000 });
    expect(codex).toMatchObject({ status: 'ok', ended: { ending: 'linked' } });
    expect((await verify())['model_auth']).toBe('pass');
  });

  test('links Codex by device code', async () => {
    const { loginId: before } = (await stateOf(house, acme)).codex;
    await turnKnobs(house, { deviceIntervalSeconds: 1 });
    const answer = await askAgent(house, acme, { scope: 'codex:device', body: {} });
    expect(answer).toMatchObject({ status: 200 });
    const { attemptId, userCode } = codexDeviceAnswer.parse(JSON.parse(answer.text));
    await approve(house, userCode);
    const { codex } = await stateWhen(house, acme, {
      until: (state) =>
        state.codex.ended?.attemptId === attemptId && state.codex.loginId !== before,
      withinMs: 90_000,
    });
    expect(codex.ended).toEqual({ attemptId, ending: 'linked', code: null });
    expect(codex.status).toBe('ok');
  });

  test('gets a receipt for a real turn', async () => {
    const order = { smokeId: 'smoke_first', nonce: 'Nonce0123456789abcdef' };
    expect(await smoke(house, acme, order)).toMatchObject({
      ...{ code: 'passed', nonceMatched: true, provider: 'openai', model: 'gpt-5.5' },
    });
  });
});

describe('the owner', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(house);
  });
  afterAll(async () => {
    await browser.close();
  });
  const isGreeted = (received: readonly string[]): boolean =>
    received.some((frame) => frame.includes('hello-ok'));

  test('opens the Control UI with one click, and is paired', async () => {
    const { page, context, received } = await enter(house, { browser, tenant: acme, userId });
    await eventually(() => Promise.resolve(isGreeted(received)), Boolean, 60_000);
    expect(new URL(page.url()).pathname).toMatch(/^\/ui\//);
    // No ticket, and no token of anything, in the address.
    expect(page.url()).not.toMatch(/token|ticket|eyJ/i);
    const cookies = await context.cookies();
    expect(cookies).toMatchObject([
      { name: expect.stringMatching(/^__Host-/) as string, secure: true, httpOnly: true },
    ]);
    expect((await stateOf(house, acme)).sessions).toEqual([userId]);
    await context.close();
  });

  test('takes nobody along: another browser meets no session', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const answer = await page.goto(`https://${acme.host}/ui/`);
    expect(answer?.status()).toBe(401);
    await context.close();
  });

  test('is out at once when the control plane names others', async () => {
    const { page, received } = await enter(house, { browser, tenant: acme, userId });
    await eventually(() => Promise.resolve(isGreeted(received)), Boolean, 60_000);
    valueOf(await house.agent.limitAccess(acme, ['user_somebody_else']));
    expect((await page.reload())?.status()).toBe(401);
    expect((await stateOf(house, acme)).sessions).toEqual([]);
    await page.context().close();
  });
});

describe('a stranger', () => {
  test('on the public address is refused everything, over real TLS', async () => {
    const { checks } = valueOf(await house.agent.exposure(acme));
    expect(checks.map(({ check, result }) => [check, result])).toEqual(
      exposureChecks.map((check) => [check, check === 'gateway_port_closed' ? 'skipped' : 'pass']),
    );
  });

  test('finds no route but the agent\u2019s own', async () => {
    expect((await ask(acme, '/agent/healthz')).status).toBe(200);
    for (const path of ['/', '/api/v1/admin/rpc', '/tools/invoke', '/v1/models', '/healthz']) {
      expect([path, (await ask(acme, path)).status]).toEqual([path, 404]);
    }
  });
});

/** What the agent sends, copied by somebody who read its source. */
const forged = {
  'x-tenant-user': 'tenant-agent',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'acme.runtimes.test',
};
const refusedAttribution = /^403 .*proxy_attribution_required/s;
const refusedSocket = /^refused/;

describe('the gateway', () => {
  const look = (headers: Readonly<Record<string, string>> = forged) => ({
    at: `${acme.network.openclaw}:18789`,
    headers,
  });
  const cell = (): string => `${acme.appName}_cell`;

  test('takes the agent for the agent', async () => {
    const seen = await lookFromInside(house, { tenant: acme, service: 'agent' }, look());
    expect(seen.http).toMatch(/^200 /);
    expect(seen.socket).toMatch(/^granted .*operator\.admin/);
  });

  test('refuses a neighbour on the tenant\u2019s own networks, whatever it claims', async () => {
    for (const network of [cell(), acme.appName]) {
      const at = await addressOn(network);
      const seen = await lookFromNetwork(house, network, { ...look(), at: `${at}:18789` });
      expect(seen.http).toMatch(refusedAttribution);
      expect(seen.socket).toMatch(refusedSocket);
    }
  });

  test('refuses the customer\u2019s own code inside its container', async () => {
    const inside = { tenant: acme, service: 'openclaw' } as const;
    for (const at of ['127.0.0.1:18789', look().at]) {
      const seen = await lookFromInside(house, inside, { ...look(), at });
      expect([at, seen.http]).toEqual([at, expect.stringMatching(/^40[13] /)]);
      expect([at, seen.socket]).toEqual([at, expect.stringMatching(refusedSocket)]);
      const bare = await lookFromInside(house, inside, { ...look({}), at });
      expect([at, bare.socket]).toEqual([at, expect.stringMatching(refusedSocket)]);
    }
  });

  test('refuses the server\u2019s own processes, and listens on none of its addresses', async () => {
    const seen = await lookFromHost(look());
    expect(seen.http).toMatch(refusedAttribution);
    expect(seen.socket).toMatch(refusedSocket);
    const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    const addresses = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
    expect(addresses.length).toBeGreaterThan(1);
    for (const address of addresses) {
      const there = await lookFromHost({ ...look(), at: `${address}:18789` });
      expect([address, there.http]).toEqual([address, 'unreachable ECONNREFUSED']);
    }
  });

  test('is out of reach from the networks of others', async () => {
    await house.docker({ args: ['network', 'create', 'stranger'] });
    const addresses = [acme.network.openclaw, await addressOn(acme.appName)];
    const tries = ['stranger', sharedNetwork].flatMap((network) =>
      addresses.map((address) => ({ network, at: `${address}:18789` })),
    );
    const seen = await Promise.all(
      tries.map(({ network, at }) => lookFromNetwork(house, network, { ...look(), at })),
    );
    for (const { http } of seen) {
      expect(http).toMatch(/^unreachable (TimeoutError|EHOSTUNREACH|ENETUNREACH)/);
    }
    await house.docker({ args: ['network', 'rm', 'stranger'] });
  });

  test('has no administration over HTTP, not even for the agent', async () => {
    const inside = { tenant: acme, service: 'agent' } as const;
    const seen = await lookFromInside(house, inside, { ...look(), path: '/api/v1/admin/rpc' });
    expect(seen.http).toMatch(/^404 /);
  });

  const addressOn = async (network: string): Promise<string> => {
    const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
    const args = ['inspect', '--format', format, containerOf(acme, 'openclaw')];
    return (await house.docker({ args })).stdout.trim();
  };
});

describe('leaving', () => leaving(() => ({ house, acme })));
