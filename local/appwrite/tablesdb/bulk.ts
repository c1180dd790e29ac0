/**
 * Many rows in one call, for keys and admins only, all or none. A bulk create is told from a
 * single one by `rows` in its body.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { optional } from '../kernel/params.ts';
import type { Answer, RequestContext } from '../kernel/types.ts';
import type { TableHandle } from './lookup.ts';
import type { Row, RowAction } from './model.ts';
import type { Operation } from './operations.ts';
import { checkTimestamp } from './row-access.ts';
import {
  bodyQueries,
  bulkId,
  bulkRows,
  isEmpty,
  permissionsOf,
  rowInput,
  splitData,
  timestampOf,
  transactionOf,
  type RowInput,
} from './row-input.ts';
import { createRow, updateRow, upsertRow } from './row-writer.ts';
import { createOne, publish, tableHandle, type RowServices } from './rows.ts';
import { rowsMatching } from './transactions.ts';

interface NamedInput {
  readonly id: string;
  readonly input: RowInput;
}

export function namedInputs(rows: readonly Readonly<Record<string, unknown>>[]): NamedInput[] {
  return rows.map((row) => {
    const permissions = permissionsOf(row, '$permissions');
    return { id: bulkId(row), input: splitData(row, permissions, true) };
  });
}

function stage(
  house: RowServices,
  context: RequestContext,
  operation: Operation,
  rows: readonly Row[] | readonly NamedInput[],
): Answer {
  const { transactions } = house;
  const open = transactions.open(context.project.id, context.caller, transactionOf(context));
  transactions.stage(open, [operation]);
  const status = operation.action === 'bulkCreate' ? 201 : 200;
  const shown = rows.map((row) =>
    'input' in row ? { $id: row.id, ...(row as NamedInput).input.data } : row,
  );
  return { status, body: { total: shown.length, rows: shown } };
}

function target(house: RowServices, handle: TableHandle) {
  const { databaseId, id } = handle.table;
  return { databaseId, tableId: id, stagedAt: house.catalog.now() };
}

function tell(
  house: RowServices,
  context: RequestContext,
  handle: TableHandle,
  done: { readonly action: RowAction; readonly rows: readonly Row[] },
): void {
  for (const row of done.rows) {
    const { action } = done;
    publish(house, context.caller, { table: handle.table, row, action, origin: 'bulk' });
  }
}

/** An id that is taken is not named in the reference's refusal of a bulk write. */
function unnamed(error: unknown): unknown {
  const taken = error instanceof AppwriteError && error.type === 'row_already_exists';
  return taken ? AppwriteError.of('row_already_exists', '') : error;
}

function writeAll(house: RowServices, work: () => readonly Row[]): readonly Row[] {
  try {
    return house.services.store.transaction(work);
  } catch (error) {
    throw unnamed(error);
  }
}

export function create(house: RowServices, context: RequestContext): Answer {
  if (context.body['rows'] === undefined || context.body['rows'] === null) {
    return createOne(house, context);
  }
  const given = optional(context.body, 'rows', bulkRows, []);
  const single = !isEmpty(rowInput(context).data);
  if (single && given.length > 0) {
    const message = 'You can only send one of the following parameters: data, rows';
    throw new AppwriteError('general_bad_request', message);
  }
  if (given.length === 0) return createOne(house, context);
  if (!context.caller.privileged) throw new AppwriteError('general_unauthorized_scope');
  const handle = tableHandle(house, context);
  const inputs = namedInputs(given);
  if (transactionOf(context) !== '') {
    const operation = { ...target(house, handle), action: 'bulkCreate', rows: inputs } as const;
    return stage(house, context, operation, inputs);
  }
  const now = house.catalog.now();
  const rows = writeAll(house, () =>
    inputs.map(({ id, input }) => createRow(handle, id, input, now)),
  );
  tell(house, context, handle, { action: 'create', rows });
  return { status: 201, body: { total: rows.length, rows } };
}

export function upsertMany(house: RowServices, context: RequestContext): Answer {
  const given = optional(context.body, 'rows', bulkRows, []);
  if (!context.caller.privileged) throw new AppwriteError('general_unauthorized_scope');
  if (given.length === 0) throw new AppwriteError('row_missing_data');
  const handle = tableHandle(house, context);
  const inputs = namedInputs(given);
  if (transactionOf(context) !== '') {
    const operation = { ...target(house, handle), action: 'bulkUpsert', rows: inputs } as const;
    return stage(house, context, operation, inputs);
  }
  const now = house.catalog.now();
  const rows = writeAll(house, () =>
    inputs.map(({ id, input }) => upsertRow(handle, id, input, now)),
  );
  tell(house, context, handle, { action: 'upsert', rows });
  return { status: 200, body: { total: rows.length, rows } };
}

/** To a client the reference says that the database does not exist. */
function refuseClients(context: RequestContext): void {
  if (context.caller.privileged) return;
  throw AppwriteError.of('database_not_found', context.params['databaseId'] ?? '');
}

export function updateMany(house: RowServices, context: RequestContext): Answer {
  const given = context.body['data'];
  const input = rowInput(context);
  const queries = bodyQueries(context);
  refuseClients(context);
  const own =
    typeof given === 'object' && given !== null
      ? permissionsOf(given as Record<string, unknown>, '$permissions')
      : undefined;
  const permissions = own ?? input.permissions;
  if (isEmpty(input.data) && permissions === undefined) {
    throw new AppwriteError('row_missing_payload');
  }
  const handle = tableHandle(house, context);
  const change = { ...input, permissions };
  const matched = rowsMatching(handle, queries);
  if (transactionOf(context) !== '') {
    const operation = { ...target(house, handle), action: 'bulkUpdate', queries, input: change };
    return stage(house, context, operation as Operation, matched);
  }
  const seenAt = timestampOf(context);
  const now = house.catalog.now();
  const rows = writeAll(house, () =>
    matched.map((row) => {
      checkTimestamp(row, seenAt);
      return updateRow(handle, row, change, now);
    }),
  );
  tell(house, context, handle, { action: 'update', rows });
  return { status: 200, body: { total: rows.length, rows } };
}

export function deleteMany(house: RowServices, context: RequestContext): Answer {
  const queries = bodyQueries(context);
  refuseClients(context);
  const handle = tableHandle(house, context);
  const matched = rowsMatching(handle, queries);
  if (transactionOf(context) !== '') {
    const operation = { ...target(house, handle), action: 'bulkDelete', queries } as const;
    return stage(house, context, operation, matched);
  }
  const seenAt = timestampOf(context);
  const rows = writeAll(house, () => {
    for (const row of matched) {
      checkTimestamp(row, seenAt);
      handle.rows.delete(row);
    }
    return matched;
  });
  tell(house, context, handle, { action: 'delete', rows });
  return { status: 200, body: { total: rows.length, rows } };
}
