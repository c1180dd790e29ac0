/**
 * The TenantAgent port against the bundled agent as a process of its own, with no gateway beside it,
 * and against everything else that may answer at a runtime's address. What the agent does with the
 * real gateway is tried in `tenant/`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createTenantAgent } from '#adapters/agent/client.ts';
import { createTickets, publicKeySet } from '#adapters/agent/tickets.ts';
import type { SigningKey } from '#adapters/agent/tickets.ts';
import { system } from '#adapters/system/system.ts';
import { bundleAgent } from '#build/agent.ts';
import { send } from '#local/customer/http.ts';
import type { AgentOutcome, TenantAgent, Tickets } from '#ports/runtime.ts';
import { start } from '#tenant/agent/testing/processes.ts';
import type { Started } from '#tenant/agent/testing/processes.ts';
import type { Neighbour } from '#tests/support/http.ts';
import {
  deafPort,
  eventually,
  startNeighbour,
  startSilence,
  startWebsite,
} from '#tests/support/http.ts';

const newKey = (kid: string): SigningKey => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { jwk: { ...privateKey.export({ format: 'jwk' }), kid } };
};
const ourKey = newKey('contract');
const runtimeId = 'rt_contract';
const smoke = { smokeId: 'smoke_0001', nonce: 'Nonce0123456789ab' };
const versionFloor = '2026.5.18';

let folder: string;
let script: string;
let environment: Record<string, string>;
let agentProcess: Started | undefined;
let host: string;

const agentWith = (tickets: Tickets): TenantAgent =>
  createTenantAgent({ scheme: 'http', address: '127.0.0.1' }, tickets);
const ours = createTickets(ourKey, system);
const at = (there = host, id = runtimeId) => ({ runtimeId: id, host: there });

/** Starts the bundle and waits until its door answers. */
const startAgent = async (): Promise<Started> => {
  const started = start({ name: 'agent', args: [script, 'serve'], env: environment });
  const url = `http://127.0.0.1:${environment['AGENT_PORT'] ?? ''}/agent/healthz`;
  const health = (): Promise<number> =>
    send({ method: 'GET', url }).then(
      ({ status }) => status,
      () => 0,
    );
  await eventually(health, (status) => status === 200).catch(async (error: unknown) => {
    await started.end();
    throw error;
  });
  return started;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-adapter-'));
  script = await bundleAgent();
  const [port, gatewayPort] = [await deafPort(), await deafPort()];
  host = `acme.runtimes.localhost:${port}`;
  environment = {
    RUNTIME_ID: runtimeId,
    RUNTIME_HOST: host,
    RUNTIME_SCHEME: 'http',
    SITE_ORIGIN: 'http://hosted.localhost:8080',
    CONTROL_PLANE_KEYS: publicKeySet(ourKey),
    GATEWAY_URL: `ws://127.0.0.1:${gatewayPort}`,
    GATEWAY_BIND: 'loopback',
    GATEWAY_PORT: String(gatewayPort),
    AGENT_ADDRESS: '127.0.0.1',
    AGENT_PORT: String(port),
    AGENT_DATA_DIR: join(folder, 'data'),
    OPENCLAW_STATE_DIR: join(folder, 'openclaw'),
    BACKUP_DIR: join(folder, 'backups'),
    SCRATCH_DIR: join(folder, 'scratch'),
    SCRATCH_URL: 'ws://127.0.0.1:9',
  };
  agentProcess = await startAgent();
});
afterAll(async () => {
  await agentProcess?.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('an agent whose gateway is not there', () => {
  test('is never ready, and knows of no login', async () => {
    const outcome = await agentWith(ours).state(at());
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    const { gateway, codex } = outcome.value;
    // Young as it is, the gateway may still be starting; `unreachable` comes minutes later.
    expect(['starting', 'unreachable']).toContain(gateway.status);
    expect(gateway.version).toBeNull();
    expect(codex).toMatchObject({ status: 'unknown', attemptId: null, loginExpiresAtMs: null });
    expect(outcome.value).toMatchObject({ runtimeId, smoke: null });
    expect(Math.abs(outcome.value.clockMs - Date.now())).toBeLessThan(10_000);
  });

  test('passes no rung that needs the gateway', async () => {
    const outcome = await agentWith(ours).verify(at(), versionFloor);
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    const passed = outcome.value.rungs.filter(({ result }) => result === 'pass');
    expect(passed).toEqual([]);
    expect(outcome.value.openclawVersion).toBeNull();
    expect(outcome.value.rungs[0]).toMatchObject({ rung: 'ready_json', result: 'fail' });
  });

  test('starts no login, and says why', async () => {
    const refusal = { kind: 'refused', code: 'gateway_unreachable' };
    expect(await agentWith(ours).startCodex(at())).toEqual(refusal);
  });

  test('takes a smoke and ends it without a receipt, once', async () => {
    const agent = agentWith(ours);
    const started = await agent.startSmoke(at(), smoke);
    expect(started).toMatchObject({ kind: 'ok', value: { smokeId: smoke.smokeId } });
    const ended = await eventually(
      async () => {
        const outcome = await agent.state(at());
        return outcome.kind === 'ok' ? outcome.value.smoke : null;
      },
      (report) => report !== null && report.code !== 'running',
      30_000,
    );
    expect(ended).toMatchObject({ code: 'unavailable', nonceMatched: false });
    expect(await agent.startSmoke(at(), smoke)).toEqual({ kind: 'ok', value: ended });
  });
});

describe('an agent that is tried from outside', () => {
  test('is shown to be closed, by its own refusals', async () => {
    const outcome = await agentWith(ours).exposure(at());
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    const found = outcome.value.checks.map(({ check, result }) => `${check}: ${result}`);
    expect(found).toEqual([
      'gateway_port_closed: skipped',
      'ui_needs_session: pass',
      'socket_needs_session: pass',
      'foreign_origin_refused: pass',
      'admin_paths_closed: pass',
      'ticket_needed: pass',
    ]);
  });
});

describe('the agent refuses', () => {
  const code = (outcome: AgentOutcome<unknown>): string =>
    outcome.kind === 'refused' ? outcome.code : outcome.kind;
  const stateWith = async (tickets: Tickets, id = runtimeId): Promise<string> =>
    code(await agentWith(tickets).state(at(host, id)));

  test('a call without a ticket', async () => {
    const outcome = await agentWith(ours).outside(at());
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    const { rungs, skewMs } = outcome.value;
    expect(rungs).toEqual([
      { rung: 'dns', result: 'skipped', reason: 'fixed_address' },
      { rung: 'tls', result: 'skipped', reason: 'plain_http' },
      { rung: 'stranger_refused', result: 'pass', reason: '' },
      { rung: 'clock', result: 'pass', reason: '' },
    ]);
    expect(Math.abs(skewMs ?? Number.NaN)).toBeLessThan(10_000);
  });

  test('a ticket signed with another key, even under our key’s name', async () => {
    expect(await stateWith(createTickets(newKey('other'), system))).toBe('ticket_invalid');
    expect(await stateWith(createTickets(newKey('contract'), system))).toBe('ticket_invalid');
  });

  test('a ticket for another runtime', async () => {
    expect(await stateWith(ours, 'rt_neighbour')).toBe('ticket_invalid');
  });

  test('a ticket that has expired', async () => {
    const now = (): Date => new Date(Date.now() - 10 * 60_000);
    const late = createTickets(ourKey, { ...system, clock: { ...system.clock, now } });
    expect(await stateWith(late)).toBe('ticket_expired');
  });

  test('a ticket of another scope', async () => {
    const swapped: Tickets = { mint: (ticket) => ours.mint({ ...ticket, scope: 'smoke' }) };
    expect(await stateWith(swapped)).toBe('ticket_wrong_scope');
  });

  test('what is not a ticket at all', async () => {
    const expiresAt = new Date();
    for (const token of ['x', 'a.b.c', 'x'.repeat(2_000)]) {
      const invented: Tickets = { mint: () => Promise.resolve({ token, expiresAt }) };
      expect(await stateWith(invented)).toBe('ticket_invalid');
    }
  });

  test('a ticket that was used, after a crash too', async () => {
    const once = await ours.mint({
      runtimeId,
      subject: 'control-plane',
      scope: 'state',
      lifeSeconds: 60,
    });
    const again: Tickets = { mint: () => Promise.resolve(once) };
    expect(await stateWith(again)).toBe('ok');
    expect(await stateWith(again)).toBe('ticket_replayed');
    agentProcess?.signal('SIGKILL');
    await agentProcess?.end();
    agentProcess = await startAgent();
    expect(await stateWith(again)).toBe('ticket_replayed');
    expect(await stateWith(ours)).toBe('ok');
  });
});

const everything = (agent: TenantAgent, there: string) => [
  agent.state(at(there)),
  agent.verify(at(there), versionFloor),
  agent.startCodex(at(there)),
  agent.startSmoke(at(there), smoke),
];

describe('whoever else answers at a runtime’s address', () => {
  let neighbour: Neighbour | undefined;
  afterEach(async () => {
    await neighbour?.close();
    neighbour = undefined;
  });
  const unreachable = async (there: string): Promise<void> => {
    const outcomes = await Promise.all(everything(agentWith(ours), there));
    expect(outcomes).toEqual(outcomes.map(() => ({ kind: 'unreachable' })));
  };

  test('nobody: unreachable', async () => {
    const there = `127.0.0.1:${await deafPort()}`;
    await unreachable(there);
    expect(await agentWith(ours).outside(at(there))).toEqual({ kind: 'unreachable' });
  });

  test.each([200, 404, 502])('a web page with %d: unreachable', async (status) => {
    neighbour = await startWebsite(status);
    await unreachable(neighbour.host);
    const outcome = await agentWith(ours).outside(at(neighbour.host));
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    expect(outcome.value.rungs.at(-1)).toEqual({
      rung: 'stranger_refused',
      result: 'fail',
      reason: 'answered_without_ticket',
    });
  });

  test.each([
    ['another shape', 200, { ok: true, status: 'healthy' }],
    ['a code that is not ours', 401, { error: { code: 'made_up', retryable: false } }],
    ['an answer that never ends', 200, { text: 'x'.repeat(1024 * 1024) }],
  ])('JSON with %s: unreachable', async (_what, status, body) => {
    neighbour = await startNeighbour((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    await unreachable(neighbour.host);
  });

  test('a redirect: not followed, so no ticket is carried away', async () => {
    const seen: string[] = [];
    neighbour = await startNeighbour((request, response) => {
      seen.push(request.url ?? '');
      response
        .writeHead(307, { location: `http://127.0.0.1:${neighbour?.port ?? 0}/stolen` })
        .end();
    });
    await unreachable(neighbour.host);
    expect(seen).not.toContain('/stolen');
  });

  test('a connection that breaks: unreachable', async () => {
    neighbour = await startNeighbour((request) => request.socket.destroy());
    await unreachable(neighbour.host);
  });

  test('silence: unreachable within the call’s own time', async () => {
    neighbour = await startSilence();
    const startedAt = performance.now();
    expect(await agentWith(ours).state(at(neighbour.host))).toEqual({ kind: 'unreachable' });
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });
});
