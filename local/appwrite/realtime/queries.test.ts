import { expect, test } from 'vitest';
import { QueryRefused, holds, parseFilter } from './queries.ts';

const query = (method: string, attribute: string, ...values: unknown[]): string =>
  JSON.stringify({ method, attribute, values });
const row = { title: 'ready', n: 3, gone: null };

test.each([
  [query('equal', 'title', 'pending', 'ready'), true],
  [query('notEqual', 'title', 'ready'), false],
  [query('lessThan', 'n', 3), false],
  [query('lessThanEqual', 'n', 3), true],
  [query('greaterThan', 'n', '2'), false],
  [query('greaterThanEqual', 'n', 3), true],
  [query('isNull', 'gone'), true],
  [query('isNotNull', 'missing'), false],
  [JSON.stringify({ method: 'select', values: ['*'] }), true],
  [
    JSON.stringify({
      method: 'or',
      values: [
        { method: 'equal', attribute: 'n', values: [1] },
        { method: 'equal', attribute: 'n', values: [3] },
      ],
    }),
    true,
  ],
])('%s is %s', (text, expected) => {
  expect(holds(parseFilter(text), row)).toBe(expected);
});

test('other methods are refused by name', () => {
  expect(() => parseFilter(query('search', 'title', 'x'))).toThrow(
    /Query method 'search' is not supported in Realtime queries\. Allowed: equal, notEqual/,
  );
  expect(() => parseFilter('equal("a")')).toThrow(QueryRefused);
});

test('nesting is bounded', () => {
  let nested: unknown = { method: 'isNull', attribute: 'a', values: [] };
  for (let depth = 0; depth < 10; depth += 1) nested = { method: 'and', values: [nested] };
  expect(() => parseFilter(nested)).toThrow(QueryRefused);
});
