import { beforeEach, expect, test } from 'vitest';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { readHistory } from './history.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const append = (kind: string, subjectId = 'order1') =>
  appendTimeline(world, {
    subjectId,
    kind,
    detail: { revision: 1 },
    actor: 'payapp',
    at: world.clock.now(),
    readers: { team: 'team1' },
  });
const historyOf = async (subjectId: string) => {
  const read = await readHistory(world, { subjectId });
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
};

test('an operator reads what only the workspace may read, newest last', async () => {
  await append('order.draft');
  world.clock.advance(60_000);
  await append('order.paid');
  await append('runtime.opened', 'runtime1');
  const { entries, total, brokenAt } = await historyOf('order1');
  expect(entries).toEqual([
    {
      sequence: 1,
      kind: 'order.draft',
      actor: 'payapp',
      at: '2026-11-23T09:00:00.000Z',
      detail: '{"revision":1}',
    },
    expect.objectContaining({ sequence: 2, kind: 'order.paid', at: '2026-11-23T09:01:00.000Z' }),
  ]);
  expect({ total, brokenAt }).toEqual({ total: 2, brokenAt: null });
});

test('of a long history the newest hundred are told, and all of it is checked', async () => {
  for (let index = 1; index <= 130; index += 1) await append(`kind${index}`);
  const { entries, total, brokenAt } = await historyOf('order1');
  expect([entries.length, entries[0]?.sequence, entries.at(-1)?.sequence]).toEqual([100, 31, 130]);
  expect({ total, brokenAt }).toEqual({ total: 130, brokenAt: null });
});

test('an entry that was changed behind our back is named', async () => {
  for (const kind of ['a', 'b', 'c']) await append(kind);
  const row = await world.store.get('timeline', 'order1.2');
  if (row === null) throw new Error('entry is gone');
  await world.store.update('timeline', { id: row.id, version: row.version }, { kind: 'x' });
  expect((await historyOf('order1')).brokenAt).toBe(2);
});

test('a subject without history has an empty and unbroken one', async () => {
  expect(await historyOf('nobody')).toEqual({ entries: [], total: 0, brokenAt: null });
});
