/**
 * A CONNECT proxy that ends TLS for OpenAI's two host names and refuses every other host.
 * Guarantees: nothing is ever forwarded to the internet; refused hosts are counted, so a test can
 * show what a gateway tried to reach.
 */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Identity } from './certificates.ts';

export const SERVED_HOSTS: readonly string[] = ['auth.openai.com', 'chatgpt.com'];
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface ProxyParts {
  readonly leaf: Identity;
  readonly handle: RequestListener;
  readonly onRefused: (host: string) => void;
}

export interface Proxy {
  readonly server: Server;
  /** Ends open tunnels at once; the listening socket is the caller's to close. */
  readonly dropTunnels: () => void;
}

export function createProxy({ leaf, handle, onRefused }: ProxyParts): Proxy {
  const tunnels = new Set<Duplex>();
  const secure = createTlsServer(
    {
      cert: leaf.certificatePem,
      key: leaf.privateKeyPem,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    },
    handle,
  );
  secure.on('upgrade', refuseUpgrade);
  // A client that does not trust our CA hangs up during the handshake: its problem, not ours.
  secure.on('tlsClientError', () => undefined);
  const server = createServer((request, response) => {
    onRefused(hostOf(request.url ?? ''));
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This proxy only tunnels.\n');
  });
  server.on('connect', (request, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const [host = '', port = ''] = (request.url ?? '').split(':');
    if (!SERVED_HOSTS.includes(host) || port !== '443') {
      onRefused(host);
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    tunnels.add(socket);
    socket.once('close', () => tunnels.delete(socket));
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    secure.emit('connection', socket);
  });
  return {
    server,
    dropTunnels: () => {
      for (const socket of tunnels) socket.destroy();
    },
  };
}

/** Codex clients try a WebSocket first and fall back to an event stream when it is refused. */
export function refuseUpgrade(_request: unknown, socket: Duplex | Socket): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : 'unknown';
}
