/**
 * An empty Appwrite, a `.env` that points to it, and the commands of `ops/` run as a person runs
 * them: as processes, with their exit code and everything they printed.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAppwrite } from '#local/appwrite/server.ts';
import type { RunningAppwrite } from '#local/appwrite/server.ts';

const root = join(import.meta.dirname, '..', '..');
const projectId = 'selling';
const timeoutMs = 120_000;

interface Instead {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `pass`: to the server. Otherwise answered like this instead, or with this status. */
export type Gate = (method: string, path: string) => 'pass' | number | Instead;

export interface Gated {
  readonly url: string;
  set(gate: Gate): void;
  close(): Promise<void>;
}

/** Stands between the commands and the server, so that a test can cut in. */
export const openGate = async (port: number): Promise<Gated> => {
  let gate: Gate = () => 'pass';
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const verdict = gate(method, url);
    if (verdict !== 'pass') {
      incoming.resume();
      const refusal = { message: 'refused by the test', type: 'test' };
      const instead: Instead =
        typeof verdict === 'number' ? { status: verdict, body: refusal } : verdict;
      const kind = { 'content-type': 'application/json' };
      outgoing.writeHead(instead.status, { ...kind, ...instead.headers });
      outgoing.end(JSON.stringify(instead.body));
      return;
    }
    const onward = httpRequest(
      { host: '127.0.0.1', port, method, path: url, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    set: (next) => {
      gate = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams. */
  readonly text: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface TestInstallation {
  readonly appwrite: RunningAppwrite;
  readonly gate: Gated;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Values that must be seen nowhere. */
  readonly secrets: readonly string[];
  start(command: string, ...args: readonly string[]): Running;
  run(command: string, ...args: readonly string[]): Promise<Ended>;
  /** As a machine that loses its power: the command and the CLI it runs. */
  killGroup(running: Running): void;
  /** Writes the `.env` with these values changed; undefined takes a line out. */
  rewrite(changes: Readonly<Record<string, string | undefined>>): void;
  /** The project, asked with its key and past the gate. */
  ask(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Puts every function to sleep, as an import does: nothing of the product writes then. */
  sleep(): Promise<void>;
  /** Everything the commands left on disk. */
  leftFiles(): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

const signingKey = (): string => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA' });
};

export const digest = 'sha256:'.padEnd(71, 'a');

const makeSecrets = () => ({
  APPWRITE_API_KEY: `standard_${randomBytes(64).toString('hex')}`,
  APPWRITE_CONSOLE_PASSWORD: `-Console=${randomBytes(12).toString('hex')}`,
  OPERATOR_PASSWORD: `Str0ng-${randomBytes(12).toString('hex')}`,
  PAYAPP_LINKKEY: `${randomBytes(30).toString('base64')}+/==`,
  PAYAPP_LINKVAL: `${randomBytes(30).toString('base64')}/+==`,
  ORDER_TOKEN_KEY: randomBytes(32).toString('base64'),
  TICKET_SIGNING_KEY: signingKey(),
  DOKPLOY_API_KEY: randomBytes(32).toString('hex'),
});

const addresses = (gateUrl: string, appwritePort: number) => ({
  APPWRITE_ENDPOINT: `${gateUrl}/v1`,
  APPWRITE_PROJECT_ID: projectId,
  APPWRITE_CONSOLE_EMAIL: 'console@example.com',
  APPWRITE_PUBLIC_ENDPOINT: `http://api.shop.localhost:${String(appwritePort)}/v1`,
  SITE_URL: `http://shop.localhost:${String(appwritePort)}`,
  FEEDBACK_BASE_URL: `http://pay.shop.localhost:${String(appwritePort)}`,
  OPERATOR_EMAIL: 'operator@example.com',
  RUNTIME_DOMAIN: 'runtimes.localhost:9',
  RUNTIME_SCHEME: 'http',
  RUNTIME_ADDRESS: '127.0.0.1',
  PAYAPP_API_URL: 'http://127.0.0.1:9/oapi/apiLoad.html',
  PAYAPP_USERID: 'seller',
  // Nobody listens there: nothing here has a runtime.
  DOKPLOY_URL: 'http://127.0.0.1:9',
  OPENCLAW_IMAGE: `openclaw@${digest}`,
  AGENT_IMAGE: `agent@${digest}`,
});

const collect = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve, reject) => {
    let text = '';
    const keep = (chunk: Buffer): void => {
      text += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, text }));
  });

const filesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'latin1')] as const),
  );

type Ask = TestInstallation['ask'];

const putToSleep = async (ask: Ask): Promise<void> => {
  const { functions } = (await ask('GET', '/functions')) as {
    functions: readonly Readonly<Record<string, unknown>>[];
  };
  for (const each of functions) {
    const { $id, name, execute, timeout, logging, entrypoint, commands, scopes } = each;
    const same = { name, execute, timeout, logging, entrypoint, commands, scopes };
    const asleep = { ...same, enabled: false, events: [], schedule: '' };
    await ask('PUT', `/functions/${String($id)}`, asleep);
  }
};

const askWith =
  (url: string, key: string): Ask =>
  async (method, path, body) => {
    const answer = await fetch(`${url}/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-appwrite-project': projectId,
        'x-appwrite-key': key,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Readonly<Record<string, unknown>>;
  };

export const openInstallation = async (
  overrides: Readonly<Record<string, string>> = {},
): Promise<TestInstallation> => {
  const folder = mkdtempSync(join(tmpdir(), 'installation-'));
  const state = join(folder, 'state');
  const envFile = join(folder, '.env');
  const secrets = makeSecrets();
  const appwrite = await createAppwrite({
    dataDir: join(folder, 'appwrite'),
    console: { email: 'console@example.com', password: secrets.APPWRITE_CONSOLE_PASSWORD },
    project: { id: projectId, key: secrets.APPWRITE_API_KEY },
    apiDomains: ['api.shop.localhost'],
    // These tests come from one address, more often than anybody would.
    rateLimits: false,
  });
  const gate = await openGate(appwrite.port);
  const env: Readonly<Record<string, string>> = {
    ...secrets,
    ...addresses(gate.url, appwrite.port),
    ...overrides,
  };
  const rewrite: TestInstallation['rewrite'] = (changes) => {
    const values: Readonly<Record<string, string | undefined>> = { ...env, ...changes };
    const lines = Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value ?? ''}`);
    writeFileSync(envFile, `${lines.join('\n')}\n`, { mode: 0o600 });
  };
  rewrite({});
  const ask = askWith(appwrite.url, secrets.APPWRITE_API_KEY);
  const start: TestInstallation['start'] = (command, ...args) => {
    const script = join(root, 'ops', 'cli', `${command}.ts`);
    const child = spawn(process.execPath, [script, '--env', envFile, ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, HOSTED_STATE: state },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      // A group of its own, so that it can be ended with all it started.
      detached: true,
    });
    return { child, ended: collect(child) };
  };
  return {
    ...{ appwrite, gate, folder, env, rewrite, start },
    secrets: Object.values(secrets),
    run: (command, ...args) => start(command, ...args).ended,
    killGroup: ({ child: { pid } }) => {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    },
    leftFiles: () => filesIn(state),
    ask,
    sleep: () => putToSleep(ask),
    close: async () => {
      await gate.close();
      await appwrite.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
