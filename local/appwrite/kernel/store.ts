/**
 * One SQLite file in WAL mode. A committed transaction survives the death of the process;
 * statements are compiled once per text; nested transactions join the outer one, so a handler
 * may call another that also opens one.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Store } from './types.ts';

/** Query lists make new texts without end; the oldest compiled statement is dropped first. */
const MAX_STATEMENTS = 1000;
const BUSY_TIMEOUT_MS = 5000;

export interface OpenStore extends Store {
  close(): void;
}

function rollBack(raw: DatabaseSync): void {
  // A failed COMMIT or a full disk may have ended the transaction already.
  if (raw.isTransaction) raw.exec('ROLLBACK');
}

export function openStore(file: string): OpenStore {
  const raw = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  raw.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;' +
      'PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA case_sensitive_like=OFF;',
  );
  const statements = new Map<string, StatementSync>();
  let depth = 0;
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
        return result;
      } catch (error) {
        rollBack(raw);
        throw error;
      } finally {
        depth = 0;
      }
    },
    close() {
      statements.clear();
      raw.close();
    },
  };
}

/** True for SQLite's UNIQUE and PRIMARY KEY refusals. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  return error.errcode === 2067 || error.errcode === 1555 || error.errcode === 2579;
}
