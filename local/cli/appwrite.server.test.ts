/** `npm run appwrite`: its one line, what stays the same, what it says when it cannot, its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
let home: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'appwrite-alone-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [MAIN, 'appwrite', ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  return { child, out: () => texts.out, err: () => texts.err };
}

type Line = Readonly<Record<string, string>>;

async function lineOf(started: Started): Promise<Line> {
  const { stdout } = started.child;
  while (stdout !== null && !started.out().includes('\n')) await once(stdout, 'data');
  return JSON.parse(started.out()) as Line;
}

async function end(started: Started): Promise<unknown> {
  const [code] = (await once(started.child, 'close')) as [unknown];
  return code;
}

const json = (...args: readonly string[]): Started =>
  start('--json', '--port', '0', '--data', 'state', ...args);

test('--json is one line, once it answers, with a key and a console login that work', async () => {
  const started = json();
  const line = await lineOf(started);
  expect(Object.keys(line)).toEqual([
    ...['endpoint', 'project', 'key', 'consoleEmail', 'consolePassword', 'functionsDomain'],
  ]);
  const project = { 'x-appwrite-project': line['project'] ?? '' };
  const keyed = { ...project, 'x-appwrite-key': line['key'] ?? '' };
  expect((await fetch(`${line['endpoint'] ?? ''}/users`, { headers: keyed })).status).toBe(200);
  const login = await fetch(`${line['endpoint'] ?? ''}/account/sessions/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-appwrite-project': 'console' },
    body: JSON.stringify({ email: line['consoleEmail'], password: line['consolePassword'] }),
  });
  expect(login.status).toBe(201);
  started.child.kill('SIGINT');
  expect(await end(started)).toBe(0);
  expect(started.out().trim().split('\n')).toHaveLength(1);
  expect(started.err()).toBe('');
});

test('the same folder keeps its key and password, readable by its owner only', async () => {
  const first = json();
  const { key, consolePassword } = await lineOf(first);
  first.child.kill('SIGTERM');
  await end(first);
  const second = await lineOf(json());
  expect([second['key'], second['consolePassword']]).toEqual([key, consolePassword]);
  expect(statSync(join(home, 'state', 'credentials.json')).mode & 0o777).toBe(0o600);
});

test('a person reads the same, in words', async () => {
  const started = start('--port', '0', '--data', 'state');
  while (!started.out().includes('Stop with Ctrl-C')) {
    if (started.child.stdout !== null) await once(started.child.stdout, 'data');
  }
  for (const word of ['Endpoint', 'Project', 'API key', 'Console']) {
    expect(started.out()).toContain(word);
  }
});

test('a taken port, a senseless one and an unknown option are a clear line each', async () => {
  const { endpoint = '' } = await lineOf(json());
  const { port } = new URL(endpoint);
  const taken = start('--json', '--port', port, '--data', 'other');
  expect(await end(taken)).toBe(1);
  expect(taken.err().trim()).toBe(`Port ${port} is in use. Choose another: --port <number>.`);
  expect(taken.out()).toBe('');
  const senseless = start('--port', 'eighty');
  expect(await end(senseless)).toBe(1);
  expect(senseless.err().trim()).toBe('--port must be a port number, not "eighty".');
  const unknown = start('--what');
  expect(await end(unknown)).toBe(1);
  expect(unknown.err()).toContain('Usage: npm run appwrite');
});
