/**
 * Rows over TablesDB, with the atomic tools Appwrite really has. Compare-and-set is the
 * `X-Appwrite-Timestamp` header: a row newer than it is not written. Codes of 1.9.6 and of main are
 * both understood. No call is repeated here.
 */
import type { ListQuery, Readers, Store } from '#ports/store.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { toPage, toStored } from './rows.ts';
import type { Answer, Transport } from './transport.ts';
import { at, unexpected } from './transport.ts';

/** 1.9.6 says the first for a unique value too; main has a word of its own. */
const takenTypes: readonly string[] = [
  'row_already_exists',
  'row_unique_constraint_violation',
  'document_already_exists',
];
const missingTypes: readonly string[] = ['row_not_found', 'document_not_found'];
const staleTypes: readonly string[] = ['row_update_conflict', 'document_update_conflict'];

const rowsOf = (table: TableId, ...rest: readonly string[]): string =>
  at('tablesdb', databaseId, 'tables', table, 'rows', ...rest);

const isMissing = (answer: Answer): boolean => !answer.ok && missingTypes.includes(answer.type);

const permissionsFor = (readers: Readers): readonly string[] => {
  if (readers === 'functions') return [];
  if ('user' in readers) return [`read("user:${readers.user}")`];
  const role = readers.role === undefined ? '' : `/${readers.role}`;
  return [`read("team:${readers.team}${role}")`];
};

/** All that a function which only files things needs. */
export const rowCreator = (transport: Transport): Pick<Store, 'create'> => ({
  create: async (table, id, row) => {
    const answer = await transport({
      method: 'POST',
      path: rowsOf(table),
      body: { rowId: id, data: row.data, permissions: permissionsFor(row.readers) },
    });
    if (answer.ok) return 'created';
    if (answer.status === 409 && takenTypes.includes(answer.type)) return 'exists';
    throw unexpected(`create ${table}`, answer);
  },
});

export const appwriteStore = (transport: Transport): Store => ({
  ...rowCreator(transport),
  get: async (table, id) => {
    const answer = await transport({ method: 'GET', path: rowsOf(table, id) });
    if (answer.ok) return toStored(table, answer.body);
    if (isMissing(answer)) return null;
    throw unexpected(`get ${table}`, answer);
  },
  list: async (table, query) => {
    const queries = queriesOf(query);
    const answer = await transport({ method: 'GET', path: rowsOf(table), queries });
    if (answer.ok) return toPage(table, answer.body);
    throw unexpected(`list ${table}`, answer);
  },
  update: async (table, { id, version }, changes) => {
    const answer = await transport({
      method: 'PATCH',
      path: rowsOf(table, id),
      headers: { 'x-appwrite-timestamp': version },
      body: { data: changes },
    });
    if (answer.ok) return 'updated';
    if (answer.status === 409 && staleTypes.includes(answer.type)) return 'stale';
    if (isMissing(answer)) return 'missing';
    throw unexpected(`update ${table}`, answer);
  },
  incrementUpTo: async (table, id, { column, max }) => {
    const answer = await transport({
      method: 'PATCH',
      path: rowsOf(table, id, column, 'increment'),
      body: { value: 1, max },
    });
    if (answer.ok) return 'incremented';
    if (answer.type === 'column_limit_exceeded') return 'full';
    // 1.9.6 calls a missing row a missing column here.
    if (answer.status === 404) return 'missing';
    throw unexpected(`increment ${table}`, answer);
  },
  delete: async (table, id) => {
    const answer = await transport({ method: 'DELETE', path: rowsOf(table, id) });
    if (answer.ok) return 'deleted';
    if (isMissing(answer)) return 'missing';
    throw unexpected(`delete ${table}`, answer);
  },
});

const queriesOf = <T extends TableId>(query: ListQuery<T>): readonly string[] => {
  const queries: object[] = [];
  if (query.ids !== undefined) {
    queries.push({ method: 'equal', attribute: '$id', values: query.ids });
  }
  for (const [attribute, value] of Object.entries(query.where ?? {})) {
    if (value === null) queries.push({ method: 'isNull', attribute });
    else if (value !== undefined) queries.push({ method: 'equal', attribute, values: [value] });
  }
  if (query.atMost !== undefined) {
    const { column, value } = query.atMost;
    queries.push({ method: 'lessThanEqual', attribute: column, values: [value] });
  }
  if (query.orderBy !== undefined) {
    const method = query.orderBy.descending === true ? 'orderDesc' : 'orderAsc';
    queries.push({ method, attribute: query.orderBy.column });
  }
  if (query.newestFirst === true) queries.push({ method: 'orderDesc', attribute: '$createdAt' });
  queries.push({ method: 'limit', values: [query.limit] });
  if (query.after !== undefined) queries.push({ method: 'cursorAfter', values: [query.after] });
  return queries.map((each) => JSON.stringify(each));
};
