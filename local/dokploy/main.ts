/**
 * The process: options from the environment, one ready line on stdout, a clean stop on SIGTERM
 * and SIGINT. Exits 1 with one clear line when it cannot start, 2 when options are missing.
 */
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { createDokploy } from './server.ts';

const port = z.coerce.number().check(z.int(), z.gte(0), z.lte(65_535));
const environment = z.object({
  DOKPLOY_PORT: port,
  DOKPLOY_INGRESS_PORT: port,
  DOKPLOY_API_KEY: z.string().check(z.length(64)),
  DOKPLOY_DATA_DIR: z.string().check(z.minLength(1)),
  DOKPLOY_IMAGES_FILE: z.string().check(z.minLength(1)),
  DOKPLOY_BACKEND: z._default(z.literal('process'), 'process'),
  /** Comma-separated names of further servers. */
  DOKPLOY_SERVERS: z._default(z.string(), ''),
});

// A supervisor that went away must not take the clean stop with it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const parsed = z.safeParse(environment, process.env);
if (parsed.success) await start(parsed.data);
else {
  const names = parsed.error.issues.map((issue) => issue.path.join('.'));
  fail(2, `missing or wrong: ${[...new Set(names)].join(', ')}`);
}

async function start(env: z.infer<typeof environment>): Promise<void> {
  try {
    const dokploy = await createDokploy({
      port: env.DOKPLOY_PORT,
      ingressPort: env.DOKPLOY_INGRESS_PORT,
      apiKey: env.DOKPLOY_API_KEY,
      dataDir: resolve(env.DOKPLOY_DATA_DIR),
      imagesFile: resolve(env.DOKPLOY_IMAGES_FILE),
      backend: env.DOKPLOY_BACKEND,
      servers: env.DOKPLOY_SERVERS.split(',').filter((name) => name !== ''),
      log: (event, fields) => process.stderr.write(`${JSON.stringify({ event, ...fields })}\n`),
    });
    const stop = (): void => void dokploy.close().then(() => process.exit(0));
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    const ready = { listening: dokploy.apiOrigin, ingress: dokploy.ingressOrigin };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
  } catch (error) {
    fail(1, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'could not start';
  const taken = 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
  return taken ? `port ${String(error.port)} is taken` : error.message;
}

function fail(exitCode: number, reason: string): void {
  process.stderr.write(`dokploy stand-in: ${reason}\n`);
  process.exitCode = exitCode;
}
