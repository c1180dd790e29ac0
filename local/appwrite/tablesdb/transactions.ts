/**
 * Staging, reading inside, commit and rollback. Staged writes touch no row before commit; a
 * reader inside sees them because they are run, read and rolled back in one go. A commit writes
 * all of its operations or none, and is refused if a row it touches has changed since staging.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Caller, Services } from '../kernel/types.ts';
import type { Catalog } from './catalog.ts';
import type { RowChange } from './events.ts';
import type { TableHandle } from './lookup.ts';
import {
  bulkConflicts,
  conflicts,
  OPERATIONS_MAX,
  versionOf,
  type Operation,
} from './operations.ts';
import { parseQueries } from './queries.ts';
import { createRow, stepColumn, stepRow, updateRow, upsertRow } from './row-writer.ts';
import { TransactionStore, type Transaction } from './transaction-store.ts';
import type { Row, RowAction } from './model.ts';

/** Rows one bulk operation may touch. */
export const BULK_MATCH_MAX = 5000;

export function rowsMatching(handle: TableHandle, queries: readonly string[]): readonly Row[] {
  return handle.rows.match(parseQueries(queries, handle.rows, BULK_MATCH_MAX));
}

export class Transactions {
  readonly #services: Pick<Services, 'store' | 'clock'>;
  readonly #catalog: Catalog;
  readonly #records: TransactionStore;

  constructor(services: Pick<Services, 'store' | 'clock'>, catalog: Catalog) {
    this.#services = services;
    this.#catalog = catalog;
    this.#records = new TransactionStore(services.store, services.clock);
  }

  get records(): TransactionStore {
    return this.#records;
  }

  begin(projectId: string, caller: Caller, ttlSeconds: number): Transaction {
    const owner = caller.privileged ? '*' : caller.userId;
    return this.#records.create(projectId, { id: newId(), owner, ttlSeconds });
  }

  /** Visible to keys, admins and the user who began it; to anybody else it does not exist. */
  find(projectId: string, caller: Caller, id: string): Transaction {
    const transaction = this.#records.find(projectId, id);
    const mine =
      caller.privileged || (caller.userId !== '' && transaction?.owner === caller.userId);
    if (transaction === undefined || !mine) throw AppwriteError.of('transaction_not_found', id);
    return transaction;
  }

  /** One that can still be used. */
  open(projectId: string, caller: Caller, id: string): Transaction {
    const transaction = this.find(projectId, caller, id);
    if (transaction.status !== 'pending') throw new AppwriteError('transaction_not_ready');
    if (this.#services.clock.now() > transaction.expiresAtMs) {
      throw new AppwriteError('transaction_expired');
    }
    return transaction;
  }

  stage(transaction: Transaction, operations: readonly Operation[]): Transaction {
    if (transaction.operations + operations.length > OPERATIONS_MAX) {
      const message =
        `Transaction already has ${transaction.operations} operations, adding ` +
        `${operations.length} would exceed the maximum of ${OPERATIONS_MAX}`;
      throw new AppwriteError('transaction_limit_exceeded', message);
    }
    return this.#records.add(transaction, operations);
  }

  /** What `read` finds with the staged writes in place. Nothing of it stays. */
  inside<T>(projectId: string, transaction: Transaction, read: () => T): T {
    const { store } = this.#services;
    const operations = this.#records.operations(transaction);
    return store.transaction(() => {
      // A savepoint, because the caller may be in a transaction that must survive this.
      store.raw.exec('SAVEPOINT tdb_inside');
      try {
        for (const operation of operations) this.#tryRun(projectId, operation);
        return read();
      } finally {
        store.raw.exec('ROLLBACK TO tdb_inside; RELEASE tdb_inside');
      }
    });
  }

  /** Writes everything; answers the changes to tell others about. */
  commit(
    projectId: string,
    transaction: Transaction,
  ): { readonly transaction: Transaction; readonly changes: readonly Omit<RowChange, 'userId'>[] } {
    const operations = this.#records.operations(transaction);
    try {
      return this.#services.store.transaction(() => {
        for (const operation of operations) this.#refuseConflict(projectId, operation);
        const changes = operations.flatMap((operation) => this.#run(projectId, operation));
        return { transaction: this.#records.finish(transaction, 'committed'), changes };
      });
    } catch (error) {
      this.#records.finish(transaction, 'failed');
      throw asConflict(error);
    }
  }

  rollback(transaction: Transaction): Transaction {
    return this.#records.finish(transaction, 'failed');
  }

  #handle(projectId: string, operation: Operation): TableHandle {
    return this.#catalog.table(projectId, operation.databaseId, operation.tableId);
  }

  #refuseConflict(projectId: string, operation: Operation): void {
    const handle = this.#handle(projectId, operation);
    const conflict = (): AppwriteError => new AppwriteError('transaction_conflict');
    if ('rowId' in operation) {
      if (operation.action === 'create') return;
      if (conflicts(operation, versionOf(handle.rows.get(operation.rowId)))) throw conflict();
      return;
    }
    if (operation.action === 'bulkCreate') return;
    const met =
      'rows' in operation
        ? operation.rows.flatMap((row) => handle.rows.get(row.id) ?? [])
        : rowsMatching(handle, operation.queries);
    if (met.some((row) => bulkConflicts(operation.stagedAt, row.$updatedAt))) throw conflict();
  }

  #tryRun(projectId: string, operation: Operation): void {
    try {
      this.#run(projectId, operation);
    } catch (error) {
      // What cannot be done now will be refused at commit; a reader sees the rest.
      if (!(error instanceof AppwriteError)) throw error;
    }
  }

  #run(projectId: string, operation: Operation): readonly Omit<RowChange, 'userId'>[] {
    const handle = this.#handle(projectId, operation);
    const { table } = handle;
    const done = (action: RowAction, rows: readonly Row[]) =>
      rows.map((row) => ({ table, row, action, origin: 'single' as const }));
    const now = this.#catalog.now();
    switch (operation.action) {
      case 'create':
        return done('create', [createRow(handle, operation.rowId, operation.input, now)]);
      case 'update':
        return done('update', [
          updateRow(handle, present(handle, operation.rowId), operation.input, now),
        ]);
      case 'upsert':
        return done('upsert', [upsertRow(handle, operation.rowId, operation.input, now)]);
      case 'delete': {
        const row = present(handle, operation.rowId);
        handle.rows.delete(row);
        return done('delete', [row]);
      }
      case 'increment':
      case 'decrement': {
        const sign = operation.action === 'increment' ? 1 : -1;
        const step = { sign, value: operation.value, limit: operation.limit ?? undefined } as const;
        const column = stepColumn(handle, operation.column);
        const row = stepRow(handle, present(handle, operation.rowId), { column, step, now });
        return done('update', [row]);
      }
      case 'bulkCreate':
        return done(
          'create',
          operation.rows.map((row) => createRow(handle, row.id, row.input, now)),
        );
      case 'bulkUpsert':
        return done(
          'upsert',
          operation.rows.map((row) => upsertRow(handle, row.id, row.input, now)),
        );
      case 'bulkUpdate': {
        const rows = rowsMatching(handle, operation.queries);
        return done(
          'update',
          rows.map((row) => updateRow(handle, row, operation.input, now)),
        );
      }
      case 'bulkDelete': {
        const rows = rowsMatching(handle, operation.queries);
        for (const row of rows) handle.rows.delete(row);
        return done('delete', rows);
      }
    }
  }
}

function present(handle: TableHandle, id: string): Row {
  const row = handle.rows.get(id);
  if (row === undefined) throw AppwriteError.of('row_not_found', id);
  return row;
}

/** Rows that came or went since staging are conflicts; other refusals say what they are. */
function asConflict(error: unknown): unknown {
  const moved = ['row_already_exists', 'row_not_found', 'table_not_found', 'database_not_found'];
  if (error instanceof AppwriteError && moved.includes(error.type)) {
    return new AppwriteError('transaction_conflict');
  }
  return error;
}
