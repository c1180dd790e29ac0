import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackupFailure } from '../backup/failure.ts';
import { maxBytes, maxEntries } from '../backup/tree.ts';
import { archiveWith, stateHead, tarOf } from '../testing/tarball.ts';
import { isUnpacked } from './settle.ts';
import { statePathOf, unpackState } from './unpack.ts';

let above: string;
let folder: string;
beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'unpack-'));
  folder = join(above, 'in');
  await mkdir(folder);
});
afterEach(async () => rm(above, { recursive: true }));

const unpack = async (archive: Buffer, roomBytes = maxBytes): Promise<string> => {
  const file = join(above, 'upload');
  await writeFile(file, archive);
  const signal = AbortSignal.timeout(30_000);
  return unpackState({ file, folder, wanted: isUnpacked, roomBytes, signal }).then(
    () => 'unpacked',
    (error: unknown) => (error instanceof BackupFailure ? error.code : String(error)),
  );
};

describe('an honest archive', () => {
  const bytes = Buffer.from('hello');

  it('gives its state, wherever that stands, and nothing else of it', async () => {
    const archive = archiveWith(
      { path: 'README.en.md', bytes },
      { path: 'state/workspace/', type: 'Directory' },
      { path: 'state/workspace/run.sh', bytes, mode: 0o755 },
      { path: 'state/workspace/latest', type: 'SymbolicLink', linkpath: 'run.sh' },
      { path: 'state/logs/gateway.log', bytes },
      { path: 'state/state/openclaw.sqlite-wal', bytes },
    );
    expect(await unpack(archive)).toBe('unpacked');
    expect((await readdir(folder)).toSorted()).toEqual(['openclaw.json', 'state', 'workspace']);
    expect(await readFile(join(folder, 'workspace/run.sh'), 'utf8')).toBe('hello');
    expect((await lstat(join(folder, 'workspace/run.sh'))).mode & 0o777).toBe(0o755);
    expect(await readlink(join(folder, 'workspace/latest'))).toBe('run.sh');
    expect(await readdir(join(folder, 'state'))).toEqual(['openclaw.sqlite-wal']);
  });

  it('gives each name of a file that has several a file of its own', async () => {
    const archive = archiveWith(
      { path: 'state/workspace/a', bytes, mode: 0o755 },
      { path: 'state/workspace/b', type: 'Link', linkpath: 'state/workspace/a' },
      { path: 'state/workspace/deep/c', type: 'Link', linkpath: 'state/workspace/b' },
      { path: 'state/cache/d', type: 'Link', linkpath: 'state/workspace/a' },
    );
    expect(await unpack(archive)).toBe('unpacked');
    expect((await readdir(folder)).toSorted()).toEqual(['openclaw.json', 'workspace']);
    await writeFile(join(folder, 'workspace/a'), 'changed');
    for (const name of ['b', 'deep/c']) {
      expect(await readFile(join(folder, 'workspace', name), 'utf8')).toBe('hello');
      expect((await lstat(join(folder, 'workspace', name))).mode & 0o777).toBe(0o755);
    }
  });

  it.each([
    ['state/openclaw.json', 'openclaw.json'],
    ['./state/a', 'a'],
    ['acme-2026-11-27/state/state/a', 'state/a'],
    ['acme-2026-11-27/state/', ''],
    ['state/state/a', 'state/a'],
    ['acme/deeper/state/a', null],
    ['README.en.md', null],
  ])('%s is %s of the state', (path, expected) => {
    expect(statePathOf(path)).toBe(expected);
  });
});

describe('any other is refused', () => {
  const bytes = Buffer.from('x');
  const link = (linkpath: string, path = 'state/link') =>
    archiveWith({ path, type: 'SymbolicLink', linkpath });

  const second = (linkpath: string, path = 'state/hard') =>
    archiveWith({ path, type: 'Link', linkpath });

  it.each([
    ['a path that climbs out', archiveWith({ path: 'state/../../out', bytes })],
    ['a path that climbs and comes back', archiveWith({ path: 'state/a/../b', bytes })],
    ['an absolute path', archiveWith({ path: '/state/a', bytes })],
    ['a climbing path outside of the state', archiveWith({ path: '../out', bytes })],
    ['a link that leads out', link('../../etc/passwd')],
    ['an absolute link', link('/etc/passwd')],
    ['a link to nothing', link('')],
    ['a second name of nothing', second('state/absent')],
    ['a second name of a file elsewhere', second('/etc/passwd')],
    ['a second name of what climbs out', second('state/../../etc/passwd')],
    ['a second name of itself', second('state/hard')],
    ['a second name that is taken', second('state/openclaw.json', 'state/openclaw.json')],
    [
      'a second name of a link',
      archiveWith(
        { path: 'state/link', type: 'SymbolicLink', linkpath: 'openclaw.json' },
        { path: 'state/hard', type: 'Link', linkpath: 'state/link' },
      ),
    ],
    ['a device', archiveWith({ path: 'state/null', type: 'CharacterDevice' })],
    ['a disk', archiveWith({ path: 'state/disk', type: 'BlockDevice' })],
    ['a pipe', archiveWith({ path: 'state/pipe', type: 'FIFO' })],
    ['a path twice', archiveWith({ path: 'state/openclaw.json', bytes })],
    ['an archive cut short', archiveWith({ path: 'state/a', bytes }).subarray(0, -12)],
    ['an archive in an archive', gzipSync(archiveWith({ path: 'state/a', bytes }))],
    ['a file cut short', gzipSync(tarOf([{ ...stateHead, size: 9_000 }]).subarray(0, 1_024))],
    ['no archive at all', gzipSync(Buffer.from('hello'.repeat(500)))],
    ['nothing', gzipSync(Buffer.alloc(0))],
  ])('%s', async (_name, archive) => {
    expect(await unpack(archive)).toBe('import_malformed');
    expect(await readdir(above)).toEqual(['in', 'upload']);
  });

  it('a path that is longer or deeper than any honest one', () => {
    for (const path of [`state/${'x'.repeat(300)}`, `state/${'y/'.repeat(70)}z`, 'state//a']) {
      expect(() => statePathOf(path)).toThrow('import_malformed');
    }
  });

  it('a file below a link is never written through it', async () => {
    const archive = archiveWith(
      { path: 'state/way', type: 'SymbolicLink', linkpath: 'workspace' },
      { path: 'state/way/file', bytes },
    );
    expect(await unpack(archive)).not.toBe('unpacked');
    expect(await readdir(folder)).not.toContain('workspace');
  });

  it('more bytes than a state may have, before one of them is written', async () => {
    const claims = { path: 'state/large', size: maxBytes + 1 };
    expect(await unpack(gzipSync(tarOf([claims])))).toBe('too_large');
    expect(await readdir(folder)).toEqual([]);
  });

  it('more than there is room for, when a file has many names', async () => {
    const names = Array.from({ length: 20 }, (_, index) => ({
      ...{ path: `state/n${index}`, type: 'Link' as const, linkpath: 'state/large' },
    }));
    const archive = archiveWith({ path: 'state/large', bytes: Buffer.alloc(10_000) }, ...names);
    expect(await unpack(archive, 100_000)).toBe('storage_full');
  });

  it('more than there is room for, however small it is packed', async () => {
    const archive = archiveWith({ path: 'state/zeros', bytes: Buffer.alloc(4_000_000) });
    expect(archive.length).toBeLessThan(10_000);
    expect(await unpack(archive, 1_000_000)).toBe('storage_full');
  });

  it('more entries than a state may have, those that are skipped included', async () => {
    const head = tarOf([{ path: 'state/logs/x' }]).subarray(0, 512);
    const many = Buffer.concat(Array.from({ length: maxEntries + 1 }, () => head));
    expect(await unpack(gzipSync(many, { level: 1 }))).toBe('too_large');
    expect(await readdir(folder)).toEqual([]);
  });
});
