/**
 * Tables that hold definitions and transactions, and the SQL functions queries use. Rows live in
 * one SQLite table per Appwrite table (`row-store.ts`), made when the table is created.
 */
import type { DatabaseSync } from 'node:sqlite';

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS tdb_databases (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, enabled INTEGER NOT NULL, created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL, UNIQUE (project_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS tdb_tables (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  database_seq INTEGER NOT NULL REFERENCES tdb_databases (seq) ON DELETE CASCADE,
  id TEXT NOT NULL, name TEXT NOT NULL, enabled INTEGER NOT NULL, row_security INTEGER NOT NULL,
  permissions TEXT NOT NULL, columns TEXT NOT NULL, indexes TEXT NOT NULL,
  next_column INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (database_seq, id)
) STRICT;
CREATE TABLE IF NOT EXISTS tdb_transactions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, project_id TEXT NOT NULL, id TEXT NOT NULL,
  owner TEXT NOT NULL, status TEXT NOT NULL, operations INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE INDEX IF NOT EXISTS tdb_transactions_expiry ON tdb_transactions (expires_at);
CREATE TABLE IF NOT EXISTS tdb_operations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  transaction_seq INTEGER NOT NULL REFERENCES tdb_transactions (seq) ON DELETE CASCADE,
  operation TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tdb_operations_of ON tdb_operations (transaction_seq, seq);
`;

const WORD = /[\p{L}\p{N}_]+/gu;

function words(text: string): readonly string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

/**
 * Full-text search as MariaDB's boolean mode answers it: any word matches, the last one also as
 * a prefix; in double quotes the words must follow each other.
 */
export function searchMatches(text: string, asked: string): boolean {
  const have = words(text);
  const want = words(asked);
  if (want.length === 0) return false;
  if (asked.length > 1 && asked.startsWith('"') && asked.endsWith('"')) {
    return ` ${have.join(' ')} `.includes(` ${want.join(' ')} `);
  }
  const last = want.at(-1) ?? '';
  return have.some((word) => want.includes(word) || word.startsWith(last));
}

/** SQL function of `search` queries; to be called once per connection. */
export function installFunctions(raw: DatabaseSync): void {
  raw.function('tdb_search', { deterministic: true }, (text, asked) =>
    typeof text === 'string' && searchMatches(text, String(asked)) ? 1 : 0,
  );
}
