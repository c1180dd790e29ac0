/**
 * The SQLite side of a definition: one table with a real column per column, one table of who may
 * read which row, one SQLite index per index. Text compares without case, as MariaDB does (ASCII
 * only here; MariaDB also ignores accents). Numbers are REAL: JSON has nothing wider.
 */
import type { Store } from '../kernel/types.ts';
import type { Column, Index, Table } from './model.ts';

export const rowsName = (table: Pick<Table, 'sequence'>): string => `tdb_rows_${table.sequence}`;
export const readersName = (table: Pick<Table, 'sequence'>): string =>
  `tdb_readers_${table.sequence}`;

export function createRowTable(store: Store, table: Table): void {
  store.raw.exec(
    `CREATE TABLE ${rowsName(table)} (_seq INTEGER PRIMARY KEY AUTOINCREMENT,` +
      ' _id TEXT NOT NULL COLLATE NOCASE UNIQUE, _created TEXT NOT NULL,' +
      ' _updated TEXT NOT NULL, _perms TEXT NOT NULL);' +
      `CREATE TABLE ${readersName(table)} (role TEXT NOT NULL, row INTEGER NOT NULL,` +
      ' PRIMARY KEY (role, row)) WITHOUT ROWID;' +
      `CREATE INDEX ${readersName(table)}_row ON ${readersName(table)} (row);`,
  );
}

export function dropRowTable(store: Store, table: Table): void {
  store.raw.exec(`DROP TABLE ${rowsName(table)}; DROP TABLE ${readersName(table)};`);
}

function columnType(column: Column): string {
  if (column.array) return 'TEXT';
  switch (column.type) {
    case 'integer':
    case 'bigint':
    case 'double':
      return 'REAL';
    case 'boolean':
      return 'INTEGER';
    default:
      return 'TEXT COLLATE NOCASE';
  }
}

export function addColumn(store: Store, table: Table, column: Column): void {
  store.raw.exec(
    `ALTER TABLE ${rowsName(table)} ADD COLUMN ${column.physical} ${columnType(column)}`,
  );
}

export function dropColumn(store: Store, table: Table, column: Column): void {
  store.raw.exec(`ALTER TABLE ${rowsName(table)} DROP COLUMN ${column.physical}`);
}

function indexName(table: Table, key: string): string {
  return `"${rowsName(table)}_${key}"`;
}

/** `$id` and the like as SQLite columns; undefined for names of ordinary columns. */
export function systemColumn(key: string): string | undefined {
  switch (key) {
    case '$id':
      return '_id';
    case '$sequence':
      return '_seq';
    case '$createdAt':
      return '_created';
    case '$updatedAt':
      return '_updated';
    default:
      return undefined;
  }
}

/** Full-text and spatial indexes exist by name only: `search` scans words. */
export function createIndex(store: Store, table: Table, index: Index): void {
  if (index.type === 'fulltext' || index.type === 'spatial') return;
  const parts = index.columns.map((key, position) => {
    const column = table.columns.find((candidate) => candidate.key === key);
    const name = systemColumn(key) ?? column?.physical ?? '';
    return index.orders[position]?.toUpperCase() === 'DESC' ? `${name} DESC` : name;
  });
  const unique = index.type === 'unique' ? 'UNIQUE ' : '';
  store.raw.exec(
    `CREATE ${unique}INDEX ${indexName(table, index.key)} ON ${rowsName(table)}` +
      ` (${parts.join(', ')})`,
  );
}

export function dropIndex(store: Store, table: Table, key: string): void {
  store.raw.exec(`DROP INDEX IF EXISTS ${indexName(table, key)}`);
}
