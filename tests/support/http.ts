/**
 * What adapters meet on the other side of a socket: small servers that misbehave on purpose, and a
 * port where nobody listens. Everything stands on loopback and ends with `close`.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Neighbour {
  readonly url: string;
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

/** A server of another kind than the one that was expected. */
export const startNeighbour = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Neighbour> => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request, response));
  });
  const port = await listen(server);
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}`,
    host,
    port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Takes every request and never answers. */
export const startSilence = (): Promise<Neighbour> => startNeighbour(() => undefined);

/** A page that looks healthy, from something that is not ours. */
export const startWebsite = (status = 200): Promise<Neighbour> =>
  startNeighbour((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>It works</title>');
  });

/** Was free a moment ago, so a connection to it is refused. */
export const deafPort = async (): Promise<number> => {
  const server = createPlainServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
};

const pollMs = 50;

/** Asks again until the answer satisfies; says what the last one was when it never did. */
export const eventually = async <T>(
  look: () => Promise<T>,
  satisfied: (value: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> => {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (satisfied(value)) return value;
    if (performance.now() > deadlineMs) {
      throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(value)}`);
    }
    await pause(pollMs);
  }
};
