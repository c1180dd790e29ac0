/**
 * `npm run appwrite`: the embedded Appwrite and nothing else, until Ctrl-C. With `--json` stdout
 * is exactly one line once it is healthy, in the names the parity runner's `--config` reads.
 * Key and console password are made once per data folder and stay the same for it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAppwrite } from '../appwrite/server.ts';
import type { RunningAppwrite } from '../appwrite/server.ts';
import { SetupError, say } from '../supervisor/output.ts';

const DEFAULT_PORT = 8080;
const DEFAULT_DATA = '.local/appwrite-alone';
const HEALTH_TIMEOUT_MS = 10_000;
const EXECUTORS = ['recorded', 'open-runtimes'] as const;

interface Choice {
  readonly json: boolean;
  readonly port: number;
  readonly dataDir: string;
  readonly executor: (typeof EXECUTORS)[number];
}

interface Credentials {
  readonly project: string;
  readonly key: string;
  readonly consoleEmail: string;
  readonly consolePassword: string;
}

const USAGE =
  'Usage: npm run appwrite -- [--json] [--port <0-65535>] [--data <folder>] ' +
  '[--executor recorded|open-runtimes]';

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        port: { type: 'string', default: String(DEFAULT_PORT) },
        data: { type: 'string', default: DEFAULT_DATA },
        executor: { type: 'string', default: 'recorded' },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
};

const choiceFrom = (args: readonly string[]): Choice => {
  const { json, port, data, executor } = parsed(args);
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (!(number >= 0 && number <= 65_535)) {
    throw new SetupError(`--port must be a port number, not "${port}".`);
  }
  const chosen = EXECUTORS.find((name) => name === executor);
  if (chosen === undefined) {
    throw new SetupError(`--executor is one of ${EXECUTORS.join(', ')}, not "${executor}".`);
  }
  if (data === '') throw new SetupError('--data must name a folder.');
  return { json, port: number, dataDir: resolve(data), executor: chosen };
};

const isCredentials = (value: unknown): value is Credentials => {
  if (typeof value !== 'object' || value === null) return false;
  const { project, key, consoleEmail, consolePassword } = value as Record<string, unknown>;
  return [project, key, consoleEmail, consolePassword].every(
    (text) => typeof text === 'string' && text !== '',
  );
};

const readCredentials = (path: string): Credentials => {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    stored = undefined;
  }
  if (isCredentials(stored)) return stored;
  throw new SetupError(`${path} cannot be read. Delete it to have a new key and password made.`);
};

const credentialsIn = (dataDir: string): Credentials => {
  const path = join(dataDir, 'credentials.json');
  if (existsSync(path)) return readCredentials(path);
  const made: Credentials = {
    project: 'local',
    key: `standard_${randomBytes(32).toString('hex')}`,
    consoleEmail: 'console@appwrite.localhost',
    // Hexadecimal: given to the CLI, it must not be taken for an option.
    consolePassword: randomBytes(18).toString('hex'),
  };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return made;
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** What a person can do something about, in words; everything else stays a bug. */
const explained = (error: unknown, { port, dataDir }: Choice): unknown => {
  if (error instanceof SetupError) return error;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new SetupError(`Port ${String(port)} is in use. Choose another: --port <number>.`);
    case 'EACCES':
    case 'EROFS':
    case 'ENOSPC':
    case 'ENOTDIR':
    case 'EEXIST':
      return new SetupError(`Cannot write to ${dataDir} (${codeOf(error)}).`);
    default:
      return error instanceof Error ? new SetupError(`Appwrite: ${error.message}`) : error;
  }
};

const open = async (choice: Choice): Promise<[RunningAppwrite, Credentials]> => {
  try {
    const credentials = credentialsIn(choice.dataDir);
    const { project, key, consoleEmail, consolePassword } = credentials;
    const server = await createAppwrite({
      port: choice.port,
      host: process.env['APPWRITE_HOST'] ?? '127.0.0.1',
      dataDir: choice.dataDir,
      console: { email: consoleEmail, password: consolePassword },
      // `app.example.com` is the one platform the recorded scenarios want to find.
      project: { id: project, key, platforms: ['localhost', 'app.example.com'] },
      functions: { style: choice.executor },
      rateLimits: process.env['APPWRITE_RATE_LIMITS'] !== 'off',
    });
    return [server, credentials];
  } catch (error) {
    throw explained(error, choice);
  }
};

/** One real request through the front door. */
const answers = (url: string): Promise<void> =>
  new Promise((done, failed) => {
    const request = get(`${url}/v1/health/version`, { agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) done();
      else failed(new SetupError(`Appwrite answered ${String(response.statusCode)} at its start.`));
    });
    request.setTimeout(HEALTH_TIMEOUT_MS, () => request.destroy(new Error('no answer in 10 s')));
    request.on('error', failed);
  });

const interrupted = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, done);
  });

const announce = (line: Readonly<Record<string, string>>, dataDir: string): void => {
  say('Embedded Appwrite is running on this machine.');
  say('');
  say(`  Endpoint   ${line['endpoint'] ?? ''}`);
  say(`  Project    ${line['project'] ?? ''}`);
  say(`  API key    ${line['key'] ?? ''}`);
  say(`  Console    ${line['consoleEmail'] ?? ''} / ${line['consolePassword'] ?? ''}`);
  say(`  Functions  ${line['functionsDomain'] ?? ''}`);
  say('');
  say(
    `State is in ${dataDir}. Stop with Ctrl-C. How to point a client at it: local/appwrite/README.md`,
  );
};

export const run = async (args: readonly string[]): Promise<number> => {
  if (args.includes('--help')) {
    say(USAGE);
    return 0;
  }
  const choice = choiceFrom(args);
  const asked = interrupted();
  const [server, credentials] = await open(choice);
  try {
    await answers(server.url);
    const line = {
      endpoint: `http://localhost:${String(server.port)}/v1`,
      ...credentials,
      functionsDomain: `http://{id}.functions.localhost:${String(server.port)}`,
    };
    if (choice.json) say(JSON.stringify(line));
    else announce(line, choice.dataDir);
    await asked;
    return 0;
  } finally {
    await server.stop();
  }
};
