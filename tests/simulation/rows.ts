/**
 * The rows as they truly are: create under an id has one winner, updates compare versions, increments
 * stop at their maximum. Stored rows are never changed in place, so a reader keeps what it read.
 * Every write is shown to the checkers with the row before and after it.
 */
import type { ListQuery, Readers, Stored } from '#ports/store.ts';
import type { Column } from '#schemas/tables/define.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';
import { tables } from '#schemas/tables/tables.ts';

export type AnyRow = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly version: string;
};

export interface Write {
  readonly table: TableId;
  readonly kind: 'create' | 'update' | 'delete';
  readonly before: AnyRow | undefined;
  readonly after: AnyRow | undefined;
  readonly readers: Readers | undefined;
  /** Names of the columns that were given. */
  readonly columns: readonly string[];
}

const columnsOf = (table: TableId): Readonly<Record<string, Column>> => tables[table].columns;
const idShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/;

export class Rows {
  /** Writes that happened, ever. */
  writes = 0;
  /** Looks at each write; throws nothing, notes what it finds. */
  onWrite: (write: Write) => void = () => undefined;
  readonly #tables = new Map<TableId, Map<string, AnyRow>>();
  #version = 0;

  all<T extends TableId>(table: T): readonly Stored<T>[] {
    return [...this.#table(table).values()] as unknown as readonly Stored<T>[];
  }

  get<T extends TableId>(table: T, id: string): Stored<T> | null {
    return (this.#table(table).get(id) ?? null) as unknown as Stored<T> | null;
  }

  list<T extends TableId>(table: T, query: ListQuery<T>): readonly Stored<T>[] {
    if (query.limit < 1 || query.limit > 100) throw new Error('limit out of range');
    const found: AnyRow[] = [];
    const where = Object.entries(query.where ?? {});
    for (const row of this.#table(table).values()) {
      const isAsked = query.ids === undefined || query.ids.includes(row.id);
      if (isAsked && fits(row, where, query.atMost)) found.push(row);
    }
    // Rows are kept in order of creation, and sorting is stable.
    if (query.orderBy !== undefined) sort(found, query.orderBy);
    else if (query.newestFirst === true) found.reverse();
    const from =
      query.after === undefined ? 0 : found.findIndex(({ id }) => id === query.after) + 1;
    return found.slice(from, from + query.limit) as unknown as readonly Stored<T>[];
  }

  create<T extends TableId>(
    table: T,
    id: string,
    row: { readonly data: RowOf<T>; readonly readers: Readers; readonly createdAt: string },
  ): 'created' | 'exists' {
    if (!idShape.test(id)) throw new Error(`bad row id ${id}`);
    if (this.#table(table).has(id)) return 'exists';
    this.#put(table, id, { ...row, kind: 'create' });
    return 'created';
  }

  /** What an upsert would do: for planted bugs alone. */
  overwrite<T extends TableId>(
    table: T,
    id: string,
    row: { readonly data: RowOf<T>; readonly readers: Readers; readonly createdAt: string },
  ): void {
    this.#put(table, id, { ...row, kind: 'create' });
  }

  update<T extends TableId>(
    table: T,
    target: { readonly id: string; readonly version: string },
    changes: Partial<RowOf<T>>,
  ): 'updated' | 'stale' | 'missing' {
    const before = this.#table(table).get(target.id);
    if (before === undefined) return 'missing';
    if (before.version !== target.version) return 'stale';
    const columns = Object.keys(changes);
    if (columns.length === 0) throw new Error('nothing to update');
    this.#change(table, before, changes);
    return 'updated';
  }

  incrementUpTo(
    table: TableId,
    id: string,
    { column, max }: { readonly column: string; readonly max: number },
  ): 'incremented' | 'full' | 'missing' {
    const before = this.#table(table).get(id);
    if (before === undefined) return 'missing';
    const value = Number(before[column]) + 1;
    if (value > max) return 'full';
    this.#change(table, before, { [column]: value });
    return 'incremented';
  }

  delete(table: TableId, id: string): 'deleted' | 'missing' {
    const before = this.#table(table).get(id);
    if (before === undefined) return 'missing';
    this.#table(table).delete(id);
    this.#tell({ table, kind: 'delete', before, after: undefined, columns: [] });
    return 'deleted';
  }

  #put(
    table: TableId,
    id: string,
    row: {
      readonly data: object;
      readonly readers: Readers;
      readonly createdAt: string;
      readonly kind: 'create';
    },
  ): void {
    check(table, row.data, true);
    const before = this.#table(table).get(id);
    const version = this.#nextVersion();
    const after: AnyRow = { ...row.data, id, createdAt: row.createdAt, version };
    this.#table(table).set(id, after);
    const columns = Object.keys(row.data);
    this.#tell({ table, kind: 'create', before, after, columns }, row.readers);
  }

  #change(table: TableId, before: AnyRow, changes: object): void {
    check(table, changes, false);
    const after: AnyRow = { ...before, ...changes, version: this.#nextVersion() };
    this.#table(table).set(before.id, after);
    this.#tell({ table, kind: 'update', before, after, columns: Object.keys(changes) });
  }

  #tell(write: Omit<Write, 'readers'>, readers?: Readers): void {
    this.writes += 1;
    this.onWrite({ ...write, readers });
  }

  #nextVersion(): string {
    this.#version += 1;
    return `v${this.#version}`;
  }

  #table(table: TableId): Map<string, AnyRow> {
    let present = this.#tables.get(table);
    if (present === undefined) this.#tables.set(table, (present = new Map<string, AnyRow>()));
    return present;
  }
}

/** What Appwrite would refuse: unknown or missing columns, text that is too long. */
const check = (table: TableId, given: object, whole: boolean): void => {
  const columns = columnsOf(table);
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const column = columns[name];
    if (column === undefined) throw new Error(`${table}: unknown column ${name}`);
    if (value == null && column.required) throw new Error(`${table}.${name} missing`);
    if (column.type === 'string' && typeof value === 'string' && value.length > column.size) {
      throw new Error(`${table}.${name} too long`);
    }
  }
  if (!whole) return;
  for (const name in columns) {
    if (columns[name]?.required === true && !(name in given)) {
      throw new Error(`${table}.${name} missing`);
    }
  }
};

const fits = (
  row: AnyRow,
  where: readonly (readonly [string, unknown])[],
  atMost: { readonly column: string; readonly value: string | number } | undefined,
): boolean => {
  for (const [column, value] of where) {
    if (value !== undefined && row[column] !== value) return false;
  }
  if (atMost === undefined) return true;
  const value = row[atMost.column];
  if (typeof value === 'number') return value <= Number(atMost.value);
  return typeof value === 'string' && value <= String(atMost.value);
};

const sort = (
  rows: AnyRow[],
  by: { readonly column: string; readonly descending?: boolean },
): void => {
  const sign = by.descending === true ? -1 : 1;
  rows.sort((left, right) => {
    const [a, b] = [left[by.column], right[by.column]];
    if (typeof a === 'number' && typeof b === 'number') return (a - b) * sign;
    const [x, y] = [typeof a === 'string' ? a : '', typeof b === 'string' ? b : ''];
    return x < y ? -sign : x > y ? sign : 0;
  });
};
