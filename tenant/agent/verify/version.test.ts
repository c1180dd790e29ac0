import { expect, it } from 'vitest';
import { isAtLeast } from './version.ts';

it.each([
  ['2026.9.6', '2026.5.18', true],
  ['2026.10.1', '2026.9.30', true],
  ['2026.5.18', '2026.5.18', true],
  ['2026.5.17', '2026.5.18', false],
  ['2025.12.31', '2026.1.1', false],
  ['2026.5.18-beta.1', '2026.5.18', false],
  ['2026.5.19-beta.1', '2026.5.18', true],
  ['2026.9.6+build', '2026.9.6', true],
  ['nonsense', '2026.5.18', null],
  ['2026.9', '2026.5.18', null],
])('%s against the floor %s: %s', (version, floor, expected) => {
  expect(isAtLeast(version, floor)).toBe(expected);
});
