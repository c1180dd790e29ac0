/** Database and table a request names; disabled ones do not exist for clients. */
import { AppwriteError } from '../kernel/errors.ts';
import type { Caller, RequestContext } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import type { Table } from './model.ts';
import type { RowStore } from './row-store.ts';

export interface TableHandle {
  readonly table: Table;
  readonly rows: RowStore;
}

/** For definitions, whose scopes no client holds. */
export function tableOf(catalog: Catalog, context: RequestContext): TableHandle {
  const { databaseId = '', tableId = '' } = context.params;
  return catalog.table(context.project.id, databaseId, tableId);
}

/** For rows. */
export function openTable(
  catalog: Catalog,
  where: { readonly projectId: string; readonly databaseId: string; readonly tableId: string },
  caller: Pick<Caller, 'privileged'>,
): TableHandle {
  const handle = catalog.find(where.projectId, where.databaseId, where.tableId);
  if (!caller.privileged && !catalog.database(where.projectId, where.databaseId).enabled) {
    throw AppwriteError.of('database_not_found', where.databaseId);
  }
  if (handle === undefined || (!handle.table.enabled && !caller.privileged)) {
    throw AppwriteError.of('table_not_found', where.tableId);
  }
  return handle;
}
