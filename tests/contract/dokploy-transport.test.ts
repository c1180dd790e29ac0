/**
 * The wire below the client: an idle connection is closed by us before Dokploy closes it, a broken
 * one is `unknown` and is not tried twice, and a proxy's word is not taken for Dokploy's.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createDokployCall } from '#adapters/dokploy/client.ts';
import { dokployKeepAliveMs } from '#schemas/wire/dokploy.ts';
import type { Log } from '#ports/system.ts';
import { startNeighbour } from '#tests/support/http.ts';

const quiet = (): void => undefined;
const log: Log = { info: quiet, warn: quiet, error: quiet };
const connect = (url: string) =>
  createDokployCall({ url, apiKey: 'k'.repeat(64), timeoutMs: 2_000, slowTimeoutMs: 4_000 }, log);

const listen = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const shut = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
};

describe('an idle connection', () => {
  test.each([
    ['as Dokploy answers, with its own hint', dokployKeepAliveMs, undefined],
    ['behind a proxy that gives no hint', 60_000, 'keep-alive'],
  ])('%s is closed by us in time', async (_what, keepAliveTimeout, connection) => {
    const server = createServer({ keepAliveTimeout }, (request, response) => {
      request.resume();
      if (connection !== undefined) response.setHeader('connection', connection);
      response.end('"v0.30.2"');
    });
    const url = await listen(server);
    const opened = once(server, 'connection') as Promise<[Socket]>;
    await connect(url)('settings.getDokployVersion', {});
    const idleSince = Date.now();
    const [socket] = await opened;
    // `end` is the client's own goodbye; a server that gives up first only closes.
    await once(socket, 'end', { signal: AbortSignal.timeout(dokployKeepAliveMs + 2_000) });
    expect(Date.now() - idleSince).toBeLessThan(dokployKeepAliveMs);
    await shut(server);
  });
});

describe('a connection that breaks', () => {
  test.each([
    [
      'before anything is answered',
      (_response: ServerResponse, socket: Socket) => socket.destroy(),
    ],
    [
      'in the middle of an answer',
      (response: ServerResponse, socket: Socket) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"half":', () => socket.destroy());
      },
    ],
  ])('%s is unknown, and is not tried again', async (_what, breakIt) => {
    let calls = 0;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      calls += 1;
      breakIt(response, request.socket);
    };
    const neighbour = await startNeighbour(answer);
    const outcome = await connect(neighbour.url)('compose.deploy', { composeId: 'c', title: 't' });
    expect(outcome).toEqual({ kind: 'unknown' });
    expect(calls).toBe(1);
    await neighbour.close();
  });
});

describe('an answer that is not Dokploy’s own', () => {
  test.each([
    [502, 'Bad Gateway', { kind: 'unknown' }],
    [503, '<html>', { kind: 'unknown' }],
    [504, 'Gateway Timeout', { kind: 'unknown' }],
    [500, 'Internal Server Error', { kind: 'refused', code: 'failed' }],
    [429, 'slow down', { kind: 'refused', code: 'rate_limited' }],
    [413, 'Body exceeded 1mb limit', { kind: 'refused', code: 'invalid' }],
    [302, '', { kind: 'unknown' }],
    [200, '<!doctype html>', { kind: 'refused', code: 'failed' }],
  ])('%i %s', async (status, text, expected) => {
    const neighbour = await startNeighbour((_request, response) => {
      response.writeHead(status, { location: '/elsewhere' });
      response.end(text);
    });
    expect(await connect(neighbour.url)('compose.stop', { composeId: 'c' })).toEqual(expected);
    await neighbour.close();
  });

  test('too large is refused, whatever it says', async () => {
    const neighbour = await startNeighbour((_request, response) => {
      response.end(`"${'x'.repeat(5 * 1024 * 1024)}"`);
    });
    const outcome = await connect(neighbour.url)('settings.getDokployVersion', {});
    expect(outcome).toEqual({ kind: 'refused', code: 'failed' });
    await neighbour.close();
  });
});

test('stopping may take longer than reading', async () => {
  const neighbour = await startNeighbour((request, response) => {
    const isStop = request.url?.includes('compose.stop') === true;
    if (isStop) setTimeout(() => response.end('true'), 2_300).unref();
  });
  const call = connect(neighbour.url);
  const [slow, quick] = await Promise.all([
    call('compose.stop', { composeId: 'c' }),
    call('compose.one', { composeId: 'c' }),
  ]);
  expect(slow).toEqual({ kind: 'ok', value: true });
  expect(quick).toEqual({ kind: 'unknown' });
  await neighbour.close();
});
