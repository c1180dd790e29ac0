/**
 * How a row's change is told: event names, channels, and who may hear. Pure. Names are built on
 * first use: most writes have no listener, and 64 strings a write would be its largest cost.
 */
import type { Change } from '../kernel/types.ts';
import type { Row, RowAction, Table } from './model.ts';
import { readers } from './permissions.ts';

interface Family {
  readonly root: string;
  readonly table: string;
  readonly row: string;
}

const TABLES_DB: Family = { root: 'tablesdb', table: 'tables', row: 'rows' };
const COLLECTIONS: Family = { root: 'databases', table: 'collections', row: 'documents' };
const LEGACY_TABLES: Family = { root: 'databases', table: 'tables', row: 'rows' };
const MIXED: Family = { root: 'tablesdb', table: 'collections', row: 'documents' };

export interface RowChange {
  readonly table: Table;
  readonly row: Row;
  readonly action: RowAction;
  /** Creates and bulk writes name the collections form first, other writes the tables form. */
  readonly origin: 'create' | 'bulk' | 'single';
  readonly userId: string;
}

/** The sixteen names of one family: with no, one or every id replaced by `*`. */
function familyEvents(family: Family, ids: readonly [string, string, string], action: string) {
  const [db, table, row] = ids;
  const to = (d: string, t: string, r: string): string =>
    `${family.root}.${d}.${family.table}.${t}.${family.row}.${r}`;
  const rows = [
    to(db, table, row),
    to('*', '*', '*'),
    to('*', table, row),
    to(db, '*', row),
    to(db, table, '*'),
  ];
  const of = (d: string, t: string): string => `${family.root}.${d}.${family.table}.${t}`;
  return [
    ...rows.map((name) => `${name}.${action}`),
    ...rows,
    of(db, table),
    of('*', '*'),
    of('*', table),
    of(db, '*'),
    `${family.root}.${db}`,
    `${family.root}.*`,
  ];
}

/** Names as realtime lists them, the most specific first. */
export function realtimeEvents(
  ids: readonly [string, string, string],
  action: RowAction,
): readonly string[] {
  return [TABLES_DB, COLLECTIONS, LEGACY_TABLES, MIXED].flatMap((family) =>
    familyEvents(family, ids, action),
  );
}

/** Names for functions; the first is what `x-appwrite-event` will say. */
export function functionEvents(
  ids: readonly [string, string, string],
  action: RowAction,
  origin: RowChange['origin'],
): readonly string[] {
  const order =
    origin === 'single'
      ? [LEGACY_TABLES, COLLECTIONS, TABLES_DB]
      : [COLLECTIONS, LEGACY_TABLES, TABLES_DB];
  return order.flatMap((family) => familyEvents(family, ids, action));
}

export function channelsOf(
  ids: readonly [string, string, string],
  action: RowAction,
): readonly string[] {
  const [db, table, row] = ids;
  const plain = [
    'rows',
    'documents',
    ...[TABLES_DB, LEGACY_TABLES, COLLECTIONS].flatMap((family) => {
      const rows = `${family.root}.${db}.${family.table}.${table}.${family.row}`;
      return [rows, `${rows}.${row}`];
    }),
  ];
  return [...plain, ...plain.map((channel) => `${channel}.${action}`)];
}

/** The change as the bus carries it; its names are computed when somebody asks. */
export function changeOf(change: RowChange): Change {
  const { table, row, action } = change;
  const ids = [table.databaseId, table.id, row.$id] as const;
  let events: readonly string[] | undefined;
  let forFunctions: readonly string[] | undefined;
  let channels: readonly string[] | undefined;
  let roles: readonly string[] | undefined;
  return {
    projectId: table.projectId,
    payload: row,
    userId: change.userId,
    get events() {
      return (events ??= realtimeEvents(ids, action));
    },
    get functionEvents() {
      return (forFunctions ??= functionEvents(ids, action, change.origin));
    },
    get channels() {
      return (channels ??= channelsOf(ids, action));
    },
    get roles() {
      return (roles ??= readers(table, row.$permissions));
    },
  };
}
