/** Definitions as the API answers them. Shapes follow the recordings of Appwrite 1.9.6. */
import type { Json } from '../kernel/types.ts';
import type { Column, Database, Index, Table } from './model.ts';

/** MariaDB's row limit and what of it each column takes: shown, never enforced. */
const ROW_BYTES_MAX = 65_535;
const BYTES_PER_CHAR = 4;
const INLINE_CHARS_MAX = 16_383;
const POINTER_BYTES = 20;

declare global {
  interface JSON {
    /** Text that `stringify` puts out as it is (V8 has it, the library types do not yet). */
    rawJSON(text: string): unknown;
  }
}

/** 64-bit bounds, which no JavaScript number holds: SDKs read them as BigInt. */
const INT64_MIN = JSON.rawJSON('-9223372036854775808');
const INT64_MAX = JSON.rawJSON('9223372036854775807');

export function databaseJson(database: Database): Json {
  return {
    $id: database.id,
    name: database.name,
    $createdAt: database.createdAt,
    $updatedAt: database.updatedAt,
    enabled: database.enabled,
    type: 'tablesdb',
  };
}

function details(column: Column): Json {
  switch (column.type) {
    case 'string':
      switch (column.format) {
        case '':
          return { size: column.size, default: column.default, encrypt: column.encrypt };
        case 'enum':
          return { elements: column.elements ?? [], format: 'enum', default: column.default };
        case 'email':
        case 'ip':
        case 'url':
          return { format: column.format, default: column.default };
      }
      break;
    case 'varchar':
      return { size: column.size, default: column.default, encrypt: column.encrypt };
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return { default: column.default, encrypt: column.encrypt };
    case 'integer':
    case 'bigint':
      return {
        min: column.min ?? INT64_MIN,
        max: column.max ?? INT64_MAX,
        default: column.default,
      };
    case 'double':
      return {
        min: column.min ?? -Number.MAX_VALUE,
        max: column.max ?? Number.MAX_VALUE,
        default: column.default,
      };
    case 'datetime':
      return { format: '', default: column.default };
    case 'boolean':
    case 'point':
    case 'linestring':
    case 'polygon':
      return { default: column.default };
  }
}

/** `processing` in the answer to the change itself; ready for every later request. */
export function columnJson(column: Column, status: 'processing' | 'available' = 'available'): Json {
  return {
    key: column.key,
    type: column.type,
    status,
    error: '',
    required: column.required,
    array: column.array,
    $createdAt: column.createdAt,
    $updatedAt: column.updatedAt,
    ...details(column),
  };
}

export function indexJson(table: Table, index: Index, status: string = index.status): Json {
  return {
    $id: `${table.databaseSequence}_${table.sequence}_${index.key}`,
    $createdAt: index.createdAt,
    $updatedAt: index.updatedAt,
    key: index.key,
    type: index.type,
    status,
    error: index.error,
    columns: index.columns,
    lengths: index.lengths,
    orders: index.orders,
  };
}

export function columnBytes(column: Column): number {
  if (column.array || column.size > INLINE_CHARS_MAX) return POINTER_BYTES;
  if (column.size > 0) return column.size * BYTES_PER_CHAR;
  return column.type === 'boolean' ? 1 : 8;
}

export function tableJson(table: Table): Json {
  return {
    $id: table.id,
    $createdAt: table.createdAt,
    $updatedAt: table.updatedAt,
    $permissions: table.permissions,
    databaseId: table.databaseId,
    name: table.name,
    enabled: table.enabled,
    rowSecurity: table.rowSecurity,
    columns: table.columns.map((column) => columnJson(column)),
    indexes: table.indexes.map((index) => indexJson(table, index)),
    bytesMax: ROW_BYTES_MAX,
    bytesUsed: table.columns.reduce((sum, column) => sum + columnBytes(column), 0),
  };
}
