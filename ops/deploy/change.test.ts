/** A difference is told so that a person sees it, however long the values are. */
import { expect, test } from 'vitest';
import { differs } from './change.ts';

const kinds = Array.from({ length: 30 }, (_, index) => `kind_${String(index)}`);

test('of a long list, what came and what went', () => {
  expect(differs('elements', kinds, [...kinds.slice(1), 'late'])).toBe('elements: +late -kind_0');
});

test('of a list in another order, that', () => {
  expect(differs('columns', ['a', 'b'], ['b', 'a'])).toBe('columns: in another order');
});

test.each([
  ['limit', 0, 1, 'limit: 0 → 1'],
  ['events', [], ['rows.create'], 'events: [] → ["rows.create"]'],
  ['default', null, 'x', 'default: none → "x"'],
])('of anything else, both: %s', (name, from, to, words) => {
  expect(differs(name, from, to)).toBe(words);
});
