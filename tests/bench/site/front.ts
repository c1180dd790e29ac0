/**
 * What stands before the site in production and not on one machine: answers of a kilobyte and more
 * are gzipped, as Appwrite does (`_APP_COMPRESSION_MIN_SIZE_BYTES`). All else, files, policy and cache
 * headers, comes from the site as it is deployed.
 */
import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { siteHost } from '#local/supervisor/world.ts';
import type { World } from '#local/supervisor/world.ts';

const smallestBytes = 1_024;
const compressible = /^(text\/|application\/(json|manifest)|image\/svg)/;

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

const fetchFrom = (port: number, request: IncomingMessage): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { method, url, headers } = request;
    const asked = { ...headers, host: `${siteHost}:${port}` };
    ask({ host: '127.0.0.1', port, method, path: url, headers: asked }, resolve)
      .on('error', reject)
      .end();
  });

/** A file is packed once: a host does not spend a customer's time on that. */
class Packer {
  readonly #packed = new Map<string, Buffer>();

  pack(name: string, body: Buffer): Buffer {
    const known = this.#packed.get(name);
    if (known !== undefined) return known;
    const packed = gzipSync(body);
    this.#packed.set(name, packed);
    return packed;
  }
}

const answer = async (
  { port, packer }: { readonly port: number; readonly packer: Packer },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const origin = await fetchFrom(port, request);
  const body = await buffer(origin);
  const { 'content-type': type = '', etag = '' } = origin.headers;
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  const isPacked = takesGzip && body.length >= smallestBytes && compressible.test(type);
  const sent = isPacked ? packer.pack(`${request.url ?? ''} ${etag}`, body) : body;
  const packing = isPacked ? { 'content-encoding': 'gzip', vary: 'accept-encoding' } : {};
  const headers = { ...origin.headers, ...packing, 'content-length': sent.length };
  response.writeHead(origin.statusCode ?? 502, headers).end(sent);
};

export const openFront = async ({ ports }: World): Promise<Front> => {
  const packer = new Packer();
  const server = createServer((request, response) => {
    answer({ port: ports.appwrite, packer }, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://${siteHost}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
