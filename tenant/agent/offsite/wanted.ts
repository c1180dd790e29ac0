/**
 * Which backups belong into the bucket, and which copies may go. Pure. Guarantees: only what was
 * sealed to a recovery key is copied; a copy goes only when copies that are there stand in its place;
 * nothing goes but what this agent has written.
 */
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import { keptOf } from '../backup/retention.ts';
import type { CopyRecord } from './record.ts';

const isThere = ({ state }: CopyRecord): boolean => state === 'copied';

/** Newest first. */
export function wantedOf(
  kept: readonly KeptBackup[],
  copies: readonly CopyRecord[],
): readonly KeptBackup[] {
  const there = copies.filter(isThere);
  const recoverable = kept.filter((one) => one.recoverable);
  const keep = keptOf([...there, ...recoverable.filter((one) => !isAmong(there, one.backupId))]);
  return recoverable.filter((one) => keep.has(one.backupId) && !isAmong(there, one.backupId));
}

export function outdatedOf(
  copies: readonly CopyRecord[],
  wanted: readonly KeptBackup[],
): readonly CopyRecord[] {
  const keep = keptOf(copies.filter(isThere));
  return copies.filter(
    ({ backupId }) => !keep.has(backupId) && !wanted.some((one) => one.backupId === backupId),
  );
}

const isAmong = (copies: readonly CopyRecord[], backupId: string): boolean =>
  copies.some((one) => one.backupId === backupId);
