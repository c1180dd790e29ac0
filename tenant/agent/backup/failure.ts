/** Why a backup came to nothing, as its report says it. */
import type { BackupCode } from '#schemas/contract/agent-backup.ts';

export type BackupProblem = Exclude<BackupCode, 'running' | 'proven' | 'interrupted'>;

export class BackupFailure extends Error {
  readonly code: BackupProblem;

  constructor(code: BackupProblem, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Anything that was thrown, as a code. `fallback`: what it means where it was thrown. */
export function problemOf(error: unknown, fallback: BackupProblem = 'unknown'): BackupProblem {
  if (error instanceof BackupFailure) return error.code;
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (noRoom.has(code)) return 'storage_full';
  return name === 'TimeoutError' || name === 'AbortError' ? 'timeout' : fallback;
}
