import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plans } from '#schemas/plans.ts';
import { monthsAfter } from './period.ts';
import { normalisePhone } from './phone.ts';
import { isPriceKrw } from './price.ts';

test.each([
  ['01012345678', '01012345678'],
  [' 010-1234-5678 ', '01012345678'],
  ['010 1234 5678', '01012345678'],
  ['+82 10-1234-5678', '01012345678'],
  ['0082-010-1234-5678', '01012345678'],
  ['011-123-4567', '0111234567'],
  ['019.1234.5678', '01912345678'],
])('%s is the mobile number %s', (typed, digits) => {
  expect(normalisePhone(typed)).toBe(digits);
});

test.each([
  '',
  '02-123-4567',
  '010-123-4567',
  '0121234567',
  '010123456789',
  '01o12345678',
  '+1 10',
])('%s is no Korean mobile number', (typed) => {
  expect(normalisePhone(typed)).toBeNull();
});

test('whatever is typed, what is kept is digits that PayApp takes, and keeping is stable', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 32 }), (typed) => {
      const kept = normalisePhone(typed);
      if (kept === null) return;
      expect(kept).toMatch(/^01\d{8,9}$/);
      expect(normalisePhone(kept)).toBe(kept);
    }),
  );
});

test.each([
  ['2026-01-15T09:00:00.000Z', '2026-02-15T09:00:00.000Z'],
  ['2026-01-31T09:00:00.000Z', '2026-02-28T09:00:00.000Z'],
  ['2028-01-31T09:00:00.000Z', '2028-02-29T09:00:00.000Z'],
  ['2026-12-31T23:59:59.999Z', '2027-01-31T23:59:59.999Z'],
])('a month after %s is %s', (from, until) => {
  expect(monthsAfter(new Date(from), 1).toISOString()).toBe(until);
});

test('every plan has a price that can be charged', () => {
  const prices = plans.flatMap(({ pricesKrw }) => Object.values(pricesKrw));
  for (const price of prices) expect(isPriceKrw(price)).toBe(true);
  for (const price of [0, 999, 1000.5, Number.NaN, 1e12]) expect(isPriceKrw(price)).toBe(false);
});
