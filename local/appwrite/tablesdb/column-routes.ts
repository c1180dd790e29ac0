/**
 * Columns: create (202), list, get, change in place, delete. The SQLite column is there before
 * the answer is: `processing` is what the reference says at that moment, and every later request
 * finds the column available.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { optional, required, uid } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import { COLUMN_ROUTES, changedColumn, newColumn, type ColumnRoute } from './column-definition.ts';
import { tableOf } from './lookup.ts';
import type { Column, Index, Table } from './model.ts';
import { columnJson } from './present.ts';
import { addColumn, createIndex, dropColumn, dropIndex, rowsName } from './row-table.ts';
import { TABLES_READ, TABLES_WRITE } from './scopes.ts';

const COLUMNS_MAX = 1000;
const BASE = '/tablesdb/:databaseId/tables/:tableId/columns';

export function columnOf(table: Table, key: string): Column {
  const column = table.columns.find((candidate) => candidate.key === key);
  if (column === undefined) throw AppwriteError.of('column_not_found', key);
  return column;
}

/** Adds a column to a definition and to SQLite; answers the new definition. */
export function withColumn(
  catalog: Catalog,
  table: Table,
  route: ColumnRoute,
  body: Json,
): { readonly table: Table; readonly column: Column } {
  const key = required(body, 'key', uid);
  const taken = table.columns.some((other) => other.key.toLowerCase() === key.toLowerCase());
  // Keys never start with `_`, so no alias of a select can hide a physical column.
  const physical = `_c${table.nextColumn}`;
  const column = newColumn(route, body, { key, physical, at: catalog.now() });
  if (taken) throw AppwriteError.of('column_already_exists', key);
  if (table.columns.length >= COLUMNS_MAX) throw new AppwriteError('column_limit_exceeded');
  const patch = { columns: [...table.columns, column], nextColumn: table.nextColumn + 1 };
  const next = catalog.updateTable(table, patch, (store) => addColumn(store, table, column));
  return { table: next, column };
}

function refuseShorter(context: RequestContext, table: Table, from: Column, to: Column): void {
  if (to.size >= from.size || to.array) return;
  const sql = `SELECT 1 FROM ${rowsName(table)} WHERE length(${from.physical}) > ? LIMIT 1`;
  const longer = context.services.store.prepare(sql).get(to.size);
  if (longer !== undefined) throw new AppwriteError('column_invalid_resize');
}

function change(catalog: Catalog, context: RequestContext, route: ColumnRoute): Answer {
  const { table } = tableOf(catalog, context);
  const column = columnOf(table, context.params['key'] ?? '');
  const changed = changedColumn(route, column, context.body, catalog.now());
  refuseShorter(context, table, column, changed);
  const key = optional(context.body, 'newKey', uid, column.key);
  const renamed = { ...changed, key };
  if (key !== column.key && table.columns.some((other) => other.key === key)) {
    throw AppwriteError.of('column_already_exists', key);
  }
  const columns = table.columns.map((other) => (other === column ? renamed : other));
  const indexes = table.indexes.map((index) => ({
    ...index,
    columns: index.columns.map((name) => (name === column.key ? key : name)),
  }));
  catalog.updateTable(table, { columns, indexes });
  return { status: 200, body: columnJson(renamed) };
}

/** Key indexes lose the column; a unique one, or one with no other column, goes with it. */
function indexesWithout(indexes: readonly Index[], key: string): readonly Index[] {
  return indexes.flatMap((index) => {
    const kept = index.columns.flatMap((name, at) => (name === key ? [] : [at]));
    if (kept.length === index.columns.length) return [index];
    if (kept.length === 0 || index.type === 'unique') return [];
    return [
      {
        ...index,
        columns: kept.map((at) => index.columns[at] ?? ''),
        lengths: kept.map((at) => index.lengths[at] ?? 0),
        orders: kept.flatMap((at) => index.orders[at] ?? []),
      },
    ];
  });
}

/** Drops a column from a definition and from SQLite, with all its values. */
export function withoutColumn(catalog: Catalog, table: Table, key: string): Table {
  const column = columnOf(table, key);
  const columns = table.columns.filter((other) => other !== column);
  const touched = table.indexes.filter((index) => index.columns.includes(key));
  const indexes = indexesWithout(table.indexes, key);
  return catalog.updateTable(table, { columns, indexes }, (store) => {
    for (const index of touched) dropIndex(store, table, index.key);
    dropColumn(store, table, column);
    for (const index of indexes) {
      if (touched.some((old) => old.key === index.key)) createIndex(store, table, index);
    }
  });
}

function remove(catalog: Catalog, context: RequestContext): Answer {
  withoutColumn(catalog, tableOf(catalog, context).table, context.params['key'] ?? '');
  return { status: 204 };
}

export function columnRoutes(catalog: Catalog): readonly Route[] {
  const create = COLUMN_ROUTES.map((kind): Route => ({
    method: 'POST',
    path: `${BASE}/${kind}`,
    scope: TABLES_WRITE,
    handler: (context) => {
      const { column } = withColumn(catalog, tableOf(catalog, context).table, kind, context.body);
      return { status: 202, body: columnJson(column, 'processing') };
    },
  }));
  const update = COLUMN_ROUTES.map((kind): Route => ({
    method: 'PATCH',
    path: `${BASE}/${kind}/:key`,
    scope: TABLES_WRITE,
    handler: (context) => change(catalog, context, kind),
  }));
  return [
    ...create,
    ...update,
    {
      method: 'GET',
      path: BASE,
      scope: TABLES_READ,
      handler: (context) => {
        const columns = tableOf(catalog, context).table.columns.map((column) => columnJson(column));
        return { status: 200, body: { total: columns.length, columns } };
      },
    },
    {
      method: 'GET',
      path: `${BASE}/:key`,
      scope: TABLES_READ,
      handler: (context) => {
        const { table } = tableOf(catalog, context);
        return { status: 200, body: columnJson(columnOf(table, context.params['key'] ?? '')) };
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
