/**
 * The server as a process, started by `start.mjs`. Reads its options from the environment, prints
 * one JSON line `{"listening":"http://127.0.0.1:PORT"}` when it answers, and stops cleanly on
 * SIGTERM and SIGINT. What keeps it from starting is one line on stderr and exit code 1.
 */
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { AppwriteOptions } from './server.ts';

const DEFAULT_PORT = 8080;

type Environment = Readonly<Record<string, string | undefined>>;

const list = (value: string | undefined): string[] =>
  (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

function portOf(value: string | undefined): number {
  const port = Number(value ?? DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`APPWRITE_PORT must be a port number, not "${value ?? ''}"`);
}

function optionsFrom(env: Environment): AppwriteOptions {
  const consoleEmail = env['APPWRITE_CONSOLE_EMAIL'] ?? '';
  const consolePassword = env['APPWRITE_CONSOLE_PASSWORD'] ?? '';
  const projectId = env['APPWRITE_PROJECT_ID'] ?? '';
  const key = env['APPWRITE_KEY'] ?? '';
  return {
    port: portOf(env['APPWRITE_PORT']),
    host: env['APPWRITE_HOST'] ?? '127.0.0.1',
    dataDir: env['APPWRITE_DATA_DIR'] ?? '.local/appwrite',
    functionsDomain: env['APPWRITE_FUNCTIONS_DOMAIN'] ?? 'functions.localhost',
    sitesDomain: env['APPWRITE_SITES_DOMAIN'] ?? 'sites.localhost',
    apiDomains: list(env['APPWRITE_API_DOMAINS']),
    rateLimits: env['APPWRITE_RATE_LIMITS'] !== 'off',
    ...(consoleEmail === '' ? {} : { console: { email: consoleEmail, password: consolePassword } }),
    ...(projectId === ''
      ? {}
      : {
          project: {
            id: projectId,
            platforms: list(env['APPWRITE_PLATFORMS']),
            ...(key === '' ? {} : { key }),
          },
        }),
  };
}

/** Failures a person can do something about, in words. */
function explain(error: unknown, env: Environment): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') return `port ${env['APPWRITE_PORT'] ?? DEFAULT_PORT} is in use`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC') {
    return `cannot write to ${env['APPWRITE_DATA_DIR'] ?? '.local/appwrite'} (${code})`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const options = optionsFrom(process.env);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  // A nursery that stays small saves 50 MB and costs a twentieth of the time.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { createAppwrite } = await import('./server.ts');
  const server = await createAppwrite(options);
  const stop = (): void => {
    void server.stop().then(() => {
      process.exit(0);
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Now, because a death writes nothing; without news it costs nothing.
  flushCompileCache();
  process.stdout.write(`${JSON.stringify({ listening: server.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`appwrite: ${explain(error, process.env)}\n`);
  process.exit(1);
});
