import { expect, test } from 'vitest';
import { aheadMs } from './clock.ts';

const date = 'Fri, 27 Nov 2026 07:00:00 GMT';
const atMs = Date.parse(date);
const hourMs = 3_600_000;

test('a clock that is off by an hour is seen, whichever way', () => {
  expect(aheadMs(date, null, atMs - hourMs)).toBe(hourMs);
  expect(aheadMs(date, null, atMs + hourMs)).toBe(-hourMs);
});

test('an answer that lay in a cache is as old as it says', () => {
  expect(aheadMs(date, '600', atMs + 600_000)).toBe(0);
  expect(aheadMs(date, 'soon', atMs)).toBe(0);
});

test('clocks that are close are equal, and without a date this device is believed', () => {
  expect(aheadMs(date, null, atMs + 3_000)).toBe(0);
  expect(aheadMs(null, null, atMs)).toBe(0);
  expect(aheadMs('yesterday', null, atMs)).toBe(0);
});
