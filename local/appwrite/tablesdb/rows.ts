/**
 * Single rows over HTTP: create, read, list, update, upsert, delete, increment. The order of
 * refusals is the reference's: parameters, then database and table, then permissions, then data.
 * With a `transactionId` the same checks are made and the write is staged instead.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { customId, optional, required } from '../kernel/params.ts';
import type { Answer, Caller, RequestContext, Services } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import { changeOf, type RowChange } from './events.ts';
import { openTable, type TableHandle } from './lookup.ts';
import type { Row } from './model.ts';
import { parseQueries } from './queries.ts';
import {
  checkTimestamp,
  listRoles,
  mayRead,
  permitCreate,
  permitDelete,
  permitUpdate,
  permitUpsert,
} from './row-access.ts';
import { isEmpty, queriesOf, rowInput, timestampOf, transactionOf } from './row-input.ts';
import {
  changesNothing,
  createRow,
  stepColumn,
  stepRow,
  updateRow,
  upsertRow,
  type Step,
} from './row-writer.ts';
import { stageOne } from './staging.ts';
import type { StaleRows } from './stale-rows.ts';
import type { Transactions } from './transactions.ts';

export interface RowServices {
  readonly services: Services;
  readonly catalog: Catalog;
  readonly transactions: Transactions;
  readonly stale: StaleRows;
}

export function tableHandle(house: RowServices, context: RequestContext): TableHandle {
  const { databaseId = '', tableId = '' } = context.params;
  const where = { projectId: context.project.id, databaseId, tableId };
  return openTable(house.catalog, where, context.caller);
}

export function publish(
  house: RowServices,
  caller: Caller,
  change: Omit<RowChange, 'userId'>,
): void {
  const userId = caller.kind === 'user' ? caller.userId : '';
  house.services.changes.publish(changeOf({ ...change, userId }));
}

function present(handle: TableHandle, id: string): Row {
  const row = handle.rows.get(id);
  if (row === undefined) throw AppwriteError.of('row_not_found', id);
  return row;
}

export function createOne(house: RowServices, context: RequestContext): Answer {
  const { caller } = context;
  const given = rowInput(context);
  const asked = optional(context.body, 'rowId', customId, '');
  if (isEmpty(given.data)) throw new AppwriteError('row_missing_data');
  if (asked === '') {
    const message = 'Row ID is required when creating a single row';
    throw new AppwriteError('general_bad_request', message);
  }
  const handle = tableHandle(house, context);
  const permissions = permitCreate(handle, caller, given.permissions);
  const id = idOrNew(asked);
  const input = { ...given, permissions };
  const transactionId = transactionOf(context);
  if (transactionId !== '') {
    return stageOne(house, context, handle, { action: 'create', id, input });
  }
  const row = createRow(handle, id, input, house.catalog.now());
  publish(house, caller, { table: handle.table, row, action: 'create', origin: 'create' });
  return { status: 201, body: row };
}

/** `read` with the staged writes of the request's transaction in place, if it names one. */
function reading<T>(house: RowServices, context: RequestContext, read: () => T): T {
  const id = transactionOf(context);
  if (id === '') return read();
  const transaction = house.transactions.open(context.project.id, context.caller, id);
  return house.transactions.inside(context.project.id, transaction, read);
}

export function getOne(house: RowServices, context: RequestContext): Answer {
  const { rowId = '' } = context.params;
  const queries = queriesOf(context);
  const handle = tableHandle(house, context);
  const select = queries.length === 0 ? undefined : parseQueries(queries, handle.rows).select;
  const row = reading(house, context, () => handle.rows.get(rowId, select));
  if (row === undefined || !mayRead(handle, context.caller, row)) {
    throw AppwriteError.of('row_not_found', rowId);
  }
  return { status: 200, body: row };
}

function cursorMissing(id: string): AppwriteError {
  const message = `Row '${id}' for the 'cursor' value not found.`;
  return new AppwriteError('general_cursor_not_found', message);
}

export function listMany(house: RowServices, context: RequestContext): Answer {
  const { caller } = context;
  const texts = queriesOf(context);
  const handle = tableHandle(house, context);
  const query = parseQueries(texts, handle.rows);
  const roles = listRoles(handle, caller);
  // As in the reference, `total=false` is a non-empty text and so still counts; `0` does not.
  const counted = context.query.get('total') !== '0';
  const page = reading(house, context, () => {
    if (query.cursor !== undefined && roles !== undefined) {
      const row = handle.rows.get(query.cursor.id);
      if (row === undefined || !mayRead(handle, caller, row)) throw cursorMissing(query.cursor.id);
    }
    return handle.rows.list(query, roles, counted);
  });
  if (page === undefined) throw cursorMissing(query.cursor?.id ?? '');
  return { status: 200, body: page };
}

export function updateOne(house: RowServices, context: RequestContext): Answer {
  const { caller } = context;
  const { rowId = '' } = context.params;
  const input = rowInput(context);
  if (isEmpty(input.data) && input.permissions === undefined) {
    throw new AppwriteError('row_missing_payload');
  }
  const handle = tableHandle(house, context);
  if (transactionOf(context) !== '') {
    return stageOne(house, context, handle, { action: 'update', id: rowId, input });
  }
  const row = present(handle, rowId);
  if (!caller.privileged) {
    const unchanged = changesNothing(handle, row, input);
    permitUpdate(handle, caller, row, { permissions: input.permissions, unchanged });
  }
  checkTimestamp(row, timestampOf(context));
  const next = updateRow(handle, row, input, house.catalog.now());
  house.stale.take(handle.table, row);
  publish(house, caller, { table: handle.table, row: next, action: 'update', origin: 'single' });
  return { status: 200, body: next };
}

export function upsertOne(house: RowServices, context: RequestContext): Answer {
  const { caller } = context;
  const given = rowInput(context);
  const rowId = idOrNew(required(context.params, 'rowId', customId));
  if (isEmpty(given.data) && given.permissions === undefined) {
    throw new AppwriteError('row_missing_payload');
  }
  const handle = tableHandle(house, context);
  if (transactionOf(context) !== '') {
    return stageOne(house, context, handle, { action: 'upsert', id: rowId, input: given });
  }
  const old = handle.rows.get(rowId);
  const input = { ...given, permissions: permitUpsert(handle, caller, old, given.permissions) };
  if (old !== undefined) checkTimestamp(old, timestampOf(context));
  const row = upsertRow(handle, rowId, input, house.catalog.now());
  house.stale.take(handle.table, row);
  publish(house, caller, { table: handle.table, row, action: 'upsert', origin: 'single' });
  return { status: 200, body: row };
}

export function deleteOne(house: RowServices, context: RequestContext): Answer {
  const { caller } = context;
  const { rowId = '' } = context.params;
  const handle = tableHandle(house, context);
  if (transactionOf(context) !== '') {
    return stageOne(house, context, handle, { action: 'delete', id: rowId });
  }
  const row = present(handle, rowId);
  permitDelete(handle, caller, row);
  checkTimestamp(row, timestampOf(context));
  handle.rows.delete(row);
  const told = house.stale.take(handle.table, row);
  publish(house, caller, { table: handle.table, row: told, action: 'delete', origin: 'single' });
  return { status: 204 };
}

/** Step of an increment (`max`) or a decrement (`min`) from its body. */
export function stepOf(body: Readonly<Record<string, unknown>>, sign: 1 | -1): Step {
  const value = body['value'] ?? 1;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new AppwriteError('general_argument_invalid', 'Value must be numeric and greater than 0');
  }
  const limit = body[sign === 1 ? 'max' : 'min'] ?? undefined;
  if (limit !== undefined && (typeof limit !== 'number' || !Number.isFinite(limit))) {
    const name = sign === 1 ? 'max' : 'min';
    const message = `Invalid \`${name}\` param: Value must be a valid number`;
    throw new AppwriteError('general_argument_invalid', message);
  }
  return { sign, value, limit };
}

export function stepOne(house: RowServices, context: RequestContext, sign: 1 | -1): Answer {
  const { caller } = context;
  const { rowId = '', column: key = '' } = context.params;
  const step = stepOf(context.body, sign);
  const handle = tableHandle(house, context);
  const column = stepColumn(handle, key);
  if (transactionOf(context) !== '') {
    const action = sign === 1 ? 'increment' : 'decrement';
    return stageOne(house, context, handle, { action, id: rowId, column: key, step });
  }
  const row = handle.rows.get(rowId);
  // The reference says the column is missing where the row is.
  if (row === undefined) throw new AppwriteError('column_not_found');
  permitUpdate(handle, caller, row, { permissions: undefined, unchanged: false });
  const next = stepRow(handle, row, { column, step, now: house.catalog.now() });
  house.stale.remember(handle.table, row);
  publish(house, caller, { table: handle.table, row: next, action: 'update', origin: 'single' });
  // The stored time has moved; the answer still carries the one before, as the reference's does.
  return { status: 200, body: { ...next, $updatedAt: row.$updatedAt } };
}
