import { expect, it } from 'vitest';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { keptOf } from '../backup/retention.ts';
import type { CopyRecord } from './record.ts';
import { outdatedOf, wantedOf } from './wanted.ts';

const dayMs = 86_400_000;
const monday = Date.UTC(2026, 8, 7, 12);

const backup = (day: number, recoverable = true): KeptBackup => ({
  ...{ backupId: `day-${day}`, origin: 'runtime', madeAtMs: monday + day * dayMs },
  ...{ provenAtMs: 0, sizeBytes: 1, digest: '', openclawVersion: null, recoverable, offsite: null },
});
const copy = (day: number, state: CopyRecord['state'] = 'copied'): CopyRecord => ({
  ...{ backupId: `day-${day}`, origin: 'runtime', madeAtMs: monday + day * dayMs },
  ...{ object: `f/${day}`, state, code: null, atMs: 0 },
});
const ids = (all: readonly { readonly backupId: string }[]): string[] =>
  all.map(({ backupId }) => backupId);

it('wants what can be opened elsewhere and is not there yet', () => {
  const kept = [backup(3), backup(2), backup(1, false)];
  expect(ids(wantedOf(kept, []))).toEqual(['day-3', 'day-2']);
  expect(ids(wantedOf(kept, [copy(3), copy(2, 'failed')]))).toEqual(['day-2']);
  expect(ids(wantedOf(kept, [copy(3), copy(2)]))).toEqual([]);
});

it('keeps seven days and four weeks there, whatever the disk has', () => {
  const days = Array.from({ length: 60 }, (_, day) => day);
  let copies: readonly CopyRecord[] = [];
  for (const day of days) {
    copies = [copy(day), ...copies];
    const gone = ids(outdatedOf(copies, []));
    copies = copies.filter(({ backupId }) => !gone.includes(backupId));
  }
  expect(new Set(ids(copies))).toEqual(keptOf(copies));
  expect(ids(copies).slice(0, 7)).toEqual([59, 58, 57, 56, 55, 54, 53].map((day) => `day-${day}`));
  // Two of the four weeks end within the seven days.
  expect(copies.length).toBe(9);
});

it('a disk that was lost takes no copy with it', () => {
  const copies = [copy(3), copy(2), copy(1)];
  expect([wantedOf([], copies), outdatedOf(copies, [])]).toEqual([[], []]);
});

it('what failed half-way and is wanted no more is removed; what is to come is not', () => {
  const copies = [copy(9), copy(8, 'copying'), copy(7, 'failed')];
  expect(ids(outdatedOf(copies, []))).toEqual(['day-8', 'day-7']);
  expect(ids(outdatedOf(copies, [backup(8)]))).toEqual(['day-7']);
});

it('a copy that was let go is not wanted again', () => {
  const kept = [backup(9), backup(8)];
  const older = { ...backup(8), backupId: 'now-8', madeAtMs: monday + 8 * dayMs - 60_000 };
  expect(ids(wantedOf([...kept, older], [copy(9), copy(8)]))).toEqual([]);
});
