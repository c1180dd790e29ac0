/**
 * Disks that do not take what they are given, and a second server on the same folder. The full
 * disk is a limit on the size of files, which the system lets a test set and lift on a running
 * process (`prlimit`); the read-only folder is real, for a process that is not root.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTables, newLedger, problems, rowsPath } from './load.ts';
import { startServer, type ProcessOptions, type ServerProcess } from './process.ts';

const nobody = 65_534;
const isRoot = process.getuid?.() === 0;

let folder = '';
let dataDir = '';
let scratch = '';
const running: ServerProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'appwrite-disk-'));
  dataDir = join(folder, 'data');
  scratch = join(folder, 'scratch');
  chmodSync(folder, 0o755);
  mkdirSync(scratch);
  mkdirSync(dataDir);
  if (isRoot) chownSync(dataDir, nobody, nobody);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

async function startAs(options: Omit<ProcessOptions, 'dataDir'>): Promise<ServerProcess> {
  const server = await startServer({ dataDir, ...options });
  running.push(server);
  return server;
}

/** Root may write anywhere: where the tests run as root, the server runs as nobody. */
const start = (): Promise<ServerProcess> => startAs(isRoot ? { uid: nobody } : {});

function limitFiles(server: ServerProcess, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:`]);
}

const create = (server: ServerProcess, rowId: string): ReturnType<ServerProcess['call']> =>
  server.call('POST', rowsPath, { rowId, data: { note: `note ${rowId}`, amount: 1 } });

test('a full disk is an error to the caller, and over once there is room', async () => {
  // Only the limits of one's own processes can be set.
  const server = await startAs({});
  await createTables(server.call);
  const ledger = newLedger();
  expect(await create(server, 'before')).toMatchObject({ status: 201 });
  ledger.acknowledged.set('before', 1);
  limitFiles(server, '4096');
  for (const attempt of [1, 2, 3]) {
    expect(await create(server, `full${attempt}`)).toMatchObject({
      status: 503,
      body: { type: 'general_server_error', code: 503 },
    });
  }
  const read = await server.call('GET', `${rowsPath}/before`);
  expect(read).toMatchObject({ status: 200, body: { amount: 1 } });
  const refused = await server.call('GET', `${rowsPath}/full1`);
  expect(refused.status).toBe(404);
  limitFiles(server, 'unlimited');
  expect(await create(server, 'after')).toMatchObject({ status: 201 });
  ledger.acknowledged.set('after', 1);
  await server.kill('SIGKILL');
  expect(problems(dataDir, scratch, ledger)).toEqual([]);
});

test('a read-only folder keeps a server from starting, in one line', async () => {
  chmodSync(dataDir, 0o555);
  await expect(start()).rejects.toThrow(/^appwrite: cannot (open|write to) [^\n]*$/);
});

test('a folder turned read-only refuses new files, keeps rows, and recovers', async () => {
  const server = await start();
  await createTables(server.call);
  const deployments = join(dataDir, 'deployments');
  const functionBody = { functionId: 'f', name: 'f', runtime: 'node-22', execute: [] };
  expect((await server.call('POST', '/functions', functionBody)).status).toBe(201);
  chmodSync(dataDir, 0o555);
  mkdirSync(deployments, { recursive: true });
  chmodSync(deployments, 0o555);
  const upload = async (): Promise<number> => {
    const form = new FormData();
    form.set('activate', 'false');
    form.set('entrypoint', 'main.js');
    form.set('code', new Blob([Buffer.alloc(64)]), 'code.tar.gz');
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/functions/f/deployments`, {
      method: 'POST',
      headers: { 'x-appwrite-project': 'crash', 'x-appwrite-key': 'standard_crash_key' },
      body: form,
    });
    const body = (await response.json()) as { type?: string };
    if (response.status >= 500) expect(body.type).toBe('general_server_error');
    return response.status;
  };
  expect(await upload()).toBe(503);
  expect(await create(server, 'kept')).toMatchObject({ status: 201 });
  chmodSync(dataDir, 0o755);
  chmodSync(deployments, 0o755);
  expect(await upload()).toBe(202);
  await server.kill('SIGKILL');
  const ledger = newLedger();
  ledger.acknowledged.set('kept', 1);
  expect(problems(dataDir, scratch, ledger)).toEqual([]);
});

test('a second server on the file is refused, a successor of a killed one is not', async () => {
  const first = await start();
  await createTables(first.call);
  await expect(start()).rejects.toThrow(
    new RegExp(`^appwrite: another server is using ${dataDir}/appwrite\\.sqlite$`),
  );
  // The refused one has done no harm.
  expect(await create(first, 'mine')).toMatchObject({ status: 201 });
  await first.kill('SIGKILL');
  const second = await start();
  expect((await second.call('GET', `${rowsPath}/mine`)).status).toBe(200);
});
