/**
 * Stands between a client and the embedded server and writes down what is asked, so that a test can
 * say what a client did without looking into it. Passes everything on unchanged, bodies as streams.
 */
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly range: string;
  readonly status: number;
}

export interface Wire {
  readonly url: string;
  /** What was asked since the last call, in order of the answers. */
  take(): readonly Sent[];
  close(): Promise<void>;
}

const maxKept = 10_000;

export const openWire = async (port: number): Promise<Wire> => {
  let sent: Sent[] = [];
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = 'GET', url = '/', headers } = request;
    const onward = httpRequest(
      { host: '127.0.0.1', port, method, path: url, headers },
      (answer) => {
        const status = answer.statusCode ?? 0;
        const range = headers['content-range'] ?? '';
        sent.push({ method, path: url.split('?', 1)[0] ?? '', range, status });
        if (sent.length > maxKept) throw new Error('more requests than a test should make');
        response.writeHead(status, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${own}`,
    take: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
