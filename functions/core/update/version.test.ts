import { expect, test } from 'vitest';
import { compareVersions, higherFloor, isBelow } from './version.ts';

test.each([
  ['2026.9.6', '2026.9.5', 1],
  ['2026.9.6', '2026.10.1', -1],
  ['2026.9.6', '2026.9.6', 0],
  ['2026.9.6-beta.1', '2026.9.6', -1],
  ['2026.9.6+build', '2026.9.6', 0],
  ['2025.12.31', '2026.1.1', -1],
  ['latest', '2026.1.1', null],
])('%s against %s: %s', (left, right, expected) => {
  const order = compareVersions(left, right);
  expect(order === null ? null : Math.sign(order)).toBe(expected);
});

test('what nobody knows is not called unsafe', () => {
  expect([
    isBelow(null, '2026.9.6'),
    isBelow('2026.9.5', null),
    isBelow('odd', '2026.9.6'),
  ]).toEqual([false, false, false]);
});

test('of two floors the higher one holds', () => {
  expect([higherFloor('2026.5.18', null), higherFloor('2026.5.18', '2026.9.6')]).toEqual([
    '2026.5.18',
    '2026.9.6',
  ]);
  expect(higherFloor('2026.9.6', '2026.5.18')).toBe('2026.9.6');
});
