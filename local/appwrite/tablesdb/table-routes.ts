/** Tables: create (with columns and indexes in the same call), list, get, update, delete. */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { listRows } from '../kernel/lists.ts';
import {
  arrayOf,
  boolean,
  customId,
  nullable,
  object,
  optional,
  required,
  text,
} from '../kernel/params.ts';
import { permissions as permissionList } from '../kernel/permissions.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import { inlineRoute } from './column-definition.ts';
import { withColumn } from './column-routes.ts';
import { withIndex } from './index-routes.ts';
import { tableOf } from './lookup.ts';
import type { Table } from './model.ts';
import { expandForTable } from './permissions.ts';
import { tableJson } from './present.ts';
import { TABLES_READ, TABLES_WRITE } from './scopes.ts';

const NAME_CHARS_MAX = 128;
const INLINE_MAX = 100;
const BASE = '/tablesdb/:databaseId/tables';
const ONE = `${BASE}/:tableId`;

function permissionsOf(body: Json): readonly string[] | undefined {
  const given = optional(body, 'permissions', nullable(permissionList()), null);
  return given === null ? undefined : expandForTable(given);
}

/** Columns and indexes of the creating call: all of them or no table. */
function addInline(catalog: Catalog, context: RequestContext, made: Table): void {
  const columns = optional(context.body, 'columns', arrayOf(object, INLINE_MAX), []);
  const indexes = optional(context.body, 'indexes', arrayOf(object, INLINE_MAX), []);
  let table = made;
  try {
    for (const column of columns) {
      table = withColumn(catalog, table, inlineRoute(column), column).table;
    }
    for (const index of indexes) {
      const renamed = { ...index, columns: index['columns'] ?? index['attributes'] };
      table = withIndex(catalog, table, renamed).table;
    }
  } catch (error) {
    catalog.deleteTable(table);
    throw error;
  }
}

function create(catalog: Catalog, context: RequestContext): Answer {
  const id = required(context.body, 'tableId', customId);
  const name = required(context.body, 'name', text(NAME_CHARS_MAX));
  const permissions = permissionsOf(context.body) ?? [];
  const rowSecurity = optional(context.body, 'rowSecurity', boolean, false);
  const enabled = optional(context.body, 'enabled', boolean, true);
  const database = catalog.database(context.project.id, context.params['databaseId'] ?? '');
  const wanted = { id: idOrNew(id), name, permissions, rowSecurity, enabled };
  const made = catalog.createTable(database, wanted);
  addInline(catalog, context, made);
  // As in the reference, the answer does not list inline columns yet.
  return { status: 201, body: tableJson(made) };
}

function list(catalog: Catalog, context: RequestContext): Answer {
  const database = catalog.database(context.project.id, context.params['databaseId'] ?? '');
  const page = listRows(context.services.store, {
    table: 'tdb_tables',
    where: 'database_seq = ?',
    args: [database.sequence],
    attributes: {
      name: { sql: 'name', kind: 'text' },
      enabled: { sql: 'enabled', kind: 'boolean' },
      rowSecurity: { sql: 'row_security', kind: 'boolean' },
    },
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['id', 'name'],
    noun: 'Table',
  });
  const tables = page.rows.map((row) =>
    tableJson(catalog.table(database.projectId, database.id, String(row['id'])).table),
  );
  return { status: 200, body: { total: page.total, tables } };
}

function update(catalog: Catalog, context: RequestContext): Answer {
  const { table } = tableOf(catalog, context);
  const { body } = context;
  const changed = catalog.updateTable(table, {
    name: optional(body, 'name', text(NAME_CHARS_MAX), table.name),
    permissions: permissionsOf(body) ?? table.permissions,
    rowSecurity: optional(body, 'rowSecurity', boolean, table.rowSecurity),
    enabled: optional(body, 'enabled', boolean, table.enabled),
  });
  return { status: 200, body: tableJson(changed) };
}

export function tableRoutes(catalog: Catalog): readonly Route[] {
  return [
    {
      method: 'POST',
      path: BASE,
      scope: TABLES_WRITE,
      handler: (context) => create(catalog, context),
    },
    {
      method: 'GET',
      path: BASE,
      scope: TABLES_READ,
      handler: (context) => list(catalog, context),
    },
    {
      method: 'GET',
      path: ONE,
      scope: TABLES_READ,
      handler: (context) => ({ status: 200, body: tableJson(tableOf(catalog, context).table) }),
    },
    {
      method: 'PUT',
      path: ONE,
      scope: TABLES_WRITE,
      handler: (context) => update(catalog, context),
    },
    {
      method: 'DELETE',
      path: ONE,
      scope: TABLES_WRITE,
      handler: (context) => {
        catalog.deleteTable(tableOf(catalog, context).table);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      path: `${ONE}/columns/relationship`,
      scope: TABLES_WRITE,
      handler: () => {
        const message = 'This server does not support relationships.';
        throw new AppwriteError('general_not_implemented', message);
      },
    },
  ];
}
