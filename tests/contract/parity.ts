/**
 * Replays the answers recorded from a real Appwrite 1.9.6 against the embedded server, or against
 * the one that TEST_APPWRITE_ENDPOINT and a console login name (`npm run test:real`), in a project
 * made for it and deleted at the end. Scenarios and runner live beside the repository (`../shared/parity`); without them this stage is skipped,
 * loudly. Scenarios that fail must all stand in `knownGaps`, and a gap that has closed must leave.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesIn } from '#local/supervisor/paths.ts';
import { startPart } from '#local/supervisor/part.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'parity');
const runner = join(folder, 'parity.mjs');
const timeoutMs = 15 * 60_000;

/** Scenarios that do not pass yet, with the reason. Empty is the aim. */
const knownGaps: Readonly<Record<string, string>> = {};

/**
 * What was recorded before the executor's stand-in, not before the runtime that Appwrite ships: any
 * server with the real one differs here.
 */
const executorGaps: Readonly<Record<string, string>> = {
  'fn-domain': 'the real runtime does not decode a query',
  'fn-execute-request': 'the same, and it adds a charset to the content type',
};

interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
}

if (!existsSync(runner)) {
  console.log('SKIPPED: ../shared/parity is missing, so no recorded answer was compared.');
  process.exit(0);
}

interface Target {
  readonly endpoint: string;
  readonly email: string;
  readonly password: string;
  /** `{id}` stands for the name that Appwrite gives a function. */
  readonly functionsDomain: string;
  stop(): Promise<void>;
}

const state = mkdtempSync(join(tmpdir(), 'hosted-parity-'));

const startOwn = async (): Promise<Target> => {
  const email = 'console@hosted.example';
  const password = 'parity-console-password';
  const part = await startPart({
    name: 'appwrite',
    script: 'local/appwrite/start.mjs',
    logs: placesIn(state).logs,
    env: {
      APPWRITE_PORT: '0',
      APPWRITE_DATA_DIR: join(state, 'appwrite'),
      APPWRITE_CONSOLE_EMAIL: email,
      APPWRITE_CONSOLE_PASSWORD: password,
      // Three recorded steps show how the reference's executor differs from the real runtime.
      APPWRITE_LOCAL_EXECUTOR: 'recorded',
    },
  });
  const { port } = new URL(String(part.ready['listening']));
  const functionsDomain = `http://{id}.functions.localhost:${port}`;
  const endpoint = `http://localhost:${port}/v1`;
  return { endpoint, email, password, functionsDomain, stop: () => part.stop() };
};

const nameOf = (name: string): string => process.env[`TEST_APPWRITE_${name}`] ?? '';
const other: Target = {
  endpoint: nameOf('ENDPOINT'),
  email: nameOf('CONSOLE_EMAIL'),
  password: nameOf('CONSOLE_PASSWORD'),
  functionsDomain: nameOf('FUNCTIONS_DOMAIN'),
  stop: () => Promise.resolve(),
};
const isOther = other.endpoint !== '';
const gaps = isOther ? executorGaps : knownGaps;

const target = isOther ? other : await startOwn();
try {
  const json = join(state, 'result.json');
  const options = {
    endpoint: target.endpoint,
    'console-email': target.email,
    'console-password': target.password,
    'functions-domain': target.functionsDomain,
    json,
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const result = spawnSync(process.execPath, [runner, 'check', '--fresh', ...flags], {
    encoding: 'utf8',
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  console.log(result.stdout.slice(-6_000));
  if (result.stderr !== '') console.error(result.stderr.slice(-2_000));
  const outcome = JSON.parse(readFileSync(json, 'utf8')) as { scenarios: ScenarioResult[] };
  const failing = outcome.scenarios.filter((s) => !s.ok).map((s) => s.name);
  const surprising = failing.filter((name) => gaps[name] === undefined);
  const closed = Object.keys(knownGaps).filter((name) => !failing.includes(name));
  for (const name of surprising) console.error(`FAILED: ${name}`);
  for (const name of failing.filter((each) => gaps[each] !== undefined)) {
    console.log(`Known to differ: ${name}: ${gaps[name] ?? ''}`);
  }
  for (const name of closed) console.error(`CLOSED, remove it from knownGaps: ${name}`);
  process.exitCode = surprising.length + closed.length === 0 ? 0 : 1;
} finally {
  await target.stop();
  rmSync(state, { recursive: true, force: true });
}
