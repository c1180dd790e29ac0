/** Indexes: create (202), list, get, delete. A unique index over doubled values is `failed`. */
import { AppwriteError } from '../kernel/errors.ts';
import { arrayOf, oneOf, optional, range, required, text, uid } from '../kernel/params.ts';
import type { Validator } from '../kernel/params.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import { tableOf } from './lookup.ts';
import { isText, type Column, type Index, type Table } from './model.ts';
import { indexJson } from './present.ts';
import { createIndex, dropIndex, systemColumn } from './row-table.ts';
import { TABLES_READ, TABLES_WRITE } from './scopes.ts';

const TYPES = ['key', 'fulltext', 'unique', 'spatial'] as const;
const INDEXES_MAX = 64;
const COLUMNS_MAX = 100;
/** Characters MariaDB's index key holds. */
const LENGTH_MAX = 768;
const BASE = '/tablesdb/:databaseId/tables/:tableId/indexes';

const invalid = (message: string): AppwriteError =>
  new AppwriteError('column_index_invalid', message);

function indexOf(table: Table, key: string): Index {
  const index = table.indexes.find((candidate) => candidate.key === key);
  if (index === undefined) throw AppwriteError.of('column_index_not_found', key);
  return index;
}

function checkColumn(type: Index['type'], column: Column): void {
  if (column.array) {
    throw invalid('Creating indexes on array attributes is not currently supported.');
  }
  const shape = ['point', 'linestring', 'polygon'].includes(column.type);
  if (type === 'fulltext' && !isText(column)) {
    const rule = 'cannot be part of a fulltext index, must be of type string';
    throw invalid(`Attribute "${column.key}" ${rule}`);
  }
  if (type === 'spatial' && !shape) {
    throw invalid('Spatial index can only be created on spatial attributes');
  }
}

/** Throws if a column is unknown, does not fit the type, or the key would be too long. */
function checkColumns(table: Table, index: Index): void {
  if (index.columns.length === 0) throw invalid('No attributes provided for index');
  let length = 0;
  for (const [at, key] of index.columns.entries()) {
    if (systemColumn(key) !== undefined) continue;
    const column = table.columns.find((candidate) => candidate.key === key);
    if (column === undefined) throw AppwriteError.of('column_unknown', key);
    checkColumn(index.type, column);
    const given = index.lengths[at] ?? 0;
    length += isText(column) && given === 0 ? column.size : given;
  }
  if (new Set(index.columns).size < index.columns.length) {
    throw invalid('Duplicate attributes provided');
  }
  if ((index.type === 'key' || index.type === 'unique') && length > LENGTH_MAX) {
    throw invalid(`Index length is longer than the maximum: ${LENGTH_MAX}`);
  }
}

/** In either case, kept as it came: the CLI writes ASC, the SDKs' own enumeration asc. */
const direction: Validator<string> = (value) => {
  oneOf(['ASC', 'DESC'])(typeof value === 'string' ? value.toUpperCase() : value);
  return String(value);
};

function newIndex(body: Json, at: string): Index {
  const type = required(body, 'type', oneOf(TYPES));
  const columns = required(body, 'columns', arrayOf(text(36), COLUMNS_MAX));
  const lengths = optional(body, 'lengths', arrayOf(range(0, LENGTH_MAX), COLUMNS_MAX), []);
  return {
    key: required(body, 'key', uid),
    type,
    status: 'available',
    error: '',
    columns,
    lengths: columns.map((_, position) => lengths[position] ?? 0),
    orders: optional(body, 'orders', arrayOf(direction, COLUMNS_MAX), []),
    createdAt: at,
    updatedAt: at,
  };
}

/** Adds an index to a definition and to SQLite. */
export function withIndex(
  catalog: Catalog,
  table: Table,
  body: Json,
): { readonly table: Table; readonly index: Index } {
  const index = newIndex(body, catalog.now());
  const key = index.key.toLowerCase();
  if (table.indexes.some((other) => other.key.toLowerCase() === key)) {
    throw AppwriteError.of('column_index_already_exists', index.key);
  }
  if (table.indexes.length >= INDEXES_MAX) throw new AppwriteError('column_index_limit_exceeded');
  checkColumns(table, index);
  try {
    const indexes = [...table.indexes, index];
    const next = catalog.updateTable(table, { indexes }, (store) => {
      createIndex(store, table, index);
    });
    return { table: next, index };
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const failed: Index = { ...index, status: 'failed', error: 'Duplicate values in the columns' };
    const next = catalog.updateTable(table, { indexes: [...table.indexes, failed] });
    return { table: next, index: failed };
  }
}

function remove(catalog: Catalog, context: RequestContext): Answer {
  const { table } = tableOf(catalog, context);
  const index = indexOf(table, context.params['key'] ?? '');
  const indexes = table.indexes.filter((other) => other !== index);
  catalog.updateTable(table, { indexes }, (store) => {
    dropIndex(store, table, index.key);
  });
  return { status: 204 };
}

export function indexRoutes(catalog: Catalog): readonly Route[] {
  return [
    {
      method: 'POST',
      path: BASE,
      scope: TABLES_WRITE,
      handler: (context) => {
        const { table } = tableOf(catalog, context);
        const made = withIndex(catalog, table, context.body);
        return { status: 202, body: indexJson(made.table, made.index, 'processing') };
      },
    },
    {
      method: 'GET',
      path: BASE,
      scope: TABLES_READ,
      handler: (context) => {
        const { table } = tableOf(catalog, context);
        const indexes = table.indexes.map((index) => indexJson(table, index));
        return { status: 200, body: { total: indexes.length, indexes } };
      },
    },
    {
      method: 'GET',
      path: `${BASE}/:key`,
      scope: TABLES_READ,
      handler: (context) => {
        const { table } = tableOf(catalog, context);
        return { status: 200, body: indexJson(table, indexOf(table, context.params['key'] ?? '')) };
      },
    },
    {
      method: 'DELETE',
      path: `${BASE}/:key`,
      scope: TABLES_WRITE,
      handler: (context) => remove(catalog, context),
    },
  ];
}
