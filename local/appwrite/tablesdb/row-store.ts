/**
 * Rows of one table. Every text of SQL is made once per shape and found again in the store's
 * statement cache; rows read are trusted. Two rows never share an id (without regard to case),
 * and `$updatedAt` of a row strictly grows, so comparing it tells whether a row was touched,
 * even within one millisecond.
 */
import type { SQLInputValue } from 'node:sqlite';
import { rolesFor } from '../kernel/permissions.ts';
import { formatTime } from '../kernel/time.ts';
import type { Store } from '../kernel/types.ts';
import { fieldsOf } from './fields.ts';
import type { Column, Row, Table } from './model.ts';
import type { Field, FieldSource, ListQuery } from './queries.ts';
import { readersName, rowsName } from './row-table.ts';
import { cursorClause, cursorColumns, orderClause, whereClause } from './sql.ts';
import type { Bind, Clause } from './sql.ts';
import { fromStored, needsDecoding, ownValue, toStored } from './values.ts';

export { createRowTable, dropRowTable } from './row-table.ts';

/** The reference counts no further. */
const COUNT_MAX = 5000;
/** Role lists are padded to a multiple, so few shapes of statements exist. */
const ROLES_STEP = 8;
const NO_PERMISSIONS: readonly string[] = Object.freeze([]);

export interface NewRow {
  readonly id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly permissions: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RowPatch {
  readonly data: Readonly<Record<string, unknown>>;
  readonly permissions?: readonly string[];
  readonly createdAt?: string;
  readonly updatedAt: string;
}

export interface Page {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** A time later than `previous`, and than now where the clock has moved on. */
export function laterThan(previous: string, now: string): string {
  return now > previous ? now : formatTime(Date.parse(previous) + 1);
}

export class RowStore implements FieldSource {
  readonly columns: ReadonlyMap<string, Column>;
  readonly #store: Store;
  readonly #table: Table;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #decoded: readonly Column[];
  /** Columns an index begins with. */
  readonly #leading: ReadonlySet<string>;
  readonly #rows: string;
  readonly #readers: string;
  readonly #selectAll: string;
  readonly #insertSql: string;
  readonly #getSql: string;

  constructor(store: Store, table: Table) {
    this.#store = store;
    this.#table = table;
    this.columns = new Map(table.columns.map((column) => [column.key, column]));
    this.#fields = fieldsOf(table);
    this.#decoded = table.columns.filter(needsDecoding);
    const sorted = table.indexes.filter(({ type }) => type === 'key' || type === 'unique');
    this.#leading = new Set(sorted.map(({ columns }) => columns[0] ?? ''));
    this.#rows = rowsName(table);
    this.#readers = readersName(table);
    this.#selectAll = this.#selection(undefined);
    const names = table.columns.map((column) => `, ${column.physical}`).join('');
    this.#insertSql =
      `INSERT INTO ${this.#rows} (_id, _created, _updated, _perms${names})` +
      ` VALUES (?, ?, ?, ?${', ?'.repeat(table.columns.length)})`;
    this.#getSql = `SELECT ${this.#selectAll} FROM ${this.#rows} WHERE _id = ?`;
  }

  field(key: string): Field | undefined {
    return this.#fields.get(key);
  }

  get(id: string, select?: ReadonlySet<string>): Row | undefined {
    const sql =
      select === undefined
        ? this.#getSql
        : `SELECT ${this.#selection(select)} FROM ${this.#rows} WHERE _id = ?`;
    const raw = this.#store.prepare(sql).get(id);
    return raw === undefined ? undefined : this.#decode(raw);
  }

  /** Throws SQLite's unique violation if the id or a unique value is taken. */
  insert(row: NewRow): Row {
    const binds: SQLInputValue[] = [
      row.id,
      row.createdAt,
      row.updatedAt,
      row.permissions.length === 0 ? '[]' : JSON.stringify(row.permissions),
    ];
    const result: Record<string, unknown> = {};
    for (const column of this.#table.columns) {
      const given = ownValue(row.data, column.key);
      const stored = toStored(column, given === undefined ? column.default : given);
      binds.push(stored);
      result[column.key] = fromStored(column, stored);
    }
    const readers = rolesFor('read', row.permissions);
    const sequence =
      readers.length === 0
        ? this.#insertOne(binds)
        : this.#store.transaction(() => {
            const made = this.#insertOne(binds);
            this.#addReaders(made, readers);
            return made;
          });
    return {
      ...result,
      $id: row.id,
      $sequence: String(sequence),
      $createdAt: row.createdAt,
      $updatedAt: row.updatedAt,
      $permissions: row.permissions,
      $databaseId: this.#table.databaseId,
      $tableId: this.#table.id,
    };
  }

  /** Changes `row` in place in the database; returns what it is now. */
  update(row: Row, patch: RowPatch): Row {
    const sets: string[] = [];
    const binds: SQLInputValue[] = [];
    const result: Row = { ...row, $updatedAt: patch.updatedAt };
    for (const key in patch.data) {
      const column = this.columns.get(key);
      if (column === undefined) continue;
      const stored = toStored(column, patch.data[key]);
      sets.push(`${column.physical} = ?, `);
      binds.push(stored);
      result[key] = fromStored(column, stored);
    }
    if (patch.createdAt !== undefined) {
      sets.push('_created = ?, ');
      binds.push(patch.createdAt);
      result.$createdAt = patch.createdAt;
    }
    const sequence = Number(row.$sequence);
    const { permissions } = patch;
    if (permissions === undefined) {
      binds.push(patch.updatedAt, sequence);
      this.#updateOne(sets.join(''), binds);
      return result;
    }
    sets.push('_perms = ?, ');
    binds.push(JSON.stringify(permissions), patch.updatedAt, sequence);
    this.#store.transaction(() => {
      this.#updateOne(sets.join(''), binds);
      this.#dropReaders(sequence);
      this.#addReaders(sequence, rolesFor('read', permissions));
    });
    result.$permissions = permissions;
    return result;
  }

  increment(row: Row, column: Column, by: number, updatedAt: string): Row {
    const value = Number(row[column.key] ?? 0) + by;
    return this.update(row, { data: { [column.key]: value }, updatedAt });
  }

  delete(row: Row): void {
    const sequence = Number(row.$sequence);
    const remove = (): void => {
      this.#store.prepare(`DELETE FROM ${this.#rows} WHERE _seq = ?`).run(sequence);
    };
    if (row.$permissions.length === 0) {
      remove();
      return;
    }
    this.#store.transaction(() => {
      remove();
      this.#dropReaders(sequence);
    });
  }

  /**
   * Rows that match, and how many there are (up to 5,000). `roles` limits both to rows these may
   * read; undefined = all. Undefined if the cursor row does not exist.
   */
  list(query: ListQuery, roles: readonly string[] | undefined, counted: boolean): Page | undefined {
    const where = this.#visible(whereClause(query.filters), roles);
    const cursor = this.#cursor(query);
    if (cursor === undefined) return undefined;
    const chosen = query.select === undefined ? this.#selectAll : this.#selection(query.select);
    const order = orderClause(query);
    const condition = cursor.sql === '' ? where.sql : `${where.sql} AND ${cursor.sql}`;
    const tail = `FROM ${this.#rows} WHERE ${condition} ORDER BY ${order} LIMIT ? OFFSET ?`;
    // Where an index finds the rows, it may also sort them: whole rows are read for the page only.
    const sql = this.#indexed(query)
      ? `SELECT ${chosen} FROM ${this.#rows} WHERE _seq IN (SELECT _seq ${tail}) ORDER BY ${order}`
      : `SELECT ${chosen} ${tail}`;
    const found = this.#store
      .prepare(sql)
      .all(...where.binds, ...cursor.binds, query.limit, query.offset);
    const rows = found.map((raw) => this.#decode(raw));
    if (query.cursor?.direction === 'before') rows.reverse();
    return { rows, total: counted ? this.#total(query, where, rows.length) : 0 };
  }

  /** All matching rows up to `limit`, for bulk writes. */
  match(query: ListQuery): readonly Row[] {
    return this.list(query, undefined, false)?.rows ?? [];
  }

  #indexed(query: ListQuery): boolean {
    return query.filters.some(
      (filter) =>
        filter.kind === 'match' && filter.method === 'equal' && this.#leading.has(filter.field.key),
    );
  }

  #total(query: ListQuery, where: Clause, found: number): number {
    if (query.cursor === undefined && found < query.limit && (found > 0 || query.offset === 0)) {
      return Math.min(query.offset + found, COUNT_MAX);
    }
    if (where.sql === '1') {
      // Counting a whole table reads its pages, not its rows.
      const all = this.#store.prepare(`SELECT count(*) AS n FROM ${this.#rows}`).get();
      return Math.min(Number(all?.['n'] ?? 0), COUNT_MAX);
    }
    const some = `SELECT 1 FROM ${this.#rows} WHERE ${where.sql} LIMIT ?`;
    const sql = `SELECT count(*) AS n FROM (${some})`;
    return Number(this.#store.prepare(sql).get(...where.binds, COUNT_MAX)?.['n'] ?? 0);
  }

  #cursor(query: ListQuery): Clause | undefined {
    if (query.cursor === undefined) return { sql: '', binds: [] };
    const names = cursorColumns(query).map((sql, index) => `${sql} AS k${index}`);
    const at = this.#store
      .prepare(`SELECT ${names.join(', ')} FROM ${this.#rows} WHERE _id = ?`)
      .get(query.cursor.id);
    if (at === undefined) return undefined;
    return cursorClause(query, Object.values(at) as Bind[]);
  }

  /** Limits a clause to rows the roles may read: one look-up in the readers' index a role. */
  #visible(where: Clause, roles: readonly string[] | undefined): Clause {
    if (roles === undefined) return where;
    const padded = Math.max(ROLES_STEP, Math.ceil(roles.length / ROLES_STEP) * ROLES_STEP);
    const binds = Array.from({ length: padded }, (_, index) => roles[index] ?? null);
    const marks = `?${', ?'.repeat(padded - 1)}`;
    const readable = `_seq IN (SELECT row FROM ${this.#readers} WHERE role IN (${marks}))`;
    return { sql: `${where.sql} AND ${readable}`, binds: [...where.binds, ...binds] };
  }

  #insertOne(binds: readonly SQLInputValue[]): number {
    return Number(this.#store.prepare(this.#insertSql).run(...binds).lastInsertRowid);
  }

  #updateOne(sets: string, binds: readonly SQLInputValue[]): void {
    this.#store
      .prepare(`UPDATE ${this.#rows} SET ${sets}_updated = ? WHERE _seq = ?`)
      .run(...binds);
  }

  #addReaders(sequence: number, roles: readonly string[]): void {
    const statement = this.#store.prepare(
      `INSERT OR IGNORE INTO ${this.#readers} (role, row) VALUES (?, ?)`,
    );
    for (const role of roles) statement.run(role, sequence);
  }

  #dropReaders(sequence: number): void {
    this.#store.prepare(`DELETE FROM ${this.#readers} WHERE row = ?`).run(sequence);
  }

  #selection(select: ReadonlySet<string> | undefined): string {
    const parts = this.#table.columns
      .filter((column) => select?.has(column.key) !== false)
      .map((column) => `${column.physical} AS "${column.key}", `);
    return (
      parts.join('') +
      '_seq AS "$sequence", _id AS "$id", _created AS "$createdAt",' +
      ' _updated AS "$updatedAt", _perms AS "$permissions"'
    );
  }

  #decode(raw: Record<string, unknown>): Row {
    for (const column of this.#decoded) {
      const stored = raw[column.key];
      if (stored !== undefined) raw[column.key] = fromStored(column, stored);
    }
    raw['$sequence'] = String(raw['$sequence']);
    const permissions = raw['$permissions'];
    raw['$permissions'] =
      permissions === '[]' ? NO_PERMISSIONS : (JSON.parse(String(permissions)) as string[]);
    raw['$databaseId'] = this.#table.databaseId;
    raw['$tableId'] = this.#table.id;
    return raw as Row;
  }
}
