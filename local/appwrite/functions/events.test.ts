import { expect, test } from 'vitest';
import { isEventPattern, matchesEvent, wakes } from './events.ts';

test.each([
  'databases.main.tables.orders.rows.*.update',
  'databases.*.tables.*.rows.*.create',
  'databases.main.collections.orders.documents.*.delete',
  'databases.main.tables.orders.rows.*.upsert',
  'users.*.create',
  'users.*.update.name',
  'teams.*.memberships.*.delete',
  'databases.main.tables.orders',
])('%s may be subscribed to', (pattern) => {
  expect(isEventPattern(pattern)).toBe(true);
});

test.each([
  'orders.paid',
  'tablesdb.main.tables.orders.rows.*.update',
  'functions.*.executions.*.create',
  'databases',
  'databases.main.tables.orders.rows.*.explode',
  'users.*.create.name',
  '',
])('%s is refused', (pattern) => {
  expect(isEventPattern(pattern)).toBe(false);
});

test('a star stands for one part', () => {
  const event = 'databases.main.tables.orders.rows.o1.update';
  expect(matchesEvent('databases.main.tables.orders.rows.*.update', event)).toBe(true);
  expect(matchesEvent('databases.*.update', event)).toBe(false);
  expect(matchesEvent('databases.main.tables.other.rows.*.update', event)).toBe(false);
});

test('both spellings of a row wake the function', () => {
  const events = [
    'databases.main.collections.orders.documents.o1.create',
    'databases.main.tables.orders.rows.o1.create',
  ];
  expect(wakes(['databases.main.tables.orders.rows.*.create'], events)).toBe(true);
  expect(wakes(['databases.main.tables.orders.rows.*.delete'], events)).toBe(false);
});
