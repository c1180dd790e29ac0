import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countStateBytes, noteStateSize, readStateSize } from './state-size.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-size-'));
});
afterEach(() => rm(folder, { recursive: true }));

const fill = async (): Promise<string> => {
  const state = join(folder, 'state');
  await mkdir(join(state, 'deep', 'deeper'), { recursive: true });
  await writeFile(join(state, 'one'), Buffer.alloc(100_000, 1));
  await writeFile(join(state, 'deep', 'deeper', 'two'), Buffer.alloc(200_000, 1));
  await writeFile(join(folder, 'outside'), Buffer.alloc(5_000_000, 1));
  await symlink(join(folder, 'outside'), join(state, 'link'));
  return state;
};

it('is what the disk holds below the state, following no link out of it', async () => {
  const bytes = (await countStateBytes(await fill())) ?? 0;
  expect(bytes).toBeGreaterThanOrEqual(300_000);
  expect(bytes).toBeLessThan(1_000_000);
});

it('is kept with its time, and the last one stays where counting fails', async () => {
  const path = join(folder, 'data', 'state-size.json');
  const counted = await noteStateSize(await fill(), path, () => 7);
  expect(counted?.atMs).toBe(7);
  expect(await readStateSize(path)).toEqual(counted);
  expect(await noteStateSize(join(folder, 'nowhere'), path, () => 9)).toBeNull();
  expect(await readStateSize(path)).toEqual(counted);
});

it.each(['', '{', '{"bytes":-1,"atMs":1}'])(
  'is not known from a damaged file: %s',
  async (text) => {
    const path = join(folder, 'size.json');
    expect(await readStateSize(path)).toBeNull();
    await writeFile(path, text);
    expect(await readStateSize(path)).toBeNull();
  },
);
