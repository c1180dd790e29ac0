/** Operators come to the value they promise, and are refused on columns of another kind. */
import { Condition, Operator } from 'node-appwrite';
import { expect, test } from 'vitest';
import type { Column, ColumnType } from './model.ts';
import { hasOperators, withoutOperators } from './operators.ts';

const now = '2026-01-01T00:00:00.000+00:00';

const column = (key: string, type: ColumnType, array = false): Column => ({
  ...{ key, type, format: '', size: 100, required: false, array, default: null },
  ...{ encrypt: false, physical: key, createdAt: now, updatedAt: now },
});

const columns = new Map(
  [
    column('n', 'integer'),
    column('share', 'double'),
    column('name', 'varchar'),
    column('on', 'boolean'),
    column('at', 'datetime'),
    column('tags', 'varchar', true),
    column('list', 'integer', true),
  ].map((one) => [one.key, one]),
);

const row = {
  ...{ n: 5, share: 0.5, name: 'a-b-a', on: false, at: '2026-01-31T00:00:00.000+00:00' },
  ...{ tags: ['a', 'b', 'a'], list: [1, 2, 3, 4] },
};

const come = (key: string, operator: string, from: object | undefined = row): unknown =>
  withoutOperators({ [key]: operator }, { columns, row: { ...from }, now })[key];

test.each([
  ['n', Operator.increment(3), 8],
  ['n', Operator.increment(3, 6), 6],
  ['n', Operator.decrement(3), 2],
  ['n', Operator.decrement(9, 0), 0],
  ['n', Operator.multiply(3), 15],
  ['n', Operator.multiply(3, 10), 10],
  ['n', Operator.divide(2), 3],
  ['share', Operator.divide(2), 0.25],
  ['n', Operator.modulo(3), 2],
  ['n', Operator.power(2), 25],
  ['name', Operator.stringConcat('!'), 'a-b-a!'],
  ['name', Operator.stringReplace('a', 'c'), 'c-b-c'],
  ['on', Operator.toggle(), true],
  ['at', Operator.dateAddDays(1), '2026-02-01T00:00:00.000+00:00'],
  ['at', Operator.dateSubDays(31), '2025-12-31T00:00:00.000+00:00'],
  ['at', Operator.dateSetNow(), now],
  ['tags', Operator.arrayAppend(['c']), ['a', 'b', 'a', 'c']],
  ['tags', Operator.arrayPrepend(['c']), ['c', 'a', 'b', 'a']],
  ['tags', Operator.arrayInsert(1, 'c'), ['a', 'c', 'b', 'a']],
  ['tags', Operator.arrayRemove('a'), ['b']],
  ['tags', Operator.arrayUnique(), ['a', 'b']],
  ['tags', Operator.arrayIntersect(['b', 'z']), ['b']],
  ['tags', Operator.arrayDiff(['a']), ['b']],
  ['list', Operator.arrayFilter(Condition.GreaterThan, 2), [3, 4]],
  ['list', Operator.arrayFilter(Condition.NotEqual, 2), [1, 3, 4]],
])('%s %s', (key, operator, right) => {
  expect(come(key, operator)).toEqual(right);
});

test('where nothing stands yet, numbers begin at zero and lists empty', () => {
  expect(come('n', Operator.increment(2), {})).toBe(2);
  expect(come('tags', Operator.arrayAppend(['x']), {})).toEqual(['x']);
  expect(come('on', Operator.toggle(), {})).toBe(true);
  expect(come('at', Operator.dateAddDays(1), {})).toBeNull();
});

test.each([
  ['name', Operator.increment(1)],
  ['n', Operator.stringConcat('x')],
  ['n', Operator.arrayAppend(['x'])],
  ['n', Operator.toggle()],
  ['on', Operator.dateSetNow()],
  ['at', Operator.dateAddDays(1e300)],
  ['at', Operator.dateSubDays(1e6)],
  ['tags', Operator.stringConcat('x')],
  ['tags', Operator.arrayInsert(9, 'x')],
  ['n', '{"method":"divide","values":[0]}'],
  ['n', '{"method":"increment","values":["1"]}'],
  ['list', '{"method":"arrayFilter","values":["constructor",1]}'],
])('%s does not take %s', (key, operator) => {
  expect(() => come(key, operator)).toThrow(/Invalid document structure/);
});

test('text that only looks like one is text', () => {
  for (const text of ['{"method":"walk"}', '{"method":', '{"method":1}', '{"a":1}', 'increment']) {
    expect(hasOperators({ name: text })).toBe(false);
    expect(come('name', text)).toBe(text);
  }
  const data = { name: 'x' };
  expect(withoutOperators(data, { columns, row, now })).toBe(data);
});
