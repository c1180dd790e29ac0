/** Transactions over HTTP: begin, look, stage operations, commit or roll back, forget. */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { boolean, customId, isJsonObject, optional, range, required } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { namedInputs } from './bulk.ts';
import { openTable } from './lookup.ts';
import { ACTIONS, OPERATIONS_MAX, type Operation } from './operations.ts';
import { BULK_ROWS_MAX, permissionsOf, splitData } from './row-input.ts';
import { publish, stepOf, type RowServices } from './rows.ts';
import { stepColumn } from './row-writer.ts';
import { ROWS_READ, ROWS_WRITE } from './scopes.ts';
import { prepare, type Aim, type Staged } from './staging.ts';
import { transactionJson, type Transaction } from './transaction-store.ts';

const TTL_SECONDS = { least: 60, most: 3600, usual: 300 };
const LIST_MAX = 100;
const ONE = '/tablesdb/transactions/:transactionId';

const bad = (message: string): AppwriteError => new AppwriteError('general_bad_request', message);

function create(house: RowServices, context: RequestContext): Answer {
  const { least, most, usual } = TTL_SECONDS;
  const ttl = optional(context.body, 'ttl', range(least, most), usual);
  const begun = house.transactions.begin(context.project.id, context.caller, ttl);
  return { status: 201, body: transactionJson(begun) };
}

function list(house: RowServices, context: RequestContext): Answer {
  const { caller, project } = context;
  const owner = caller.privileged ? undefined : caller.userId;
  const found = owner === '' ? [] : house.transactions.records.list(project.id, owner, LIST_MAX);
  const transactions = found.map(transactionJson);
  return { status: 200, body: { total: transactions.length, transactions } };
}

function named(house: RowServices, context: RequestContext): Transaction {
  const { transactionId = '' } = context.params;
  return house.transactions.find(context.project.id, context.caller, transactionId);
}

function textOf(operation: Json, name: string): string {
  const value = operation[name];
  if (typeof value === 'string' && value !== '') return value;
  throw bad(`Missing required operation field: ${name}`);
}

function dataOf(operation: Json): Json {
  const data = operation['data'] ?? {};
  if (isJsonObject(data)) return data;
  throw bad('Operation data must be an object');
}

/** A single-row operation of the body, in the shape row routes stage. */
function stagedOf(operation: Json, action: Staged['action'], aim: Aim): Staged {
  const named = action === 'create' || action === 'upsert' ? 'unique()' : undefined;
  const id = idOrNew(required({ rowId: named, ...operation }, 'rowId', customId));
  if (action === 'delete') return { action, id };
  const data = dataOf(operation);
  if (action === 'increment' || action === 'decrement') {
    const column = textOf(data, 'column');
    stepColumn(aim.handle, column);
    return { action, id, column, step: stepOf(data, action === 'increment' ? 1 : -1) };
  }
  const permissions =
    permissionsOf(data, '$permissions') ?? permissionsOf(operation, 'permissions');
  return { action, id, input: splitData(data, permissions, aim.caller.privileged) };
}

function bulkOperation(
  operation: Json,
  action: Operation['action'],
  aim: Aim,
  at: string,
): Operation {
  if (!aim.caller.privileged) throw new AppwriteError('general_unauthorized_scope');
  const { databaseId, id: tableId } = aim.handle.table;
  const target = { databaseId, tableId, stagedAt: at };
  if (action === 'bulkCreate' || action === 'bulkUpsert') {
    const rows = operation['data'];
    if (!Array.isArray(rows) || rows.length > BULK_ROWS_MAX || !rows.every(isJsonObject)) {
      throw bad('Bulk operation data must be a list of rows');
    }
    return { ...target, action, rows: namedInputs(rows) };
  }
  const data = dataOf(operation);
  const given = data['queries'] ?? [];
  if (!Array.isArray(given) || !given.every((query) => typeof query === 'string')) {
    throw bad('Bulk operation queries must be a list of strings');
  }
  const queries: readonly string[] = given;
  if (action === 'bulkDelete') return { ...target, action, queries };
  const change = isJsonObject(data['data']) ? data['data'] : {};
  const permissions = permissionsOf(change, '$permissions');
  return { ...target, action: 'bulkUpdate', queries, input: splitData(change, permissions, true) };
}

function operationOf(
  house: RowServices,
  context: RequestContext,
  transaction: Transaction,
  given: unknown,
): Operation {
  if (!isJsonObject(given)) throw bad('Operation must be an object');
  const action = ACTIONS.find((known) => known === given['action']);
  if (action === undefined) throw bad(`Invalid operation action: ${String(given['action'])}`);
  const { caller, project } = context;
  const where = {
    projectId: project.id,
    databaseId: textOf(given, 'databaseId'),
    tableId: textOf(given, 'tableId'),
  };
  const handle = openTable(house.catalog, where, caller);
  const aim = { projectId: project.id, caller, handle, transaction };
  switch (action) {
    case 'bulkCreate':
    case 'bulkUpdate':
    case 'bulkUpsert':
    case 'bulkDelete':
      return bulkOperation(given, action, aim, house.catalog.now());
    default:
      return prepare(house, aim, stagedOf(given, action, aim)).operation;
  }
}

/** Stages one after the other, so each sees the ones before it; all of them or none. */
function stage(house: RowServices, context: RequestContext): Answer {
  const { transactions, services } = house;
  const found = named(house, context);
  if (found.status !== 'pending') throw bad('Transaction is not pending');
  const open = transactions.open(context.project.id, context.caller, found.id);
  const given = context.body['operations'];
  if (!Array.isArray(given)) throw bad('Operations must be a list');
  if (open.operations + given.length > OPERATIONS_MAX)
    transactions.stage(open, given as Operation[]);
  const staged = services.store.transaction(() =>
    (given as unknown[]).reduce<Transaction>(
      (current, one) => transactions.stage(current, [operationOf(house, context, current, one)]),
      open,
    ),
  );
  return { status: 201, body: transactionJson(staged) };
}

function finish(house: RowServices, context: RequestContext): Answer {
  const commit = optional(context.body, 'commit', boolean, false);
  const rollback = optional(context.body, 'rollback', boolean, false);
  if (!commit && !rollback) throw bad('Either commit or rollback must be true');
  if (commit && rollback) throw bad('Cannot commit and rollback at the same time');
  const { transactions } = house;
  const { project, caller } = context;
  const open = transactions.open(project.id, caller, named(house, context).id);
  if (rollback) return { status: 200, body: transactionJson(transactions.rollback(open)) };
  const { transaction, changes } = transactions.commit(project.id, open);
  for (const change of changes) publish(house, caller, change);
  return { status: 200, body: transactionJson(transaction) };
}

export function transactionRoutes(house: RowServices): readonly Route[] {
  const route = (
    method: Route['method'],
    path: string,
    handler: (house: RowServices, context: RequestContext) => Answer,
  ): Route => ({
    method,
    path,
    scope: method === 'GET' ? ROWS_READ : ROWS_WRITE,
    handler: (context) => handler(house, context),
  });
  return [
    route('POST', '/tablesdb/transactions', create),
    route('GET', '/tablesdb/transactions', list),
    route('GET', ONE, (h, context) => ({ status: 200, body: transactionJson(named(h, context)) })),
    route('PATCH', ONE, finish),
    route('DELETE', ONE, (h, context) => {
      h.transactions.records.delete(named(h, context));
      return { status: 204 };
    }),
    route('POST', `${ONE}/operations`, stage),
  ];
}
