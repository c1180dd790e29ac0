import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { Shelf } from '../backup/shelf.ts';
import type { BucketHere } from '../testing/bucket.ts';
import { createBucketHere } from '../testing/bucket.ts';
import { until } from '../testing/processes.ts';
import { Bucket } from './bucket.ts';
import { Copier } from './copier.ts';
import { nothing } from './record.ts';
import type { OffsiteRecord } from './record.ts';

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 8, 7, 12);
let folder: string;
let here: BucketHere;
let shelf: Shelf;
let record: OffsiteRecord;
let copier: Copier;
let lines: string[];

const begin = (retryAfterMs: readonly number[], stallAfterMs = 5_000): void => {
  copier = new Copier({
    bucket: new Bucket({ given: here.given, mayBeLoopback: true, stallAfterMs }),
    folder: 'rt_1',
    shelf,
    copies: () => record.copies,
    owedSinceMs: () => record.owedSinceMs,
    note: async (changes) => {
      record = { ...record, ...changes };
      return Promise.resolve();
    },
    now: Date.now,
    log: (event) => void lines.push(event),
    retryAfterMs,
  });
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'copier-'));
  here = await createBucketHere();
  shelf = new Shelf(folder);
  await shelf.load();
  record = nothing;
  lines = [];
  begin([5, 5, 5]);
});
afterEach(async () => {
  await copier.end();
  await here.end();
  await rm(folder, { recursive: true });
});

async function put(day: number, bytes = 1_000): Promise<void> {
  const content = Buffer.alloc(bytes, day);
  const backupId = `day-${day}`;
  await writeFile(shelf.draftOf(backupId), content);
  const digest = createHash('sha256').update(content).digest('hex');
  const madeAtMs = noon + day * dayMs;
  const times = { madeAtMs, provenAtMs: madeAtMs };
  const about = { openclawVersion: null, recoverable: true, offsite: null } as const;
  const made = { backupId, ...times, sizeBytes: bytes, digest, ...about };
  const backup: KeptBackup = { ...made, origin: 'runtime' };
  await shelf.put(backup);
}
const idle = async (): Promise<true> =>
  until('all is there', 20_000, () => {
    const isThere = record.copies.every(({ state }) => state === 'copied');
    return Promise.resolve(record.copies.length > 0 && isThere ? true : null);
  });
const days = async (): Promise<string[]> =>
  (await here.keys()).map((key) => /_(day-\d+)\.age$/.exec(key)?.[1] ?? key);

it('keeps in the bucket what the disk keeps, day after day', async () => {
  for (let day = 0; day < 12; day += 1) {
    await put(day);
    copier.kick();
    await idle();
    await until('let go', 5_000, async () =>
      (await here.keys()).length === record.copies.length ? true : null,
    );
  }
  const kept = shelf.kept().map(({ backupId }) => backupId);
  expect((await days()).toSorted()).toEqual(kept.toSorted());
  expect(kept).toHaveLength(7);
});

it('a large one goes up in a stream, and is read back', async () => {
  await put(1, 5_000_000);
  copier.kick();
  await idle();
  expect(await here.requests()).toEqual(['PUT 200', 'HEAD 200', 'GET 200']);
});

describe('a try that fails', () => {
  it('is made again a few times and then no more, until another backup is proven', async () => {
    await here.turn({ full: true });
    await put(1);
    copier.kick();
    const tries = (): number => lines.filter((line) => line === 'backup_not_copied').length;
    await until('four tries', 5_000, () => Promise.resolve(tries() === 4 ? true : null));
    expect(record.copies).toMatchObject([{ state: 'failed', code: 'bucket_full' }]);
    expect(record.owedSinceMs).not.toBeNull();
    await here.calm();
    await put(2);
    copier.kick();
    await idle();
    expect([tries(), await days(), record.owedSinceMs]).toEqual([4, ['day-1', 'day-2'], null]);
  });

  it.each([
    [{ cutsOff: true }, 'bucket_unreachable'],
    [{ rots: true }, 'bucket_mismatch'],
    [{ slowMs: 10_000 }, 'bucket_unreachable'],
  ] as const)('by %o says why, and is whole in the end', async (faults, code) => {
    begin([20], 200);
    await here.turn(faults);
    await put(1);
    copier.kick();
    await until('it failed', 5_000, () =>
      Promise.resolve(record.copies[0]?.code === code ? true : null),
    );
    await here.calm();
    begin([5, 5, 5]);
    copier.kick();
    await idle();
  });

  it('leaves the wait when the agent ends, and what was under way is begun anew', async () => {
    begin([60_000]);
    await here.turn({ slowMs: 60_000 });
    await put(1);
    copier.kick();
    await until('under way', 5_000, () =>
      Promise.resolve(record.copies[0]?.state === 'copying' ? true : null),
    );
    await copier.end();
    expect(record.copies).toMatchObject([{ state: 'copying' }]);
    await here.calm();
    begin([]);
    copier.kick();
    await idle();
    expect(await days()).toEqual(['day-1']);
  });
});

it('a file that was changed on the disk is not taken for the backup', async () => {
  await put(1);
  await writeFile(shelf.archiveOf('day-1'), Buffer.alloc(1_000, 9));
  begin([]);
  copier.kick();
  await until('it failed', 5_000, () =>
    Promise.resolve(record.copies[0]?.code === 'bucket_mismatch' ? true : null),
  );
  expect(await here.keys()).toEqual([]);
});
