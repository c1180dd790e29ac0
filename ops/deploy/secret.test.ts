/** A secret stays one, whatever is done to print it. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret, redactor } from './secret.ts';

const value = 'hunter2-and more/+=';

test('it is not in any way of printing', () => {
  const secret = new Secret(value);
  const ways = [String(secret), JSON.stringify({ secret }), inspect(secret), inspect({ secret })];
  expect(ways.filter((text) => text.includes(value))).toEqual([]);
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal()).toBe(value);
});

test('words of others are cleaned of it, encoded or not; short values stay', () => {
  const redact = redactor([new Secret(value), new Secret('ok')]);
  const told = `it said ${value} and ${encodeURIComponent(value)}, ok?`;
  expect(redact(told)).toBe('it said [secret] and [secret], ok?');
});
