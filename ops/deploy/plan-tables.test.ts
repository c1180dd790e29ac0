/** What counts as a loss. The list follows what appwrite-cli 12 does with `push tables --force`. */
import { describe, expect, test } from 'vitest';
import type { AppwriteConfig, ColumnConfig } from './config.ts';
import { planTables } from './plan-tables.ts';
import type { RemoteTable } from './remote.ts';

const text = {
  key: 'note',
  type: 'string',
  required: false,
  array: false,
  size: 40,
  encrypt: false,
};
const table = {
  ...{ $id: 'orders', databaseId: 'main', name: 'orders', $permissions: [] },
  ...{ enabled: true, rowSecurity: true, indexes: [] },
};
const config = (columns: readonly ColumnConfig[]) =>
  ({
    tablesDB: [{ $id: 'main', name: 'main', enabled: true }],
    tables: [{ ...table, columns }],
  }) as unknown as AppwriteConfig;
const remote = (columns: readonly ColumnConfig[]) => ({
  databases: [{ $id: 'main', name: 'main', enabled: true }],
  tables: [{ ...table, columns } as unknown as RemoteTable],
});

const lossOf = (from: ColumnConfig | null, to: ColumnConfig | null, rows = 3) => {
  const changes = planTables(
    config(to === null ? [] : [to]),
    remote(from === null ? [] : [from]),
    new Map([['main/orders', rows]]),
  );
  return changes.map(({ sign, name, loses }) => [sign, name, loses !== undefined]);
};

describe('a column', () => {
  const name = 'main/orders/note';

  test('that is the same is no change, absent and empty being one', () => {
    expect(lossOf({ ...text, default: null, format: '' }, { ...text, default: null })).toEqual([]);
  });

  test.each<[string, ColumnConfig | null, ColumnConfig | null, unknown]>([
    ['gone from the config is a loss', text, null, ['destroy', name, true]],
    [
      'of another type is made anew: a loss',
      text,
      { ...text, type: 'integer' },
      ['destroy', name, true],
    ],
    ['encrypted from now on is a loss', text, { ...text, encrypt: true }, ['destroy', name, true]],
    ['made longer loses nothing', text, { ...text, size: 80 }, ['change', name, false]],
    ['made shorter may lose', text, { ...text, size: 20 }, ['change', name, true]],
    ['required from now on may lose', text, { ...text, required: true }, ['change', name, true]],
    [
      'optional from now on loses nothing',
      { ...text, required: true },
      text,
      ['change', name, false],
    ],
    ['new and optional loses nothing', null, text, ['create', name, false]],
    [
      'new and required leaves old rows without',
      null,
      { ...text, required: true },
      ['create', name, true],
    ],
  ])('%s', (_says, from, to, expected) => {
    expect(lossOf(from, to)).toEqual([expected]);
  });

  test('in a table without rows only what the config does not name is a loss', () => {
    expect(lossOf(text, { ...text, type: 'integer' }, 0)).toEqual([['destroy', name, false]]);
    expect(lossOf(text, null, 0)).toEqual([['destroy', name, true]]);
  });

  test('with fewer words to choose from may lose, with more it does not', () => {
    const choice = { ...text, format: 'enum', size: 0, elements: ['a', 'b'] };
    expect(lossOf(choice, { ...choice, elements: ['a'] })).toEqual([['change', name, true]]);
    expect(lossOf(choice, { ...choice, elements: ['a', 'b', 'c'] })).toEqual([
      ['change', name, false],
    ]);
  });
});

test('databases and tables that the config does not name are losses', () => {
  const other = { ...table, $id: 'stray', columns: [] } as unknown as RemoteTable;
  const held = { ...table, databaseId: 'analytics', columns: [] } as unknown as RemoteTable;
  const now = remote([text]);
  const changes = planTables(config([text]), {
    databases: [...now.databases, { $id: 'analytics', name: 'analytics', enabled: true }],
    tables: [...now.tables, other, held],
  });
  expect(changes.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`)).toEqual([
    'destroy database analytics',
    'destroy table main/stray',
  ]);
  expect(changes.every(({ loses }) => loses !== undefined)).toBe(true);
});
