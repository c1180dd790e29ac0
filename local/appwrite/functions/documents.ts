/**
 * A table of JSON documents with an id, a parent and two times. Reading fills fields that an
 * older version did not write; ids are unique within a project.
 */
import type { Store } from '../kernel/types.ts';
import { AppwriteError } from '../kernel/errors.ts';
import type { Condition, Listing, SqlValue } from './listing.ts';

export interface Stored<T> {
  readonly id: string;
  readonly projectId: string;
  readonly parentId: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly data: T;
}

export interface NewDocument<T> {
  readonly projectId: string;
  readonly parentId: string;
  readonly id: string;
  readonly data: T;
}

interface Row {
  readonly seq: number;
  readonly project_id: string;
  readonly parent_id: string;
  readonly id: string;
  readonly created_at: number;
  readonly updated_at: number;
  readonly doc: string;
}

export function documentSchema(table: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${table} (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      project_id TEXT NOT NULL,
      parent_id TEXT NOT NULL,
      id TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      doc TEXT NOT NULL,
      UNIQUE (project_id, id)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS ${table}_parent ON ${table} (project_id, parent_id, seq);
  `;
}

export class DocumentTable<T extends object> {
  readonly #store: Store;
  readonly #table: string;
  readonly #defaults: () => T;
  readonly #now: () => number;
  #version = 0;

  constructor(
    store: Store,
    options: {
      readonly table: string;
      readonly defaults: () => T;
      readonly now: () => number;
    },
  ) {
    this.#store = store;
    this.#table = options.table;
    this.#defaults = options.defaults;
    this.#now = options.now;
  }

  /** Grows with every write: what was read at the same version is still true. */
  get version(): number {
    return this.#version;
  }

  #read(row: unknown): Stored<T> {
    const found = row as Row;
    return {
      id: found.id,
      projectId: found.project_id,
      parentId: found.parent_id,
      createdAtMs: found.created_at,
      updatedAtMs: found.updated_at,
      data: { ...this.#defaults(), ...(JSON.parse(found.doc) as Partial<T>) },
    };
  }

  #all(sql: string, values: readonly SqlValue[]): Stored<T>[] {
    return this.#store
      .prepare(sql)
      .all(...values)
      .map((row) => this.#read(row));
  }

  get(projectId: string, id: string): Stored<T> | undefined {
    const sql = `SELECT * FROM ${this.#table} WHERE project_id = ? AND id = ?`;
    const row = this.#store.prepare(sql).get(projectId, id);
    return row === undefined ? undefined : this.#read(row);
  }

  insert(document: NewDocument<T>): Stored<T> {
    const now = this.#now();
    this.#version += 1;
    this.#store
      .prepare(
        `INSERT INTO ${this.#table} (project_id, parent_id, id, created_at, updated_at, doc)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(
        document.projectId,
        document.parentId,
        document.id,
        now,
        now,
        JSON.stringify(document.data),
      );
    return { ...document, createdAtMs: now, updatedAtMs: now };
  }

  /** Merges `change` into the document; undefined if it is gone. */
  update(projectId: string, id: string, change: Partial<T>): Stored<T> | undefined {
    this.#version += 1;
    return this.#store.transaction(() => {
      const present = this.get(projectId, id);
      if (present === undefined) return undefined;
      const data = { ...present.data, ...change };
      const updatedAtMs = this.#now();
      this.#store
        .prepare(
          `UPDATE ${this.#table} SET doc = ?, updated_at = ? WHERE project_id = ? AND id = ?`,
        )
        .run(JSON.stringify(data), updatedAtMs, projectId, id);
      return { ...present, data, updatedAtMs };
    });
  }

  remove(projectId: string, id: string): boolean {
    const sql = `DELETE FROM ${this.#table} WHERE project_id = ? AND id = ?`;
    this.#version += 1;
    return Number(this.#store.prepare(sql).run(projectId, id).changes) > 0;
  }

  removeChildren(projectId: string, parentId: string): void {
    this.#version += 1;
    this.#store
      .prepare(`DELETE FROM ${this.#table} WHERE project_id = ? AND parent_id = ?`)
      .run(projectId, parentId);
  }

  removeProject(projectId: string): void {
    this.#version += 1;
    this.#store.prepare(`DELETE FROM ${this.#table} WHERE project_id = ?`).run(projectId);
  }

  children(projectId: string, parentId: string): readonly Stored<T>[] {
    const sql = `SELECT * FROM ${this.#table} WHERE project_id = ? AND parent_id = ? ORDER BY seq`;
    return this.#all(sql, [projectId, parentId]);
  }

  /** Over all projects, at most `limit`; for look-ups by the server itself. */
  where(condition: Condition, limit = 10_000): readonly Stored<T>[] {
    const sql = `SELECT * FROM ${this.#table} WHERE ${condition.sql} ORDER BY seq LIMIT ${limit}`;
    return this.#all(sql, condition.values);
  }

  /** Removes all but the newest `keep` children. */
  trim(projectId: string, parentId: string, keep: number): void {
    this.#version += 1;
    this.#store
      .prepare(
        `DELETE FROM ${this.#table} WHERE project_id = ?1 AND parent_id = ?2 AND seq <= (
           SELECT seq FROM ${this.#table} WHERE project_id = ?1 AND parent_id = ?2
           ORDER BY seq DESC LIMIT 1 OFFSET ?3)`,
      )
      .run(projectId, parentId, keep);
  }

  list(
    scope: { readonly projectId: string; readonly parentId?: string },
    listing: Listing,
    more: readonly (Condition | undefined)[] = [],
  ): { readonly total: number; readonly documents: readonly Stored<T>[] } {
    const base: Condition[] = [{ sql: 'project_id = ?', values: [scope.projectId] }];
    if (scope.parentId !== undefined) base.push({ sql: 'parent_id = ?', values: [scope.parentId] });
    const conditions = [...base, ...listing.where, ...more.filter((one) => one !== undefined)];
    const total = this.#count(conditions);
    const paged = [...conditions, ...this.#cursor(scope.projectId, listing)];
    const before = listing.cursor?.after === false;
    const order = [
      ...listing.order.map((one) => (before ? flipped(one) : one)),
      lastOrder(listing),
    ];
    const sql = `SELECT * FROM ${this.#table} WHERE ${joined(paged)} ORDER BY ${order.join(', ')}
      LIMIT ${String(listing.limit)} OFFSET ${String(listing.offset)}`;
    const documents = this.#all(sql, valuesOf(paged));
    return { total, documents: before ? documents.reverse() : documents };
  }

  #count(conditions: readonly Condition[]): number {
    const sql = `SELECT count(*) AS total FROM ${this.#table} WHERE ${joined(conditions)}`;
    const row = this.#store.prepare(sql).get(...valuesOf(conditions));
    return Number(row?.['total'] ?? 0);
  }

  /** Cursors page by sequence; lists ordered by anything else are short enough not to need them. */
  #cursor(projectId: string, listing: Listing): Condition[] {
    if (listing.cursor === undefined) return [];
    const sql = `SELECT seq FROM ${this.#table} WHERE project_id = ? AND id = ?`;
    const row = this.#store.prepare(sql).get(projectId, listing.cursor.id);
    if (row === undefined) throw new AppwriteError('general_cursor_not_found');
    const descending = listing.order[0]?.endsWith('DESC') === true;
    const operator = listing.cursor.after === descending ? '<' : '>';
    return [{ sql: `seq ${operator} ?`, values: [Number(row['seq'])] }];
  }
}

function flipped(order: string): string {
  return order.endsWith('DESC') ? order.replace(/DESC$/, 'ASC') : order.replace(/ASC$/, 'DESC');
}

/** Ties go the way of the first order; a page before a cursor is read backwards. */
function lastOrder(listing: Listing): string {
  const descending = listing.order[0]?.endsWith('DESC') === true;
  const forwards = listing.cursor?.after !== false;
  return descending === forwards ? 'seq DESC' : 'seq ASC';
}

function joined(conditions: readonly Condition[]): string {
  return conditions.map((condition) => condition.sql).join(' AND ');
}

function valuesOf(conditions: readonly Condition[]): SqlValue[] {
  return conditions.flatMap((condition) => condition.values);
}
