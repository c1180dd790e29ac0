import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createChangeBus } from './changes.ts';
import { openStore, storageProblem, type OpenStore } from './store.ts';
import type { Change } from './types.ts';

let folder: string;
let store: OpenStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  store = openStore(join(folder, 'a.sqlite'));
  store.raw.exec('CREATE TABLE things (id TEXT PRIMARY KEY)');
  await store.durable();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = (id: string): unknown => store.prepare('INSERT INTO things (id) VALUES (?)').run(id);

const change = (note: string): Change => ({
  projectId: 'p',
  events: [],
  functionEvents: [],
  channels: [],
  roles: [],
  payload: { note },
  userId: '',
});

test('only what was written waits for the disk', async () => {
  expect(store.durable()).toBeUndefined();
  add('a');
  const safe = store.durable();
  expect(safe).toBeInstanceOf(Promise);
  await safe;
  store.prepare('SELECT * FROM things').all();
  expect(store.durable()).toBeUndefined();
});

test('writes of one turn share a sync; one that comes later waits for the next', async () => {
  add('a');
  const first = store.durable();
  add('b');
  expect(store.durable()).toBe(first);
  // The sync begins when the turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  add('c');
  const second = store.durable();
  expect(second).not.toBe(first);
  await second;
  expect(store.durable()).toBeUndefined();
});

test('a change is heard once its write is safe, and in the order of the writes', async () => {
  const heard: unknown[] = [];
  const bus = createChangeBus(
    (error) => heard.push(error),
    () => store.durable(),
  );
  bus.subscribe(({ payload }) => heard.push(payload['note']));
  for (const id of ['a', 'b']) {
    add(id);
    bus.publish(change(id));
  }
  await new Promise((resolve) => setImmediate(resolve));
  add('c');
  bus.publish(change('c'));
  expect(heard).not.toContain('c');
  await store.durable();
  expect(heard).toEqual(['a', 'b', 'c']);
  bus.publish(change('unwritten'));
  expect(heard.at(-1)).toBe('unwritten');
});

test('a change whose write the disk lost is not heard', async () => {
  const heard: unknown[] = [];
  const reported: unknown[] = [];
  const failure = new Error('disk');
  const bus = createChangeBus(
    (error) => reported.push(error),
    () => Promise.reject(failure),
  );
  bus.subscribe((one) => heard.push(one));
  bus.publish(change('lost'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  expect(reported).toEqual([failure]);
});

test('a sync that was promised is made when the store closes', async () => {
  add('a');
  const safe = store.durable();
  store.close();
  await safe;
  store = openStore(join(folder, 'a.sqlite'));
  expect(store.prepare('SELECT id FROM things').all()).toMatchObject([{ id: 'a' }]);
});

test.each([
  [Object.assign(new Error(), { errcode: 13 }), 'The disk of the server is full.'],
  [Object.assign(new Error(), { errcode: 778 }), 'The server cannot write to its disk.'],
  [Object.assign(new Error(), { code: 'ENOSPC' }), 'The disk of the server is full.'],
  [Object.assign(new Error(), { code: 'EROFS' }), 'The server cannot write to its disk.'],
  [Object.assign(new Error(), { errcode: 1555 }), undefined],
  [new Error('bug'), undefined],
])('%# what a caller is told of a failing disk', (error, text) => {
  expect(storageProblem(error)).toBe(text);
});
