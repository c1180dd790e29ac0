/**
 * The HTTP server with its bounds: how many sockets, how much of headers, how long a caller may
 * take to say what it wants. What is no HTTP at all is refused with a typed error body, too.
 */
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppwriteError, errorBody } from '../kernel/errors.ts';

/** Request line and headers together; 100 queries of a list come as part of the address. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_HEADERS = 200;
/** HTTP connections and WebSockets together. */
export const MAX_SOCKETS = 4_000;

export interface SlowLimits {
  /** From the first byte of a request until its headers are complete. */
  readonly headersTimeoutMs: number;
  /** Until its body is complete. */
  readonly requestTimeoutMs: number;
  readonly keepAliveMs: number;
  /** How often the two are looked at. */
  readonly checkEveryMs: number;
}

const SLOW: SlowLimits = {
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 120_000,
  keepAliveMs: 60_000,
  checkEveryMs: 5_000,
};

function refusalOf(error: Error & { code?: string }): AppwriteError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppwriteError('general_bad_request', 'The headers are too large.', 431);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppwriteError('general_bad_request', 'The request took too long.', 408);
    default:
      return new AppwriteError('general_bad_request', 'The request is not valid HTTP.', 400);
  }
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

function refuse(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error);
  const body = JSON.stringify(errorBody(refusal));
  socket.end(
    `HTTP/1.1 ${String(refusal.code)} ${REASONS[refusal.code] ?? 'Error'}\r\n` +
      'connection: close\r\ncontent-type: application/json; charset=UTF-8\r\n' +
      `content-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

export function createBoundedServer(given: Partial<SlowLimits> = {}): Server {
  const slow = { ...SLOW, ...given };
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(slow.headersTimeoutMs, slow.requestTimeoutMs),
    requestTimeout: slow.requestTimeoutMs,
    keepAliveTimeout: slow.keepAliveMs,
    connectionsCheckingInterval: slow.checkEveryMs,
    // Other protocols on offer (h2c) are declined by answering the request as it is.
    shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
  });
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_SOCKETS;
  server.on('clientError', refuse);
  return server;
}
