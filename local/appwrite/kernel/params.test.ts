import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppwriteError } from './errors.ts';
import {
  arrayOf,
  boolean,
  customId,
  email,
  nullable,
  object,
  oneOf,
  optional,
  password,
  range,
  required,
  roleName,
  text,
  uid,
  type Validator,
} from './params.ts';

function message(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return error instanceof AppwriteError ? error.message : 'unexpected';
  }
}

const refused = (value: unknown, validator: Validator<unknown>): string =>
  message(() => required({ x: value }, 'x', validator));

describe('parameters', () => {
  test('absent, null and empty are missing', () => {
    for (const body of [{}, { x: null }, { x: '' }]) {
      expect(message(() => required(body, 'x', uid))).toBe('Param "x" is not optional.');
    }
  });

  test('optional ones fall back, and an empty text stands for itself', () => {
    expect(optional({}, 'x', uid, 'd')).toBe('d');
    expect(optional({ x: null }, 'x', uid, null)).toBeNull();
    expect(optional({ x: '' }, 'x', uid, 'd')).toBe('');
    expect(optional({ x: '' }, 'x', range(0, 9), 5)).toBe(5);
  });

  test.each([
    ['-bad id', uid, 'Parameter must contain at most 36 chars.'],
    ['a'.repeat(37), customId, 'Parameter must contain at most 36 chars.'],
    ['a'.repeat(82), roleName, 'Parameter must contain at most 81 chars.'],
    [100_000, range(0, 3600), 'Value must be a valid range between 0 and 3,600'],
    [
      { a: 1 },
      text(128),
      'Value must be a valid string and at least 1 chars and no longer than 128',
    ],
    ['abc', text(2, 0), 'Value must be a valid string and no longer than 2 chars'],
    ['nobody', email, 'Value must be a valid email address'],
    ['short1!', password, 'Password must be between 8 and 256 characters long.'],
    ['x', oneOf(['a', 'b']), 'Value must be one of (a, b)'],
    ['x', object, 'Value must be a valid object.'],
    ['x', boolean, 'Value must be a valid boolean'],
    [
      ['bad role!'],
      arrayOf(roleName, 100),
      'Value must a valid array no longer than 100 items and',
    ],
    ['x', nullable(object), 'Value must be a valid object. or null'],
  ])('%o is refused in the words of the server', (value, validator, words) => {
    expect(refused(value, validator)).toContain(`Invalid \`x\` param: ${words}`);
  });

  test('numbers and booleans of forms may be text', () => {
    expect(required({ x: '12' }, 'x', range(0, 20))).toBe(12);
    expect(required({ x: 'true' }, 'x', boolean)).toBe(true);
    expect(required({ x: '0' }, 'x', boolean)).toBe(false);
  });

  test('addresses that differ in case are one', () => {
    expect(required({ x: 'A@Example.com' }, 'x', email)).toBe('a@example.com');
  });

  test('every id that is let through keeps to the rule', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (id) => {
        const fits = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,35}$/.test(id);
        expect(refused(id, uid) === '').toBe(fits);
      }),
    );
  });
});
