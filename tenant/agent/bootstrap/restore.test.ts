/** Real files, a real sealed archive: ordered, exchanged, cut off anywhere, kept or taken back. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Restores } from '../backup/restores.ts';
import { identityAt, seal } from '../backup/seal.ts';
import { Shelf } from '../backup/shelf.ts';
import { hashOfFile } from '../backup/tree.ts';
import type { AgentConfig } from '../config.ts';
import { besideOf, exchange } from './exchange.ts';
import { copiesFolder } from './state-size.ts';
import { applyRestore, finishRestore } from './restore.ts';
import { orderLifeMs, writeRestore } from './restore-record.ts';

const signal = AbortSignal.timeout(60_000);
const log = (): void => undefined;
let folder: string;
let config: AgentConfig;
let restores: Restores;
let nowMs: number;
const now = (): number => nowMs;

const openShelf = async (): Promise<Restores> => {
  const shelf = new Shelf(config.backupDir);
  await shelf.load();
  const { dataDir, openclawStateDir: stateDir } = config;
  return new Restores({ dataDir, stateDir, shelf, now, log });
};

beforeEach(async () => {
  nowMs = 1_000_000_000_000;
  folder = await mkdtemp(join(tmpdir(), 'restore-'));
  const at = (name: string): string => join(folder, name);
  config = {
    ...({} as AgentConfig),
    dataDir: at('data'),
    backupDir: at('backups'),
    openclawStateDir: at('state'),
    // Nobody listens on the discard port.
    gatewayUrl: 'ws://127.0.0.1:9',
  };
  await Promise.all(['data', 'backups', 'state', 'then'].map((name) => mkdir(at(name))));
  await mkdir(join(at('then'), 'workspace'));
  await writeFile(join(at('then'), 'workspace', 'note.md'), 'of then');
  await writeFile(join(at('then'), 'openclaw.json'), '{"then":true}');
  await writeFile(join(at('state'), 'openclaw.json'), '{"now":true}');
  await writeFile(join(at('state'), 'only-now'), '');
  const file = join(config.backupDir, 'day-1.age');
  const identity = await identityAt(join(config.dataDir, 'backup-identity'));
  await seal({ folder: at('then'), file, identity, signal });
  const digest = await hashOfFile(file, signal);
  const sizeBytes = (await readFile(file)).length;
  const entry = { madeAtMs: 1, provenAtMs: 2, sizeBytes, digest, openclawVersion: null };
  const text = JSON.stringify({ backupId: 'day-1', ...entry });
  await writeFile(join(config.backupDir, 'day-1.json'), text);
  restores = await openShelf();
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const request = { restoreId: 'restore-1', backupId: 'day-1' };
const order = async (backupId = 'day-1') => restores.take({ ...request, backupId, step: 'order' });
const boot = (): Promise<void> => applyRestore(config, log, now);
const codeNow = async () => (await restores.report())?.code;
const names = async (): Promise<string[]> =>
  (await readdir(config.openclawStateDir)).filter((name) => name !== copiesFolder).toSorted();
const beside = (): Promise<string[]> => readdir(besideOf(config.openclawStateDir)).catch(() => []);
const then = ['openclaw.json', 'workspace'];
const before = ['only-now', 'openclaw.json'];

it('brings the state of then, and keeps the one of now beside it until it is decided', async () => {
  expect(await order()).toMatchObject({ code: 'ordered', problem: null });
  await boot();
  expect([await codeNow(), await names()]).toEqual(['swapped', then]);
  const note = join(config.openclawStateDir, 'workspace', 'note.md');
  expect(await readFile(note, 'utf8')).toBe('of then');
  // A start between the exchange and the decision changes nothing.
  await boot();
  expect(await names()).toEqual(then);
  expect(await restores.take({ ...request, step: 'keep' })).toMatchObject({ code: 'kept' });
  expect(await beside()).toEqual([]);
  expect(await names()).toEqual(then);
});

it('takes it back, whole', async () => {
  await order();
  await boot();
  await restores.take({ ...request, step: 'return' });
  await boot();
  expect([await codeNow(), await names(), await beside()]).toEqual(['returned', before, []]);
  expect((await order()).code).toBe('returned');
});

it('goes on where an exchange was cut off, wherever that was', async () => {
  const { openclawStateDir: stateDir } = config;
  const parts = { stateDir, incoming: 'new', outgoing: 'old' };
  const folderBeside = besideOf(stateDir);
  for (const left of [['only-now'], ['openclaw.json'], [] as string[]]) {
    await rm(stateDir, { recursive: true });
    await mkdir(join(folderBeside, 'old'), { recursive: true });
    await mkdir(join(folderBeside, 'new', 'workspace'), { recursive: true });
    await writeFile(join(folderBeside, 'new', 'openclaw.json'), 'new');
    for (const name of before) {
      await writeFile(
        join(left.includes(name) ? stateDir : join(folderBeside, 'old'), name),
        'old',
      );
    }
    await exchange(parts);
    expect(await names()).toEqual(then);
    expect((await readdir(join(folderBeside, 'old'))).toSorted()).toEqual(before);
  }
  // Cut off on the way in: one is in, the mark says that nothing more goes out.
  await writeFile(join(folderBeside, 'emptied'), '');
  await mkdir(join(folderBeside, 'new', 'late'));
  await exchange(parts);
  expect(await names()).toEqual(['late', ...then]);
  expect((await readdir(join(folderBeside, 'old'))).toSorted()).toEqual(before);
});

it('ends for an export what was begun, and begins nothing', async () => {
  await order();
  await finishRestore(config, log, now);
  expect([await codeNow(), await names()]).toEqual(['ordered', before]);
  // Cut off after the first rename.
  const { openclawStateDir: stateDir, dataDir } = config;
  const report = (await restores.report()) ?? expect.fail();
  const aside = besideOf(stateDir);
  await mkdir(join(aside, 'old'), { recursive: true });
  await cp(join(folder, 'then'), join(aside, 'new'), { recursive: true });
  await rename(join(stateDir, 'only-now'), join(aside, 'old', 'only-now'));
  await writeRestore(dataDir, { ...report, code: 'swapping' });
  await finishRestore(config, log, now);
  expect([await codeNow(), await names()]).toEqual(['swapped', then]);
});

it('touches nothing while a gateway answers', async () => {
  const gateway = createServer();
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  await order();
  await applyRestore({ ...config, gatewayUrl: `ws://127.0.0.1:${port}` }, log, now);
  expect([await codeNow(), await names()]).toEqual(['ordered', before]);
  await new Promise((resolve) => gateway.close(resolve));
});

it('lets an order lapse that no start carried out, or that was taken back', async () => {
  await order();
  nowMs += orderLifeMs + 1;
  await boot();
  expect([await codeNow(), await names()]).toEqual(['dropped', before]);
  await restores.take({ ...request, restoreId: 'restore-2', step: 'order' });
  await restores.take({ ...request, restoreId: 'restore-2', step: 'drop' });
  await boot();
  expect([await codeNow(), await names()]).toEqual(['dropped', before]);
});

it('refuses a backup that is not there or was changed, and leaves what was there', async () => {
  expect(await order('day-9')).toMatchObject({ code: 'failed', problem: 'backup_missing' });
  const file = join(config.backupDir, 'day-1.age');
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(file, bytes);
  const changed = await restores.take({ ...request, restoreId: 'restore-3', step: 'order' });
  expect(changed).toMatchObject({ code: 'failed', problem: 'archive_broken' });
});

it('that cannot be unpacked after all changes nothing', async () => {
  await order();
  await rm(join(config.backupDir, 'day-1.age'));
  await boot();
  expect(await restores.report()).toMatchObject({ code: 'failed', problem: 'backup_missing' });
  expect([await names(), await beside()]).toEqual([before, []]);
});
