/**
 * One suite for every `Store`: the small world that unit tests use, and Appwrite over HTTP. What
 * holds here for both is what the use cases rely on. `tests/support/appwrite.ts` says which Appwrite.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import { systemIds } from '#adapters/system/ids.ts';
import type { Store } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { openAppwrite } from '#tests/support/appwrite.ts';
import { MemoryStore } from '#tests/support/memory-store.ts';

interface Running {
  readonly store: Store;
  /** The same rows through a key that is worth nothing. */
  readonly stranger: Store | null;
  stop(): Promise<void>;
}

const appwrite = async (): Promise<Running> => {
  const { settings, key, stop } = await openAppwrite(['settings', 'limits', 'tasks']);
  return {
    store: connectAppwrite(settings, key).store,
    stranger: connectAppwrite(settings, 'standard_unknown').store,
    stop,
  };
};

const memory = async (): Promise<Running> => ({
  store: new MemoryStore(),
  stranger: null,
  stop: () => Promise.resolve(),
});

describe.each([
  ['the small world', memory],
  ['Appwrite', appwrite],
])('%s', (_name, start) => {
  let running: Running;
  let store: Store;
  beforeAll(async () => {
    running = await start();
    store = running.store;
  });
  afterAll(() => running.stop());

  const setting = (value: string) => ({ data: { value }, readers: 'functions' as const });
  const task = (openedAt: string, closedAt: string | null = null) => ({
    data: { kind: 'refund_due' as const, subjectId: 'contract', detail: '{}', openedAt, closedAt },
    readers: 'functions' as const,
  });

  test('lists the rows of given ids, and says nothing of those that do not exist', async () => {
    const ids = Array.from({ length: 100 }, () => systemIds.newId());
    const made = ids.slice(0, 40);
    await Promise.all(made.map((id) => store.create('tasks', id, task('2026-11-23T09:00:00Z'))));
    const found = await store.list('tasks', { ids, limit: 100 });
    expect(found.map(({ id }) => id).toSorted()).toEqual(made.toSorted());
    await Promise.all(made.map((id) => store.delete('tasks', id)));
  });

  test('gives back what was created, with times that can be read', async () => {
    const id = systemIds.newId();
    await store.create('tasks', id, task('2026-11-23T09:00:00.000Z'));
    const row = await store.get('tasks', id);
    expect(row).toMatchObject({ id, kind: 'refund_due', closedAt: null });
    expect(Date.parse(row?.openedAt ?? '')).toBe(Date.UTC(2026, 10, 23, 9));
    expect(Number.isNaN(Date.parse(row?.createdAt ?? ''))).toBe(false);
    await store.delete('tasks', id);
  });

  test('knows no row that was not created', async () => {
    const id = systemIds.newId();
    expect(await store.get('settings', id)).toBeNull();
    expect(await store.delete('settings', id)).toBe('missing');
    const version = new Date().toISOString();
    expect(await store.update('settings', { id, version }, { value: '1' })).toBe('missing');
    const claim = { column: 'count', max: 1 } as const;
    expect(await store.incrementUpTo('limits', id, claim)).toBe('missing');
  });

  test('lets one of twenty create a row', async () => {
    const id = systemIds.newId();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.create('settings', id, setting(String(index))),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(19);
  });

  test('lets one of ten write upon the version they all read', async () => {
    const id = systemIds.newId();
    await store.create('settings', id, setting('0'));
    const row = await store.get('settings', id);
    if (row === null) throw new Error('row is gone');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        store.update('settings', row, { value: `v${index}` }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'updated')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'stale')).toHaveLength(9);
  });

  test('moves the version with every write, however fast they come', async () => {
    const id = systemIds.newId();
    await store.create('settings', id, setting('0'));
    const versions = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const row = await store.get('settings', id);
      if (row === null) throw new Error('row is gone');
      versions.add(row.version);
      expect(await store.update('settings', row, { value: `v${index}` })).toBe('updated');
      expect(await store.update('settings', row, { value: 'lost' })).toBe('stale');
    }
    expect(versions.size).toBe(20);
    expect((await store.get('settings', id))?.value).toBe('v19');
  });

  test('counts up to the maximum and no further, under any concurrency', async () => {
    const id = systemIds.newId();
    const data = { count: 0, expiresAt: '2026-11-23T09:00:00.000Z' };
    await store.create('limits', id, { data, readers: 'functions' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.incrementUpTo('limits', id, { column: 'count', max: 7 }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'incremented')).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === 'full')).toHaveLength(13);
    expect((await store.get('limits', id))?.count).toBe(7);
  });

  test('lists by equality, null, bound, order and page', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString();
    const ids = ['a', 'b', 'c', 'd'].map((name) => `${name}${systemIds.newId()}`);
    for (const [index, id] of ids.entries()) {
      await store.create('tasks', id, task(at(3 - index), index === 3 ? at(9) : null));
    }
    const [a = '', b = '', c = '', d = ''] = ids;
    const subject = { subjectId: 'contract' };
    const list = async (
      query: Omit<Parameters<typeof store.list<'tasks'>>[1], 'limit'>,
      limit = 10,
    ) => (await store.list('tasks', { ...query, limit })).map(({ id }) => id);
    expect(await list({ where: { ...subject, closedAt: null } })).toEqual([a, b, c]);
    expect(await list({ where: subject, orderBy: { column: 'openedAt' } })).toEqual([d, c, b, a]);
    expect(
      await list({ where: subject, orderBy: { column: 'openedAt', descending: true } }, 2),
    ).toEqual([a, b]);
    expect(await list({ where: subject, newestFirst: true }, 2)).toEqual([d, c]);
    expect(await list({ where: subject, newestFirst: true, after: c }, 2)).toEqual([b, a]);
    expect(await list({ atMost: { column: 'openedAt', value: at(1) } })).toEqual([c, d]);
    expect(await list({ atMost: { column: 'closedAt', value: at(30) } })).toEqual([d]);
    expect(await list({ where: { subjectId: 'nothing' } })).toEqual([]);
    for (const id of ids) await store.delete('tasks', id);
  });

  test('writes null where a row may leave a column empty', async () => {
    const id = systemIds.newId();
    await store.create('tasks', id, task('2026-11-23T09:00:00.000Z', '2026-11-24T09:00:00.000Z'));
    const row = await store.get('tasks', id);
    if (row === null) throw new Error('row is gone');
    await store.update('tasks', row, { closedAt: null });
    expect((await store.get('tasks', id))?.closedAt).toBeNull();
    await store.delete('tasks', id);
  });

  test('with a key that is worth nothing decides nothing', async () => {
    if (running.stranger === null) return;
    const id = systemIds.newId();
    await expect(running.stranger.get('settings', id)).rejects.toThrow(StoreUnavailable);
    await expect(running.stranger.create('settings', id, setting('x'))).rejects.toThrow(
      StoreUnavailable,
    );
  });
});
