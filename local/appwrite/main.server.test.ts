/** The process: its one line when ready, its one line when it cannot start, its clean end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
let dataDir: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'appwrite-main-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
}

function start(env: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], APPWRITE_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  return { child, out: () => texts.out, err: () => texts.err };
}

async function ready(started: Started): Promise<string> {
  const { stdout } = started.child;
  while (stdout !== null && !started.out().includes('\n')) await once(stdout, 'data');
  return (JSON.parse(started.out()) as { listening: string }).listening;
}

/** Exit code once the output is complete. */
async function end(started: Started): Promise<unknown> {
  const [code] = (await once(started.child, 'close')) as [unknown];
  return code;
}

test('it says where it listens, answers, and ends cleanly on SIGTERM', async () => {
  const started = start({ APPWRITE_PORT: '0' });
  const url = await ready(started);
  const answer = await fetch(`${url}/v1/health/version`);
  expect(await answer.json()).toEqual({ version: '1.9.6' });
  started.child.kill('SIGTERM');
  expect(await end(started)).toBe(0);
  expect(started.err()).toBe('');
});

test('a taken port and a senseless one are one line each, without a stack trace', async () => {
  const first = start({ APPWRITE_PORT: '0' });
  const { port } = new URL(await ready(first));
  const second = start({ APPWRITE_PORT: port, APPWRITE_DATA_DIR: join(dataDir, 'second') });
  expect(await end(second)).toBe(1);
  expect(second.err()).toBe(`appwrite: port ${port} is in use\n`);
  const third = start({ APPWRITE_PORT: 'eighty' });
  expect(await end(third)).toBe(1);
  expect(third.err()).toBe('appwrite: APPWRITE_PORT must be a port number, not "eighty"\n');
});
