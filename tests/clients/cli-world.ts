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
import { configFor, projectId } from './cli-config.ts';
import type { Wire } from './wire.ts';
import { openWire } from './wire.ts';

export const consoleEmail = 'operator@example.com';
export const consolePassword = 'Corr3ct-Horse!';
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
