import { describe, expect, test } from 'vitest';
import { heldUntil, standingOf, timesOf, zonesFor } from './update.ts';

const nowMs = Date.parse('2026-11-27T00:00:00.000Z');
const record = (endedAt: string | null): string =>
  JSON.stringify({
    updateId: 'a1b2c3d4e5f6',
    why: 'target',
    from: { image: 'openclaw:2026.9.5', version: '2026.9.5' },
    to: { image: 'openclaw:2026.9.6', version: '2026.9.6' },
    earliestAt: '2026-11-26T00:00:00.000Z',
    startsAt: '2026-11-26T19:00:00.000Z',
    latestAt: null,
    endedAt,
  });

describe('the newest update', () => {
  test('is said while it is planned and for a fortnight after it ended', () => {
    const planned = standingOf({ update: record(null), updateState: 'planned' }, nowMs);
    expect(planned?.update.to.version).toBe('2026.9.6');
    const done = (endedAt: string) =>
      standingOf({ update: record(endedAt), updateState: 'done' }, nowMs)?.state;
    expect(done('2026-11-20T00:00:00.000Z')).toBe('done');
    expect(done('2026-11-01T00:00:00.000Z')).toBeUndefined();
  });

  test.each([
    [null, null],
    ['{', 'planned'],
    ['{}', 'done'],
  ] as const)('%s as %s says nothing', (update, updateState) => {
    expect(standingOf({ update, updateState }, nowMs)).toBeNull();
  });
});

describe('the times', () => {
  const none = { quietHour: null, timeZone: null, updatesHeldUntil: null };

  test('are Korean nights where nobody chose', () => {
    const times = { quietHour: 4, timeZone: 'Asia/Seoul', heldUntil: null };
    expect(timesOf(none, nowMs)).toEqual(times);
    const over = { ...none, updatesHeldUntil: '2026-11-26T00:00:00.000Z' };
    expect(timesOf(over, nowMs).heldUntil).toBeNull();
  });

  test('keep a hold, end it, or begin one', () => {
    const held = '2026-12-01T00:00:00.000Z';
    const times = timesOf({ ...none, updatesHeldUntil: held }, nowMs);
    expect(heldUntil('kept', times, nowMs)).toBe(held);
    expect(heldUntil('none', times, nowMs)).toBeNull();
    expect(heldUntil('week', times, nowMs)).toBe('2026-12-04T00:00:00.000Z');
  });

  test('offer Seoul first, and the zone of the browser once', () => {
    const zones = zonesFor('Asia/Seoul', 'Asia/Kathmandu');
    expect([zones[0], zones.at(-1)]).toEqual(['Asia/Seoul', 'Asia/Kathmandu']);
    expect(new Set(zones).size).toBe(zones.length);
  });
});
