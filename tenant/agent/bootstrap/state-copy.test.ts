import { createServer } from 'node:net';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { carryOut, CopyLost, finishReturn, NoRoom } from './state-copy.ts';
import { copiesFolder } from './state-size.ts';

const id = 'a1b2c3d4e5f6';
const dayMs = 24 * 60 * 60_000;
let folder: string;
let stateDir: string;
let dataDir: string;
let said: string[];
let nowMs: number;

const place = () => ({
  stateDir,
  dataDir,
  log: (event: string): void => void said.push(event),
  now: () => nowMs,
});
const copy = (which = id) => carryOut({ kind: 'copy', id: which }, place());
const restore = (which = id) => carryOut({ kind: 'restore', id: which }, place());
const read = (...path: string[]) => readFile(join(stateDir, ...path), 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-copy-'));
  [stateDir, dataDir, said, nowMs] = [join(folder, 'state'), join(folder, 'data'), [], 1_000];
  await mkdir(join(stateDir, 'state'), { recursive: true });
  await mkdir(join(stateDir, 'cache'));
  await mkdir(join(stateDir, 'logs'));
  await writeFile(join(stateDir, 'openclaw.json'), '{"old":true}');
  await writeFile(join(stateDir, 'state', 'openclaw.sqlite'), 'login', { mode: 0o600 });
  await writeFile(join(stateDir, 'cache', 'large'), Buffer.alloc(1_000_000));
  await symlink('openclaw.json', join(stateDir, 'link'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the new gateway leaves: a migrated database, files of its own. */
const migrate = async (): Promise<void> => {
  await writeFile(join(stateDir, 'state', 'openclaw.sqlite'), 'migrated');
  await writeFile(join(stateDir, 'of-the-new-one'), '');
  await writeFile(join(stateDir, 'logs', 'gateway.log'), 'why');
};
const expectOldState = async (): Promise<void> => {
  expect(await read('state', 'openclaw.sqlite')).toBe('login');
  expect((await stat(join(stateDir, 'state', 'openclaw.sqlite'))).mode & 0o777).toBe(0o600);
  expect(await readlink(join(stateDir, 'link'))).toBe('openclaw.json');
  expect((await readdir(stateDir)).toSorted()).toEqual(
    [copiesFolder, 'link', 'logs', 'openclaw.json', 'state'].toSorted(),
  );
};

test('no order touches nothing', async () => {
  await carryOut(null, place());
  expect(await readdir(folder)).toEqual(['state']);
});

test('a copy is taken once, without caches, and is the tenant’s alone', async () => {
  await copy();
  await migrate();
  await copy();
  const kept = join(stateDir, copiesFolder, id);
  expect((await readdir(kept)).toSorted()).toEqual(['link', 'openclaw.json', 'state']);
  expect(await readFile(join(kept, 'state', 'openclaw.sqlite'), 'utf8')).toBe('login');
  expect((await stat(join(stateDir, copiesFolder))).mode & 0o077).toBe(0);
  expect(said).toEqual(['state_copied']);
});

test('sockets of a process that is gone stop no copy', async () => {
  const server = createServer().listen(join(stateDir, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  await copy();
  await new Promise((resolve) => server.close(resolve));
  expect(said).toEqual(['state_copied']);
});

test('it is put back, and the log that tells why stays', async () => {
  await copy();
  await migrate();
  await restore();
  await expectOldState();
  expect(await read('logs', 'gateway.log')).toBe('why');
  await writeFile(join(stateDir, 'state', 'openclaw.sqlite'), 'lived on');
  await restore();
  expect(await read('state', 'openclaw.sqlite')).toBe('lived on');
  expect(said).toEqual(['state_copied', 'state_restored']);
});

test.each([0, 1, 2, 3, 4])('an export ends a return that died after %i renames', async (after) => {
  await copy();
  await migrate();
  let left = after;
  const move = (from: string, to: string): Promise<void> => {
    left -= 1;
    return left < 0 ? Promise.reject(new Error('died')) : rename(from, to);
  };
  const dying = carryOut({ kind: 'restore', id }, { ...place(), move });
  await expect(dying).rejects.toThrow('died');
  await finishReturn(place());
  await expectOldState();
  // Nothing is begun by it.
  await migrate();
  await finishReturn(place());
  expect(await read('state', 'openclaw.sqlite')).toBe('migrated');
});

test('an update that never came to its copy has nothing to put back', async () => {
  await restore();
  await copy('0123456789ab');
  await restore();
  expect(await read('state', 'openclaw.sqlite')).toBe('login');
  expect(said).toEqual(['state_untouched', 'state_copied', 'state_untouched']);
});

test('a copy that was cut off is made anew and the one before it goes', async () => {
  await copy('0123456789ab');
  await mkdir(join(stateDir, copiesFolder, `${id}.part`), { recursive: true });
  await copy();
  expect(await readdir(join(stateDir, copiesFolder))).toEqual([id]);
});

test('a backup that is being brought back beside it stays', async () => {
  await mkdir(join(stateDir, copiesFolder, 'restore', 'incoming'), { recursive: true });
  await copy();
  expect((await readdir(join(stateDir, copiesFolder))).toSorted()).toEqual([id, 'restore']);
});

describe('after three days', () => {
  test('the copy of an update that was kept is removed, and cannot be put back', async () => {
    await copy();
    nowMs += 3 * dayMs;
    await copy();
    expect(await readdir(stateDir)).not.toContain(copiesFolder);
    await expect(restore()).rejects.toThrow(CopyLost);
  });

  test('so is the state that did not work', async () => {
    await copy();
    await migrate();
    await restore();
    nowMs += 3 * dayMs;
    await restore();
    expect(await readdir(stateDir)).not.toContain(copiesFolder);
    expect(await read('state', 'openclaw.sqlite')).toBe('login');
  });
});

test('a copy that somebody took away is said, and nothing starts', async () => {
  await copy();
  await rm(join(stateDir, copiesFolder), { recursive: true });
  await expect(restore()).rejects.toThrow(CopyLost);
  expect(await read('state', 'openclaw.sqlite')).toBe('login');
});

test.each([1, 2, 3, 4, 5, 6, 7])(
  'who dies at the %i. rename of putting it back is followed by one that goes on',
  async (last) => {
    await copy();
    await migrate();
    let renames = 0;
    const move = async (from: string, to: string): Promise<void> => {
      renames += 1;
      if (renames === last) throw new Error('died');
      await rename(from, to);
    };
    const order = { kind: 'restore', id } as const;
    await expect(carryOut(order, { ...place(), move })).rejects.toThrow('died');
    await restore();
    await expectOldState();
  },
);

test('without room nothing is written, and what was there stays', async () => {
  const before = (await readdir(stateDir)).toSorted();
  const freeBytes = (): Promise<number> => Promise.resolve(64 * 1024 ** 2);
  const order = { kind: 'copy', id } as const;
  await expect(carryOut(order, { ...place(), freeBytes })).rejects.toThrow(NoRoom);
  expect((await readdir(stateDir)).toSorted()).toEqual(before);
  expect(await readdir(folder)).toEqual(['state']);
});
