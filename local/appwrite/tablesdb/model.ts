/**
 * What a database, table, column and index are, as kept in memory and on disk. Definitions are
 * immutable: a change makes a new one, so a request that holds one sees one consistent shape.
 */

export type ColumnType =
  | 'string'
  | 'varchar'
  | 'text'
  | 'mediumtext'
  | 'longtext'
  | 'integer'
  | 'bigint'
  | 'double'
  | 'boolean'
  | 'datetime'
  | 'point'
  | 'linestring'
  | 'polygon';

export type ColumnFormat = '' | 'email' | 'enum' | 'ip' | 'url';

export interface Column {
  readonly key: string;
  readonly type: ColumnType;
  readonly format: ColumnFormat;
  /** Longest string in characters; 0 where it does not apply. */
  readonly size: number;
  readonly required: boolean;
  readonly array: boolean;
  readonly default: unknown;
  readonly encrypt: boolean;
  /** Bounds of numbers; undefined = those of the type. */
  readonly min?: number;
  readonly max?: number;
  readonly elements?: readonly string[];
  /** Name of the SQLite column: never used twice in a table, so a re-created key starts empty. */
  readonly physical: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type IndexType = 'key' | 'unique' | 'fulltext' | 'spatial';

export interface Index {
  readonly key: string;
  readonly type: IndexType;
  readonly status: 'available' | 'failed';
  readonly error: string;
  readonly columns: readonly string[];
  readonly lengths: readonly number[];
  readonly orders: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Table {
  /** Number that names its SQLite tables; never used twice. */
  readonly sequence: number;
  readonly projectId: string;
  readonly databaseId: string;
  readonly databaseSequence: number;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly rowSecurity: boolean;
  readonly permissions: readonly string[];
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  /** Number of the next physical column. */
  readonly nextColumn: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Database {
  readonly sequence: number;
  readonly projectId: string;
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A row as the API answers it: the `$` fields below and one entry a column. */
export interface Row {
  [key: string]: unknown;
  $id: string;
  $sequence: string;
  $createdAt: string;
  $updatedAt: string;
  $permissions: readonly string[];
  $databaseId: string;
  $tableId: string;
}

export type RowAction = 'create' | 'update' | 'upsert' | 'delete';

/** Types whose values are numbers a row can be incremented by. */
export function isNumeric(column: Column): boolean {
  return column.type === 'integer' || column.type === 'bigint' || column.type === 'double';
}

export function isText(column: Column): boolean {
  return (
    column.type === 'string' ||
    column.type === 'varchar' ||
    column.type === 'text' ||
    column.type === 'mediumtext' ||
    column.type === 'longtext'
  );
}
