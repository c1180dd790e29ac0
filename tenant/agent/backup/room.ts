/** Whether a backup fits, asked before anything is written. */
import { statfs } from 'node:fs/promises';
import { BackupFailure } from './failure.ts';

/** What must stay free for the gateway itself, whatever is copied. */
export const marginBytes = 128 * 1024 ** 2;

/** Throws `storage_full` when that much, and the margin, is not free where `folder` is. */
export async function demandRoom(folder: string, neededBytes: number): Promise<void> {
  if ((await roomAt(folder)) < neededBytes) throw new BackupFailure('storage_full');
}

/** Bytes that may be written where `folder` is, without the margin; negative when that is gone. */
export async function roomAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize - marginBytes;
}
