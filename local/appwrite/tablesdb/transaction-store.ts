/** Transactions and their staged operations on disk. Old ones go when new ones come. */
import { formatTime } from '../kernel/time.ts';
import type { Json, ServerClock, Store } from '../kernel/types.ts';
import type { Operation } from './operations.ts';

export type TransactionStatus = 'pending' | 'committed' | 'failed';

export interface Transaction {
  readonly sequence: number;
  readonly id: string;
  /** User id; `*` for keys and admins; '' for guests. */
  readonly owner: string;
  readonly status: TransactionStatus;
  readonly operations: number;
  readonly expiresAtMs: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Finished and expired transactions can be looked at this long. */
const KEPT_MS = 3_600_000;

function load(stored: Json): Transaction {
  return {
    sequence: Number(stored['seq']),
    id: String(stored['id']),
    owner: String(stored['owner']),
    status: String(stored['status']) as TransactionStatus,
    operations: Number(stored['operations']),
    expiresAtMs: Number(stored['expires_at']),
    createdAt: String(stored['created_at']),
    updatedAt: String(stored['updated_at']),
  };
}

export function transactionJson(transaction: Transaction): Json {
  return {
    $id: transaction.id,
    $createdAt: transaction.createdAt,
    $updatedAt: transaction.updatedAt,
    status: transaction.status,
    operations: transaction.operations,
    expiresAt: formatTime(transaction.expiresAtMs),
  };
}

export class TransactionStore {
  readonly #store: Store;
  readonly #clock: ServerClock;

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
  }

  create(
    projectId: string,
    wanted: { readonly id: string; readonly owner: string; readonly ttlSeconds: number },
  ): Transaction {
    const nowMs = this.#clock.now();
    const at = formatTime(nowMs);
    this.#store.prepare('DELETE FROM tdb_transactions WHERE expires_at < ?').run(nowMs - KEPT_MS);
    const expiresAtMs = nowMs + wanted.ttlSeconds * 1000;
    const made = this.#store
      .prepare(
        'INSERT INTO tdb_transactions (project_id, id, owner, status, operations, expires_at,' +
          " created_at, updated_at) VALUES (?, ?, ?, 'pending', 0, ?, ?, ?)",
      )
      .run(projectId, wanted.id, wanted.owner, expiresAtMs, at, at);
    return {
      sequence: Number(made.lastInsertRowid),
      id: wanted.id,
      owner: wanted.owner,
      status: 'pending',
      operations: 0,
      expiresAtMs,
      createdAt: at,
      updatedAt: at,
    };
  }

  find(projectId: string, id: string): Transaction | undefined {
    const stored = this.#store
      .prepare('SELECT * FROM tdb_transactions WHERE project_id = ? AND id = ?')
      .get(projectId, id);
    return stored === undefined ? undefined : load(stored);
  }

  /** The oldest first; `owner` undefined = all. */
  list(projectId: string, owner: string | undefined, limit: number): readonly Transaction[] {
    return this.#store
      .prepare(
        'SELECT * FROM tdb_transactions WHERE project_id = ? AND (owner = ? OR ? IS NULL)' +
          ' ORDER BY seq LIMIT ?',
      )
      .all(projectId, owner ?? null, owner ?? null, limit)
      .map(load);
  }

  add(transaction: Transaction, operations: readonly Operation[]): Transaction {
    const count = transaction.operations + operations.length;
    const at = formatTime(this.#clock.now());
    this.#store.transaction(() => {
      const insert = this.#store.prepare(
        'INSERT INTO tdb_operations (transaction_seq, operation) VALUES (?, ?)',
      );
      for (const operation of operations) {
        insert.run(transaction.sequence, JSON.stringify(operation));
      }
      this.#store
        .prepare('UPDATE tdb_transactions SET operations = ?, updated_at = ? WHERE seq = ?')
        .run(count, at, transaction.sequence);
    });
    return { ...transaction, operations: count, updatedAt: at };
  }

  operations(transaction: Transaction): readonly Operation[] {
    return this.#store
      .prepare('SELECT operation FROM tdb_operations WHERE transaction_seq = ? ORDER BY seq')
      .all(transaction.sequence)
      .map((stored) => JSON.parse(String(stored['operation'])) as Operation);
  }

  /** What was staged is not needed again; only its number is kept. */
  finish(transaction: Transaction, status: 'committed' | 'failed'): Transaction {
    const at = formatTime(this.#clock.now());
    this.#store
      .prepare('DELETE FROM tdb_operations WHERE transaction_seq = ?')
      .run(transaction.sequence);
    this.#store
      .prepare('UPDATE tdb_transactions SET status = ?, updated_at = ? WHERE seq = ?')
      .run(status, at, transaction.sequence);
    return { ...transaction, status, updatedAt: at };
  }

  delete(transaction: Transaction): void {
    this.#store.prepare('DELETE FROM tdb_transactions WHERE seq = ?').run(transaction.sequence);
  }

  forgetProject(projectId: string): void {
    this.#store.prepare('DELETE FROM tdb_transactions WHERE project_id = ?').run(projectId);
  }
}
