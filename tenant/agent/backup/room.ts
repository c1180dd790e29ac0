/** Whether a backup fits, asked before anything is written. */
import { statfs } from 'node:fs/promises';
import { BackupFailure } from './failure.ts';

/** What must stay free for the gateway itself, whatever is copied. */
export const marginBytes = 128 * 1024 ** 2;

/** Throws `storage_full` when that much, and the margin, is not free where `folder` is. */
export async function demandRoom(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < neededBytes + marginBytes) throw new BackupFailure('storage_full');
}
