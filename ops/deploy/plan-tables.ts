/**
 * What pushing the tables would do. appwrite-cli deletes every database, table and column that the
 * config does not name, and re-creates a column whose type differs, without a word and with exit
 * code 0; here each of these is a loss by name. Sizes of strings are changed in place instead.
 */
import type { Change } from './change.ts';
import { fieldDifferences, isSame } from './change.ts';
import type { AppwriteConfig, ColumnConfig, IndexConfig, TableConfig } from './config.ts';
import type { RemoteState, RemoteTable } from './remote.ts';

/** Rows of a table, by `database/table`; asked only where something would be lost. */
export type RowCounts = ReadonlyMap<string, number>;

type RemoteTables = Pick<RemoteState, 'databases' | 'tables'>;

/** Differences in these make appwrite-cli delete the column and make it anew. */
const recreating = ['type', 'array', 'format', 'encrypt'] as const;
/** These it changes in place; `size` is ours to change (`prepare-tables.ts`). */
const changing = ['required', 'default', 'min', 'max', 'elements', 'size'] as const;

/** A field the server does not speak of cannot differ. */
const known = (fields: readonly string[], remote: object): readonly string[] =>
  fields.filter((field) => field in remote);

const numberOf = (value: unknown, fallback: number): number =>
  typeof value === 'number' ? value : fallback;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Rows that were fine before and are not any more. */
export const isNarrowed = (from: ColumnConfig, to: ColumnConfig): boolean =>
  (to.required && !from.required) ||
  numberOf(to['min'], -Infinity) > numberOf(from['min'], -Infinity) ||
  numberOf(to['max'], Infinity) < numberOf(from['max'], Infinity) ||
  numberOf(to['size'], Infinity) < numberOf(from['size'], 0) ||
  list(from['elements']).some((element) => !list(to['elements']).includes(element));

/** Appwrite counts no further. */
const countedAtMost = 5_000;

const rowsIn = (count: number): string => {
  if (count >= countedAtMost) return `${String(count)} rows or more`;
  return count === 1 ? '1 row' : `${String(count)} rows`;
};

export const pathOf = (table: { readonly databaseId: string; readonly $id: string }): string =>
  `${table.databaseId}/${table.$id}`;

const lossIf = (holds: boolean, loses: string): { readonly loses?: string } =>
  holds ? { loses } : {};

const changedColumn = (
  name: string,
  [from, to]: readonly [ColumnConfig, ColumnConfig],
  rows: number,
): readonly Change[] => {
  const anew = fieldDifferences(known(recreating, from), from, to);
  if (anew.length > 0) {
    const loss = lossIf(rows > 0, `its values in ${rowsIn(rows)}`);
    return [
      { sign: 'destroy', kind: 'column', name, detail: `made anew, ${anew.join(', ')}`, ...loss },
    ];
  }
  const inPlace = fieldDifferences(known(changing, from), from, to);
  if (inPlace.length === 0) return [];
  const loss = lossIf(
    rows > 0 && isNarrowed(from, to),
    `what does not fit any more, among ${rowsIn(rows)}`,
  );
  return [{ sign: 'change', kind: 'column', name, detail: inPlace.join(', '), ...loss }];
};

const columnChanges = (remote: RemoteTable, wanted: TableConfig, rows: number): Change[] => {
  const path = pathOf(wanted);
  const gone = remote.columns
    .filter(({ key }) => !wanted.columns.some((column) => column.key === key))
    .map(({ key }): Change => ({
      ...{ sign: 'destroy', kind: 'column', name: `${path}/${key}` },
      detail: 'not in the config',
      loses: `its values in ${rowsIn(rows)}`,
    }));
  const others = wanted.columns.flatMap((column): readonly Change[] => {
    const name = `${path}/${column.key}`;
    const from = remote.columns.find(({ key }) => key === column.key);
    if (from !== undefined) return changedColumn(name, [from, column], rows);
    const loss = lossIf(column.required && rows > 0, `${rowsIn(rows)} would have no value for it`);
    return [{ sign: 'create', kind: 'column', name, detail: column.type, ...loss }];
  });
  return [...gone, ...others];
};

export const sameIndex = (one: IndexConfig, other: IndexConfig): boolean =>
  one.type === other.type && isSame(one.columns, other.columns) && isSame(one.orders, other.orders);

/** An index holds no data of its own: it is never a loss. */
const indexChanges = (remote: RemoteTable, wanted: TableConfig): Change[] => {
  const path = pathOf(wanted);
  const gone = remote.indexes
    .filter(({ key }) => !wanted.indexes.some((index) => index.key === key))
    .map(({ key, columns }): Change => ({
      ...{ sign: 'destroy', kind: 'index', name: `${path}/${key}` },
      detail: `on ${columns.join(', ')}`,
    }));
  const others = wanted.indexes.flatMap((index): readonly Change[] => {
    const from = remote.indexes.find(({ key }) => key === index.key);
    if (from !== undefined && sameIndex(from, index)) return [];
    const sign = from === undefined ? 'create' : 'change';
    const detail = `${index.type} on ${index.columns.join(', ')}`;
    return [{ sign, kind: 'index', name: `${path}/${index.key}`, detail }];
  });
  return [...gone, ...others];
};

const tableFields = ['name', 'enabled', 'rowSecurity', '$permissions'] as const;

const tableChanges = (
  remote: RemoteTable | undefined,
  wanted: TableConfig,
  counts: RowCounts,
): readonly Change[] => {
  const name = pathOf(wanted);
  if (remote === undefined) {
    const detail = `${String(wanted.columns.length)} columns, ${String(wanted.indexes.length)} indexes`;
    return [{ sign: 'create', kind: 'table', name, detail }];
  }
  const own = fieldDifferences(tableFields, remote, wanted);
  const table: readonly Change[] =
    own.length === 0 ? [] : [{ sign: 'change', kind: 'table', name, detail: own.join(', ') }];
  const rows = counts.get(name) ?? 0;
  return [...table, ...columnChanges(remote, wanted, rows), ...indexChanges(remote, wanted)];
};

const databaseChanges = (
  config: AppwriteConfig,
  remote: RemoteTables,
  counts: RowCounts,
): readonly Change[] => {
  const gone = remote.databases
    .filter(({ $id }) => !config.tablesDB.some((database) => database.$id === $id))
    .map(({ $id }): Change => {
      const tables = remote.tables.filter(({ databaseId }) => databaseId === $id);
      const rows = tables.reduce((sum, table) => sum + (counts.get(pathOf(table)) ?? 0), 0);
      const loses = `${String(tables.length)} tables with ${rowsIn(rows)}`;
      return { sign: 'destroy', kind: 'database', name: $id, detail: 'not in the config', loses };
    });
  const others = config.tablesDB.flatMap((database): readonly Change[] => {
    const { $id: name } = database;
    const from = remote.databases.find(({ $id }) => $id === name);
    if (from === undefined) return [{ sign: 'create', kind: 'database', name, detail: '' }];
    const detail = fieldDifferences(['name', 'enabled'], from, database).join(', ');
    return detail === '' ? [] : [{ sign: 'change', kind: 'database', name, detail }];
  });
  return [...gone, ...others];
};

export const planTables = (
  config: AppwriteConfig,
  remote: RemoteTables,
  counts: RowCounts = new Map(),
): readonly Change[] => {
  const ours = (databaseId: string): boolean =>
    config.tablesDB.some(({ $id }) => $id === databaseId);
  const wanted = new Map(config.tables.map((table) => [pathOf(table), table]));
  const gone = remote.tables
    .filter((table) => ours(table.databaseId) && !wanted.has(pathOf(table)))
    .map((table): Change => {
      const loses = rowsIn(counts.get(pathOf(table)) ?? 0);
      return {
        sign: 'destroy',
        kind: 'table',
        name: pathOf(table),
        detail: 'not in the config',
        loses,
      };
    });
  const found = new Map(remote.tables.map((table) => [pathOf(table), table]));
  return [
    ...databaseChanges(config, remote, counts),
    ...gone,
    ...config.tables.flatMap((table) => tableChanges(found.get(pathOf(table)), table, counts)),
  ];
};

/** Tables whose rows have to be counted to say what would be lost. */
export const tablesToCount = (
  config: AppwriteConfig,
  remote: RemoteTables,
): readonly RemoteTable[] => {
  const changes = planTables(config, remote);
  const isTouched = (table: RemoteTable): boolean =>
    changes.some(
      ({ kind, name }) =>
        (kind === 'database' && name === table.databaseId) ||
        (kind === 'table' && name === pathOf(table)) ||
        (kind === 'column' && name.startsWith(`${pathOf(table)}/`)),
    );
  return remote.tables.filter(isTouched);
};
