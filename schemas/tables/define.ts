/**
 * A table described once: appwrite.json is generated from it and row types are derived from it.
 * Column definitions follow what appwrite-cli 12 pushes; `encrypt` is always written, because the
 * CLI re-creates a string column (and loses its data) when the config leaves it out.
 */

interface ColumnBase {
  readonly required: boolean;
}

export type Column =
  | (ColumnBase & { readonly type: 'string'; readonly size: number })
  | (ColumnBase & { readonly type: 'enum'; readonly elements: readonly string[] })
  | (ColumnBase & { readonly type: 'integer'; readonly min: number; readonly max: number })
  | (ColumnBase & { readonly type: 'boolean' })
  | (ColumnBase & { readonly type: 'datetime' });

type Value<C extends Column> = C extends { type: 'enum'; elements: readonly (infer E)[] }
  ? E
  : C extends { type: 'integer' }
    ? number
    : C extends { type: 'boolean' }
      ? boolean
      : string;

export type Columns = Readonly<Record<string, Column>>;

/** A row's own columns; datetimes are ISO 8601 strings in UTC, optional columns may be null. */
export type RowData<C extends Columns> = {
  readonly [K in keyof C]: C[K]['required'] extends true ? Value<C[K]> : Value<C[K]> | null;
};

export interface Index {
  readonly type: 'key' | 'unique';
  readonly columns: readonly string[];
}

export interface Table<C extends Columns = Columns> {
  readonly id: string;
  readonly columns: C;
  readonly indexes: Readonly<Record<string, Index>>;
}

export const databaseId = 'main';

/** Text up to `size` characters. */
export const text = <const S extends number>(size: S) =>
  ({ type: 'string', size, required: true }) as const;
/** An Appwrite id. */
export const idText = () => text(36);
/** JSON kept as text; the record layer parses it. */
export const json = (size: number) => ({ type: 'string', size, required: true }) as const;
export const oneOf = <const E extends readonly string[]>(elements: E) =>
  ({ type: 'enum', elements, required: true }) as const;
export const integer = (min = 0, max = Number.MAX_SAFE_INTEGER) =>
  ({ type: 'integer', min, max, required: true }) as const;
export const flag = () => ({ type: 'boolean', required: true }) as const;
export const time = () => ({ type: 'datetime', required: true }) as const;

/** The same column, but a row may leave it null. */
export const optional = <C extends Column>(column: C) =>
  ({ ...column, required: false }) as Omit<C, 'required'> & { readonly required: false };

export const key = (...columns: readonly string[]): Index => ({ type: 'key', columns });
export const unique = (...columns: readonly string[]): Index => ({ type: 'unique', columns });

export const table = <const C extends Columns>(
  id: string,
  columns: C,
  indexes: Readonly<Record<string, Index>> = {},
): Table<C> => ({ id, columns, indexes });
