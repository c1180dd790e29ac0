import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackupOrigin } from '#schemas/contract/agent-backup.ts';
import { keptOf } from './retention.ts';

const dayMs = 86_400_000;
/** A Monday. */
const monday = Date.UTC(2026, 8, 7);
const at = (day: number, hour = 3, origin: BackupOrigin = 'runtime') => ({
  ...{ backupId: `b${day}_${hour}`, origin },
  madeAtMs: monday + day * dayMs + hour * 3_600_000,
});
const keptFrom = (backups: readonly ReturnType<typeof at>[]): string[] =>
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

describe('an import', () => {
  const days = Array.from({ length: 10 }, (_, day) => at(day));

  it('takes the place of no day and no week, and none takes its', () => {
    const all = [...days, at(9, 5, 'import')];
    expect(keptFrom(all)).toEqual([...keptFrom(days), 'b9_5'].toSorted());
    expect(keptOf([...all, at(10)])).toContain('b9_5');
  });

  it('gives way to the next one, and after four weeks to none', () => {
    expect(keptFrom([at(0, 1, 'import'), at(0, 2, 'import')])).toEqual(['b0_2']);
    expect(keptOf([at(0, 3, 'import'), at(27)])).toContain('b0_3');
    expect(keptOf([at(0, 3, 'import'), at(28)])).not.toContain('b0_3');
  });
});
