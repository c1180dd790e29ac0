/**
 * Lists with queries over a table of the store: filters, order, limit, offset and cursors become
 * one SQL statement. For resources with fixed attributes (users, teams, functions, rules …);
 * rows of TablesDB have their own.
 */
import type { SQLInputValue } from 'node:sqlite';
import { AppwriteError } from './errors.ts';
import { own } from './own.ts';
import { isJsonObject, parseJson } from './params.ts';
import type { Json, Store } from './types.ts';

export interface ListColumn {
  /** Column or expression. */
  readonly sql: string;
  /** `list` columns hold a JSON array of strings; `boolean` ones 0 or 1. */
  readonly kind: 'text' | 'number' | 'boolean' | 'list';
}

export interface ListSpec {
  /** Must have the columns `seq` (order of creation) and `id`. */
  readonly table: string;
  /** Condition that always holds, with its values: `project_id = ?`. */
  readonly where: string;
  readonly args: readonly SQLInputValue[];
  readonly attributes: Readonly<Record<string, ListColumn>>;
  readonly queries: readonly string[];
  /** Value of the `search` parameter and the columns it looks into. */
  readonly search?: string;
  readonly searchColumns?: readonly string[];
  /** `User`, for an unknown cursor. */
  readonly noun: string;
}

export interface ListPage {
  readonly total: number;
  readonly rows: readonly Record<string, unknown>[];
}

export interface ParsedQuery {
  readonly method: string;
  readonly attribute: string;
  readonly values: readonly unknown[];
}

const MAX_QUERIES = 100;
const MAX_QUERY_CHARS = 4096;
const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 5000;
const MAX_DEPTH = 3;

interface Condition {
  readonly sql: string;
  readonly args: readonly SQLInputValue[];
}

const refuse = (message: string): AppwriteError =>
  new AppwriteError('general_argument_invalid', `Invalid \`queries\` param: ${message}`);

/** Throws the server's refusal for anything that is not a query object. */
export function parseQuery(value: unknown): ParsedQuery {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (!isJsonObject(parsed)) throw refuse('Invalid query: Syntax error');
  const { method, attribute, values } = parsed;
  if (typeof method !== 'string') throw refuse('Invalid query method. Must be a string');
  return {
    method,
    attribute: typeof attribute === 'string' ? attribute : '',
    values: Array.isArray(values) ? values : [],
  };
}

function sqlValue(value: unknown, column: ListColumn, attribute: string): SQLInputValue {
  if (column.kind === 'boolean' && typeof value === 'boolean') return value ? 1 : 0;
  if (column.kind === 'number' && typeof value === 'number') return value;
  if (column.kind !== 'number' && column.kind !== 'boolean' && typeof value === 'string') {
    return value;
  }
  throw refuse(`Invalid query: Query value is invalid for attribute "${attribute}"`);
}

const COMPARISONS: Readonly<Record<string, string>> = {
  lessThan: '<',
  lessThanEqual: '<=',
  greaterThan: '>',
  greaterThanEqual: '>=',
};

const likeText = (value: SQLInputValue): string =>
  (typeof value === 'string' ? value : '').replace(/[\\%_]/g, '\\$&');

function textMatch(
  method: string,
  column: ListColumn,
  values: readonly SQLInputValue[],
): Condition {
  if (column.kind === 'list') {
    const marks = values.map(() => '?').join(',');
    const sql = `EXISTS (SELECT 1 FROM json_each(${column.sql}) WHERE value IN (${marks}))`;
    return { sql, args: values };
  }
  const pattern = (value: SQLInputValue): string => {
    if (method === 'startsWith') return `${likeText(value)}%`;
    return method === 'endsWith' ? `%${likeText(value)}` : `%${likeText(value)}%`;
  };
  const sql = values.map(() => `${column.sql} LIKE ? ESCAPE '\\'`).join(' OR ');
  return { sql: `(${sql})`, args: values.map(pattern) };
}

function columnCondition(query: ParsedQuery, column: ListColumn): Condition {
  const { method, attribute } = query;
  if (method === 'isNull') return { sql: `${column.sql} IS NULL`, args: [] };
  if (method === 'isNotNull') return { sql: `${column.sql} IS NOT NULL`, args: [] };
  const values = query.values.map((value) => sqlValue(value, column, attribute));
  const [first] = values;
  if (first === undefined) {
    const name = method.charAt(0).toUpperCase() + method.slice(1);
    throw refuse(`Invalid query: ${name} queries require at least one value.`);
  }
  const marks = values.map(() => '?').join(',');
  const comparison = own(COMPARISONS, method);
  if (comparison !== undefined) return { sql: `${column.sql} ${comparison} ?`, args: [first] };
  switch (method) {
    case 'equal':
      return { sql: `${column.sql} IN (${marks})`, args: values };
    case 'notEqual':
      return { sql: `${column.sql} NOT IN (${marks})`, args: values };
    case 'between':
      return { sql: `${column.sql} BETWEEN ? AND ?`, args: [first, values[1] ?? first] };
    case 'contains':
    case 'search':
    case 'startsWith':
    case 'endsWith':
      return textMatch(method, column, values);
    default:
      throw refuse(`Invalid query method: ${method}`);
  }
}

function condition(query: ParsedQuery, spec: ListSpec, depth: number): Condition {
  if (query.method === 'or' || query.method === 'and') {
    if (depth >= MAX_DEPTH) throw refuse('Invalid query: Query is nested too deeply');
    const parts = query.values.map((value) => condition(parseQuery(value), spec, depth + 1));
    if (parts.length === 0) throw refuse('Invalid query: Syntax error');
    const sql = parts.map((part) => part.sql).join(query.method === 'or' ? ' OR ' : ' AND ');
    return { sql: `(${sql})`, args: parts.flatMap((part) => part.args) };
  }
  return columnCondition(query, attributeOf(query, spec));
}

function attributeOf(query: ParsedQuery, spec: ListSpec): ListColumn {
  const column = own(ATTRIBUTES_OF_ALL, query.attribute) ?? own(spec.attributes, query.attribute);
  if (column !== undefined) return column;
  throw refuse(`Invalid query: Attribute not found in schema: ${query.attribute}`);
}

const ATTRIBUTES_OF_ALL: Readonly<Record<string, ListColumn>> = {
  $id: { sql: 'id', kind: 'text' },
  $createdAt: { sql: 'created_at', kind: 'text' },
  $updatedAt: { sql: 'updated_at', kind: 'text' },
  $sequence: { sql: 'seq', kind: 'number' },
};

interface Order {
  readonly sql: string;
  readonly descending: boolean;
}

interface Plan {
  readonly conditions: Condition[];
  readonly orders: Order[];
  limit: number;
  offset: number;
  cursor: { readonly id: string; readonly before: boolean } | undefined;
}

function count(query: ParsedQuery, least: number): number {
  const [value] = query.values;
  const name = query.method;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw refuse(`Invalid query: Invalid ${name}: Value must be a valid number`);
  }
  if (value >= least) return Math.min(value, Number.MAX_SAFE_INTEGER);
  throw refuse(
    `Invalid query: Invalid ${name}: Value must be a valid range between ${least} and ` +
      '9,223,372,036,854,775,807',
  );
}

function cursorId(query: ParsedQuery): string {
  const [id] = query.values;
  if (typeof id === 'string') return id;
  throw refuse('Invalid query: Invalid cursor: Value must be a valid string');
}

function addToPlan(plan: Plan, query: ParsedQuery, spec: ListSpec): void {
  switch (query.method) {
    case 'limit':
      plan.limit = Math.min(count(query, 1), MAX_LIMIT);
      return;
    case 'offset':
      plan.offset = count(query, 0);
      return;
    case 'orderAsc':
    case 'orderDesc': {
      const sql = query.attribute === '' ? 'seq' : attributeOf(query, spec).sql;
      plan.orders.push({ sql, descending: query.method === 'orderDesc' });
      return;
    }
    case 'cursorAfter':
    case 'cursorBefore':
      plan.cursor = { id: cursorId(query), before: query.method === 'cursorBefore' };
      return;
    case 'select':
      return;
    default:
      plan.conditions.push(condition(query, spec, 0));
  }
}

function planOf(spec: ListSpec): Plan {
  if (spec.queries.length > MAX_QUERIES || spec.queries.some((q) => q.length > MAX_QUERY_CHARS)) {
    throw refuse(
      `Value must a valid array no longer than ${MAX_QUERIES} items and Value must be a valid ` +
        `string and at least 1 chars and no longer than ${MAX_QUERY_CHARS} chars`,
    );
  }
  const plan: Plan = {
    conditions: [{ sql: spec.where, args: spec.args }],
    orders: [],
    limit: DEFAULT_LIMIT,
    offset: 0,
    cursor: undefined,
  };
  for (const query of spec.queries) addToPlan(plan, parseQuery(query), spec);
  const columns = spec.searchColumns ?? [];
  if (spec.search !== undefined && spec.search !== '' && columns.length > 0) {
    const pattern = `%${likeText(spec.search)}%`;
    const sql = columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ');
    plan.conditions.push({ sql: `(${sql})`, args: columns.map(() => pattern) });
  }
  return plan;
}

/** Rows behind (or before) the cursor in the wanted order, compared term by term. */
function cursorCondition(
  store: Store,
  spec: ListSpec,
  plan: Plan,
  orders: readonly Order[],
): Condition {
  const { cursor } = plan;
  if (cursor === undefined) return { sql: '1', args: [] };
  const terms = orders.map((order, index) => `${order.sql} AS t${index}`).join(', ');
  const row = store
    .prepare(`SELECT ${terms} FROM ${spec.table} WHERE ${spec.where} AND id = ?`)
    .get(...spec.args, cursor.id);
  if (row === undefined) {
    const message = `${spec.noun} '${cursor.id}' for the 'cursor' value not found.`;
    throw new AppwriteError('general_cursor_not_found', message);
  }
  const args: SQLInputValue[] = [];
  const alternatives = orders.map((order, index) => {
    const equal = orders.slice(0, index).map((before, at) => {
      args.push(row[`t${at}`] ?? null);
      return `${before.sql} IS ?`;
    });
    args.push(row[`t${index}`] ?? null);
    return `(${[...equal, `${order.sql} ${order.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  return { sql: `(${alternatives.join(' OR ')})`, args };
}

export function listRows(store: Store, spec: ListSpec): ListPage {
  const plan = planOf(spec);
  const before = plan.cursor?.before === true;
  const last = plan.orders.at(-1)?.descending ?? false;
  const orders = [...plan.orders, { sql: 'seq', descending: last }].map((order) => ({
    sql: order.sql,
    descending: order.descending !== before,
  }));
  const where = plan.conditions.map((part) => part.sql).join(' AND ');
  const args = plan.conditions.flatMap((part) => part.args);
  const counted = store
    .prepare(`SELECT count(*) AS n FROM ${spec.table} WHERE ${where}`)
    .get(...args);
  const cursor = cursorCondition(store, spec, plan, orders);
  const order = orders.map((term) => `${term.sql} ${term.descending ? 'DESC' : 'ASC'}`).join(', ');
  const rows = store
    .prepare(
      `SELECT * FROM ${spec.table} WHERE ${where} AND ${cursor.sql}` +
        ` ORDER BY ${order} LIMIT ? OFFSET ?`,
    )
    .all(...args, ...cursor.args, plan.limit, plan.offset);
  return { total: Number(counted?.['n'] ?? 0), rows: before ? rows.reverse() : rows };
}

/** JSON text of a column, or the fallback if there is none. */
export function jsonColumn(value: unknown, fallback: Json): Json {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined;
  return isJsonObject(parsed) ? parsed : fallback;
}

export function listColumn(value: unknown): string[] {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined;
  return Array.isArray(parsed) ? parsed.filter((entry) => typeof entry === 'string') : [];
}
