/** Definitions for tests: only what a test names differs from an ordinary column or table. */
import type { Column, Table } from './model.ts';

const AT = '2026-01-02T03:04:05.678+00:00';

export function column(key: string, over: Partial<Column> = {}): Column {
  return {
    key,
    type: 'string',
    format: '',
    size: 40,
    required: false,
    array: false,
    default: null,
    encrypt: false,
    physical: '_c1',
    createdAt: AT,
    updatedAt: AT,
    ...over,
  };
}

export function table(over: Partial<Table> = {}): Table {
  return {
    sequence: 1,
    projectId: 'p',
    databaseId: 'd',
    databaseSequence: 1,
    id: 't',
    name: 't',
    enabled: true,
    rowSecurity: false,
    permissions: [],
    columns: [],
    indexes: [],
    nextColumn: 1,
    createdAt: AT,
    updatedAt: AT,
    ...over,
  };
}
