import { describe, expect, test } from 'vitest';
import { changeOf, channelsOf, functionEvents, realtimeEvents } from './events.ts';
import type { Row } from './model.ts';
import { table } from './samples.ts';

const ids = ['d', 't', 'r'] as const;
const row: Row = {
  $id: 'r',
  $sequence: '1',
  $createdAt: '',
  $updatedAt: '',
  $permissions: ['read("user:a")'],
  $databaseId: 'd',
  $tableId: 't',
};

describe('event names', () => {
  test('are 64 different ones, the most specific first', () => {
    const events = realtimeEvents(ids, 'update');
    expect(new Set(events).size).toBe(64);
    expect(events[0]).toBe('tablesdb.d.tables.t.rows.r.update');
    for (const name of ['tablesdb.d.tables.t.rows.r', 'tablesdb.d.tables.t', 'tablesdb.d']) {
      expect(events).toContain(name);
    }
  });
  test('for functions start with what x-appwrite-event says', () => {
    const collections = 'databases.d.collections.t.documents.r';
    expect(functionEvents(ids, 'create', 'create')[0]).toBe(`${collections}.create`);
    expect(functionEvents(ids, 'update', 'bulk')[0]).toBe(`${collections}.update`);
    expect(functionEvents(ids, 'update', 'single')[0]).toBe('databases.d.tables.t.rows.r.update');
  });
  test('match what functions subscribe to', () => {
    const events = functionEvents(ids, 'create', 'create');
    expect(events).toContain('databases.d.tables.t.rows.*.create');
    expect(events).toContain('databases.*.tables.*.rows.*.create');
    expect(events).not.toContain('databases.d.tables.t.rows.*.update');
  });
});

describe('channels', () => {
  test('are eight, and each again with the action', () => {
    const channels = channelsOf(ids, 'delete');
    expect(new Set(channels).size).toBe(16);
    expect(channels).toContain('tablesdb.d.tables.t.rows.r.delete');
    expect(channels).toContain('rows.delete');
  });
});

describe('a change', () => {
  test('has its names as JSON, too', () => {
    for (const id of ['r', 'a.b_c-d', 'tables']) {
      const change = { row: { ...row, $id: id }, action: 'update', origin: 'single' } as const;
      const { json, events, channels } = changeOf({ ...change, table: table({}), userId: '' });
      expect(JSON.parse(json?.events ?? '')).toEqual(events);
      expect(JSON.parse(json?.channels ?? '')).toEqual(channels);
    }
  });
  test('is heard by readers of the row only with row security', () => {
    const change = { row, action: 'create', origin: 'create', userId: 'u' } as const;
    const open = table({ permissions: ['read("users")'] });
    expect(changeOf({ ...change, table: open }).roles).toEqual(['users']);
    const guarded = table({ rowSecurity: true });
    expect({ ...changeOf({ ...change, table: guarded }) }.roles).toEqual(['user:a']);
  });
});
