import { expect, test } from 'vitest';
import { manyRuntimes } from '../gallery/fixtures.ts';
import { findSlots, shownState, slotsOf } from './slots.ts';
import type { Slot } from './slots.ts';

const slots = slotsOf('acme', manyRuntimes.orders, manyRuntimes.runtimes);
const korean = (slot: Slot): string => (shownState(slot) === 'ready' ? '준비 완료' : '다른 상태');
const find = (typed: string): readonly string[] =>
  findSlots(slots, typed, korean).map(({ name }) => name);

test('twenty runtimes are twenty slots, and an empty search leaves them all', () => {
  expect(slots).toHaveLength(20);
  expect(find('  ')).toHaveLength(20);
});

test('a runtime is found by its name, its host, and its state in either spelling', () => {
  expect(find('NIGHTLY-7')).toEqual(['nightly-7']);
  expect(find('r7.acme')).toEqual(['nightly-7']);
  const ready = slots.filter((slot) => shownState(slot) === 'ready').map(({ name }) => name);
  expect(ready.length).toBeGreaterThan(1);
  expect(find('ready')).toEqual(ready);
  expect(find('준비')).toEqual(ready);
});

test('every word counts, and what is nowhere is not found', () => {
  const one = find('nightly ready');
  expect(one.length).toBeLessThan(find('nightly').length);
  expect(find('nowhere')).toEqual([]);
});
