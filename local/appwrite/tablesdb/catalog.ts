/**
 * All definitions, in memory and on disk. Reading one costs a map look-up; every change is
 * written first and seen by the next request. A row table exists in SQLite exactly as long as
 * its definition does: both change in one transaction.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { formatTime } from '../kernel/time.ts';
import type { Json, ServerClock, Services, Store } from '../kernel/types.ts';
import type { Column, Database, Index, Table } from './model.ts';
import { RowStore, createRowTable, dropRowTable } from './row-store.ts';
import { installFunctions } from './schema.ts';

interface TableEntry {
  readonly table: Table;
  readonly rows: RowStore;
}

interface DatabaseEntry {
  database: Database;
  readonly tables: Map<string, TableEntry>;
}

export type TablePatch = Partial<
  Pick<Table, 'name' | 'enabled' | 'rowSecurity' | 'permissions' | 'columns' | 'indexes'>
> & { readonly nextColumn?: number };

const text = (value: unknown): string => String(value);
const list = (value: unknown): readonly unknown[] => JSON.parse(String(value)) as unknown[];

export class Catalog {
  readonly #clock: ServerClock;
  readonly #store: Store;
  #projects: Map<string, Map<string, DatabaseEntry>> | undefined;

  constructor(services: Pick<Services, 'store' | 'clock'>) {
    this.#clock = services.clock;
    this.#store = services.store;
  }

  now(): string {
    return formatTime(this.#clock.now());
  }

  databases(projectId: string): readonly Database[] {
    return [...(this.#all().get(projectId)?.values() ?? [])].map((entry) => entry.database);
  }

  database(projectId: string, id: string): Database {
    return this.#entry(projectId, id).database;
  }

  tables(projectId: string, databaseId: string): readonly Table[] {
    return [...this.#entry(projectId, databaseId).tables.values()].map((entry) => entry.table);
  }

  /** Definition and rows of a table, or undefined. Throws if the database is unknown. */
  find(projectId: string, databaseId: string, id: string): TableEntry | undefined {
    return this.#entry(projectId, databaseId).tables.get(id);
  }

  table(projectId: string, databaseId: string, id: string): TableEntry {
    const entry = this.find(projectId, databaseId, id);
    if (entry === undefined) throw AppwriteError.of('table_not_found', id);
    return entry;
  }

  createDatabase(projectId: string, id: string, name: string, enabled: boolean): Database {
    const known = this.#databasesOf(projectId);
    if (known.has(id)) throw AppwriteError.of('database_already_exists', id);
    const now = this.now();
    const made = this.#store
      .prepare(
        'INSERT INTO tdb_databases (project_id, id, name, enabled, created_at, updated_at)' +
          ' VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(projectId, id, name, enabled ? 1 : 0, now, now);
    const sequence = Number(made.lastInsertRowid);
    const database = { sequence, projectId, id, name, enabled, createdAt: now, updatedAt: now };
    known.set(id, { database, tables: new Map() });
    return database;
  }

  updateDatabase(projectId: string, id: string, name: string, enabled: boolean): Database {
    const entry = this.#entry(projectId, id);
    const database = { ...entry.database, name, enabled, updatedAt: this.now() };
    this.#store
      .prepare('UPDATE tdb_databases SET name = ?, enabled = ?, updated_at = ? WHERE seq = ?')
      .run(name, enabled ? 1 : 0, database.updatedAt, database.sequence);
    entry.database = database;
    return database;
  }

  deleteDatabase(projectId: string, id: string): void {
    const entry = this.#entry(projectId, id);
    this.#store.transaction(() => {
      for (const { table } of entry.tables.values()) dropRowTable(this.#store, table);
      this.#store.prepare('DELETE FROM tdb_databases WHERE seq = ?').run(entry.database.sequence);
    });
    this.#databasesOf(projectId).delete(id);
  }

  createTable(
    database: Database,
    wanted: Pick<Table, 'id' | 'name' | 'enabled' | 'rowSecurity' | 'permissions'>,
  ): Table {
    const { tables } = this.#entry(database.projectId, database.id);
    if (tables.has(wanted.id)) throw AppwriteError.of('table_already_exists', wanted.id);
    const now = this.now();
    const table = this.#store.transaction(() => {
      const made = this.#store
        .prepare(
          'INSERT INTO tdb_tables (database_seq, id, name, enabled, row_security, permissions,' +
            ' columns, indexes, next_column, created_at, updated_at)' +
            " VALUES (?, ?, ?, ?, ?, ?, '[]', '[]', 1, ?, ?)",
        )
        .run(
          database.sequence,
          wanted.id,
          wanted.name,
          wanted.enabled ? 1 : 0,
          wanted.rowSecurity ? 1 : 0,
          JSON.stringify(wanted.permissions),
          now,
          now,
        );
      const fresh: Table = {
        ...wanted,
        sequence: Number(made.lastInsertRowid),
        projectId: database.projectId,
        databaseId: database.id,
        databaseSequence: database.sequence,
        columns: [],
        indexes: [],
        nextColumn: 1,
        createdAt: now,
        updatedAt: now,
      };
      createRowTable(this.#store, fresh);
      return fresh;
    });
    tables.set(table.id, { table, rows: new RowStore(this.#store, table) });
    return table;
  }

  /** Writes a changed definition; `alter` changes the SQLite side in the same transaction. */
  updateTable(table: Table, patch: TablePatch, alter?: (store: Store) => void): Table {
    const next: Table = { ...table, ...patch, updatedAt: this.now() };
    this.#store.transaction(() => {
      alter?.(this.#store);
      this.#store
        .prepare(
          'UPDATE tdb_tables SET name = ?, enabled = ?, row_security = ?, permissions = ?,' +
            ' columns = ?, indexes = ?, next_column = ?, updated_at = ? WHERE seq = ?',
        )
        .run(
          next.name,
          next.enabled ? 1 : 0,
          next.rowSecurity ? 1 : 0,
          JSON.stringify(next.permissions),
          JSON.stringify(next.columns),
          JSON.stringify(next.indexes),
          next.nextColumn,
          next.updatedAt,
          next.sequence,
        );
    });
    const entry = this.#entry(next.projectId, next.databaseId);
    entry.tables.set(next.id, { table: next, rows: new RowStore(this.#store, next) });
    return next;
  }

  deleteTable(table: Table): void {
    this.#store.transaction(() => {
      dropRowTable(this.#store, table);
      this.#store.prepare('DELETE FROM tdb_tables WHERE seq = ?').run(table.sequence);
    });
    this.#entry(table.projectId, table.databaseId).tables.delete(table.id);
  }

  #entry(projectId: string, id: string): DatabaseEntry {
    const entry = this.#all().get(projectId)?.get(id);
    if (entry === undefined) throw AppwriteError.of('database_not_found', id);
    return entry;
  }

  #databasesOf(projectId: string): Map<string, DatabaseEntry> {
    const projects = this.#all();
    let known = projects.get(projectId);
    if (known === undefined) {
      known = new Map();
      projects.set(projectId, known);
    }
    return known;
  }

  /** Loaded at first use: the schema has run by then. */
  #all(): Map<string, Map<string, DatabaseEntry>> {
    if (this.#projects !== undefined) return this.#projects;
    installFunctions(this.#store.raw);
    const projects = (this.#projects = new Map<string, Map<string, DatabaseEntry>>());
    const bySequence = new Map<number, DatabaseEntry>();
    for (const stored of this.#store.prepare('SELECT * FROM tdb_databases ORDER BY seq').all()) {
      const database = loadDatabase(stored);
      const entry = { database, tables: new Map<string, TableEntry>() };
      bySequence.set(database.sequence, entry);
      this.#databasesOf(database.projectId).set(database.id, entry);
    }
    for (const stored of this.#store.prepare('SELECT * FROM tdb_tables ORDER BY seq').all()) {
      const owner = bySequence.get(Number(stored['database_seq']));
      if (owner === undefined) continue;
      const table = loadTable(stored, owner.database);
      owner.tables.set(table.id, { table, rows: new RowStore(this.#store, table) });
    }
    return projects;
  }
}

function loadDatabase(stored: Json): Database {
  return {
    sequence: Number(stored['seq']),
    projectId: text(stored['project_id']),
    id: text(stored['id']),
    name: text(stored['name']),
    enabled: stored['enabled'] === 1,
    createdAt: text(stored['created_at']),
    updatedAt: text(stored['updated_at']),
  };
}

function loadTable(stored: Json, database: Database): Table {
  return {
    sequence: Number(stored['seq']),
    projectId: database.projectId,
    databaseId: database.id,
    databaseSequence: database.sequence,
    id: text(stored['id']),
    name: text(stored['name']),
    enabled: stored['enabled'] === 1,
    rowSecurity: stored['row_security'] === 1,
    permissions: list(stored['permissions']) as readonly string[],
    columns: list(stored['columns']) as readonly Column[],
    indexes: list(stored['indexes']) as readonly Index[],
    nextColumn: Number(stored['next_column']),
    createdAt: text(stored['created_at']),
    updatedAt: text(stored['updated_at']),
  };
}
