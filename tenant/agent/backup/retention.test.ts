import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keptOf } from './retention.ts';

const dayMs = 86_400_000;
/** A Monday. */
const monday = Date.UTC(2026, 8, 7);
const at = (day: number, hour = 3): { backupId: string; madeAtMs: number } => ({
  backupId: `b${day}_${hour}`,
  madeAtMs: monday + day * dayMs + hour * 3_600_000,
});
const keptFrom = (backups: readonly { backupId: string; madeAtMs: number }[]): string[] =>
  [...keptOf(backups)].toSorted();

it('keeps everything of the first week', () => {
  const week = [0, 1, 2, 3, 4, 5, 6].map((day) => at(day));
  expect(keptFrom(week)).toEqual(week.map(({ backupId }) => backupId));
});

it('keeps after two months the last seven days and the last of the three weeks before', () => {
  const days = Array.from({ length: 56 }, (_, day) => at(day));
  const last = ['b49_3', 'b50_3', 'b51_3', 'b52_3', 'b53_3', 'b54_3', 'b55_3'];
  expect(keptFrom(days)).toEqual(['b34_3', 'b41_3', 'b48_3', ...last].toSorted());
});

it('keeps the newest of a day with many', () => {
  expect(keptFrom([at(0, 1), at(0, 9), at(0, 5)])).toEqual(['b0_9']);
});

it('loses nothing old through an outage: days without a backup do not count', () => {
  const before = [0, 1, 2, 3, 4, 5, 6].map((day) => at(day));
  expect(keptFrom([...before, at(40)])).toEqual(
    [...before.slice(1).map(({ backupId }) => backupId), 'b40_3'].toSorted(),
  );
});

it('never keeps more than eleven, always keeps the newest, and settles', () => {
  const backups = fc.uniqueArray(fc.integer({ min: 0, max: 400 * 24 }), { maxLength: 60 });
  fc.assert(
    fc.property(backups, (hours) => {
      const all = hours.map((hour) => at(0, hour));
      const kept = keptOf(all);
      expect(kept.size).toBeLessThanOrEqual(11);
      if (hours.length > 0) expect(kept).toContain(at(0, Math.max(...hours)).backupId);
      const again = keptOf(all.filter(({ backupId }) => kept.has(backupId)));
      expect([...again].toSorted()).toEqual([...kept].toSorted());
    }),
  );
});
