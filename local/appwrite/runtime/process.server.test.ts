/** Real child processes: what a function may break, and what it may not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { movableClock } from '../kernel/clock.ts';
import { createPool } from './pool.ts';
import type { RuntimePool } from './pool.ts';
import type { RuntimeCall, RuntimeResult, RuntimeSpec } from './process.ts';

const IDLE_MS = 60_000;
const clock = movableClock(0);
let home: string;
let pool: RuntimePool;
let calls = 0;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'runtime-'));
  await writeFile(path.join(home, 'package.json'), '{"type":"commonjs"}');
  pool = createPool({ clock, idleMs: IDLE_MS });
});

afterEach(async () => {
  await pool.stop();
  expect(pool.pids()).toEqual([]);
  await rm(home, { recursive: true, force: true });
});

async function deploy(files: Readonly<Record<string, string>>): Promise<RuntimeSpec> {
  const folder = path.join(home, 'build');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const [entrypoint = ''] = Object.keys(files);
  return {
    folder,
    entrypoint,
    env: { GREETING: 'hello' },
    style: 'open-runtimes',
    compileCache: path.join(home, 'cache'),
  };
}

function run(spec: RuntimeSpec, change: Partial<RuntimeCall> = {}): Promise<RuntimeResult> {
  calls += 1;
  return pool.execute('d1', spec, {
    id: `e${String(calls)}`,
    method: 'POST',
    target: '/',
    headers: [],
    body: Buffer.alloc(0),
    timeoutSeconds: 10,
    giveUpMs: 30_000,
    logging: true,
    ...change,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const handler = (body: string): string =>
  `export default async ({ req, res, log, error }) => {${body}};`;

test.each([
  ['main.mjs', 'export default ({ res }) => res.text("ok");'],
  ['main.cjs', 'module.exports = ({ res }) => res.text("ok");'],
  ['main.js', 'module.exports = async ({ res }) => res.text("ok");'],
  ['other.js', 'exports.default = ({ res }) => res.text("ok");'],
])('%s runs', async (name, code) => {
  const result = await run(await deploy({ [name]: code }));
  expect(result).toMatchObject({ outcome: 'answered', statusCode: 200 });
  expect(result.body.toString()).toBe('ok');
});

test.each([
  ['top-level await', { 'main.mjs': 'await 1; export default ({ res }) => res.empty();' }],
  ['a module in a .js file', { 'main.js': 'export default ({ res }) => res.empty();' }],
  ['a named export only', { 'main.mjs': 'export const main = ({ res }) => res.empty();' }],
  ['a syntax error', { 'main.mjs': 'export default (' }],
])('%s is an empty 503 with the reason in the error log', async (_name, files) => {
  const result = await run(await deploy(files));
  expect(result.statusCode).toBe(503);
  expect(result.body).toHaveLength(0);
  expect(result.errors).not.toBe('');
});

test('an entrypoint outside of the deployment is not loaded', async () => {
  const spec = await deploy({ 'main.mjs': handler('return res.empty();') });
  const result = await run({ ...spec, entrypoint: '../package.json' });
  expect(result.statusCode).toBe(503);
});

test('the environment is what was given, nothing of the server', async () => {
  process.env['SERVER_SECRET'] = 'not for functions';
  const code = handler('return res.json(Object.keys(process.env).sort());');
  const result = await run(await deploy({ 'main.mjs': code }));
  delete process.env['SERVER_SECRET'];
  expect(JSON.parse(result.body.toString())).toEqual(['GREETING', 'PATH', 'TZ']);
});

test('logs of concurrent executions do not mix, console output included', async () => {
  const code = handler(`
    log('log ' + req.path); console.log('native ' + req.path);
    await new Promise((done) => setTimeout(done, 20)); error('late ' + req.path);
    return res.empty();`);
  const spec = await deploy({ 'main.mjs': code });
  const [one, two] = await Promise.all([run(spec, { target: '/1' }), run(spec, { target: '/2' })]);
  expect(one.logs).toMatch(/^log \/1\nNative logs detected.*\nnative \/1$/);
  expect(two.errors).toBe('late /2');
});

test('module state lives as long as the process', async () => {
  const spec = await deploy({
    'main.mjs': `let n = 0; ${handler('return res.text(String(++n));')}`,
  });
  await run(spec);
  expect((await run(spec)).body.toString()).toBe('2');
  expect(pool.pids()).toHaveLength(1);
});

test('a handler that outlives its timeout goes on, the caller gets an empty 500', async () => {
  const marker = path.join(home, 'marker');
  const code = `import { writeFileSync } from 'node:fs'; ${handler(`
    log('before'); await new Promise((done) => setTimeout(done, 1500));
    writeFileSync(${JSON.stringify(marker)}, 'done'); log('after'); return res.text('late');`)}`;
  const result = await run(await deploy({ 'main.mjs': code }), { timeoutSeconds: 1 });
  expect(result).toMatchObject({ outcome: 'answered', statusCode: 500, logs: 'before' });
  expect(result.errors).toContain('timed out');
  const { readFile } = await import('node:fs/promises');
  await vi.waitFor(async () => expect(await readFile(marker, 'utf8')).toBe('done'), 5_000);
});

test('an unhandled rejection ends this process and the next call gets a new one', async () => {
  const code = handler(`
    if (req.path === '/die') { setTimeout(() => Promise.reject(new Error('unseen')), 5); }
    await new Promise((done) => setTimeout(done, 100)); return res.text('ok');`);
  const spec = await deploy({ 'main.mjs': code });
  const [pid] = await run(spec).then(() => pool.pids());
  const died = await run(spec, { target: '/die' });
  expect(died).toMatchObject({ outcome: 'died', statusCode: 500 });
  expect(died.errors).toContain('unseen');
  expect((await run(spec)).statusCode).toBe(200);
  expect(pool.pids()).not.toContain(pid);
});

test('a blocked event loop is ended after its time', async () => {
  const spec = await deploy({ 'main.mjs': handler('for (;;) {}') });
  const result = await run(spec, { timeoutSeconds: 1 });
  expect(result.outcome).toBe('gave_up');
  expect(pool.pids()).toEqual([]);
});

test('an unused process ends, and what it started with it', async () => {
  const code = `import { spawn } from 'node:child_process'; ${handler(
    "return res.text(String(spawn('sleep', ['60']).pid));",
  )}`;
  const grandchild = Number((await run(await deploy({ 'main.mjs': code }))).body.toString());
  const [pid = 0] = pool.pids();
  expect([isAlive(pid), isAlive(grandchild)]).toEqual([true, true]);
  clock.advance(IDLE_MS);
  await vi.waitFor(() => expect(pool.pids()).toEqual([]), 5_000);
  await vi.waitFor(
    () => expect([isAlive(pid), isAlive(grandchild)]).toEqual([false, false]),
    5_000,
  );
});

test('changed variables reach the next call through a new process', async () => {
  const spec = await deploy({ 'main.mjs': handler('return res.text(process.env.GREETING);') });
  expect((await run(spec)).body.toString()).toBe('hello');
  const changed = await run({ ...spec, env: { GREETING: 'moin' } });
  expect(changed.body.toString()).toBe('moin');
});

test('forged header spellings arrive beside the real one, as over a plain HTTP hop', async () => {
  const spec = await deploy({
    'main.mjs': handler("return res.text(req.headers['x-appwrite-user-id']);"),
  });
  const headers = [
    { name: 'X-Appwrite-User-Id', value: 'victim' },
    { name: 'x-appwrite-user-id', value: 'alice' },
  ];
  expect((await run(spec, { headers })).body.toString()).toBe('victim, alice');
});

test('headers no line can carry are made to fit, answers no line can carry become a 500', async () => {
  const spec = await deploy({
    'main.mjs': handler(`
      if (req.path === '/bad') return res.text('t', 200, { 'x-bad': 'a\\nb' });
      return res.text(Buffer.from(req.headers['x-name'], 'latin1').toString());`),
  });
  const headers = [{ name: 'x-name', value: '홍길동\r\nx: y' }];
  expect((await run(spec, { headers })).body.toString()).toBe('홍길동  x: y');
  expect((await run(spec, { target: '/bad' })).statusCode).toBe(500);
});

test('stopping ends a running call', async () => {
  const spec = await deploy({ 'main.mjs': handler('await new Promise(() => {}); ') });
  const running = run(spec);
  await vi.waitFor(() => expect(pool.pids()).toHaveLength(1));
  await pool.stop();
  expect(await running).toMatchObject({ outcome: 'died', statusCode: 500 });
});
