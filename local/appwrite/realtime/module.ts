/**
 * Realtime: accepts the sockets of `/v1/realtime` and gives each the changes it may hear of. An
 * unknown project or origin is told why and cut off; a socket without a project is the console's.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { clientIp, isLoopback } from '../http/request.ts';
import type { Module, RealtimeHandler, Services } from '../kernel/types.ts';
import { Announcement } from './announcement.ts';
import { createConnectLimit } from './connect-limit.ts';
import { Connection, OVERLOADED, POLICY, errorFrame } from './connection.ts';
import { Pulse } from './pulse.ts';
import { fromAddress } from './subscriptions.ts';
import { refusalOf, userOf, visitorOf } from './visitor.ts';

const MAX_MESSAGE_BYTES = 64_000;
/** Sockets open at a time; one more is refused. */
export const MAX_CONNECTIONS = 1_000;

export interface RealtimeModule extends Module {
  readonly realtime: RealtimeHandler;
  readonly connectionCount: () => number;
}

export function createRealtime(
  services: Services,
  options: { readonly rateLimits: boolean } = { rateLimits: true },
): RealtimeModule {
  const mayConnect = createConnectLimit(services.clock);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  const connections = new Set<Connection>();
  const pulse = new Pulse();
  let unsubscribe = (): void => undefined;

  /** Connections of this machine itself are not counted: tests and benches open hundreds. */
  function tooFast(request: IncomingMessage): boolean {
    const ip = clientIp(request);
    return options.rateLimits && !isLoopback(ip) && !mayConnect(ip);
  }

  function accept(socket: WebSocket, request: IncomingMessage, wire: Duplex): void {
    socket.on('error', () => socket.terminate());
    const visitor = visitorOf(request);
    const reason = refusalOf(services, request, visitor);
    const full = connections.size >= MAX_CONNECTIONS;
    if (reason !== undefined || full || tooFast(request)) {
      const code = reason === undefined ? OVERLOADED : POLICY;
      const overload = full ? 'Too many connections.' : 'Too many requests';
      const frame = errorFrame(code, reason ?? overload);
      socket.send(JSON.stringify(frame), () => socket.terminate());
      return;
    }
    const { projectId, search } = visitor;
    const userId = userOf(services, request, projectId);
    const connection = new Connection({ socket, wire, services, projectId, userId });
    connections.add(connection);
    socket.on('close', () => connections.delete(connection));
    connection.greet(fromAddress(search));
  }

  return {
    schema: '',
    routes: [],
    realtime: {
      upgrade(request, socket, head) {
        sockets.handleUpgrade(request, socket, head, (opened) => accept(opened, request, socket));
      },
    },
    lifecycle: {
      start() {
        unsubscribe = services.changes.subscribe((change) => {
          if (connections.size === 0) return;
          const announcement = new Announcement(change, services.clock.now());
          for (const connection of connections) {
            if (connection.projectId === change.projectId) connection.hear(announcement, pulse);
          }
        });
      },
      async stop() {
        unsubscribe();
        pulse.stop();
        for (const connection of connections) connection.end();
        sockets.close();
      },
    },
    connectionCount: () => connections.size,
  };
}
