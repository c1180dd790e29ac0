/**
 * Writes with a `transactionId`: checked like any other, against the rows as the transaction sees
 * them, then staged. Answers show the row as it would be.
 */
import { AppwriteError } from '../kernel/errors.ts';
import type { Answer, Caller, Json, RequestContext } from '../kernel/types.ts';
import type { TableHandle } from './lookup.ts';
import type { Row } from './model.ts';
import { versionOf, type Operation } from './operations.ts';
import { permitCreate, permitDelete, permitUpdate, permitUpsert } from './row-access.ts';
import { transactionOf, type RowInput } from './row-input.ts';
import type { Step } from './row-writer.ts';
import type { RowServices } from './rows.ts';
import type { Transaction } from './transaction-store.ts';

export type Staged =
  | {
      readonly action: 'create' | 'update' | 'upsert';
      readonly id: string;
      readonly input: RowInput;
    }
  | { readonly action: 'delete'; readonly id: string }
  | {
      readonly action: 'increment' | 'decrement';
      readonly id: string;
      readonly column: string;
      readonly step: Step;
    };

/** Where a staged write is aimed and who asks. */
export interface Aim {
  readonly projectId: string;
  readonly caller: Caller;
  readonly handle: TableHandle;
  readonly transaction: Transaction;
}

function within(house: RowServices, aim: Aim, id: string): Row | undefined {
  const { projectId, handle, transaction } = aim;
  if (transaction.operations === 0) return handle.rows.get(id);
  return house.transactions.inside(projectId, transaction, () => handle.rows.get(id));
}

/** Permission checks as for the write itself; answers what to keep. */
function permitted(aim: Aim, staged: Staged, row: Row | undefined): Staged {
  const { caller, handle } = aim;
  if (staged.action === 'create') {
    const permissions = permitCreate(handle, caller, staged.input.permissions);
    return { ...staged, input: { ...staged.input, permissions } };
  }
  if (staged.action === 'upsert') {
    const permissions = permitUpsert(handle, caller, row, staged.input.permissions);
    return { ...staged, input: { ...staged.input, permissions } };
  }
  if (row === undefined) throw AppwriteError.of('row_not_found', staged.id);
  if (staged.action === 'delete') permitDelete(handle, caller, row);
  else {
    const permissions = staged.action === 'update' ? staged.input.permissions : undefined;
    permitUpdate(handle, caller, row, { permissions, unchanged: false });
  }
  return staged;
}

/** The operation to keep for one checked write, and the row as the transaction saw it. */
export function prepare(
  house: RowServices,
  aim: Aim,
  asked: Staged,
): { readonly operation: Operation; readonly row: Row | undefined; readonly staged: Staged } {
  const { handle } = aim;
  const row = asked.action === 'create' ? undefined : within(house, aim, asked.id);
  const staged = permitted(aim, asked, row);
  const target = {
    databaseId: handle.table.databaseId,
    tableId: handle.table.id,
    stagedAt: house.catalog.now(),
    rowId: staged.id,
    seen: versionOf(handle.rows.get(staged.id)),
  };
  switch (staged.action) {
    case 'create':
    case 'update':
    case 'upsert':
      return {
        operation: { ...target, action: staged.action, input: staged.input },
        row,
        staged,
      };
    case 'delete':
      return { operation: { ...target, action: 'delete' }, row, staged };
    case 'increment':
    case 'decrement': {
      const { value, limit } = staged.step;
      const { action, column } = staged;
      const operation = { ...target, action, column, value, limit: limit ?? null };
      return { operation, row, staged };
    }
  }
}

/** A staged new row has no number and no times yet. */
function newRowJson(handle: TableHandle, id: string, input: RowInput): Json {
  return {
    $id: id,
    $tableId: handle.table.id,
    $databaseId: handle.table.databaseId,
    ...input.data,
    $permissions: input.permissions ?? [],
    $sequence: '',
  };
}

function answerOf(aim: Aim, staged: Staged, row: Row | undefined): Answer {
  switch (staged.action) {
    case 'create':
      return { status: 201, body: newRowJson(aim.handle, staged.id, staged.input) };
    case 'delete':
      return { status: 204 };
    case 'update':
    case 'upsert': {
      if (row === undefined) {
        return { status: 200, body: newRowJson(aim.handle, staged.id, staged.input) };
      }
      const $permissions = staged.input.permissions ?? row.$permissions;
      return { status: 200, body: { ...row, ...staged.input.data, $permissions } };
    }
    case 'increment':
    case 'decrement': {
      const { sign, value } = staged.step;
      const next = Number(row?.[staged.column] ?? 0) + sign * value;
      return { status: 200, body: { ...row, [staged.column]: next } };
    }
  }
}

export function stageOne(
  house: RowServices,
  context: RequestContext,
  handle: TableHandle,
  asked: Staged,
): Answer {
  const { caller, project } = context;
  const transaction = house.transactions.open(project.id, caller, transactionOf(context));
  const aim = { projectId: project.id, caller, handle, transaction };
  const { operation, row, staged } = prepare(house, aim, asked);
  house.transactions.stage(transaction, [operation]);
  return answerOf(aim, staged, row);
}
