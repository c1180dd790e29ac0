/**
 * The built site on loopback, gzipped as a host would, with nobody signed in: for what is looked at
 * and measured without the product behind it. Paths without a file get the fallback page.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '#local/supervisor/paths.ts';

const folder = join(root, 'site', 'build');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const guest = { type: 'general_unauthorized_scope', code: 401, message: 'guest', version: '1' };

export interface SiteServer {
  readonly url: string;
  close(): Promise<void>;
}

const fileFor = async (path: string): Promise<{ body: Buffer; type: string }> => {
  const wanted = path === '/' ? '/index.html' : path;
  const isFile = !wanted.includes('..') && types[extname(wanted)] !== undefined;
  const name = isFile ? wanted : '/200.html';
  return {
    body: await readFile(join(folder, name)),
    type: types[extname(name)] ?? 'application/octet-stream',
  };
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
): Promise<void> => {
  const { pathname } = new URL(request.url ?? '/', url);
  if (pathname.startsWith('/v1/')) {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(guest));
    return;
  }
  const config = { endpoint: `${url}/v1`, projectId: 'gallery', runtimeDomain: 'runtimes.test' };
  const file =
    pathname === '/config.json'
      ? { body: Buffer.from(JSON.stringify(config)), type: 'application/json' }
      : await fileFor(pathname);
  const immutable = pathname.includes('/immutable/');
  response.writeHead(200, {
    'content-type': file.type,
    'content-encoding': 'gzip',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(gzipSync(file.body, { level: 9 }));
};

export const serveSite = async (port = 0): Promise<SiteServer> => {
  let url = '';
  const server = createServer((request, response) => {
    answer(request, response, url).catch(() => {
      response.writeHead(404);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
