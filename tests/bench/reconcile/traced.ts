/**
 * `node traced.ts <bundle>`: loads a function's bundle and runs it once for every line on stdin, as
 * the minute's schedule does; answers each with a line: every request it made, by where to, and the
 * processor time it took. Nothing inside the bundle is replaced: the runtime itself reports what
 * leaves the process.
 */
import { subscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';

const fetched = z.object({
  request: z.object({ method: z.string(), origin: z.coerce.string() }),
});
const requested = z.object({ request: z.object({ method: z.string(), host: z.string() }) });

interface Sent {
  readonly method: string;
  readonly to: string;
}

let sent: Sent[] = [];
subscribe('undici:request:create', (message) => {
  const parsed = fetched.safeParse(message);
  if (parsed.success)
    sent.push({ method: parsed.data.request.method, to: parsed.data.request.origin });
});
subscribe('http.client.request.start', (message) => {
  const parsed = requested.safeParse(message);
  if (parsed.success) sent.push({ method: parsed.data.request.method, to: 'agent' });
});

type Handler = (context: object) => Promise<unknown>;

const [bundle = ''] = process.argv.slice(2);
const loaded = (await import(pathToFileURL(bundle).href)) as { readonly default: Handler };
const headers = {
  'x-appwrite-key': process.env['BENCH_KEY'] ?? '',
  'x-appwrite-trigger': 'schedule',
};

const sweep = async (): Promise<void> => {
  sent = [];
  const problems: string[] = [];
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await loaded.default({
    req: { method: 'POST', path: '/', headers, bodyText: '' },
    res: { text: () => undefined, json: () => undefined },
    log: () => undefined,
    error: (line: string) => problems.push(line),
  });
  const { user, system } = process.cpuUsage(before);
  const wallMs = performance.now() - startedMs;
  console.log(JSON.stringify({ sent, cpuMs: (user + system) / 1_000, wallMs, problems }));
};

for await (const _line of createInterface({ input: process.stdin })) await sweep();
