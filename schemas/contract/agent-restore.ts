/**
 * Bringing a backup back, as the tenant's agent tells of it. The order is written down while the
 * runtime runs; the state is exchanged by `bootstrap` when the stack starts again with its gateway
 * down. docs/adr/0019-backups-and-leaving.md.
 */
import * as z from 'zod/mini';

/** In this order; the last of `swapped` and `returning` … is decided by the control plane. */
export const restoreCodes = [
  /** Written down; applied by the next start within ten minutes. */
  'ordered',
  /** No start came in time, or it was taken back: nothing was changed. */
  'dropped',
  /** Bootstrap is at it; whoever dies here goes on at the next start. */
  'swapping',
  /** Runs on the restored state; the old one lies beside it. */
  'swapped',
  /** Proven; the old state is gone. */
  'kept',
  /** To be taken back by the next start. */
  'return_ordered',
  'returning',
  /** Runs on the old state again. */
  'returned',
  /** Nothing was changed; `problem` says why. */
  'failed',
] as const;
export type RestoreCode = (typeof restoreCodes)[number];

export const restoreProblems = [
  'backup_missing',
  /** Of a newer OpenClaw than the runtime's: it would not start on it. */
  'backup_newer',
  'archive_broken',
  'storage_full',
  'unknown',
] as const;
export type RestoreProblem = (typeof restoreProblems)[number];

const backupId = z.string().check(z.regex(/^[a-zA-Z0-9_-]{4,64}$/));
const restoreId = z.string().check(z.regex(/^[a-zA-Z0-9_-]{4,64}$/));

export const restoreReport = z.object({
  restoreId,
  backupId,
  code: z.enum(restoreCodes),
  problem: z.nullable(z.enum(restoreProblems)),
  /** Of this code, by the tenant's clock, epoch ms. */
  atMs: z.number(),
});
export type RestoreReport = z.infer<typeof restoreReport>;

/** What a step asks for: an order, its withdrawal, or what becomes of a restored state. */
export const restoreSteps = ['order', 'drop', 'keep', 'return'] as const;
export type RestoreStep = (typeof restoreSteps)[number];

export const restoreRequest = z.object({ restoreId, backupId, step: z.enum(restoreSteps) });
export type RestoreRequest = z.infer<typeof restoreRequest>;
/** Where it stands now. Idempotent; an order beside an unfinished restore answers that one. */
export const restoreAnswer = z.object({ restore: restoreReport });

/** What a member's page reads of it in the runtime's facts. */
export const restoreView = z.object({
  report: z._default(z.nullable(restoreReport), null),
});
