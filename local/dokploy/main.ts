/**
 * The process: options from the environment, one ready line on stdout, a clean stop on SIGTERM
 * and SIGINT. Exits 1 with one clear line when it cannot start, 2 when options are missing.
 */
import { resolve } from 'node:path';
import * as z from 'zod/mini';
import { dockerEnvironment } from './docker/cli.ts';
import { type BackendOptions, createDokploy } from './server.ts';

const port = z.coerce.number().check(z.int(), z.gte(0), z.lte(65_535));
const environment = z.object({
  DOKPLOY_PORT: port,
  DOKPLOY_INGRESS_PORT: port,
  DOKPLOY_API_KEY: z.string().check(z.length(64)),
  DOKPLOY_DATA_DIR: z.string().check(z.minLength(1)),
  DOKPLOY_BACKEND: z._default(z.enum(['process', 'docker']), 'process'),
  /** Which program stands for which image; processes only. */
  DOKPLOY_IMAGES_FILE: z.optional(z.string()),
  /** Comma-separated names of further servers. */
  DOKPLOY_SERVERS: z._default(z.string(), ''),
});

// A supervisor that went away must not take the clean stop with it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const parsed = z.safeParse(environment, process.env);
const backend = parsed.success ? backendOf(parsed.data) : undefined;
if (parsed.success && backend !== undefined) await start(parsed.data, backend);
else {
  const issues = parsed.error?.issues ?? [{ path: ['DOKPLOY_IMAGES_FILE'] }];
  const names = issues.map((issue) => issue.path.join('.'));
  fail(2, `missing or wrong: ${[...new Set(names)].join(', ')}`);
}

async function start(env: z.infer<typeof environment>, backend: BackendOptions): Promise<void> {
  try {
    const dokploy = await createDokploy({
      port: env.DOKPLOY_PORT,
      ingressPort: env.DOKPLOY_INGRESS_PORT,
      apiKey: env.DOKPLOY_API_KEY,
      dataDir: resolve(env.DOKPLOY_DATA_DIR),
      backend,
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

/** undefined when processes are wanted and nothing says which. */
function backendOf(env: z.infer<typeof environment>): BackendOptions | undefined {
  if (env.DOKPLOY_BACKEND === 'docker') {
    return { kind: 'docker', environment: dockerEnvironment(process.env) };
  }
  if (!env.DOKPLOY_IMAGES_FILE) return undefined;
  return { kind: 'process', imagesFile: resolve(env.DOKPLOY_IMAGES_FILE) };
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
