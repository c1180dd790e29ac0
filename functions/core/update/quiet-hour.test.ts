import { describe, expect, test } from 'vitest';
import { nextQuietMs, quietWindowMs, startMs } from './quiet-hour.ts';

const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number): string => new Date(ms).toISOString();
const seoul = { hour: 4, timeZone: 'Asia/Seoul' };

test.each([
  ['Asia/Seoul', 4, '2026-11-27T12:00:00Z', '2026-11-27T19:00:00.000Z'],
  ['Asia/Seoul', 4, '2026-11-27T19:00:00Z', '2026-11-27T19:00:00.000Z'],
  ['Asia/Seoul', 4, '2026-11-27T19:00:01Z', '2026-11-28T19:00:00.000Z'],
  ['Asia/Kathmandu', 0, '2026-11-27T12:00:00Z', '2026-11-27T18:15:00.000Z'],
  // Clocks go back: the hour comes twice and is taken once; forward: the day after has it.
  ['Europe/Berlin', 2, '2026-10-24T12:00:00Z', '2026-10-25T00:00:00.000Z'],
  ['Europe/Berlin', 2, '2026-03-28T12:00:00Z', '2026-03-30T00:00:00.000Z'],
])('%s %i o’clock after %s is %s', (timeZone, hour, from, expected) => {
  expect(iso(nextQuietMs({ hour, timeZone }, at(from)))).toBe(expected);
});

describe('the moment to begin', () => {
  const bounds = { earliestMs: at('2026-11-27T12:00:00Z'), heldUntilMs: 0, latestMs: null };
  const startsMs = at('2026-11-27T19:00:00Z');

  test.each([
    ['before', -60_000],
    ['in', 0],
    ['late in', quietWindowMs],
  ])('is the same %s its window', (_, offsetMs) => {
    expect(startMs(seoul, { ...bounds, nowMs: startsMs + offsetMs })).toBe(startsMs);
  });

  test('is another night when its window was missed', () => {
    const nowMs = startsMs + quietWindowMs + 60_000;
    expect(iso(startMs(seoul, { ...bounds, nowMs }))).toBe('2026-11-28T19:00:00.000Z');
  });

  test('waits for a hold', () => {
    const held = { ...bounds, heldUntilMs: at('2026-12-05T00:00:00Z'), nowMs: bounds.earliestMs };
    expect(iso(startMs(seoul, held))).toBe('2026-12-05T19:00:00.000Z');
  });

  test('below the floor is the last quiet hour before the hold ends', () => {
    const latestMs = at('2026-11-30T12:00:00Z');
    const held = { ...bounds, heldUntilMs: at('2027-01-01T00:00:00Z'), latestMs };
    const nowMs = bounds.earliestMs;
    expect(iso(startMs(seoul, { ...held, nowMs }))).toBe('2026-11-29T19:00:00.000Z');
  });

  test('is the end of the hold where no quiet hour lies before it', () => {
    const latestMs = at('2026-11-27T15:00:00Z');
    const nowMs = bounds.earliestMs;
    expect(startMs(seoul, { ...bounds, latestMs, nowMs })).toBe(latestMs);
    expect(startMs(seoul, { ...bounds, latestMs, nowMs: latestMs + 60_000 })).toBe(latestMs);
  });
});
