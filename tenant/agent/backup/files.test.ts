/** A state folder of real files and databases, through copy, seal and back. */
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyState } from './copy.ts';
import { checkDatabase } from './database.ts';
import { BackupFailure } from './failure.ts';
import { demandRoom } from './room.ts';
import { identityAt, seal, unseal } from './seal.ts';
import { digestTree, staysInside } from './tree.ts';

const signal = AbortSignal.timeout(60_000);
let folder: string;
let state: string;
let live: DatabaseSync;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-files-'));
  state = join(folder, 'live');
  await mkdir(join(state, 'state'), { recursive: true });
  await mkdir(join(state, 'workspace'));
  await mkdir(join(state, 'cache'));
  await writeFile(join(state, 'openclaw.json'), '{"gateway":{}}');
  await writeFile(join(state, 'cache', 'page.js'), 'made anew');
  await writeFile(join(state, 'workspace', 'empty'), '');
  await symlink('notes.md', join(state, 'workspace', 'link'));
  await symlink('/etc/passwd', join(state, 'workspace', 'away'));
  live = new DatabaseSync(join(state, 'state', 'openclaw.sqlite'));
  live.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE state_leases (owner TEXT); INSERT INTO state_leases VALUES ('pid 7');
    CREATE TABLE kept (value TEXT); INSERT INTO kept VALUES ('only in the log so far')`);
});
afterEach(async () => {
  if (live.isOpen) live.close();
  await rm(folder, { recursive: true, force: true });
});

const copied = async (): Promise<string> => {
  const target = join(folder, 'copy');
  await copyState(state, target, signal);
  return target;
};

const sealed = async (plain: string) => {
  const identity = await identityAt(join(folder, 'identity'));
  const file = join(folder, 'archive.age');
  await seal({ folder: plain, file, identity, signal });
  const back = join(folder, 'back');
  await mkdir(back);
  return { folder: back, file, identity, signal };
};

const problemOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof BackupFailure ? error.code : error),
  );

it('copies an open database with what only its log holds, and without the process', async () => {
  const copy = new DatabaseSync(join(await copied(), 'state', 'openclaw.sqlite'));
  expect(copy.prepare('SELECT value FROM kept').all()).toMatchObject([
    { value: 'only in the log so far' },
  ]);
  expect(copy.prepare('SELECT * FROM state_leases').all()).toEqual([]);
  copy.close();
  // The living one keeps its lease.
  expect(live.prepare('SELECT * FROM state_leases').all()).toHaveLength(1);
});

it('leaves out what is made anew, log files of databases, and links to elsewhere', async () => {
  const target = await copied();
  expect((await readdir(target)).toSorted()).toEqual(['openclaw.json', 'state', 'workspace']);
  expect(await readdir(join(target, 'state'))).toEqual(['openclaw.sqlite']);
  expect((await readdir(join(target, 'workspace'))).toSorted()).toEqual(['empty', 'link']);
});

it('takes what lies in a workspace as it is, whatever it is called', async () => {
  await writeFile(join(state, 'workspace', 'notes.sqlite'), 'no database at all');
  await writeFile(join(state, 'workspace', 'void.sqlite'), '');
  const path = join(state, 'workspace', 'app.sqlite');
  const app = new DatabaseSync(path);
  // Of an app that does not care: one row points nowhere.
  app.exec(`PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF;
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent INTEGER REFERENCES parent (id)); INSERT INTO child VALUES (7);
    CREATE TABLE state_leases (owner TEXT); INSERT INTO state_leases VALUES ('of the app')`);
  const target = join(await copied(), 'workspace');
  app.close();
  expect(await readFile(join(target, 'notes.sqlite'), 'utf8')).toBe('no database at all');
  expect((await stat(join(target, 'void.sqlite'))).size).toBe(0);
  const copy = new DatabaseSync(join(target, 'app.sqlite'));
  expect(copy.prepare('SELECT parent FROM child').all()).toMatchObject([{ parent: 7 }]);
  expect(copy.prepare('SELECT owner FROM state_leases').all()).toHaveLength(1);
  copy.close();
});

it('copies a file of a workspace that is written to all the time', async () => {
  const path = join(state, 'workspace', 'log.txt');
  const writer = setInterval(() => appendFileSync(path, 'x'.repeat(1_000)), 0);
  await writeFile(path, 'x'.repeat(20_000_000));
  try {
    const target = await copied();
    expect((await stat(join(target, 'workspace', 'log.txt'))).size).toBeGreaterThan(0);
  } finally {
    clearInterval(writer);
  }
});

it('brings back archives of many chunks', async () => {
  // Past compression, and past what a stream takes at once.
  await writeFile(join(state, 'workspace', 'noise'), randomBytes(3_000_000));
  const plain = await copied();
  const back = await sealed(plain);
  await unseal(back);
  expect(await digestTree(back.folder, signal)).toBe(await digestTree(plain, signal));
});

it('brings back byte for byte what was sealed, and nobody but the owner may read it', async () => {
  const plain = await copied();
  const archive = await sealed(plain);
  await unseal(archive);
  expect(await digestTree(archive.folder, signal)).toBe(await digestTree(plain, signal));
  expect((await stat(archive.file)).mode & 0o777).toBe(0o600);
  const bytes = await readFile(archive.file);
  expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1');
  expect(bytes.includes('openclaw.json')).toBe(false);
});

it.each(['first', 'middle', 'last'] as const)(
  'does not open with a changed byte: %s',
  async (at) => {
    const archive = await sealed(await copied());
    const bytes = await readFile(archive.file);
    const index = { first: 0, middle: bytes.length >> 1, last: bytes.length - 1 }[at];
    bytes[index] = (bytes[index] ?? 0) ^ 1;
    await writeFile(archive.file, bytes);
    expect(await problemOf(unseal(archive))).toBe('archive_broken');
  },
);

it('does not open when it was cut short, nor with the key of another tenant', async () => {
  const archive = await sealed(await copied());
  const identity = await identityAt(join(folder, 'other-identity'));
  expect(await problemOf(unseal({ ...archive, identity }))).toBe('archive_broken');
  await truncate(archive.file, (await stat(archive.file)).size - 20);
  expect(await problemOf(unseal(archive))).toBe('archive_broken');
});

it('keeps one key for good, and does not replace a damaged one', async () => {
  const path = join(folder, 'identity');
  expect(await identityAt(path)).toBe(await identityAt(path));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await writeFile(path, 'AGE-SECRET-KEY-1DAMAGED');
  await expect(identityAt(path)).rejects.toThrow('damaged');
});

it('finds a broken database', async () => {
  const path = join(await copied(), 'state', 'openclaw.sqlite');
  await checkDatabase(path);
  const bytes = await readFile(path);
  bytes.fill(0xff, 4096, 4096 + 200);
  await writeFile(path, bytes);
  expect(await problemOf(checkDatabase(path))).toBe('archive_broken');
});

it('sees every difference between two trees', async () => {
  const plain = await copied();
  const before = await digestTree(plain, signal);
  await writeFile(join(plain, 'workspace', 'empty'), 'x');
  const changed = await digestTree(plain, signal);
  await mkdir(join(plain, 'workspace', 'new'));
  const grown = await digestTree(plain, signal);
  expect(new Set([before, changed, grown]).size).toBe(3);
});

it('asks for room before it writes', async () => {
  expect(await problemOf(demandRoom(folder, 1))).toBe('none');
  expect(await problemOf(demandRoom(folder, 2 ** 60))).toBe('storage_full');
});

it.each([
  ['a', 'b', true],
  ['deep/a', '../b', true],
  ['a', '../b', false],
  ['deep/a', '../../b', false],
  ['a', '/etc', false],
  ['a', '..', false],
])('link %s to %s stays inside: %s', (path, target, expected) => {
  expect(staysInside(path, target)).toBe(expected);
});
