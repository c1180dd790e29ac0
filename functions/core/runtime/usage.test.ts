import { describe, expect, it } from 'vitest';
import { diskBand, memoryBand, usageBand } from '#schemas/contract/usage.ts';
import type { UsageReport } from '#schemas/contract/usage.ts';
import { usageWorthKeeping } from './usage.ts';

const gibibyte = 1024 ** 3;
const nowMs = Date.UTC(2026, 10, 27, 12);
const usage = (more: Partial<UsageReport> = {}): UsageReport => ({
  atMs: nowMs,
  memoryBytes: 0.8 * gibibyte,
  diskTotalBytes: 100 * gibibyte,
  diskAvailableBytes: 60 * gibibyte,
  stateBytes: null,
  stateAtMs: null,
  ...more,
});
const at = (offsetMs: number) => ({ planKey: 'basic', jitter: 0, nowMs: nowMs + offsetMs });
const full = usage({ memoryBytes: 1.9 * gibibyte });

describe('what a runtime uses', () => {
  it.each([
    [0.79, 'fine'],
    [0.8, 'warning'],
    [0.92, 'critical'],
    [1.2, 'critical'],
  ] as const)('memory at %s of the limit is %s', (share, band) => {
    expect(memoryBand({ memoryBytes: share * 2 * gibibyte }, 2048)).toBe(band);
  });

  it.each([
    [100, 60, 'fine'],
    [100, 10, 'warning'],
    [20, 4, 'warning'],
    [100, 2.9, 'critical'],
    [8, 0.9, 'critical'],
    [0, 0, 'fine'],
  ] as const)('a disk of %s GiB with %s left is %s', (total, left, band) => {
    const disk = { diskTotalBytes: total * gibibyte, diskAvailableBytes: left * gibibyte };
    expect(diskBand(disk)).toBe(band);
    expect(usageBand(usage(disk), 2048)).toBe(band);
  });

  it('is written down the first time, and then once in its own day', () => {
    expect(usageWorthKeeping(null, usage(), at(0))).toEqual(usage());
    const later = usage({ memoryBytes: gibibyte });
    expect(usageWorthKeeping(usage(), later, at(3_600_000))).toEqual(usage());
    const nextDay = at(24 * 3_600_000);
    expect(usageWorthKeeping(usage(), later, nextDay)).toEqual({ ...later, atMs: nextDay.nowMs });
  });

  it('is written down at once when it got worse, and not when it got better', () => {
    expect(usageWorthKeeping(usage(), full, at(60_000))).toEqual({ ...full, atMs: nowMs + 60_000 });
    expect(usageWorthKeeping(full, usage(), at(60_000))).toEqual(full);
  });

  it('stays as it was known while nobody says', () => {
    expect(usageWorthKeeping(full, null, at(60_000))).toEqual(full);
    expect(usageWorthKeeping(null, null, at(60_000))).toBeNull();
  });
});
