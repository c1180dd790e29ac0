import { describe, expect, test } from 'vitest';
import { AppwriteError } from '../kernel/errors.ts';
import { fieldsOf } from './fields.ts';
import type { Table } from './model.ts';
import { parseQueries, type ListQuery } from './queries.ts';
import { column, table } from './samples.ts';

const sample: Table = table({
  columns: [
    column('title', { physical: '_c1' }),
    column('n', { type: 'integer', size: 0, physical: '_c2' }),
    column('on', { type: 'boolean', size: 0, physical: '_c3' }),
    column('tags', { array: true, physical: '_c4' }),
    column('at', { type: 'datetime', size: 0, physical: '_c5' }),
  ],
});
const fields = fieldsOf(sample);
const source = { field: (key: string) => fields.get(key) };

function parse(...queries: unknown[]): ListQuery {
  return parseQueries(
    queries.map((query) => (typeof query === 'string' ? query : JSON.stringify(query))),
    source,
  );
}

function refusal(...queries: unknown[]): string {
  try {
    parse(...queries);
  } catch (error) {
    if (error instanceof AppwriteError) return `${error.type}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a list without queries', () => {
  test('is the first 25 rows with every column', () => {
    expect(parse()).toEqual({
      filters: [],
      orders: [],
      limit: 25,
      offset: 0,
      cursor: undefined,
      select: undefined,
    });
  });
});

describe('values', () => {
  test('are turned into what the database compares', () => {
    const { filters } = parse(
      { method: 'equal', attribute: 'on', values: [true, false] },
      { method: 'greaterThan', attribute: 'at', values: ['2001-02-03T13:05:06.789+09:00'] },
    );
    const values = filters.map((filter) => (filter.kind === 'match' ? filter.values : []));
    expect(values).toEqual([[1, 0], ['2001-02-03T04:05:06.789+00:00']]);
  });

  test.each([
    [{ method: 'equal', attribute: 'n', values: ['5'] }, 'n'],
    [{ method: 'equal', attribute: 'n', values: [1.5] }, 'n'],
    [{ method: 'equal', attribute: 'on', values: [1] }, 'on'],
    [{ method: 'equal', attribute: 'title', values: [5] }, 'title'],
    [{ method: 'lessThan', attribute: 'at', values: ['soon'] }, 'at'],
    [{ method: 'startsWith', attribute: 'n', values: ['1'] }, 'n'],
  ])('of another type are refused: %j', (query, key) => {
    const message = `Invalid query: Query value is invalid for attribute "${key}"`;
    expect(refusal(query)).toBe(`general_query_invalid: ${message}`);
  });
});

describe('shapes', () => {
  test.each([
    ['limit(5)', 'Invalid query: Syntax error'],
    ['[', 'Invalid query: Syntax error'],
    ['null', 'Invalid query. Must be an array, got NULL'],
    ['1.5', 'Invalid query. Must be an array, got double'],
    ['{}', 'Invalid query method. Must be a string, got string'],
    [{ method: 'resembles', attribute: 'n' }, 'Invalid query method: resembles'],
    [{ method: 'equal', attribute: 'no', values: [1] }, 'Invalid query: Attribute not found in schema: no'],
    [{ method: 'select', values: ['no'] }, 'Invalid query: Attribute not found in schema: no'],
    [{ method: 'between', attribute: 'n', values: [1, 2, 3] }, 'Invalid query: Between queries require exactly two values.'],
    [{ method: 'search', attribute: 'title', values: ['x'] }, 'Searching by attribute "title" requires a fulltext index.'],
    [{ method: 'limit', values: [0] }, 'Invalid query: Invalid limit: Value must be a valid range between 1 and 9,223,372,036,854,775,807'],
    [{ method: 'or', values: [{ method: 'limit', values: [1] }, { method: 'limit', values: [1] }] }, 'Invalid query: Or queries can only contain filter queries'],
    [{ method: 'equal', attribute: 'tags', values: ['x'] }, 'Invalid query: Cannot query equal on attribute "tags" because it is an array.'],
  ])('that are wrong are named: %j', (query, message) => {
    expect(refusal(query)).toBe(`general_query_invalid: ${message}`);
  }); // prettier-ignore

  test('nested without end are refused before they cost anything', () => {
    const leaf = { method: 'isNull', attribute: 'n' };
    let query: unknown = { method: 'or', values: [leaf, leaf] };
    for (let depth = 0; depth < 200; depth++) query = { method: 'or', values: [query, leaf] };
    expect(refusal(query)).toContain('nested too deeply');
  });

  test('with more values than a statement should bind are refused', () => {
    const values = Array.from({ length: 501 }, (_, index) => index);
    expect(refusal({ method: 'equal', attribute: 'n', values })).toContain('greater than 500');
  });
});
