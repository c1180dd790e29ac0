/**
 * `node traced.ts <bundle>`: runs a function's bundle on the notices given on stdin and prints every
 * request and every connection it made. Nothing inside the bundle is replaced: the runtime itself
 * reports what leaves the process.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const input = z.object({
  key: z.string(),
  calls: z.array(z.object({ path: z.string(), body: z.string() })),
});
const undiciRequest = z.object({
  request: z.object({ method: z.string(), origin: z.coerce.string(), path: z.string() }),
});
const nodeRequest = z.object({
  request: z.object({ method: z.string(), host: z.string(), path: z.string() }),
});

const requests: string[] = [];
const peers: string[] = [];
const answers: string[] = [];

subscribe('undici:request:create', (message) => {
  const parsed = undiciRequest.safeParse(message);
  if (parsed.success) requests.push(parsed.data.request.method);
});
subscribe('http.client.request.start', (message) => {
  const parsed = nodeRequest.safeParse(message);
  if (parsed.success) requests.push(parsed.data.request.method);
});
subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket: Socket };
  socket.once('connect', () =>
    peers.push(`${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`),
  );
});

type Handler = (context: object) => Promise<unknown>;

const [bundle = ''] = process.argv.slice(2);
const { key, calls } = input.parse(JSON.parse(await text(process.stdin)));
const loaded = (await import(pathToFileURL(bundle).href)) as { readonly default: Handler };
for (const { path, body } of calls) {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-appwrite-key': key,
    'x-appwrite-trigger': 'http',
  };
  await loaded.default({
    req: { method: 'POST', path, headers, bodyText: body },
    res: {
      text: (answer: string) => answers.push(answer),
      json: (answer: unknown) => answers.push(JSON.stringify(answer)),
    },
    log: () => undefined,
    error: () => undefined,
  });
}
process.stdout.write(JSON.stringify({ requests, peers, answers }));
process.exit(0);
