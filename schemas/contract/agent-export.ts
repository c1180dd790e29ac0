/**
 * Taking a runtime's state away, and bringing one in, as the tenant's agent does it: both go directly
 * between the tenant and a member's browser. docs/adr/0019-backups-and-leaving.md.
 *
 * `export`: a form post by top-level navigation (field `ticket`), answered by a download:
 * 200 `application/gzip`, `content-disposition: attachment; filename="<host label>-<date>.tar.gz"`.
 * A refusal is a page for a person and `agentError` for a program: `export_busy`, `export_too_large`,
 * `storage_full`, `export_unreadable`, `ticket_*`, `origin_refused`.
 *
 * `import`: fetched with the ticket as bearer; the body is the archive itself (a `File`), its length
 * said. 202 `importAnswer`; what becomes of it is read from `state.backup`, as of any backup (`last`,
 * later `kept`, with the origin `import`). Refused: `import_malformed`, `import_too_large`,
 * `storage_full`, `backup_busy`. A sealed backup is taken as it is (`application/age`) when the recovery
 * key that opens it comes in a header with it; with another one: `import_key_wrong`.
 *
 * Other routes answer `runtime_suspended` where the agent is deployed with `AGENT_MODE=export`.
 */
import * as z from 'zod/mini';
import { backupReport } from './agent-backup.ts';

export const archiveType = 'application/gzip';
export const sealedType = 'application/age';
/** An age identity; read once, kept nowhere. */
export const recoveryKeyHeader = 'x-recovery-key';
/** Of an uploaded archive, as it comes; unpacked it may have 16 GiB and 200,000 files. */
export const maxImportBytes = 4 * 1024 ** 3;
/** How long an upload may take, and how long a download may. */
export const importBudgetMs = 60 * 60_000;
export const exportBudgetMs = 2 * 60 * 60_000;

/** How an agent is deployed: beside a gateway, or alone on the state of a suspended runtime. */
export const agentModes = ['run', 'export'] as const;

export const exportCodes = [
  'running',
  /** Its last byte was handed to the network. */
  'sent',
  /** The browser went away, or read nothing for a minute. */
  'aborted',
  'storage_full',
  'too_large',
  'state_unreadable',
  'timeout',
  /** The agent ended meanwhile. */
  'interrupted',
  'unknown',
] as const;

export const exportReport = z.object({
  code: z.enum(exportCodes),
  startedAtMs: z.number(),
  finishedAtMs: z.nullable(z.number()),
  /** Of what was sent, bytes. */
  sizeBytes: z.number(),
});
export type ExportReport = z.infer<typeof exportReport>;

export const importAnswer = z.object({ backup: backupReport });
