/** Every bound of the server, met from outside: what is too much is refused with a type. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createAppwrite, type RunningAppwrite } from '#local/appwrite/server.ts';
import { addField } from '#local/appwrite/http/body.ts';
import { askDomain, tarGz } from '#local/appwrite/functions/test-server.ts';

const key = 'standard_bounds';
const headers = { 'x-appwrite-project': 'bounds', 'x-appwrite-key': key };
const slow = {
  headersTimeoutMs: 300,
  requestTimeoutMs: 600,
  keepAliveMs: 300,
  checkEveryMs: 50,
};
let home: string;
let server: RunningAppwrite;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'appwrite-bounds-'));
  const dataDir = join(home, 'data');
  server = await createAppwrite({ dataDir, project: { id: 'bounds', key }, slow });
});

afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | FormData;
}

const api = (path: string, init: Asked = {}): Promise<Response> =>
  fetch(`${server.url}/v1${path}`, { ...init, headers: { ...headers, ...init.headers } });

/** What a raw connection hears until it is closed. */
function raw(text: string | Buffer, each?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.write(text);
    each?.(socket);
  });
}

const head = (extra: string): string =>
  `POST /v1/users HTTP/1.1\r\nhost: localhost\r\nx-appwrite-project: bounds\r\n` +
  `x-appwrite-key: ${key}\r\n${extra}\r\n`;

async function refusal(answer: Response): Promise<unknown[]> {
  const { type, code } = (await answer.json()) as { type: string; code: number };
  return [answer.status, type, code];
}

test('it listens on loopback only', async () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find((address) => !address.internal && address.family === 'IPv4');
  if (outside === undefined) return;
  const refused = await new Promise((resolve) => {
    const socket = connect(server.port, outside.address);
    socket.once('connect', () => resolve('connected'));
    socket.once('error', (error: Error & { code?: string }) => resolve(error.code));
  });
  expect(refused).toBe('ECONNREFUSED');
});

test('headers that never end are cut off in time', async () => {
  const answer = await raw('GET /v1/health HTTP/1.1\r\nhost: localhost\r\nx-a: ');
  expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*"type":"general_bad_request"/);
});

test('a body that never ends is cut off in time', async () => {
  const answer = await raw(head('content-length: 100\r\n') + '{"userId":');
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('an idle connection is closed', async () => {
  const answer = await raw('GET /v1/health/version HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect(answer).toContain('"version":"1.9.6"');
});

test('headers beyond 64 KiB and broken HTTP are refused with a typed body', async () => {
  const large = await raw(head(`x-large: ${'a'.repeat(70_000)}\r\n`));
  expect(large).toMatch(/^HTTP\/1\.1 431 [^]*"type":"general_bad_request","version":"1\.9\.6"/);
  const broken = await raw('NONSENSE\r\n\r\n');
  expect(broken).toMatch(/^HTTP\/1\.1 400 [^]*"type":"general_bad_request"/);
});

test('a body beyond 12 MiB is refused, declared or not', async () => {
  const declared = await raw(head('content-length: 13000000\r\n'));
  expect(declared).toMatch(/^HTTP\/1\.1 413 [^]*"type":"general_entity_too_large"/);
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
  const undeclared = await raw(head('transfer-encoding: chunked\r\n') + chunk.repeat(13));
  expect(undeclared).toMatch(/^HTTP\/1\.1 413 /);
});

test('an offer to switch to HTTP/2 is declined by answering', async () => {
  const upgrade = 'connection: upgrade, close\r\nupgrade: h2c\r\n';
  const answer = await raw(`GET /v1/health/version HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test('a hundred queries of 4,096 characters are the most', async () => {
  const one = encodeURIComponent(JSON.stringify({ method: 'limit', values: [1] }));
  const many = (count: number): string => Array(count).fill(`queries[]=${one}`).join('&');
  for (const list of ['/users', '/functions', '/tablesdb', '/teams']) {
    expect((await api(`${list}?${many(100)}`)).status, list).toBe(200);
    const bad = [400, 'general_argument_invalid', 400];
    expect((await refusal(await api(`${list}?${many(101)}`)))[0], list).toBe(bad[0]);
    const long = JSON.stringify({ method: 'equal', attribute: '$id', values: ['a'.repeat(4_096)] });
    const answer = await api(`${list}?queries[]=${encodeURIComponent(long)}`);
    expect((await refusal(answer))[0], list).toBe(bad[0]);
  }
});

test('JSON nested beyond 512 levels, or not UTF-8, counts as no body', async () => {
  const post = async (body: string | Buffer): Promise<unknown> => {
    const type = { 'content-type': 'application/json' };
    const answer = await api('/teams', { method: 'POST', headers: type, body });
    return ((await answer.json()) as { message: string }).message;
  };
  const deep = `{"teamId":"a","name":"a","x":${'['.repeat(600)}${']'.repeat(600)}}`;
  expect(await post(deep)).toBe('Param "teamId" is not optional.');
  expect(await post(Buffer.from('{"teamId":"a","name":"\xff"}', 'latin1'))).toBe(
    'Param "teamId" is not optional.',
  );
});

test('no field of a form and no key of a body reaches Object.prototype', async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  addField({}, '__proto__[polluted]', '1');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };
  await api('/teams', { method: 'POST', headers: form, body: '__proto__[polluted]=1&teamId=p' });
  const prefs = '{"prefs":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
  await api('/users', { method: 'POST', headers: json, body: '{"userId":"proto"}' });
  const kept = await api('/users/proto/prefs', { method: 'PATCH', headers: json, body: prefs });
  expect(kept.status).toBe(200);
  expect(await kept.text()).toContain('"constructor":{"prototype":{"polluted":1}}');
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

interface Talk {
  readonly socket: WebSocket;
  readonly frames: { type: string; data: { code?: number; message?: string } }[];
  readonly next: (at: number) => Promise<Talk['frames'][number]>;
}

async function talk(forwardedFor?: string): Promise<Talk> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(server.port)}/v1/realtime?project=bounds`, {
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  });
  const frames: Talk['frames'] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (bytes: Buffer) => {
    frames.push(JSON.parse(bytes.toString()) as Talk['frames'][number]);
    for (const wake of waiting.splice(0)) wake();
  });
  const next = async (at: number): Promise<Talk['frames'][number]> => {
    for (;;) {
      const frame = frames[at];
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve, reject) => {
        waiting.push(resolve);
        socket.once('close', () => reject(new Error('closed')));
      });
    }
  };
  await next(0);
  return { socket, frames, next };
}

const subscribe = (count: number): string => {
  const data = Array.from({ length: count }, () => ({ channels: ['rows'] }));
  return JSON.stringify({ type: 'subscribe', data });
};

test('a socket holds a hundred subscriptions, more are refused and it stays open', async () => {
  const { socket, next } = await talk();
  socket.send(subscribe(100));
  expect((await next(1)).type).toBe('response');
  socket.send(subscribe(1));
  expect((await next(2)).type).toBe('error');
  socket.send('{"type":"ping"}');
  expect((await next(3)).type).toBe('pong');
  socket.terminate();
});

test('the 33rd message of a minute is refused with 1013', async () => {
  const { socket, next } = await talk();
  for (let count = 0; count < 33; count += 1) socket.send('{"type":"ping"}');
  expect((await next(32)).type).toBe('pong');
  expect((await next(33)).data).toEqual({ code: 1013, message: 'Too many messages.' });
  socket.terminate();
});

test('a message beyond 64,000 bytes ends its socket, nobody else', async () => {
  const [one, other] = [await talk(), await talk()];
  const closed = new Promise((resolve) => one.socket.once('close', resolve));
  one.socket.send('x'.repeat(64_001));
  await closed;
  other.socket.send('{"type":"ping"}');
  expect((await other.next(1)).type).toBe('pong');
  other.socket.terminate();
});

test('an address opens 128 sockets a minute, this machine as many as it likes', async () => {
  const address = '203.0.113.7';
  const frames: unknown[] = [];
  for (let count = 0; count < 257 && !frames.includes('error'); count += 1) {
    const { socket, frames: heard } = await talk(address);
    frames.push(heard[0]?.type);
    socket.terminate();
  }
  // The minute may turn once on the way.
  expect(frames.length).toBeGreaterThanOrEqual(129);
  expect(frames.at(-1)).toBe('error');
  const local = await talk();
  expect(local.frames[0]?.type).toBe('connected');
  local.socket.terminate();
});

test('no path of a site leads out of its folder', async () => {
  await writeFile(join(home, 'secret.txt'), 'secret');
  const site = {
    siteId: 'web',
    name: 'Web',
    framework: 'other',
    buildRuntime: 'node-22',
    adapter: 'static',
    outputDirectory: '../../..',
  };
  const json = { 'content-type': 'application/json' };
  await api('/sites', { method: 'POST', headers: json, body: JSON.stringify(site) });
  const form = new FormData();
  form.set('activate', 'true');
  form.set('code', new Blob([tarGz({ 'index.html': 'home' })]), 'code.tar.gz');
  await api('/sites/web/deployments', { method: 'POST', body: form });
  const target = { port: server.port } as Parameters<typeof askDomain>[0];
  const host = 'web.sites.localhost';
  await expect
    .poll(async () => (await askDomain(target, { host })).text, { timeout: 20_000 })
    .toBe('home');
  const ways = [
    '../',
    '%2e%2e/',
    '..%2f',
    '%2e%2e%2f',
    '..\\',
    '..%5c',
    './../',
    '....//',
    '%00../',
  ];
  for (const way of ways) {
    for (const depth of [1, 3, 6]) {
      const path = `/${way.repeat(depth)}secret.txt`;
      const { status, text } = await askDomain(target, { host, path });
      expect([status, text.includes('secret')], path).toEqual([404, false]);
    }
  }
});
