/**
 * One SQLite file in WAL mode, held by one process: a second one is refused, and a death releases
 * it. A committed transaction survives the death of the process at once, and the loss of power
 * once `durable` has resolved; no answer and no event leaves before that. Statements are compiled
 * once per text; nested transactions join the outer one, so a handler may call another that also
 * opens one.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Store } from './types.ts';
import { CHECKPOINT_PAGES, DiskFailed, WalSync } from './wal-sync.ts';

/** Query lists make new texts without end; the oldest compiled statement is dropped first. */
const MAX_STATEMENTS = 1000;
/** A predecessor that is closing gets this long. */
const BUSY_TIMEOUT_MS = 1000;
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const STORAGE_CODES: ReadonlySet<number> = new Set([8, 10, SQLITE_FULL, 14]);
const STORAGE_ERRORS: ReadonlySet<unknown> = new Set(
  'EACCES EDQUOT EFBIG EIO EMFILE ENFILE ENOSPC EPERM EROFS'.split(' '),
);
const NO_SPACE: ReadonlySet<unknown> = new Set(['EDQUOT', 'EFBIG', 'ENOSPC']);
const MEMORY = ':memory:';

export interface OpenStore extends Store {
  close(): void;
}

function rollBack(raw: DatabaseSync): void {
  // A failed COMMIT or a full disk may have ended the transaction already.
  if (raw.isTransaction) raw.exec('ROLLBACK');
}

/** SQLite's primary result code, undefined for other errors. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

function openFile(file: string): DatabaseSync {
  try {
    const raw = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // Exclusive first: the log's index then lives in this process, and the lock is never let go.
    raw.exec(
      'PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;' +
        // What is deleted is overwritten: a person who went must not be found in a free page.
        'PRAGMA secure_delete=ON;' +
        'PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;' +
        `PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}; PRAGMA case_sensitive_like=OFF;` +
        'BEGIN IMMEDIATE; COMMIT;',
    );
    return raw;
  } catch (error) {
    if (resultCode(error) === SQLITE_BUSY) {
      throw new Error(`another server is using ${file}`, { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open ${file}: ${reason}`, { cause: error });
  }
}

/** Grows with every write: rows by SQLite's own count, definitions by the transactions'. */
function writeCounter(raw: DatabaseSync, transactions: () => number): () => number {
  const changes = raw.prepare('SELECT total_changes()');
  changes.setReturnArrays(true);
  return () => {
    const [count] = changes.get() as unknown as [number];
    return count + transactions();
  };
}

export function openStore(file: string): OpenStore {
  const raw = openFile(file);
  const statements = new Map<string, StatementSync>();
  let depth = 0;
  let commits = 0;
  const written = writeCounter(raw, () => commits);
  const sync = file === MEMORY ? undefined : new WalSync(`${file}-wal`, written);
  return {
    raw,
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const made = raw.prepare(sql);
      if (statements.size >= MAX_STATEMENTS) {
        const oldest = statements.keys().next();
        if (oldest.done !== true) statements.delete(oldest.value);
      }
      statements.set(sql, made);
      return made;
    },
    transaction(work) {
      if (depth > 0) return work();
      raw.exec('BEGIN IMMEDIATE');
      depth = 1;
      try {
        const result = work();
        raw.exec('COMMIT');
        commits += 1;
        return result;
      } catch (error) {
        rollBack(raw);
        throw error;
      } finally {
        depth = 0;
      }
    },
    durable: () => sync?.reach(),
    close() {
      statements.clear();
      sync?.close();
      raw.close();
    },
  };
}

/** True for SQLite's UNIQUE and PRIMARY KEY refusals. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return error.errcode === 2067 || error.errcode === 1555 || error.errcode === 2579;
}

/** What the caller may be told about a disk that does not take the write, or undefined. */
export function storageProblem(error: unknown): string | undefined {
  if (error instanceof DiskFailed) return 'The disk failed; the server must be started again.';
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error ? error.code : undefined;
  const sqlite = resultCode(error);
  if (sqlite === SQLITE_FULL || NO_SPACE.has(code)) return 'The disk of the server is full.';
  if (STORAGE_ERRORS.has(code) || (sqlite !== undefined && STORAGE_CODES.has(sqlite))) {
    return 'The server cannot write to its disk.';
  }
  return undefined;
}
