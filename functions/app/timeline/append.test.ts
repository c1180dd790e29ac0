import { beforeEach, expect, test } from 'vitest';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { appendTimeline, brokenAt } from './append.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const entry = (kind: string) => ({
  subjectId: 'order1',
  kind,
  detail: { revision: 1 },
  actor: 'system',
  at: world.clock.now(),
  readers: { team: 'team1' },
});
const rows = () =>
  [...world.store.rows('timeline')].sort((left, right) => left.sequence - right.sequence);

test('ten writers at once make one unbroken chain', async () => {
  const kinds = Array.from({ length: 10 }, (_, index) => `kind${index}`);
  await Promise.all(kinds.map((kind) => appendTimeline(world, entry(kind))));
  expect(rows().map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(new Set(rows().map(({ kind }) => kind))).toEqual(new Set(kinds));
  expect(brokenAt(world.ids, rows())).toBeNull();
  expect(world.store.readersOf('timeline', 'order1.1')).toEqual({ team: 'team1' });
});

test('an entry that was changed, dropped or moved is found', async () => {
  for (const kind of ['a', 'b', 'c']) await appendTimeline(world, entry(kind));
  const [a, b, c] = rows();
  if (a === undefined || b === undefined || c === undefined) throw new Error('entries are gone');
  expect(brokenAt(world.ids, [a, { ...b, kind: 'x' }, c])).toBe(2);
  expect(brokenAt(world.ids, [a, c])).toBe(3);
  expect(brokenAt(world.ids, [b, a, c])).toBe(2);
});

test('the time in another notation is the same entry', async () => {
  await appendTimeline(world, entry('a'));
  const [a] = rows();
  if (a === undefined) throw new Error('entry is gone');
  expect(brokenAt(world.ids, [{ ...a, at: a.at.replace('Z', '+00:00') }])).toBeNull();
});

test('what is there already is not written again', async () => {
  await appendTimeline(world, entry('a'), (last) => last?.kind === 'a');
  await appendTimeline(world, entry('a'), (last) => last?.kind === 'a');
  expect(rows()).toHaveLength(1);
});
