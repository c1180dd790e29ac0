/**
 * How a row's change is told: event names, channels, and who may hear. Pure. Names are built on
 * first use: most writes have no listener, and 64 strings a write would be its largest cost.
 */
import type { Change } from '../kernel/types.ts';
import type { Row, RowAction, Table } from './model.ts';
import { readers } from './permissions.ts';

/** Database, table, row. */
type RowIds = readonly [string, string, string];

interface Family {
  readonly root: string;
  readonly table: string;
  readonly row: string;
}

const TABLES_DB: Family = { root: 'tablesdb', table: 'tables', row: 'rows' };
const COLLECTIONS: Family = { root: 'databases', table: 'collections', row: 'documents' };
const LEGACY_TABLES: Family = { root: 'databases', table: 'tables', row: 'rows' };

export interface RowChange {
  readonly table: Table;
  readonly row: Row;
  readonly action: RowAction;
  /** Creates and bulk writes name the collections form first, other writes the tables form. */
  readonly origin: 'create' | 'bulk' | 'single';
  readonly userId: string;
}

/** `[id, '*']` choices for every id: the plain ids first, all stars last. */
function starred(ids: readonly string[]): readonly (readonly string[])[] {
  return ids.reduce<readonly (readonly string[])[]>(
    (made, id) => made.flatMap((before) => [id, '*'].map((choice) => [...before, choice])),
    [[]],
  );
}

/** The 22 names of one family: row with action, row, table, database; each id or `*`. */
function familyEvents(family: Family, ids: RowIds, action: string): readonly string[] {
  const rows = starred(ids).map(
    ([db = '', table = '', row = '']) =>
      `${family.root}.${db}.${family.table}.${table}.${family.row}.${row}`,
  );
  return [
    ...rows.map((name) => `${name}.${action}`),
    ...rows,
    ...starred(ids.slice(0, 2)).map(
      ([db = '', table = '']) => `${family.root}.${db}.${family.table}.${table}`,
    ),
    ...starred(ids.slice(0, 1)).map(([db = '']) => `${family.root}.${db}`),
  ];
}

function eventsOf(families: readonly Family[], ids: RowIds, action: string): readonly string[] {
  return [...new Set(families.flatMap((family) => familyEvents(family, ids, action)))];
}

/** Names as realtime lists them, the most specific first. */
export function realtimeEvents(ids: RowIds, action: RowAction): readonly string[] {
  return eventsOf([TABLES_DB, COLLECTIONS, LEGACY_TABLES], ids, action);
}

/** Names for functions; the first is what `x-appwrite-event` will say. */
export function functionEvents(
  ids: RowIds,
  action: RowAction,
  origin: RowChange['origin'],
): readonly string[] {
  const order =
    origin === 'single'
      ? [LEGACY_TABLES, COLLECTIONS, TABLES_DB]
      : [COLLECTIONS, LEGACY_TABLES, TABLES_DB];
  return eventsOf(order, ids, action);
}

export function channelsOf(ids: RowIds, action: RowAction): readonly string[] {
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

const MARK = '\u0000';
const MARK_IN_JSON = '\\u0000';

/** Lists of names as JSON, cut where the id of the row belongs. */
interface Cut {
  readonly events: readonly string[];
  readonly channels: readonly string[];
}

/** What is the same for every row of a table: with it a change is told in a tenth of the time. */
const cuts = new WeakMap<Table, Map<RowAction, Cut>>();

function cutOf(table: Table, action: RowAction): Cut {
  const known = cuts.get(table) ?? new Map<RowAction, Cut>();
  cuts.set(table, known);
  let cut = known.get(action);
  if (cut === undefined) {
    const ids = [table.databaseId, table.id, MARK] as const;
    const cutUp = (names: readonly string[]): readonly string[] =>
      JSON.stringify(names).split(MARK_IN_JSON);
    cut = { events: cutUp(realtimeEvents(ids, action)), channels: cutUp(channelsOf(ids, action)) };
    known.set(action, cut);
  }
  return cut;
}

/** Ids have no character that JSON escapes. */
function jsonOf({ table, row, action }: RowChange): { events: string; channels: string } {
  const { events, channels } = cutOf(table, action);
  return { events: events.join(row.$id), channels: channels.join(row.$id) };
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
    get json() {
      return jsonOf(change);
    },
    get roles() {
      return (roles ??= readers(table, row.$permissions));
    },
  };
}
