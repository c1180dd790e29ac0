/**
 * The server under attack: a process of its own with fixtures worth attacking. Knows whether it
 * still answers, how much memory it took at most, and what it reported.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '#local/appwrite/assemble.ts';
import { realClock } from '#local/appwrite/kernel/clock.ts';
import { openStore } from '#local/appwrite/kernel/store.ts';
import { tarGz } from '#local/appwrite/functions/test-server.ts';

const root = join(import.meta.dirname, '..', '..', '..');
export const project = 'attacked';
export const key = 'standard_fuzz_key';

export interface KnownRoute {
  readonly method: string;
  readonly path: string;
}

/** Every route the server has, from the parts it is assembled of. */
export function knownRoutes(): readonly [KnownRoute, ...KnownRoute[]] {
  const dataDir = mkdtempSync(join(tmpdir(), 'appwrite-routes-'));
  const store = openStore(join(dataDir, 'appwrite.sqlite'));
  const settings = {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    functionsDomain: 'functions.localhost',
    sitesDomain: 'sites.localhost',
    apiDomains: [],
    version: '1.9.6',
  } as const;
  const parts = { store, clock: realClock, settings, functions: {}, rateLimits: false };
  const ground = { ...parts, report: () => undefined };
  const routes = assemble(ground).modules.flatMap((module) => module.routes);
  const [first, ...rest] = routes.map(({ method, path }) => ({ method, path }));
  store.close();
  rmSync(dataDir, { recursive: true });
  if (first === undefined) throw new Error('the server has no routes');
  return [first, ...rest];
}

export interface Target {
  readonly port: number;
  readonly dataDir: string;
  /** Session of the user alice. */
  readonly session: string;
  /** What the server could not explain: each is a defect. */
  readonly reported: () => string;
  readonly peakMemoryMb: () => number;
  readonly alive: () => boolean;
  /** Makes what attacks deleted. */
  readonly restore: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const echo = 'export default ({ req, res }) => res.json({ path: req.path, body: req.bodyText });';

async function post(port: number, path: string, body: object | FormData): Promise<Response> {
  const form = body instanceof FormData;
  return fetch(`http://127.0.0.1:${String(port)}/v1${path}`, {
    method: 'POST',
    headers: {
      'x-appwrite-project': project,
      'x-appwrite-key': key,
      ...(form ? {} : { 'content-type': 'application/json' }),
    },
    body: form ? body : JSON.stringify(body),
  });
}

async function deployEcho(port: number): Promise<void> {
  const form = new FormData();
  form.set('activate', 'true');
  form.set('entrypoint', 'main.mjs');
  form.set('code', new Blob([tarGz({ 'main.mjs': echo })]), 'code.tar.gz');
  await post(port, '/functions/echo/deployments', form);
}

async function fixtures(port: number): Promise<void> {
  await post(port, '/users', { userId: 'alice', email: 'alice@example.com' });
  await post(port, '/teams', { teamId: 'crew', name: 'Crew' });
  await post(port, '/tablesdb', { databaseId: 'main', name: 'Main' });
  await post(port, '/tablesdb/main/tables', {
    tableId: 'items',
    name: 'Items',
    rowSecurity: true,
    permissions: ['read("any")', 'create("users")'],
    columns: [
      { key: 'n', type: 'integer', required: false },
      { key: 's', type: 'string', size: 100, required: false },
    ],
  });
  await post(port, '/tablesdb/main/tables/items/rows', { rowId: 'row1', data: { n: 1, s: 'x' } });
  const made = await post(port, '/functions', {
    functionId: 'echo',
    name: 'Echo',
    runtime: 'node-22',
    execute: ['any'],
    entrypoint: 'main.mjs',
    timeout: 5,
  });
  if (made.status === 201) await deployEcho(port);
  await post(port, '/sites', {
    siteId: 'web',
    name: 'Web',
    framework: 'other',
    buildRuntime: 'node-22',
    adapter: 'static',
    outputDirectory: './',
  });
}

export async function startTarget(): Promise<Target> {
  const dataDir = mkdtempSync(join(tmpdir(), 'appwrite-fuzz-'));
  const child = spawn(process.execPath, [join(root, 'local/appwrite/start.mjs')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      APPWRITE_PORT: '0',
      APPWRITE_DATA_DIR: dataDir,
      APPWRITE_PROJECT_ID: project,
      APPWRITE_KEY: key,
      APPWRITE_RATE_LIMITS: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on(
    'data',
    (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(0, 20_000)),
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { listening } = JSON.parse(line.toString()) as { listening: string };
  const port = Number(new URL(listening).port);
  await fixtures(port);
  const answer = await post(port, '/users/alice/sessions', {});
  const { secret } = (await answer.json()) as { secret: string };
  return {
    port,
    dataDir,
    session: secret,
    reported: () => errors,
    alive: () => child.exitCode === null && child.signalCode === null,
    peakMemoryMb() {
      const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    restore: () => fixtures(port),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
