import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listRows } from './lists.ts';
import { isUniqueViolation, openStore, type OpenStore } from './store.ts';

let store: OpenStore;

beforeEach(() => {
  store = openStore(':memory:');
  store.raw.exec(
    `CREATE TABLE things (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, name TEXT,
       size INTEGER, tags TEXT, created_at TEXT, updated_at TEXT)`,
  );
});

afterEach(() => {
  store.close();
});

const add = (id: string, name = id, size = 0, tags = '[]'): unknown =>
  store
    .prepare('INSERT INTO things (id, name, size, tags) VALUES (?, ?, ?, ?)')
    .run(id, name, size, tags);

const query = (method: string, attribute: string, ...values: unknown[]): string =>
  JSON.stringify({ method, attribute, values });

function list(...queries: string[]): string[] {
  const page = listRows(store, {
    table: 'things',
    where: '1 = ?',
    args: [1],
    attributes: {
      name: { sql: 'name', kind: 'text' },
      size: { sql: 'size', kind: 'number' },
      tags: { sql: 'tags', kind: 'list' },
    },
    queries,
    noun: 'Thing',
  });
  return page.rows.map((row) => String(row['id']));
}

describe('the store', () => {
  test('a failed transaction leaves nothing, an inner one is part of the outer', () => {
    expect(() =>
      store.transaction(() => {
        store.transaction(() => add('a'));
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(list()).toEqual([]);
    expect(store.transaction(() => store.transaction(() => 7))).toBe(7);
  });

  test('statements are compiled once per text', () => {
    expect(store.prepare('SELECT 1')).toBe(store.prepare('SELECT 1'));
  });

  test('a unique violation is told from other failures', () => {
    add('a');
    let caught: unknown;
    try {
      add('a');
    } catch (error) {
      caught = error;
    }
    expect(isUniqueViolation(caught)).toBe(true);
    expect(isUniqueViolation(new Error('x'))).toBe(false);
  });
});

describe('lists', () => {
  beforeEach(() => {
    add('a', 'Ann', 2, '["x"]');
    add('b', 'Bob', 1, '["x","y"]');
    add('c', '100%', 2);
  });

  test.each([
    [[query('equal', 'name', 'Ann', 'Bob')], ['a', 'b']],
    [[query('notEqual', 'name', 'Ann')], ['b', 'c']],
    [[query('contains', 'tags', 'y')], ['b']],
    [[query('contains', 'name', '0%')], ['c']],
    [[query('greaterThan', 'size', 1)], ['a', 'c']],
    [[query('between', 'size', 0, 1)], ['b']],
    [[query('or', '', { method: 'equal', attribute: '$id', values: ['a'] })], ['a']],
    [
      [query('orderDesc', 'size'), query('orderAsc', 'name')],
      ['c', 'a', 'b'],
    ],
    [[query('limit', '', 1), query('offset', '', 1)], ['b']],
    [[query('cursorAfter', '', 'a')], ['b', 'c']],
    [[query('cursorBefore', '', 'c'), query('limit', '', 1)], ['b']],
    [
      [query('orderDesc', 'size'), query('cursorAfter', '', 'c')],
      ['a', 'b'],
    ],
  ])('%j', (queries, ids) => {
    expect(list(...queries)).toEqual(ids);
  });

  test.each([
    [query('equal', 'colour', 'red'), 'Attribute not found in schema: colour'],
    [query('equal', 'name'), 'Equal queries require at least one value.'],
    [query('equal', 'size', 'x'), 'Query value is invalid for attribute "size"'],
    [query('resembles', 'name', 'x'), 'Invalid query method: resembles'],
    [query('limit', '', 0), 'Value must be a valid range between 1 and'],
    ['equal("name",["x"])', 'Invalid query: Syntax error'],
    [query('cursorAfter', '', 'zzz'), "Thing 'zzz' for the 'cursor' value not found."],
  ])('%s is refused', (text, words) => {
    expect(() => list(text)).toThrow(words);
  });
});
