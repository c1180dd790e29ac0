/**
 * A gateway that does what a test tells it: silent, starting, lying, hostile. Speaks just enough of
 * WebSocket (RFC 6455, one text frame a message) and of OpenClaw's protocol 4. Guarantees: loopback
 * only, every socket ended by `close`. What the real gateway does is tried in agent.server.test.ts.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const websocketGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const maxFrameBytes = 1_000_000;

export interface AskedCall {
  readonly method: string;
  readonly params: unknown;
  /** Of the upgrade: who is asking. */
  readonly headers: IncomingHttpHeaders;
}
export interface AskedPage {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}
/** `payload` answers, `error` refuses, `raw` sends this text instead, null never answers. */
export type GivenAnswer =
  { readonly payload: unknown } | { readonly error: object } | { readonly raw: string } | null;

export interface FakeGateway {
  readonly url: string;
  readonly port: number;
  /** Everything that was asked, in order. */
  readonly asked: AskedCall[];
  /** Every plain HTTP request, in order. */
  readonly pages: AskedPage[];
  answer: (call: AskedCall) => GivenAnswer | Promise<GivenAnswer>;
  readyz: { status: number; type: string; body: string };
  /** Answers an HTTP request; `readyz` unless a test says otherwise. */
  page: (response: ServerResponse) => void;
  /** Cuts every open socket, as a crash does. */
  cut(): void;
  close(): Promise<void>;
}

export const healthyReadyz = {
  status: 200,
  type: 'application/json; charset=utf-8',
  body: '{"ready":true}',
};

export const hello = {
  type: 'hello-ok',
  protocol: 4,
  server: { version: '2026.9.6' },
  auth: { role: 'operator', scopes: ['operator.admin', 'operator.read'] },
};

/** Port 0 takes a free one. */
export async function createFakeGateway(listenOn = 0): Promise<FakeGateway> {
  const sockets = new Set<Duplex>();
  const server = createServer(({ method = '', url = '', headers }, response) => {
    fake.pages.push({ method, url, headers });
    fake.page(response);
  });
  server.on('upgrade', (request, socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    converse(request, socket, fake);
  });
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const fake: FakeGateway = {
    url: `ws://127.0.0.1:${port}`,
    port,
    asked: [],
    pages: [],
    answer: () => ({ payload: hello }),
    readyz: healthyReadyz,
    page: (response) => {
      response.writeHead(fake.readyz.status, { 'content-type': fake.readyz.type });
      response.end(fake.readyz.body);
    },
    cut,
    close: async () => {
      cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function converse(request: IncomingMessage, socket: Duplex, fake: FakeGateway): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const accept = createHash('sha1').update(`${key}${websocketGuid}`).digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const challenge = { type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } };
  socket.write(textFrame(JSON.stringify(challenge)));
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame !== null; frame = readFrame(pending)) {
      pending = pending.subarray(frame.length);
      if (frame.opcode === 8) socket.end();
      if (frame.opcode === 1) void reply(frame.text, { request, socket, fake });
    }
  });
}

interface Conversation {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly fake: FakeGateway;
}

async function reply(text: string, { request, socket, fake }: Conversation): Promise<void> {
  const asked = JSON.parse(text) as { id: string; method: string; params: unknown };
  const call = { method: asked.method, params: asked.params, headers: request.headers };
  fake.asked.push(call);
  const given = await fake.answer(call);
  if (given === null || socket.destroyed) return;
  const frame = { type: 'res', id: asked.id, ok: !('error' in given), ...given };
  socket.write(textFrame('raw' in given ? given.raw : JSON.stringify(frame)));
}

function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  if (body.length > maxFrameBytes) throw new Error('frame too long for the fake');
  if (body.length < 126) return Buffer.concat([Buffer.from([0x81, body.length]), body]);
  if (body.length < 0x1_00_00) {
    const head = Buffer.from([0x81, 126, 0, 0]);
    head.writeUInt16BE(body.length, 2);
    return Buffer.concat([head, body]);
  }
  const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 6);
  return Buffer.concat([head, body]);
}

/** Clients mask their frames. Null until the whole frame is there. */
function readFrame(bytes: Buffer): { opcode: number; text: string; length: number } | null {
  if (bytes.length < 2) return null;
  const [first = 0, second = 0] = bytes;
  const isLong = (second & 0x7f) === 126;
  const start = isLong ? 8 : 6;
  if (bytes.length < start) return null;
  const size = isLong ? bytes.readUInt16BE(2) : second & 0x7f;
  if (bytes.length < start + size) return null;
  const mask = bytes.subarray(start - 4, start);
  const body = bytes.subarray(start, start + size);
  const plain = Buffer.from(body.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: first & 0x0f, text: plain.toString('utf8'), length: start + size };
}

/** A gateway that nobody has logged in at; what else it is asked, it refuses and stays. */
export const loginless = ({ method }: AskedCall): GivenAnswer => {
  if (method === 'connect') return { payload: hello };
  return method === 'models.authStatus' ? { payload: { providers: [] } } : { error: { code: 'X' } };
};
