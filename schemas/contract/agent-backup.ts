/**
 * Backups as the tenant's agent tells of them. Nothing here says what is in one: an id, sizes, times
 * and a code. Design and measurements: docs/adr/0019-backups-and-leaving.md.
 */
import * as z from 'zod/mini';
import { copyStates, copyView } from './agent-offsite.ts';

/** How a backup ended. Only `proven` ones are kept, listed and counted. */
export const backupCodes = [
  'running',
  'proven',
  /** Less room on the tenant's disk than copying, sealing and restoring need. Nothing was written. */
  'storage_full',
  /** More files or bytes than a backup may have. */
  'too_large',
  /** Only of an import: the upload ended before the archive was whole. */
  'import_cut_off',
  /** Only of an import: no archive, none with an OpenClaw state, or one that reaches out of itself. */
  'import_malformed',
  /** A file or database of the state could not be read, or changed under every try. */
  'state_unreadable',
  /** What came out of the sealed archive is not, byte for byte, what went in; or a database is broken. */
  'archive_broken',
  /** The scratch runtime did not take the order: it is not there, or does not run. */
  'proof_unavailable',
  /** The scratch runtime did not start on the restored state, or is another version than ours. */
  'proof_not_started',
  /** It started, but does not know the login that the running one has. */
  'proof_login_missing',
  'timeout',
  /** The agent ended meanwhile. */
  'interrupted',
  'unknown',
] as const;
export const backupCode = z.enum(backupCodes);
export type BackupCode = z.infer<typeof backupCode>;

/** What a running backup does now, in this order; an import is first received, then unpacked. */
export const backupSteps = [
  'receiving',
  'unpacking',
  'copying',
  'sealing',
  'restoring',
  'probing',
] as const;

/** The runtime's own state, or an archive that a member uploaded. */
export const backupOrigins = ['runtime', 'import'] as const;
export type BackupOrigin = (typeof backupOrigins)[number];
const origin = z._default(z.enum(backupOrigins), 'runtime');

/** At most this many are kept: 7 days, 4 weeks, and the last import for four weeks. */
export const maxKeptBackups = 12;

/** Sealed to a recovery key as well, so that it can be opened without the tenant's disk. */
const recoverable = z._default(z.boolean(), false);
/** Its copy in the customer's bucket; null = none is wanted there. */
const offsite = z._default(z.nullable(copyView), null);
const backupId = z.string().check(z.regex(/^[a-zA-Z0-9_-]{4,64}$/));
const sha256Hex = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** A proven backup on the tenant's disk. */
export const keptBackup = z.object({
  backupId,
  origin,
  /**
   * When the state was copied, epoch ms: what came later is not in it. Of an import: when it was
   * uploaded; how old its state is, the tenant cannot know.
   */
  madeAtMs: z.number(),
  /** When a scratch runtime had started on it and knew the login. */
  provenAtMs: z.number(),
  /** Of the sealed archive, bytes. */
  sizeBytes: z.number(),
  /** SHA-256 of the sealed archive. */
  digest: sha256Hex,
  /** Version of the OpenClaw that wrote the state and started on it again. */
  openclawVersion: z.nullable(z.string().check(z.maxLength(32))),
  recoverable,
  offsite,
});
export type KeptBackup = z.infer<typeof keptBackup>;

/** What a page needs to know of one. */
export const listedBackup = z.object({
  backupId,
  origin,
  madeAtMs: z.number(),
  sizeBytes: z.number(),
  recoverable,
  /** How its copy in the customer's bucket stands; null = none is wanted there. */
  offsite: z._default(z.nullable(z.enum(copyStates)), null),
  /** Null: unknown. An older OpenClaw does not start on it. */
  openclawVersion: z._default(z.nullable(z.string()), null),
});
export type ListedBackup = z.infer<typeof listedBackup>;

export const backupReport = z.object({
  backupId,
  origin,
  code: backupCode,
  /** Null once it has ended. */
  step: z.nullable(z.enum(backupSteps)),
  startedAtMs: z.number(),
  finishedAtMs: z.nullable(z.number()),
});
export type BackupReport = z.infer<typeof backupReport>;

/** What a member's page reads of it in the runtime's facts. */
export const backupView = z.object({
  report: z._default(z.nullable(backupReport), null),
  newest: z._default(z.nullable(keptBackup), null),
  kept: z._default(z.array(listedBackup), []),
});
export type BackupView = z.infer<typeof backupView>;

export const backupState = z.object({
  /** The last one asked for. */
  last: z.nullable(backupReport),
  /** Newest first. */
  kept: z.array(keptBackup).check(z.maxLength(maxKeptBackups)),
});
export type BackupState = z.infer<typeof backupState>;

export const backupRequest = z.object({ backupId });
/**
 * 202: its end is read from `state`. The same backupId again starts nothing new; while another one
 * is being made that one is answered.
 */
export const backupAnswer = z.object({ backup: backupReport });
