import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentScope } from '#schemas/contract/agent.ts';
import {
  agentError,
  browserScopes,
  codexCallbackRequest,
  ticketIssuer,
} from '#schemas/contract/agent.ts';
import type { Log } from '../log.ts';
import { BurntTickets } from '../tickets/journal.ts';
import { createTicketDesk } from '../tickets/verify.ts';
import { readBody } from './body.ts';
import type { Handler } from './server.ts';
import { createDoor } from './server.ts';

const runtimeId = 'rt_1';
const siteOrigin = 'https://site.example';
const callbackPath = '/agent/v1/codex/callback';
const browsers: ReadonlySet<AgentScope> = new Set(browserScopes);
const goodBody = JSON.stringify({ callbackUrl: 'http://localhost:1455/' });

let folder: string;
let door: Server;
let base: string;
let ticket: (scope: AgentScope) => Promise<string>;
let logged = '';
const remember: Log = (event, fields) => {
  logged += JSON.stringify({ event, ...fields });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'door-'));
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { x = '' } = await exportJWK(publicKey);
  const burnt = new BurntTickets(join(folder, 'burnt.log'), Date.now);
  await burnt.load();
  const keys = { keys: [{ kty: 'OKP' as const, crv: 'Ed25519' as const, x, kid: 'k1' }] };
  const tickets = createTicketDesk({ keys, runtimeId, burnt, now: Date.now });
  ticket = async (scope) =>
    new SignJWT({ scope, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'k1' })
      .setIssuer(ticketIssuer)
      .setAudience(runtimeId)
      .setSubject(browsers.has(scope) ? 'user_1' : 'control-plane')
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(privateKey);
  const echo: Handler = async () => ({ status: 200, body: { done: true } });
  const reading: Handler = async (request) => {
    await readBody(request, codexCallbackRequest);
    return { status: 200, body: { done: true } };
  };
  const breaking: Handler = async () => Promise.reject(new Error('upstream-canary'));
  door = createDoor({
    tickets,
    handlers: {
      state: echo,
      verify: echo,
      'codex:start': echo,
      'codex:callback': reading,
      smoke: breaking,
      'codex:device': echo,
      check: echo,
      restore: echo,
      backup: echo,
      access: echo,
      import: echo,
      offsite: echo,
      watch: async () => ({ stream: (response) => void response.writeHead(200).end('{}\n') }),
    },
    entrance: {
      owns: () => false,
      respond: async () => undefined,
      upgrade: (_request, socket) => void socket.destroy(),
    },
    siteOrigin,
    log: remember,
    refusals: remember,
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
});

afterAll(async () => {
  door.closeAllConnections();
  await new Promise((resolve) => door.close(resolve));
  await rm(folder, { recursive: true, maxRetries: 10 });
});

interface Call {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly scope?: AgentScope;
}

async function call({ path = callbackPath, method = 'POST', headers = {}, body, scope }: Call) {
  const authorization = scope && { authorization: `Bearer ${await ticket(scope)}` };
  return fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  return agentError.parse(await response.json()).error.code;
}

describe('nothing is answered but the routes of the contract', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/ui/'],
    ['GET', '/agent/v1/state'],
    ['PUT', '/agent/v1/state'],
    ['OPTIONS', '/agent/v1/state'],
    ['POST', '/agent/v1/state/'],
    ['POST', '/agent/v1/state?x=1'],
    ['POST', '/agent/v1/../v1/stat%65'],
    ['POST', '/agent/healthz'],
    ['POST', '/api/v1/admin/rpc'],
  ])('%s %s', async (method, path) => {
    const response = await call({ method, path });
    expect(response.status).toBe(404);
    expect(await codeOf(response)).toBe('not_found');
  });

  it('HEAD / without a body', async () => {
    expect((await call({ method: 'HEAD', path: '/' })).status).toBe(404);
  });

  it('and the health check, which says no more than that', async () => {
    const response = await call({ method: 'GET', path: '/agent/healthz' });
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true}']);
  });

  it('not an upgrade', async () => {
    const closed = await new Promise<string>((resolve, reject) => {
      const socket = connect((door.address() as AddressInfo).port, '127.0.0.1');
      let said = '';
      socket.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      socket.on('close', () => resolve(said));
      socket.on('error', reject);
      socket.write(
        'GET /ui HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      );
    });
    expect(closed).toBe('');
  });
});

describe('bodies', () => {
  it('are read after the ticket only', async () => {
    const response = await call({ body: 'x'.repeat(100_000) });
    expect(await codeOf(response)).toBe('ticket_missing');
  });

  it.each([
    ['not JSON', '{', {}, 'body_invalid'],
    ['empty', '', {}, 'body_invalid'],
    ['another shape', '{"callbackUrl":7}', {}, 'body_invalid'],
    ['a form', 'callbackUrl=x', { 'content-type': 'text/plain' }, 'body_invalid'],
    ['too long a value', JSON.stringify({ callbackUrl: 'x'.repeat(5000) }), {}, 'body_invalid'],
    ['too many bytes', JSON.stringify({ callbackUrl: 'x'.repeat(17_000) }), {}, 'body_too_large'],
  ])('%s', async (_name, body, headers, expected) => {
    const response = await call({ body, headers, scope: 'codex:callback' });
    expect(await codeOf(response)).toBe(expected);
  });

  it('that do not say their length are cut off at the same limit', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(6_000));
    let left = 5;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const response = await fetch(`${base}${callbackPath}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await ticket('codex:callback')}`,
        'content-type': 'application/json',
      },
      body: stream,
      duplex: 'half',
    });
    expect(await codeOf(response)).toBe('body_too_large');
  });
});

describe('browsers', () => {
  it('of the site may send the callback, and are told so first', async () => {
    const headers = { origin: siteOrigin };
    const preflight = await call({ method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(siteOrigin);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const answered = await call({ headers, body: goodBody, scope: 'codex:callback' });
    expect(answered.status).toBe(200);
    expect(answered.headers.get('access-control-allow-origin')).toBe(siteOrigin);
    expect(answered.headers.get('vary')).toBe('Origin');
  });

  it('of the site may ask for a device code', async () => {
    const path = '/agent/v1/codex/device';
    const headers = { origin: siteOrigin };
    expect((await call({ method: 'OPTIONS', path, headers })).status).toBe(204);
    const answered = await call({ path, headers, scope: 'codex:device' });
    expect(answered.status).toBe(200);
    expect(answered.headers.get('access-control-allow-origin')).toBe(siteOrigin);
  });

  it('of the site are told the reason of a refusal', async () => {
    const response = await call({ headers: { origin: siteOrigin }, body: goodBody });
    expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin);
    expect(await codeOf(response)).toBe('ticket_missing');
  });

  it.each(['https://evil.example', 'null', `${siteOrigin}.evil.example`, 'http://site.example'])(
    'of %s may not',
    async (origin) => {
      const response = await call({ headers: { origin }, body: goodBody, scope: 'codex:callback' });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(await codeOf(response)).toBe('origin_refused');
    },
  );

  it('of the site may not use the routes of the control plane', async () => {
    const path = '/agent/v1/state';
    const response = await call({ path, headers: { origin: siteOrigin }, scope: 'state' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await codeOf(response)).toBe('origin_refused');
  });
});

describe('a ticket', () => {
  it('opens its own route only', async () => {
    const headers = { authorization: `Bearer ${await ticket('verify')}` };
    const response = await call({ path: '/agent/v1/state', headers });
    expect([response.status, await codeOf(response)]).toEqual([403, 'ticket_wrong_scope']);
  });

  it('is spent by a refused body too', async () => {
    const headers = { authorization: `Bearer ${await ticket('codex:callback')}` };
    expect(await codeOf(await call({ headers, body: '{' }))).toBe('body_invalid');
    expect(await codeOf(await call({ headers, body: goodBody }))).toBe('ticket_replayed');
  });
});

it('says nothing of what broke inside', async () => {
  const response = await call({ path: '/agent/v1/smoke', scope: 'smoke' });
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(text).toBe('{"error":{"code":"internal","retryable":true}}');
  expect(logged).toContain('request_broke');
  expect(logged).not.toContain('upstream-canary');
});
