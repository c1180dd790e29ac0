/** Stands between the functions and Dokploy and notes when each deployment was asked for. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';

const deployBody = z.object({ title: z.string() });

export interface Forwarder {
  readonly url: string;
  /** Epoch ms at which `compose.deploy` arrived, by the runtime its title names. */
  readonly askedAtMs: ReadonlyMap<string, number>;
  close(): void;
}

const deployPath = '/api/compose.deploy';

export const forwardTo = async (target: string): Promise<Forwarder> => {
  const askedAtMs = new Map<string, number>();
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    const arrivedMs = Date.now();
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (incoming.url === deployPath) note(body.toString(), arrivedMs);
      const { method, url: path, headers } = incoming;
      const outgoing = request({ hostname, port, method, path, headers, agent: false }, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      outgoing.end(body);
    });
  });
  const note = (text: string, atMs: number): void => {
    const [runtimeId = ''] = deployBody.parse(JSON.parse(text)).title.split(':');
    if (!askedAtMs.has(runtimeId)) askedAtMs.set(runtimeId, atMs);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    askedAtMs,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
