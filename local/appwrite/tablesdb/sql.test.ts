import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../kernel/types.ts';
import type { Index } from './model.ts';
import { parseQueries } from './queries.ts';
import { RowStore, createRowTable } from './row-store.ts';
import { addColumn, createIndex } from './row-table.ts';
import { column, table } from './samples.ts';
import { installFunctions, searchMatches } from './schema.ts';

const index = (key: string, type: Index['type'], columns: readonly string[]): Index => ({
  key,
  type,
  columns,
  status: 'available',
  error: '',
  lengths: [0],
  orders: [],
  createdAt: '',
  updatedAt: '',
});

const sample = table({
  columns: [
    column('title', { physical: '_c1' }),
    column('n', { type: 'integer', size: 0, physical: '_c2' }),
    column('tags', { array: true, physical: '_c3' }),
  ],
  indexes: [index('ft', 'fulltext', ['title']), index('by_n', 'key', ['n'])],
});

let raw: DatabaseSync;
let rows: RowStore;

beforeEach(() => {
  raw = new DatabaseSync(':memory:');
  const store: Store = {
    raw,
    prepare: (sql) => raw.prepare(sql),
    transaction: (work) => work(),
    durable: () => undefined,
  };
  installFunctions(raw);
  createRowTable(store, sample);
  for (const entry of sample.columns) addColumn(store, sample, entry);
  for (const entry of sample.indexes) createIndex(store, sample, entry);
  rows = new RowStore(store, sample);
  const add = (id: string, data: Record<string, unknown>, permissions: string[] = []): void => {
    rows.insert({ id, data, permissions, createdAt: 't', updatedAt: 't' });
  };
  add('a', { title: 'Alpha one', n: 1, tags: ['red', 'blue'] }, ['read("user:x")']);
  add('b', { title: 'Beta 100%', n: 2, tags: ['red'] }, ['read("any")', 'read("users")']);
  add('c', { title: null, n: 2, tags: [] });
  add('d', { title: 'alpha_two', n: null, tags: null }, ['read("user:y")']);
});

afterEach(() => {
  raw.close();
});

function ids(queries: unknown[], roles?: readonly string[]): string {
  const texts = queries.map((query) => JSON.stringify(query));
  const page = rows.list(parseQueries(texts, rows), roles, true);
  return page === undefined ? 'no cursor' : page.rows.map((row) => row.$id).join('');
}

describe('filters', () => {
  test.each([
    [{ method: 'equal', attribute: 'title', values: ['ALPHA ONE'] }, 'a'],
    [{ method: 'notEqual', attribute: 'title', values: ['alpha one'] }, 'bd'],
    [{ method: 'startsWith', attribute: 'title', values: ['ALPHA'] }, 'ad'],
    [{ method: 'contains', attribute: 'title', values: ['%'] }, 'b'],
    [{ method: 'contains', attribute: 'title', values: ['_'] }, 'd'],
    [{ method: 'notContains', attribute: 'title', values: ['a o', '100'] }, 'd'],
    [{ method: 'contains', attribute: 'tags', values: ['red'] }, 'ab'],
    [{ method: 'containsAll', attribute: 'tags', values: ['red', 'blue'] }, 'a'],
    [{ method: 'isNull', attribute: 'n' }, 'd'],
    [{ method: 'notBetween', attribute: 'n', values: [2, 3] }, 'a'],
    [{ method: 'search', attribute: 'title', values: ['one'] }, 'a'],
    [{ method: 'equal', attribute: '$id', values: ['a', 'D'] }, 'ad'],
    [{ method: 'equal', attribute: 'title', values: [`'; DROP TABLE tdb_rows_1; --`] }, ''],
  ])('%j finds %s', (query, expected) => {
    expect(ids([query])).toBe(expected);
  });
});

describe('pages', () => {
  const byN = { method: 'orderAsc', attribute: 'n' };
  const down = { method: 'orderDesc', attribute: 'n' };
  const at = (method: string, id: string) => ({ method, values: [id] });

  test('ties keep the order of insertion and nulls come first', () => {
    expect(ids([byN])).toBe('dabc');
    expect(ids([down])).toBe('cbad');
  });
  test.each(['a', 'b', 'c', 'd'])('cursors around %s cut the list in two', (id) => {
    for (const order of [byN, down]) {
      const all = ids([order]);
      const where = all.indexOf(id);
      expect(ids([order, at('cursorAfter', id)])).toBe(all.slice(where + 1));
      expect(ids([order, at('cursorBefore', id)])).toBe(all.slice(0, where));
    }
  });
  test('a page before the cursor is the nearest one, in order', () => {
    const queries = [byN, at('cursorBefore', 'c'), { method: 'limit', values: [2] }];
    expect(ids(queries)).toBe('ab');
  });
  test('found through an index are sorted and cut like any other', () => {
    const two = { method: 'equal', attribute: 'n', values: [2] };
    const last = { method: 'orderDesc', attribute: '$sequence' };
    const one = { method: 'limit', values: [1] };
    expect([ids([two]), ids([two, last]), ids([two, last, one])]).toEqual(['bc', 'cb', 'c']);
    expect(ids([two, at('cursorAfter', 'b')])).toBe('c');
    expect(ids([two], ['any'])).toBe('b');
  });
  test('an unknown cursor is no page', () => {
    expect(ids([at('cursorAfter', 'z')])).toBe('no cursor');
  });
});

describe('visibility', () => {
  test('a list holds each row that one of the roles may read, once', () => {
    expect(ids([], ['any', 'users', 'user:x'])).toBe('ab');
    expect(ids([], ['user:y'])).toBe('d');
    expect(ids([], ['guests'])).toBe('');
  });
  test('or-filters cannot look past it', () => {
    const all = [
      { method: 'isNull', attribute: 'n' },
      { method: 'isNotNull', attribute: 'n' },
    ];
    expect(ids([{ method: 'or', values: all }], ['user:y'])).toBe('d');
  });
  test('follows the permissions of an update and ends with the row', () => {
    const row = rows.get('a');
    if (row === undefined) throw new Error('row a is missing');
    const changed = rows.update(row, { data: {}, permissions: ['read("team:t")'], updatedAt: 'u' });
    expect([ids([], ['user:x']), ids([], ['team:t'])]).toEqual(['', 'a']);
    rows.delete(changed);
    expect(
      raw.prepare(`SELECT count(*) AS n FROM tdb_readers_1 WHERE role = 'team:t'`).get(),
    ).toEqual(expect.objectContaining({ n: 0 }));
  });
});

describe('search', () => {
  test.each([
    ['Alpha one', 'alpha', true],
    ['Alpha one', 'alp', true],
    ['Alpha one', 'one missing', true],
    ['Alpha one', '"one alpha"', false],
    ['Alpha one', '"alpha one"', true],
    ['Alpha one', 'lpha', false],
    ['주문 확인', '주문', true],
    ['Alpha one', '***', false],
  ])('%s by %s: %s', (text, asked, expected) => {
    expect(searchMatches(text, asked)).toBe(expected);
  });
});

describe('any tree of filters', () => {
  type Query = { method: string; attribute?: string; values: unknown[] };
  const compare: Record<string, (n: number, values: number[]) => boolean> = {
    equal: (n, values) => values.includes(n),
    notEqual: (n, [a = 0]) => n !== a,
    lessThan: (n, [a = 0]) => n < a,
    greaterThanEqual: (n, [a = 0]) => n >= a,
    between: (n, [a = 0, b = 0]) => n >= a && n <= b,
    notBetween: (n, [a = 0, b = 0]) => n < a || n > b,
  };
  const small = fc.integer({ min: -3, max: 3 });
  const { query } = fc.letrec<{ query: Query; leaf: Query; node: Query }>((tie) => ({
    query: fc.oneof({ maxDepth: 2 }, tie('leaf'), tie('node')),
    leaf: fc
      .tuple(fc.constantFrom(...Object.keys(compare)), small, small)
      .map(([method, a, b]) => ({
        method,
        attribute: 'n',
        values: method.toLowerCase().endsWith('between') ? [a, b] : [a],
      })),
    node: fc
      .tuple(fc.constantFrom('and', 'or'), tie('query'), tie('query'))
      .map(([method, left, right]) => ({ method, values: [left, right] })),
  }));

  function holds(n: number | null, asked: Query): boolean {
    if (asked.method === 'and') return asked.values.every((part) => holds(n, part as Query));
    if (asked.method === 'or') return asked.values.some((part) => holds(n, part as Query));
    return n !== null && compare[asked.method]?.(n, asked.values as number[]) === true;
  }

  test('finds what it says, and never a null', () => {
    raw.exec('DELETE FROM tdb_rows_1');
    const values = [-3, -2, -1, 0, 1, 2, 3, null];
    for (const [at, n] of values.entries()) {
      const id = `v${at}`;
      rows.insert({ id, data: { n }, permissions: [], createdAt: 't', updatedAt: 't' });
    }
    fc.assert(
      fc.property(query, (asked) => {
        const expected = values.flatMap((n, at) => (holds(n, asked) ? [`v${at}`] : []));
        expect(ids([asked])).toBe(expected.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
