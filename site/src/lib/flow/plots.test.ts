import { expect, test } from 'vitest';
import { axisTop, barsOf, logPlace, percentOf } from './plots.ts';

test.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 5],
  [10, 10],
  [11, 20],
  [499, 500],
  [501, 1000],
])('an axis over %d ends at %d', (most, top) => {
  expect(axisTop(most)).toBe(top);
});

test('bars stand on the bottom, side by side, none higher than the plot', () => {
  const bars = barsOf([0, 5, 10, 99], { width: 100, height: 40, top: 10 });
  expect(bars.map(({ height }) => height)).toEqual([0, 20, 40, 40]);
  for (const { y, height } of bars) expect(y + height).toBe(40);
  const xs = bars.map(({ x }) => x);
  expect(xs).toEqual(xs.toSorted((a, b) => a - b));
  expect(barsOf([], { width: 100, height: 40, top: 10 })).toEqual([]);
});

test('durations keep their order on the axis and stay on it', () => {
  const most = 86_400_000;
  const places = [0, 1_000, 60_000, 3_600_000, most].map((value) => logPlace(value, most));
  expect(places[0]).toBe(0);
  expect(places.at(-1)).toBe(1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('a share of nothing is no share', () => {
  expect(percentOf(0, 0)).toBeNull();
  expect(percentOf(1, 3)).toBe(33);
});
