import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proratedKrw } from './prorate.ts';
import type { Stretch } from './prorate.ts';

const dayMs = 24 * 60 * 60_000;
const stretch = fc
  .record({
    differenceKrw: fc.integer({ min: -1_000_000, max: 100_000_000 }),
    lengthMs: fc.integer({ min: 60_000, max: 760 * dayMs }),
    share: fc.double({ min: 0, max: 1.5, noNaN: true }),
  })
  .map(({ share, ...rest }): Stretch => ({ ...rest, leftMs: Math.round(rest.lengthMs * share) }));
const stretches = fc.array(stretch, { maxLength: 24 });

test('is whole tens of won, never below nothing and never above the whole difference', () => {
  fc.assert(
    fc.property(stretches, (parts) => {
      const krw = proratedKrw(parts);
      const whole = parts.reduce((sum, part) => sum + Math.max(0, part.differenceKrw), 0);
      expect(Number.isSafeInteger(krw) && krw % 10 === 0).toBe(true);
      expect(krw).toBeGreaterThanOrEqual(0);
      expect(krw).toBeLessThanOrEqual(whole);
    }),
  );
});

test('never grows while time passes', () => {
  fc.assert(
    fc.property(stretches, fc.nat(60 * dayMs), (parts, passedMs) => {
      const later = parts.map((part) => ({ ...part, leftMs: part.leftMs - passedMs }));
      expect(proratedKrw(later)).toBeLessThanOrEqual(proratedKrw(parts));
    }),
  );
});

test('of time that is bought in pieces costs what it costs in one, but for the rounding', () => {
  fc.assert(
    fc.property(stretch, fc.integer({ min: 1, max: 12 }), (part, pieces) => {
      const many = Array.from({ length: pieces }, () => ({
        ...part,
        differenceKrw: Math.max(0, part.differenceKrw),
      }));
      const each = proratedKrw([part]);
      const all = proratedKrw(many);
      expect(all).toBeGreaterThanOrEqual(each * pieces);
      expect(all - each * pieces).toBeLessThan(10 * pieces + 10);
    }),
  );
});

test.each([
  [30_000, 30, 30, 30_000],
  [30_000, 15, 30, 15_000],
  [30_000, 10, 31, 9_670],
  [30_000, 0, 30, 0],
  [30_000, 40, 30, 30_000],
  [-30_000, 15, 30, 0],
  [306_000, 364, 365, 305_160],
])('%d won, %d of %d days: %d', (differenceKrw, left, length, krw) => {
  const part = { differenceKrw, leftMs: left * dayMs, lengthMs: length * dayMs };
  expect(proratedKrw([part])).toBe(krw);
});
