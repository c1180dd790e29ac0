/** Trying a bucket before it is taken, and bringing one backup there. Both throw `OffsiteFailure`. */
import { randomBytes } from 'node:crypto';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { maxOffsiteBytes } from '#schemas/contract/agent-offsite.ts';
import type { Bucket } from './bucket.ts';
import { OffsiteFailure } from './failure.ts';

/** Up to that it is read back whole; above it its size is, and its sum was signed. */
const readBackBytes = 64 * 1024 ** 2;

/** Writes a small object, reads it back and removes it. */
export async function tryBucket(
  bucket: Bucket,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const object = `${folder}/check-${randomBytes(9).toString('hex')}`;
  const text = 'Written to see whether backups can be kept here; removed at once.\n';
  const sum = await bucket.putText(object, text, signal);
  try {
    if ((await bucket.sumOf(object, signal)) !== sum) throw new OffsiteFailure('bucket_mismatch');
  } finally {
    await bucket.remove(object, signal);
  }
}

export interface Upload {
  readonly backup: KeptBackup;
  readonly object: string;
  readonly file: string;
  readonly signal: AbortSignal;
}

/** The same object again is written over. */
export async function upload(
  bucket: Bucket,
  { backup, object, file, signal }: Upload,
): Promise<void> {
  const { digest: sum, sizeBytes: bytes } = backup;
  if (bytes > maxOffsiteBytes) throw new OffsiteFailure('bucket_too_large');
  await bucket.put(object, { file, sum, bytes }, signal);
  const isSame =
    (await bucket.sizeOf(object, signal)) === bytes &&
    (bytes > readBackBytes || (await bucket.sumOf(object, signal)) === sum);
  if (!isSame) throw new OffsiteFailure('bucket_mismatch');
}

/** `2026-11-28T00-20-34Z_day-20785.age`: in the order of time by its name. */
export function objectOf(
  folder: string,
  { backupId, madeAtMs }: Pick<KeptBackup, 'backupId' | 'madeAtMs'>,
): string {
  const moment = new Date(madeAtMs).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return `${folder}/${moment}_${backupId}.age`;
}
