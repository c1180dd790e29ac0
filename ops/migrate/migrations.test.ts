/** Migrations are numbered without gaps, and each does its work once. */
import { expect, test } from 'vitest';
import { inspectionMinute } from '#core/runtime/slots.ts';
import { tables } from '#schemas/tables/tables.ts';
import type { OldRow } from './migration.ts';
import { migrations } from './migrations.ts';

test('numbers count from 1, names are kebab case, tables and columns exist', () => {
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, at) => at + 1));
  for (const { name, table } of migrations) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(Object.keys(tables)).toContain(table);
  }
});

test('a runtime without a minute gets its own, once; a deleted one stays', () => {
  const [first] = migrations;
  const row: OldRow = { $id: '1289844ea009521d01dc1d0f', status: 'ready', inspectedAtMinute: null };
  const change = first?.change(row);
  expect(change).toEqual({ inspectedAtMinute: inspectionMinute(row.$id) });
  expect(first?.change({ ...row, ...change })).toBeNull();
  expect(first?.change({ ...row, status: 'deleted' })).toBeNull();
});

test('a workspace of before has its team looked after, once', () => {
  const second = migrations[1];
  const row: OldRow = { $id: 'w1', teamDueAt: null };
  const change = second?.change(row);
  expect(Date.parse(String(change?.['teamDueAt']))).toBeLessThan(Date.now());
  expect(second?.change({ ...row, ...change })).toBeNull();
});

test('the term of a runtime of before is looked at, once', () => {
  const third = migrations[2];
  const row: OldRow = { $id: 'r1', status: 'ready', termDueAt: null };
  const change = third?.change(row);
  expect(Date.parse(String(change?.['termDueAt']))).toBeLessThan(Date.now());
  expect(third?.change({ ...row, ...change })).toBeNull();
  expect(third?.change({ ...row, status: 'deleted' })).toBeNull();
});
