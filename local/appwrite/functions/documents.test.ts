import { DatabaseSync } from 'node:sqlite';
import { beforeEach, expect, test } from 'vitest';
import type { Store } from '../kernel/types.ts';
import { DocumentTable, documentSchema } from './documents.ts';
import { parseListing } from './listing.ts';

interface Thing {
  readonly name: string;
  readonly size: number;
  readonly live: boolean;
}

const SCOPE = { projectId: 'p', parentId: 'f' };
const ATTRIBUTES = ['name', 'size', 'live'];
let things: DocumentTable<Thing>;
let nowMs: number;

const query = (method: string, attribute?: string, ...values: unknown[]): string =>
  JSON.stringify({ method, ...(attribute === undefined ? {} : { attribute }), values });

function ids(...queries: string[]): readonly string[] {
  const listing = parseListing(queries, ATTRIBUTES);
  return things.list(SCOPE, listing).documents.map((one) => one.id);
}

beforeEach(() => {
  const raw = new DatabaseSync(':memory:');
  raw.exec(documentSchema('things'));
  const store: Store = {
    raw,
    prepare: (sql) => raw.prepare(sql),
    transaction: (work) => work(),
    durable: () => undefined,
  };
  nowMs = 1_000;
  const defaults = (): Thing => ({ name: '', size: 0, live: true });
  things = new DocumentTable(store, { table: 'things', defaults, now: () => (nowMs += 1) });
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    things.insert({
      ...SCOPE,
      id: name,
      data: { name: `n-${name}`, size: at, live: at % 2 === 0 },
    });
  }
});

test('filters, order and paging', () => {
  expect(ids(query('equal', 'live', true))).toEqual(['a', 'c']);
  expect(ids(query('greaterThan', 'size', 1), query('orderDesc', 'size'))).toEqual(['d', 'c']);
  expect(ids(query('limit', undefined, 2), query('offset', undefined, 1))).toEqual(['b', 'c']);
  expect(ids(query('startsWith', 'name', 'n-'), query('equal', '$id', 'b', 'd'))).toEqual([
    'b',
    'd',
  ]);
  expect(ids(query('contains', 'name', '%'))).toEqual([]);
});

test('cursors walk in both directions', () => {
  const two = query('limit', undefined, 2);
  expect(ids(two, query('cursorAfter', undefined, 'b'))).toEqual(['c', 'd']);
  expect(ids(two, query('cursorBefore', undefined, 'd'))).toEqual(['b', 'c']);
  const newest = query('orderDesc', '$createdAt');
  expect(ids(newest, query('cursorAfter', undefined, 'c'))).toEqual(['b', 'a']);
  expect(ids(newest, two, query('cursorBefore', undefined, 'a'))).toEqual(['c', 'b']);
  expect(() => ids(query('cursorAfter', undefined, 'gone'))).toThrow();
});

test('what is not a known query is refused', () => {
  for (const bad of ['equal("name")', '{}', query('fly', 'name', 'x'), query('equal', 'name')]) {
    expect(() => ids(bad)).toThrow(/Invalid query/);
  }
  expect(() => ids(query('equal', "name') OR 1=1 --", 'x'))).toThrow(/not found in schema/);
});

test('fields an older version did not write get their default', () => {
  things.update('p', 'a', { size: 9 });
  expect(things.get('p', 'a')?.data).toEqual({ name: 'n-a', size: 9, live: true });
  expect(things.update('p', 'gone', { size: 1 })).toBeUndefined();
});

test('trimming keeps the newest', () => {
  things.trim('p', 'f', 2);
  expect(ids()).toEqual(['c', 'd']);
});
