/** What a payment adds and a refund takes away, in any order and any number of times. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addPeriod, firstPeriod, giveDays, withdrawPeriod } from './periods.ts';
import type { PaidTime } from './periods.ts';

const now = new Date('2026-01-31T09:00:00.000Z');
const dayMs = 24 * 60 * 60_000;
const later = (days: number): Date => new Date(now.getTime() + days * dayMs);
const add = (paid: PaidTime, orderId: string, at: Date, months = 1): PaidTime =>
  addPeriod(paid, { orderId, months, now: at }) ?? paid;

const opened = firstPeriod({ orderId: 'o1', months: 1 }, now);

describe('a period', () => {
  test('paid early goes on where what is paid ends', () => {
    const longer = add(opened, 'o2', later(3), 3);
    expect(longer.paidUntil).toBe('2026-05-31T09:00:00.000Z');
    expect(longer.periods.map(({ from }) => from)).toEqual([now.toISOString(), opened.paidUntil]);
  });

  test('paid late begins when it is paid: no day is billed that is gone', () => {
    const paidAt = new Date('2026-03-10T12:00:00.000Z');
    expect(add(opened, 'o2', paidAt).paidUntil).toBe('2026-04-10T12:00:00.000Z');
  });

  test('that a short month cut off is not short for ever', () => {
    const ends = ['o2', 'o3', 'o4'].reduce<PaidTime[]>(
      (all, orderId) => [...all, add(all.at(-1) ?? opened, orderId, later(1))],
      [opened],
    );
    expect(ends.map(({ paidUntil }) => paidUntil.slice(0, 10))).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ]);
  });

  test('is added once by its order', () => {
    const longer = add(opened, 'o2', later(3));
    expect(addPeriod(longer, { orderId: 'o2', months: 12, now: later(4) })).toBeNull();
    expect(addPeriod(longer, { orderId: 'o1', months: 1, now: later(4) })).toBeNull();
  });

  test('whose money went back moves forward what comes after it', () => {
    const two = add(add(opened, 'o2', later(1)), 'o3', later(2));
    const left = withdrawPeriod(two, 'o2');
    expect(left?.paidUntil).toBe('2026-03-30T09:00:00.000Z');
    expect(left?.periods.at(-1)?.from).toBe(opened.paidUntil);
    expect(left && withdrawPeriod(left, 'o2')).toBeNull();
  });

  test('whose money went back before it was added is never added', () => {
    const left = withdrawPeriod(opened, 'o2');
    expect(left?.paidUntil).toBe(opened.paidUntil);
    expect(left && addPeriod(left, { orderId: 'o2', months: 1, now })).toBeNull();
  });

  test('that is given counts once, and from today where nothing was left', () => {
    const given = giveDays(opened, { givenId: 'a', days: 5, now: later(100) });
    expect(given?.paidUntil).toBe(later(105).toISOString());
    expect(given && giveDays(given, { givenId: 'a', days: 5, now: later(100) })).toBeNull();
  });
});

const step = fc.record({
  order: fc.integer({ min: 2, max: 9 }),
  months: fc.constantFrom(1, 3, 12),
  withdraws: fc.boolean(),
  afterDays: fc.integer({ min: 0, max: 60 }),
});

test('whatever is paid and taken back, each order counts at most once and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let paid = opened;
      let at = now;
      const gone = new Set<string>();
      for (const { order, months, withdraws, afterDays } of steps) {
        at = new Date(at.getTime() + afterDays * dayMs);
        const orderId = `o${order}`;
        const before = paid;
        if (withdraws) {
          paid = withdrawPeriod(paid, orderId) ?? paid;
          gone.add(orderId);
          expect(Date.parse(paid.paidUntil)).toBeLessThanOrEqual(Date.parse(before.paidUntil));
        } else {
          paid = add(paid, orderId, at, months);
          const grew = Date.parse(paid.paidUntil) > Date.parse(before.paidUntil);
          if (gone.has(orderId)) expect(grew).toBe(false);
          // Whoever pays has at least a whole term before them.
          if (grew) {
            const leastMs = at.getTime() + 28 * months * dayMs;
            expect(Date.parse(paid.paidUntil)).toBeGreaterThanOrEqual(leastMs);
          }
        }
        const ids = paid.periods.map((period) => period.orderId);
        expect(new Set(ids).size).toBe(ids.length);
      }
    }),
  );
});
