/**
 * The stand-in for Traefik: an HTTP reverse proxy that chooses the service by Host.
 * Guarantees: a client cannot choose what the service reads in X-Forwarded-*; every connection has
 * a bound in time; an unknown host is 404 and a dead service 502, in Traefik's own words.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { RoutedRequest, Upstream } from '../backend.ts';

/** Longest silence of a service on a request; a long agent turn answers within it. */
const silenceMs = 300_000;
/** Longest silence on an upgraded connection, both directions together. */
const socketSilenceMs = 900_000;
const maxConnections = 1_024;

export type FindRoute = (request: RoutedRequest) => Promise<Upstream | undefined>;

export interface Ingress {
  readonly server: Server;
  /** Ends upgraded connections, which the server itself no longer knows. */
  endUpgraded(): void;
}

export function createIngress(findRoute: FindRoute): Ingress {
  const upgraded = new Set<Duplex>();
  const server = createServer({ requestTimeout: silenceMs, headersTimeout: 30_000 });
  server.maxConnections = maxConnections;
  server.on('request', (request, response) => {
    findRoute(target(request))
      .then((route) => forward(request, response, route))
      .catch(() => refuse(response, 502, 'Bad Gateway'));
  });
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    findRoute(target(request))
      .then((route) => upgrade({ request, socket, head }, route))
      .catch(() => socket.end(emptyAnswer('502 Bad Gateway')));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return { server, endUpgraded: () => upgraded.forEach((socket) => socket.destroy()) };
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  route: Upstream | undefined,
): void {
  if (response.destroyed) return;
  if (route === undefined) {
    refuse(response, 404, '404 page not found\n');
    return;
  }
  const call = httpRequest({
    host: route.host,
    port: route.port,
    method: request.method,
    path: request.url,
    headers: forwardedHeaders(request, { upgrade: false }),
    timeout: silenceMs,
    agent: false,
  });
  call.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  call.on('timeout', () => call.destroy());
  call.on('error', () => {
    refuse(response, 502, 'Bad Gateway');
  });
  response.on('close', () => call.destroy());
  request.on('error', () => call.destroy());
  request.pipe(call);
}

function upgrade(
  use: { request: IncomingMessage; socket: Duplex; head: Buffer },
  route: Upstream | undefined,
): void {
  const { request, socket, head } = use;
  if (socket.destroyed) return;
  if (route === undefined) {
    socket.end(emptyAnswer('404 Not Found'));
    return;
  }
  const call = httpRequest({
    host: route.host,
    port: route.port,
    path: request.url,
    headers: forwardedHeaders(request, { upgrade: true }),
    timeout: 30_000,
    agent: false,
  });
  call.on('upgrade', (answer, upstream, upstreamHead) => {
    socket.write(statusAndHeaders(answer));
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstream.write(head);
    join(socket, upstream);
  });
  call.on('response', (answer) => {
    socket.write(statusAndHeaders(answer, { close: true }));
    answer.pipe(socket);
  });
  call.on('timeout', () => call.destroy());
  call.on('error', () => socket.end(emptyAnswer('502 Bad Gateway')));
  socket.on('close', () => call.destroy());
  call.end();
}

function emptyAnswer(status: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`;
}

function join(client: Duplex, service: Duplex & { setTimeout?: (ms: number) => void }): void {
  const end = (): void => {
    client.destroy();
    service.destroy();
  };
  service.on('timeout', end);
  service.setTimeout?.(socketSilenceMs);
  for (const side of [client, service]) {
    side.on('error', end);
    side.on('close', end);
  }
  client.pipe(service);
  service.pipe(client);
}

function target(request: IncomingMessage): { host: string | undefined; path: string } {
  return { host: request.headers.host, path: (request.url ?? '/').split('?')[0] ?? '/' };
}

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function withoutHopByHop(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.has(name) && !named.includes(name)),
  );
}

function forwardedHeaders(
  request: IncomingMessage,
  options: { upgrade: boolean },
): OutgoingHttpHeaders {
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  const kept = Object.entries(withoutHopByHop(request.headers)).filter(
    ([name]) => !name.startsWith('x-forwarded-') && name !== 'x-real-ip' && name !== 'forwarded',
  );
  const chunked = request.headers['transfer-encoding'] !== undefined;
  return {
    ...Object.fromEntries(kept),
    'x-forwarded-for': address,
    'x-real-ip': address,
    'x-forwarded-host': request.headers.host,
    'x-forwarded-port': String(request.socket.localPort ?? 80),
    'x-forwarded-proto': 'http',
    'x-forwarded-server': 'dokploy-stand-in',
    ...(chunked ? { 'transfer-encoding': 'chunked' } : {}),
    ...(options.upgrade ? { connection: 'Upgrade', upgrade: request.headers.upgrade } : {}),
  };
}

function statusAndHeaders(answer: IncomingMessage, options?: { close: boolean }): string {
  const lines = [`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ''}`];
  const { rawHeaders } = answer;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const dropped = options?.close === true && hopByHop.has(name.toLowerCase());
    if (!dropped) lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`);
  }
  if (options?.close === true) lines.push('connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
