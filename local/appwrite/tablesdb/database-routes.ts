/** Databases: create, list, get, rename or disable, delete with everything in them. */
import { idOrNew } from '../kernel/ids.ts';
import { listRows } from '../kernel/lists.ts';
import { boolean, customId, optional, required, text } from '../kernel/params.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import { databaseJson } from './present.ts';

const NAME_CHARS_MAX = 128;
const ONE = '/tablesdb/:databaseId';

function create(catalog: Catalog, context: RequestContext): Answer {
  const id = required(context.body, 'databaseId', customId);
  const name = required(context.body, 'name', text(NAME_CHARS_MAX));
  const enabled = optional(context.body, 'enabled', boolean, true);
  const made = catalog.createDatabase(context.project.id, idOrNew(id), name, enabled);
  return { status: 201, body: databaseJson(made) };
}

function list(catalog: Catalog, context: RequestContext): Answer {
  const page = listRows(context.services.store, {
    table: 'tdb_databases',
    where: 'project_id = ?',
    args: [context.project.id],
    attributes: {
      name: { sql: 'name', kind: 'text' },
      enabled: { sql: 'enabled', kind: 'boolean' },
    },
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['id', 'name'],
    noun: 'Database',
  });
  const databases = page.rows.map((row) =>
    databaseJson(catalog.database(context.project.id, String(row['id']))),
  );
  return { status: 200, body: { total: page.total, databases } };
}

function update(catalog: Catalog, context: RequestContext): Answer {
  const { databaseId = '' } = context.params;
  const known = catalog.database(context.project.id, databaseId);
  const name = optional(context.body, 'name', text(NAME_CHARS_MAX), known.name);
  const enabled = optional(context.body, 'enabled', boolean, known.enabled);
  const changed = catalog.updateDatabase(context.project.id, databaseId, name, enabled);
  return { status: 200, body: databaseJson(changed) };
}

export function databaseRoutes(catalog: Catalog): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/tablesdb',
      scope: 'databases.write',
      handler: (context) => create(catalog, context),
    },
    {
      method: 'GET',
      path: '/tablesdb',
      scope: 'databases.read',
      handler: (context) => list(catalog, context),
    },
    {
      method: 'GET',
      path: ONE,
      scope: 'databases.read',
      handler: (context) => {
        const { databaseId = '' } = context.params;
        return {
          status: 200,
          body: databaseJson(catalog.database(context.project.id, databaseId)),
        };
      },
    },
    {
      method: 'PUT',
      path: ONE,
      scope: 'databases.write',
      handler: (context) => update(catalog, context),
    },
    {
      method: 'DELETE',
      path: ONE,
      scope: 'databases.write',
      handler: (context) => {
        catalog.deleteDatabase(context.project.id, context.params['databaseId'] ?? '');
        return { status: 204 };
      },
    },
  ];
}
