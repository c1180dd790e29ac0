/**
 * The unmodified appwrite-cli on a folder of its own: nothing of this machine's HOME, no terminal,
 * no question asked. What it says and how it ends is handed back; it exits 0 even where it failed.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createAppwrite } from '#local/appwrite/server.ts';
import type { Wire } from './wire.ts';
import { openWire } from './wire.ts';

export const consoleEmail = 'operator@example.com';
export const consolePassword = 'Corr3ct-Horse!';
export const projectId = 'shop';
export const key = 'standard_cli_key';

const timeoutMs = 60_000;
const maxOutput = 100_000;
const cli = createRequire(import.meta.url).resolve('appwrite-cli/index.js');

export interface Ended {
  readonly code: number | null;
  /** Both streams, without colours. */
  readonly text: string;
}

export interface Workplace {
  readonly folder: string;
  run(...args: readonly string[]): Promise<Ended>;
  write(path: string, content: string | Buffer): void;
}

const workplaceIn = (folder: string, name: string): Workplace => {
  const place = join(folder, name);
  const home = join(folder, `${name}-home`);
  mkdirSync(place);
  mkdirSync(home);
  return {
    folder: place,
    run: (...args) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [cli, ...args], {
          cwd: place,
          env: { PATH: process.env['PATH'] ?? '', HOME: home, CI: '1', NO_COLOR: '1' },
          stdio: ['ignore', 'pipe', 'pipe'],
          timeout: timeoutMs,
        });
        let text = '';
        const keep = (chunk: Buffer): void => {
          text = (text + chunk.toString()).slice(-maxOutput);
        };
        child.stdout.on('data', keep);
        child.stderr.on('data', keep);
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, text }));
      }),
    write: (path, content) => {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), content);
    },
  };
};

type Json = Readonly<Record<string, unknown>>;

export interface CliWorld {
  readonly endpoint: string;
  readonly wire: Wire;
  workplace(name: string): Workplace;
  /** What the project holds, asked with its key. */
  look(path: string): Promise<Json>;
  ask(method: string, path: string, body: object): Promise<Json>;
  close(): Promise<void>;
}

export const openCliWorld = async (): Promise<CliWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  const server = await createAppwrite({
    dataDir: join(folder, 'data'),
    console: { email: consoleEmail, password: consolePassword },
    project: { id: projectId, key },
  });
  const wire = await openWire(server.port);
  const ask = async (method: string, path: string, body?: object): Promise<Json> => {
    const answer = await fetch(`${server.url}/v1${path}`, {
      method,
      headers: {
        'x-appwrite-project': projectId,
        'x-appwrite-key': key,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Json;
  };
  return {
    endpoint: `${wire.url}/v1`,
    wire,
    workplace: (name) => workplaceIn(folder, name),
    look: (path) => ask('GET', path),
    ask,
    close: async () => {
      await wire.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const handler = (word: string): string =>
  `export default ({ res, req }) => res.text('${word} ' + req.path);\n`;

const code = {
  runtime: 'node-22',
  timeout: 15,
  enabled: true,
  logging: true,
  entrypoint: 'main.mjs',
  commands: '',
};

const column = { required: false, array: false, default: null };

/** A small product with one of each kind the config knows and this server has. */
export const configFor = (endpoint: string): object => ({
  projectId,
  projectName: 'Shop',
  endpoint,
  settings: {
    services: {
      ...{ account: true, databases: true, functions: true, sites: true, teams: true, users: true },
      ...{ health: true, avatars: false, locale: false, storage: false },
      ...{ graphql: false, messaging: false },
    },
    auth: {
      methods: {
        ...{ jwt: true, phone: false, invites: false, anonymous: false },
        ...{ 'email-password': true, 'email-otp': false, 'magic-url': false },
      },
      security: {
        ...{ duration: 2_592_000, limit: 1, sessionsLimit: 10, passwordHistory: 5 },
        ...{ passwordDictionary: true, personalDataCheck: true, sessionAlerts: false },
        mockNumbers: [],
      },
    },
  },
  functions: [
    {
      ...{ $id: 'hook', name: 'hook', execute: ['any'], events: [], schedule: '' },
      ...{ ...code, scopes: ['rows.read', 'rows.write'], path: 'functions/hook' },
    },
    {
      ...{ $id: 'worker', name: 'worker', execute: [], schedule: '*/5 * * * *' },
      events: ['databases.main.tables.orders.rows.*.update'],
      ...{ ...code, scopes: ['rows.read'], path: 'functions/worker' },
    },
  ],
  sites: [
    {
      ...{ $id: 'site', name: 'site', framework: 'other', adapter: 'static' },
      ...{ buildRuntime: 'node-22', installCommand: '', buildCommand: 'true' },
      ...{ outputDirectory: './', fallbackFile: 'index.html', timeout: 30, logging: true },
      path: 'site/build',
    },
  ],
  tablesDB: [{ $id: 'main', name: 'main', enabled: true }],
  tables: [
    {
      ...{ $id: 'orders', $permissions: ['create("users")'], databaseId: 'main' },
      ...{ name: 'orders', enabled: true, rowSecurity: true },
      columns: [
        { ...column, key: 'owner', type: 'string', required: true, size: 36, encrypt: false },
        { ...column, key: 'state', type: 'string', format: 'enum', elements: ['new', 'paid'] },
        { ...column, key: 'mail', type: 'string', format: 'email' },
        { ...column, key: 'home', type: 'string', format: 'url' },
        { ...column, key: 'from', type: 'string', format: 'ip' },
        { ...column, key: 'priceKrw', type: 'integer', min: 0, max: 100_000_000 },
        { ...column, key: 'share', type: 'double', min: 0, max: 1 },
        { ...column, key: 'paidAt', type: 'datetime', format: '' },
        { ...column, key: 'trial', type: 'boolean', default: false },
        { ...column, key: 'tags', type: 'string', array: true, size: 20, encrypt: false },
      ],
      indexes: [
        {
          ...{ key: 'by_owner', type: 'key', status: 'available' },
          ...{ columns: ['owner'], orders: ['ASC'] },
        },
        {
          ...{ key: 'one_mail', type: 'unique', status: 'available' },
          ...{ columns: ['mail'], orders: ['ASC'] },
        },
      ],
    },
  ],
  buckets: [],
  teams: [{ $id: 'operators', name: 'Operators' }],
  topics: [],
});

/** Twelve megabytes that do not shrink: three pieces of the client's five. */
export const heavyBytes = 12_000_000;

export const furnish = (place: Workplace, endpoint: string): void => {
  place.write('appwrite.json', JSON.stringify(configFor(endpoint), null, 4));
  place.write('functions/hook/main.mjs', handler('hook'));
  place.write('functions/worker/main.mjs', handler('worker'));
  place.write('functions/worker/filler.bin', randomBytes(heavyBytes));
  place.write('site/build/index.html', '<!doctype html><title>Shop</title>');
  place.write('site/build/assets/app.js', 'console.log("shop");');
};
