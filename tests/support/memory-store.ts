/**
 * A small faithful world of rows: unique ids, versions that strictly grow, compare-and-set, atomic
 * increment, permissions as written. Calls yield to the event loop first, so that concurrent use
 * cases really interleave. `crashAfterWrites` lets the nth write happen and then fails every call,
 * as a process that dies right after it; `revive` starts the next process on the same rows.
 */
import type { ListQuery, Readers, Store, Stored } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';
import type { Column } from '#schemas/tables/define.ts';
import { tables } from '#schemas/tables/tables.ts';

interface Row {
  readonly id: string;
  readonly createdAt: string;
  version: string;
  readonly sequence: number;
  data: Record<string, unknown>;
  readonly readers: Readers;
}

export class Crashed extends Error {
  override readonly name = 'Crashed';
}

const epochMs = Date.UTC(2026, 0, 1);

export class MemoryStore implements Store {
  readonly #tables = new Map<TableId, Map<string, Row>>();
  #tick = 0;
  #writesLeft = Number.POSITIVE_INFINITY;
  #down = false;
  /** Writes that changed something, ever. */
  writes = 0;
  readonly #clock: Clock | null;

  /** With a clock, rows are created at its time. */
  constructor(clock: Clock | null = null) {
    this.#clock = clock;
  }

  crashAfterWrites(count: number): void {
    this.#writesLeft = count;
    if (count === 0) this.#down = true;
  }

  revive(): void {
    this.#writesLeft = Number.POSITIVE_INFINITY;
    this.#down = false;
  }

  get crashed(): boolean {
    return this.#down;
  }

  rows<T extends TableId>(table: T): readonly Stored<T>[] {
    return [...this.#table(table).values()].map((row) => this.#toStored<T>(row));
  }

  readersOf(table: TableId, id: string): Readers | null {
    return this.#table(table).get(id)?.readers ?? null;
  }

  async get<T extends TableId>(table: T, id: string): Promise<Stored<T> | null> {
    await this.#arrive();
    const row = this.#table(table).get(id);
    return row === undefined ? null : this.#toStored<T>(row);
  }

  async list<T extends TableId>(table: T, query: ListQuery<T>): Promise<readonly Stored<T>[]> {
    await this.#arrive();
    if (query.limit < 1 || query.limit > 100) throw new Error('limit out of range');
    const { ids } = query;
    const rows = [...this.#table(table).values()].filter(
      (row) => (ids === undefined || ids.includes(row.id)) && matches(row.data, query),
    );
    rows.sort((a, b) => compare(a, b, query));
    const from = query.after === undefined ? 0 : rows.findIndex(({ id }) => id === query.after) + 1;
    return rows.slice(from, from + query.limit).map((row) => this.#toStored<T>(row));
  }

  async create<T extends TableId>(
    table: T,
    id: string,
    row: { readonly data: RowOf<T>; readonly readers: Readers },
  ): Promise<'created' | 'exists'> {
    await this.#arrive();
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/.test(id)) throw new Error(`bad row id ${id}`);
    this.#check(table, row.data);
    if (this.#table(table).has(id)) return 'exists';
    const version = this.#now();
    this.#table(table).set(id, {
      id,
      createdAt: this.#clock?.now().toISOString() ?? version,
      version,
      sequence: this.#tick,
      data: { ...row.data },
      readers: row.readers,
    });
    this.#wrote();
    return 'created';
  }

  async update<T extends TableId>(
    table: T,
    target: { readonly id: string; readonly version: string },
    changes: Partial<RowOf<T>>,
  ): Promise<'updated' | 'stale' | 'missing'> {
    await this.#arrive();
    const row = this.#table(table).get(target.id);
    if (row === undefined) return 'missing';
    if (row.version !== target.version) return 'stale';
    if (Object.keys(changes).length === 0) throw new Error('nothing to update');
    const data = { ...row.data, ...changes };
    this.#check(table, data);
    row.data = data;
    row.version = this.#now();
    this.#wrote();
    return 'updated';
  }

  async incrementUpTo<T extends TableId>(
    table: T,
    id: string,
    { column, max }: { readonly column: keyof RowOf<T> & string; readonly max: number },
  ): Promise<'incremented' | 'full' | 'missing'> {
    await this.#arrive();
    const row = this.#table(table).get(id);
    if (row === undefined) return 'missing';
    const value = Number(row.data[column]) + 1;
    if (value > max) return 'full';
    row.data = { ...row.data, [column]: value };
    row.version = this.#now();
    this.#wrote();
    return 'incremented';
  }

  async delete(table: TableId, id: string): Promise<'deleted' | 'missing'> {
    await this.#arrive();
    if (!this.#table(table).delete(id)) return 'missing';
    this.#wrote();
    return 'deleted';
  }

  async #arrive(): Promise<void> {
    await Promise.resolve();
    if (this.#down) throw new StoreUnavailable('the process is dead');
  }

  #wrote(): void {
    this.writes += 1;
    this.#writesLeft -= 1;
    if (this.#writesLeft > 0) return;
    this.#down = true;
    throw new Crashed('died right after this write');
  }

  #now(): string {
    this.#tick += 1;
    return new Date(epochMs + this.#tick).toISOString();
  }

  #table(table: TableId): Map<string, Row> {
    const present = this.#tables.get(table) ?? new Map<string, Row>();
    this.#tables.set(table, present);
    return present;
  }

  /** What Appwrite would refuse: unknown or missing columns, text that is too long. */
  #check(table: TableId, data: object): void {
    const columns: Readonly<Record<string, Column>> = tables[table].columns;
    const given = data as Record<string, unknown>;
    for (const name of Object.keys(given)) {
      if (!(name in columns)) throw new Error(`${table}: unknown column ${name}`);
    }
    for (const [name, column] of Object.entries(columns)) {
      const value = given[name] ?? null;
      if (value === null && column.required) throw new Error(`${table}.${name} missing`);
      if (column.type === 'string' && typeof value === 'string' && value.length > column.size) {
        throw new Error(`${table}.${name} too long`);
      }
    }
  }

  #toStored<T extends TableId>(row: Row): Stored<T> {
    const { id, createdAt, version } = row;
    // Only rows of this table's type were ever put in.
    return { ...row.data, id, createdAt, version } as unknown as Stored<T>;
  }
}

const matches = <T extends TableId>(
  data: Record<string, unknown>,
  { where, atMost }: ListQuery<T>,
): boolean => {
  for (const [column, value] of Object.entries(where ?? {})) {
    if (value !== undefined && data[column] !== value) return false;
  }
  if (atMost === undefined) return true;
  const value = data[atMost.column];
  if (value === null || value === undefined) return false;
  return typeof atMost.value === 'number'
    ? Number(value) <= atMost.value
    : typeof value === 'string' && value <= atMost.value;
};

const compare = <T extends TableId>(a: Row, b: Row, query: ListQuery<T>): number => {
  const { orderBy } = query;
  if (orderBy === undefined) {
    return query.newestFirst === true ? b.sequence - a.sequence : a.sequence - b.sequence;
  }
  const [left, right] = [a.data[orderBy.column], b.data[orderBy.column]];
  const order =
    typeof left === 'number' && typeof right === 'number'
      ? left - right
      : textOf(left).localeCompare(textOf(right));
  return (orderBy.descending === true ? -order : order) || a.sequence - b.sequence;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
