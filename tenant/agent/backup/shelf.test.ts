import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { Shelf } from './shelf.ts';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 8, 7);
let folder: string;
let shelf: Shelf;

const backupOf = (day: number): KeptBackup => ({
  backupId: `day-${day}`,
  origin: 'runtime',
  madeAtMs: monday + day * dayMs,
  provenAtMs: monday + day * dayMs + 60_000,
  sizeBytes: 3,
  digest: 'a'.repeat(64),
  openclawVersion: '2026.9.6',
  recoverable: false,
  offsite: null,
});
const put = async (day: number): Promise<void> => {
  await writeFile(shelf.draftOf(`day-${day}`), 'abc');
  await shelf.put(backupOf(day));
};
const listed = (): string[] => shelf.kept().map(({ backupId }) => backupId);
const reopened = async (): Promise<string[]> => {
  shelf = new Shelf(folder);
  await shelf.load();
  return listed();
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelf-'));
  await reopened();
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

it('lists what was put, newest first, also after a restart', async () => {
  await put(0);
  await put(1);
  expect(listed()).toEqual(['day-1', 'day-0']);
  expect(await reopened()).toEqual(['day-1', 'day-0']);
});

it('lets go of what the retention does not keep, its files too', async () => {
  for (let day = 0; day < 56; day += 1) await put(day);
  const kept = [55, 54, 53, 52, 51, 50, 49, 48, 41, 34].map((day) => `day-${day}`);
  expect(listed()).toEqual(kept);
  const files = kept.flatMap((id) => [`${id}.age`, `${id}.json`]);
  expect((await readdir(folder)).toSorted()).toEqual(files.toSorted());
});

it('lists nothing that is not whole, and deletes none of it', async () => {
  await put(0);
  await put(1);
  await put(2);
  await writeFile(shelf.archiveOf('day-0'), 'ab');
  await rm(shelf.archiveOf('day-1'));
  await writeFile(join(folder, 'day-2.json'), '{"backupId":"day-2"');
  expect(await reopened()).toEqual([]);
  expect((await readdir(folder)).toSorted()).toEqual(
    ['day-0.age', 'day-0.json', 'day-1.json', 'day-2.age', 'day-2.json'].toSorted(),
  );
});

it('forgets drafts that a power cut left', async () => {
  await writeFile(shelf.draftOf('day-9'), 'half');
  await writeFile(shelf.draftOf('day-9.state'), 'readable');
  expect(await reopened()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});
