/**
 * Checked queries as SQL. Pure. Column names come from our own definitions and every value is
 * bound, so no text of a request becomes SQL. Equal shapes give equal texts: the store's
 * statement cache hits.
 */
import type { Filter, FilterMethod, ListQuery, Order } from './queries.ts';

export type Bind = string | number | null;

export interface Clause {
  readonly sql: string;
  readonly binds: readonly Bind[];
}

/** Ties are broken by insertion order, so pages never overlap. */
const SEQUENCE = '_seq';

const COMPARE: Partial<Record<FilterMethod, string>> = {
  notEqual: '<>',
  lessThan: '<',
  lessThanEqual: '<=',
  greaterThan: '>',
  greaterThanEqual: '>=',
};

function likeText(value: string | number): string {
  return String(value).replace(/[\\%_]/g, '\\$&');
}

function marks(count: number): string {
  return count === 1 ? '?' : Array.from({ length: count }, () => '?').join(',');
}

function anyOf(parts: readonly string[], negated: boolean): string {
  const joined = parts.length === 1 ? (parts[0] ?? '0') : `(${parts.join(' OR ')})`;
  return negated ? `NOT ${joined}` : joined;
}

type Match = Extract<Filter, { kind: 'match' }>;

function likes(filter: Match, pattern: (text: string) => string, negated: boolean): Clause {
  const parts = filter.values.map(() => `${filter.field.sql} LIKE ? ESCAPE '\\'`);
  return { sql: anyOf(parts, negated), binds: filter.values.map((v) => pattern(likeText(v))) };
}

function containsClause(filter: Match): Clause {
  const negated = filter.method === 'notContains';
  const { sql } = filter.field;
  if (!filter.field.array) {
    if (filter.method === 'containsAll') {
      const parts = filter.values.map(() => `${sql} LIKE ? ESCAPE '\\'`);
      const binds = filter.values.map((value) => `%${likeText(value)}%`);
      return { sql: `(${parts.join(' AND ')})`, binds };
    }
    return likes(filter, (text) => `%${text}%`, negated);
  }
  const one = (count: number): string =>
    `EXISTS (SELECT 1 FROM json_each(${sql}) j WHERE j.value IN (${marks(count)}))`;
  if (filter.method === 'containsAll') {
    return { sql: `(${filter.values.map(() => one(1)).join(' AND ')})`, binds: filter.values };
  }
  return { sql: (negated ? 'NOT ' : '') + one(filter.values.length), binds: filter.values };
}

function matchClause(filter: Match): Clause {
  const { field, method, values } = filter;
  switch (method) {
    case 'equal':
      if (values.length === 1) return { sql: `${field.sql} = ?`, binds: values };
      return { sql: `${field.sql} IN (${marks(values.length)})`, binds: values };
    case 'notEqual':
    case 'lessThan':
    case 'lessThanEqual':
    case 'greaterThan':
    case 'greaterThanEqual':
      return { sql: `${field.sql} ${COMPARE[method] ?? '='} ?`, binds: values };
    case 'between':
      return { sql: `${field.sql} BETWEEN ? AND ?`, binds: values };
    case 'notBetween':
      return { sql: `${field.sql} NOT BETWEEN ? AND ?`, binds: values };
    case 'isNull':
      return { sql: `${field.sql} IS NULL`, binds: [] };
    case 'isNotNull':
      return { sql: `${field.sql} IS NOT NULL`, binds: [] };
    case 'startsWith':
    case 'notStartsWith':
      return likes(filter, (text) => `${text}%`, method === 'notStartsWith');
    case 'endsWith':
    case 'notEndsWith':
      return likes(filter, (text) => `%${text}`, method === 'notEndsWith');
    case 'contains':
    case 'containsAny':
    case 'containsAll':
    case 'notContains':
      return containsClause(filter);
    case 'search':
      return { sql: `tdb_search(${field.sql}, ?)`, binds: values };
    case 'notSearch':
      return { sql: `NOT tdb_search(${field.sql}, ?)`, binds: values };
  }
}

function filterClause(filter: Filter): Clause {
  if (filter.kind === 'match') return matchClause(filter);
  const parts = filter.parts.map(filterClause);
  const word = filter.kind === 'and' ? ' AND ' : ' OR ';
  return {
    sql: `(${parts.map((part) => part.sql).join(word)})`,
    binds: parts.flatMap((part) => part.binds),
  };
}

/** All filters, and-ed; `1` if there is none. */
export function whereClause(filters: readonly Filter[]): Clause {
  if (filters.length === 0) return { sql: '1', binds: [] };
  const parts = filters.map(filterClause);
  return {
    sql: parts.map((part) => part.sql).join(' AND '),
    binds: parts.flatMap((part) => part.binds),
  };
}

interface SortKey {
  readonly sql: string;
  readonly direction: 'ASC' | 'DESC';
}

/** Sort keys with the tie-breaker; reversed where a page is read backwards. */
function sortKeys(orders: readonly Order[], reversed: boolean): readonly SortKey[] {
  const keys: SortKey[] = [];
  for (const { field, direction } of orders) {
    if (field === undefined || direction === 'RANDOM') continue;
    keys.push({ sql: field.sql, direction: (direction === 'ASC') === reversed ? 'DESC' : 'ASC' });
  }
  const last = keys.at(-1)?.direction ?? (reversed ? 'DESC' : 'ASC');
  if (!keys.some((key) => key.sql === SEQUENCE)) keys.push({ sql: SEQUENCE, direction: last });
  return keys;
}

export function orderClause(query: ListQuery): string {
  if (query.orders.some((order) => order.direction === 'RANDOM')) return 'RANDOM()';
  return sortKeys(query.orders, query.cursor?.direction === 'before')
    .map((key) => `${key.sql} ${key.direction}`)
    .join(', ');
}

/** Expressions whose values at the cursor row `cursorClause` needs, in order. */
export function cursorColumns(query: ListQuery): readonly string[] {
  return sortKeys(query.orders, false).map((key) => key.sql);
}

/** Rows beyond the cursor row, whose sort values are `at`. Nulls sort first, as in SQL here. */
export function cursorClause(query: ListQuery, at: readonly Bind[]): Clause {
  const keys = sortKeys(query.orders, query.cursor?.direction === 'before');
  const binds: Bind[] = [];
  const parts: string[] = [];
  for (const [depth, key] of keys.entries()) {
    const value = at[depth] ?? null;
    const beyond = beyondKey(key, value);
    if (beyond === undefined) continue;
    const prefix = keys.slice(0, depth).map((earlier) => `${earlier.sql} IS ? AND `);
    parts.push(`(${prefix.join('')}${beyond})`);
    binds.push(...at.slice(0, depth));
    if (value !== null) binds.push(value);
  }
  return { sql: parts.length === 0 ? '0' : `(${parts.join(' OR ')})`, binds };
}

function beyondKey(key: SortKey, value: Bind): string | undefined {
  if (key.direction === 'ASC') return value === null ? `${key.sql} IS NOT NULL` : `${key.sql} > ?`;
  return value === null ? undefined : `(${key.sql} < ? OR ${key.sql} IS NULL)`;
}
