/**
 * The proof from outside, against small servers on loopback: one that refuses as the agent does, and
 * one for each way in which something else may answer in its place. The real agent's answers are
 * tried in `agent-adapter.test.ts`.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createTenantAgent } from '#adapters/agent/client.ts';
import { createTickets } from '#adapters/agent/tickets.ts';
import { system } from '#adapters/system/system.ts';
import type { AgentErrorCode, ExposureCheck, ExposureReport } from '#schemas/contract/agent.ts';
import { deafPort } from '#tests/support/http.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const tickets = createTickets(
  { jwk: { ...privateKey.export({ format: 'jwk' }), kid: 'k' } },
  system,
);

interface Refusal {
  readonly status: number;
  readonly code: AgentErrorCode;
}

/** What an agent with a Control UI says to a stranger. */
const refusalFor = (request: IncomingMessage): Refusal => {
  const path = request.url ?? '';
  const { origin, authorization, host } = request.headers;
  const isForeign = origin !== undefined && origin !== `http://${host ?? ''}`;
  if (isForeign) return { status: 403, code: 'origin_refused' };
  if (path === '/ui' || path.startsWith('/ui/')) return { status: 401, code: 'session_missing' };
  if (!path.startsWith('/agent/v1/')) return { status: 404, code: 'not_found' };
  return { status: 401, code: authorization === undefined ? 'ticket_missing' : 'ticket_invalid' };
};

const bodyOf = ({ code }: Refusal): string => JSON.stringify({ error: { code, retryable: false } });

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;
type Upgrade = 'refused' | 'cut' | 'taken' | 'page';

const page = '<!doctype html><title>OpenClaw Control</title>';
const html = (response: ServerResponse, status: number): true => {
  response.writeHead(status, { 'content-type': 'text/html' }).end(page);
  return true;
};

/** Sockets that asked for an upgrade are no longer the server's to close. */
const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

const serve = async (fault: Fault = () => false, upgrade: Upgrade = 'refused'): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume();
    if (fault(request, response)) return;
    const refusal = refusalFor(request);
    response.writeHead(refusal.status, { 'content-type': 'application/json' });
    response.end(bodyOf(refusal));
  });
  server.on('upgrade', (request, socket) => {
    const refusal = bodyOf(refusalFor(request));
    const answers: Readonly<Record<Exclude<Upgrade, 'cut'>, string>> = {
      refused: `HTTP/1.1 401 Unauthorized\r\ncontent-length: ${refusal.length}\r\n\r\n${refusal}`,
      taken:
        'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n',
      page: `HTTP/1.1 401 Unauthorized\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
    };
    if (upgrade === 'cut') socket.destroy();
    else socket.end(answers[upgrade]);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const agent = createTenantAgent({ scheme: 'http' }, tickets);

const reportOf = async (host: string): Promise<ExposureReport> => {
  const outcome = await agent.exposure({ runtimeId: 'rt_exposure', host });
  if (outcome.kind !== 'ok') throw new Error(outcome.kind);
  return outcome.value;
};

const failedIn = ({ checks }: ExposureReport): readonly string[] =>
  checks.filter(({ result }) => result === 'fail').map(({ check, reason }) => `${check}:${reason}`);

describe('a runtime that is closed', () => {
  test.each(['refused', 'cut'] as const)('passes every check, its upgrade %s', async (upgrade) => {
    const { checks } = await reportOf(await serve(undefined, upgrade));
    const port = { check: 'gateway_port_closed', result: 'skipped', reason: 'same_machine' };
    expect(checks[0]).toEqual(port);
    const rest = checks.slice(1).map(({ result, reason }) => ({ result, reason }));
    expect(rest).toEqual(Array.from({ length: 5 }, () => ({ result: 'pass', reason: '' })));
  });

  test('asks with no ticket that anybody could use: each forged one is refused as forged', async () => {
    const seen: string[] = [];
    const host = await serve((request) => {
      seen.push(request.headers.authorization ?? '');
      return false;
    });
    await reportOf(host);
    const forged = seen.filter((ticket) => ticket !== '');
    expect(forged.length).toBeGreaterThanOrEqual(6);
    expect(new Set(forged).size).toBe(forged.length);
  });
});

const at = (path: string, method = 'POST'): ((request: IncomingMessage) => boolean) => {
  return (request) => request.url === path && request.method === method;
};

const exposing: readonly (readonly [string, ExposureCheck, string, Fault])[] = [
  [
    'the Control UI answers a stranger',
    'ui_needs_session',
    'answered_without_session',
    (request, response) => request.url === '/ui/' && html(response, 200),
  ],
  [
    'a login page of something else stands before the Control UI',
    'ui_needs_session',
    'answered_without_session',
    (request, response) => request.url === '/ui/' && html(response, 401),
  ],
  [
    'the gateway’s admin calls are routed',
    'admin_paths_closed',
    'path_answered',
    (request, response) => at('/api/v1/admin/rpc')(request) && html(response, 200),
  ],
  [
    'somebody else says 404',
    'admin_paths_closed',
    'path_answered',
    (request, response) => at('/v1/models', 'GET')(request) && html(response, 404),
  ],
  [
    'a redirect leads away',
    'admin_paths_closed',
    'path_answered',
    (request, response) => {
      if (!at('/tools/invoke')(request)) return false;
      response.writeHead(302, { location: '/nowhere' }).end();
      return true;
    },
  ],
  [
    'the agent answers without a ticket',
    'ticket_needed',
    'answered_without_ticket',
    (request, response) => {
      if (!at('/agent/v1/verify')(request)) return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return true;
    },
  ],
  [
    'the agent takes any signature',
    'ticket_needed',
    'took_forged_ticket',
    (request, response) => {
      if (!at('/agent/v1/access')(request)) return false;
      if (request.headers.authorization === undefined) return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ended":0}');
      return true;
    },
  ],
  [
    'pages of other sites may call',
    'foreign_origin_refused',
    'foreign_call',
    (request, response) => {
      if (request.method !== 'OPTIONS') return false;
      response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
      return true;
    },
  ],
];

describe('a runtime is exposed when', () => {
  test.each(exposing)('%s', async (_name, check, reason, fault) => {
    const found = failedIn(await reportOf(await serve(fault)));
    expect(found).toEqual([`${check}:${reason}`]);
  });

  test.each(['taken', 'page'] as const)('an upgrade without a session is %s', async (upgrade) => {
    expect(failedIn(await reportOf(await serve(undefined, upgrade)))).toEqual([
      'socket_needs_session:upgraded_without_session',
      'foreign_origin_refused:foreign_upgrade',
    ]);
  });
});

describe('nothing is shown either way when', () => {
  test('nobody answers', async () => {
    const host = `127.0.0.1:${await deafPort()}`;
    expect(await agent.exposure({ runtimeId: 'rt_exposure', host })).toEqual({
      kind: 'unreachable',
    });
  });

  test('an answer has no end', async () => {
    const host = await serve((request, response) => {
      if (request.url !== '/ui/') return false;
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end('x'.repeat(300 * 1_024));
      return true;
    });
    expect(await agent.exposure({ runtimeId: 'rt_exposure', host })).toEqual({
      kind: 'unreachable',
    });
  });
});
