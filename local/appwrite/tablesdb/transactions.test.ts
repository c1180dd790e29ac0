import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { movableClock, type MovableClock } from '../kernel/clock.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { openStore, type OpenStore } from '../kernel/store.ts';
import type { Caller } from '../kernel/types.ts';
import { Catalog } from './catalog.ts';
import { withColumn } from './column-routes.ts';
import type { TableHandle } from './lookup.ts';
import { versionOf, type Operation } from './operations.ts';
import type { RowInput } from './row-input.ts';
import { createRow, updateRow } from './row-writer.ts';
import { SCHEMA } from './schema.ts';
import type { Transaction } from './transaction-store.ts';
import { Transactions } from './transactions.ts';

const key: Caller = {
  kind: 'key',
  roles: [],
  scopes: new Set(),
  privileged: true,
  userId: '',
  sessionId: '',
  label: 'key',
};

let store: OpenStore;
let clock: MovableClock;
let catalog: Catalog;
let transactions: Transactions;

function open(): void {
  store = openStore(':memory:');
  store.raw.exec(SCHEMA);
  clock = movableClock(Date.UTC(2026, 0, 1));
  catalog = new Catalog({ store, clock });
  const database = catalog.createDatabase('p', 'd', 'D', true);
  const wanted = { id: 't', name: 'T', enabled: true, rowSecurity: false, permissions: [] };
  withColumn(catalog, catalog.createTable(database, wanted), 'integer', { key: 'n' });
  transactions = new Transactions({ store, clock }, catalog);
}

beforeEach(open);
afterEach(() => {
  store.close();
});

const handle = (): TableHandle => catalog.table('p', 'd', 't');
const input = (n: number): RowInput => ({
  data: { n },
  permissions: undefined,
  createdAt: undefined,
  updatedAt: undefined,
});

function operation(action: 'create' | 'update' | 'delete', rowId: string, n: number): Operation {
  const seen = versionOf(handle().rows.get(rowId));
  const target = { databaseId: 'd', tableId: 't', rowId, seen, stagedAt: catalog.now() };
  return action === 'delete' ? { ...target, action } : { ...target, action, input: input(n) };
}

function contents(): Record<string, unknown> {
  const all = store.prepare(`SELECT _id, _c1 FROM tdb_rows_1 ORDER BY _id`).all();
  return Object.fromEntries(all.map((row) => [String(row['_id']), row['_c1']]));
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AppwriteError) return error.type;
    throw error;
  }
  return 'done';
}

const find = (transaction: Transaction): Transaction => transactions.find('p', key, transaction.id);

describe('a transaction', () => {
  test('ends with its lifetime', () => {
    const { id } = transactions.begin('p', key, 60);
    clock.advance(60_000);
    expect(refusal(() => transactions.open('p', key, id))).toBe('done');
    clock.advance(1);
    expect(refusal(() => transactions.open('p', key, id))).toBe('transaction_expired');
  });

  test('is forgotten an hour after that, with what it staged', () => {
    const begun = transactions.begin('p', key, 60);
    transactions.stage(begun, [operation('create', 'a', 1)]);
    clock.advance(60_000 + 3_600_001);
    transactions.begin('p', key, 60);
    expect(refusal(() => find(begun))).toBe('transaction_not_found');
    expect(store.prepare('SELECT count(*) AS n FROM tdb_operations').get()).toMatchObject({ n: 0 });
  });

  test('read inside leaves no trace, not even within a larger write', () => {
    const begun = transactions.begin('p', key, 60);
    const staged = transactions.stage(begun, [operation('create', 'a', 1)]);
    const seen = store.transaction(() =>
      transactions.inside('p', staged, () => handle().rows.get('a')?.['n']),
    );
    expect([seen, contents()]).toEqual([1, {}]);
  });

  test('sees a change of the same millisecond', () => {
    const row = createRow(handle(), 'a', input(1), catalog.now());
    const begun = transactions.begin('p', key, 60);
    const staged = transactions.stage(begun, [operation('update', 'a', 2)]);
    updateRow(handle(), row, input(3), catalog.now());
    expect(refusal(() => transactions.commit('p', staged))).toBe('transaction_conflict');
    expect(contents()).toEqual({ a: 3 });
  });
});

/**
 * A world of three rows and two transactions against a model that keeps a version a row. The
 * rule: a commit is refused if a row it updates or deletes has another version than when it was
 * staged, or if a create meets its id; then nothing at all is written.
 */
describe('any interleaving', () => {
  type Step =
    | { kind: 'write' | 'remove'; id: string; n: number }
    | { kind: 'stage'; action: 'create' | 'update' | 'delete'; id: string; n: number; at: 0 | 1 }
    | { kind: 'commit' | 'rollback'; at: 0 | 1 };
  interface Staged {
    readonly action: 'create' | 'update' | 'delete';
    readonly id: string;
    readonly n: number;
    readonly seen: number | undefined;
  }

  class Model {
    rows = new Map<string, { n: number; version: number }>();
    staged: [Staged[], Staged[]] = [[], []];
    #versions = 0;

    put(id: string, n: number): void {
      // Writing what is there already is no change.
      if (this.rows.get(id)?.n !== n) this.rows.set(id, { n, version: ++this.#versions });
    }

    commits(at: 0 | 1): boolean {
      const list = this.staged[at];
      this.staged[at] = [];
      const moved = (one: Staged): boolean =>
        one.action !== 'create' && this.rows.get(one.id)?.version !== one.seen;
      if (list.some(moved)) return false;
      const before = new Map(this.rows);
      for (const one of list) {
        const there = this.rows.has(one.id);
        if (there === (one.action === 'create')) {
          this.rows = before;
          return false;
        }
        if (one.action === 'delete') this.rows.delete(one.id);
        else this.put(one.id, one.n);
      }
      return true;
    }
  }

  const id = fc.constantFrom('a', 'b', 'c');
  const n = fc.integer({ min: 0, max: 3 });
  const at = fc.constantFrom<0 | 1>(0, 1);
  const action = fc.constantFrom<'create' | 'update' | 'delete'>('create', 'update', 'delete');
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constantFrom<'write' | 'remove'>('write', 'write', 'remove'), id, n }),
    fc.record({ kind: fc.constant<'stage'>('stage'), action, id, n, at }),
    fc.record({ kind: fc.constantFrom<'commit' | 'rollback'>('commit', 'commit', 'rollback'), at }),
  );

  function direct(model: Model, kind: 'write' | 'remove', rowId: string, value: number): void {
    const row = handle().rows.get(rowId);
    if (kind === 'remove') {
      if (row !== undefined) handle().rows.delete(row);
      model.rows.delete(rowId);
      return;
    }
    if (row === undefined) createRow(handle(), rowId, input(value), catalog.now());
    else updateRow(handle(), row, input(value), catalog.now());
    model.put(rowId, value);
  }

  function finish(
    model: Model,
    live: [Transaction, Transaction],
    one: Extract<Step, { kind: 'commit' | 'rollback' }>,
  ): void {
    const current = live[one.at];
    if (one.kind === 'rollback') transactions.rollback(current);
    else {
      const expected = model.commits(one.at) ? 'done' : 'transaction_conflict';
      expect(refusal(() => transactions.commit('p', current))).toBe(expected);
    }
    model.staged[one.at] = [];
    live[one.at] = transactions.begin('p', key, 3600);
  }

  // The clock stands still: not even a row made again within a millisecond passes for the old.
  test('commits whole or not at all, as the rule says', () => {
    const run = (steps: readonly Step[]): void => {
      store.close();
      open();
      const model = new Model();
      const live: [Transaction, Transaction] = [
        transactions.begin('p', key, 3600),
        transactions.begin('p', key, 3600),
      ];
      for (const one of steps) {
        if (one.kind === 'stage') {
          live[one.at] = transactions.stage(live[one.at], [operation(one.action, one.id, one.n)]);
          const seen = model.rows.get(one.id)?.version;
          model.staged[one.at].push({ action: one.action, id: one.id, n: one.n, seen });
        } else if ('at' in one) {
          finish(model, live, one);
        } else {
          direct(model, one.kind, one.id, one.n);
        }
        const wanted = [...model.rows].map(([rowId, row]) => [rowId, row.n] as const);
        expect(contents()).toEqual(Object.fromEntries(wanted));
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 25 }), run), { numRuns: 150 });
  });
});
