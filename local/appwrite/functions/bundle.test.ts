import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BundleError, isSafePath, unpackBundle } from './bundle.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'bundle-'));
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

interface Entry {
  readonly path: string;
  readonly text?: string;
  readonly type?: 'File' | 'SymbolicLink';
  readonly linkpath?: string;
}

async function archiveOf(entries: readonly Entry[]): Promise<string> {
  const blocks = entries.flatMap((entry) => {
    const data = Buffer.from(entry.text ?? '');
    const block = Buffer.alloc(512);
    new Header({
      path: entry.path,
      type: entry.type ?? 'File',
      size: data.length,
      mode: 0o644,
      ...(entry.linkpath === undefined ? {} : { linkpath: entry.linkpath }),
    }).encode(block, 0);
    return [block, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  const file = path.join(home, 'code.tar.gz');
  await writeFile(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
  return file;
}

test('plain files and folders come out', async () => {
  const file = await archiveOf([
    { path: 'main.mjs', text: 'x' },
    { path: 'lib/a.mjs', text: 'yy' },
  ]);
  const folder = path.join(home, 'out');
  expect(await unpackBundle(file, folder)).toBe(3);
  expect(await readFile(path.join(folder, 'lib/a.mjs'), 'utf8')).toBe('yy');
});

test.each(['../evil', 'a/../../evil', '/tmp/evil', 'C:\\evil'])(
  'the path %s fails the upload and leaves nothing',
  async (name) => {
    const file = await archiveOf([
      { path: 'main.mjs', text: 'x' },
      { path: name, text: 'x' },
    ]);
    const folder = path.join(home, 'out');
    await expect(unpackBundle(file, folder)).rejects.toThrow(BundleError);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(path.join(home, 'evil'))).toBe(false);
  },
);

test('links are left out, also where a file would be written through one', async () => {
  const file = await archiveOf([
    { path: 'link', type: 'SymbolicLink', linkpath: home },
    { path: 'main.mjs', text: 'x' },
  ]);
  const folder = path.join(home, 'out');
  await unpackBundle(file, folder);
  expect(await readdir(folder)).toEqual(['main.mjs']);
});

test('an archive that grows too large is given up, whatever its header says', async () => {
  const file = await archiveOf([{ path: 'main.mjs', text: 'x'.repeat(100_000) }]);
  const folder = path.join(home, 'out');
  await expect(unpackBundle(file, folder, 50_000)).rejects.toThrow(/too large/);
  expect(existsSync(folder)).toBe(false);
});

test('a truncated archive is no archive', async () => {
  const file = await archiveOf([{ path: 'main.mjs', text: 'x'.repeat(100_000) }]);
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length - 40));
  await expect(unpackBundle(file, path.join(home, 'out'))).rejects.toThrow(BundleError);
});

test('something that is no archive is said to be none', async () => {
  const file = path.join(home, 'code.tar.gz');
  await writeFile(file, 'not a gzip');
  await expect(unpackBundle(file, path.join(home, 'out'))).rejects.toThrow(/not a readable/);
});

test('safe paths', () => {
  expect(isSafePath('a/b..c/.d')).toBe(true);
  expect(isSafePath('a/../b')).toBe(false);
  expect(isSafePath('')).toBe(false);
});
