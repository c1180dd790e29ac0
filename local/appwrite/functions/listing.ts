/**
 * List queries (`{"method":"equal","attribute":"status","values":["ready"]}`) over stored
 * documents, as one bounded SQL condition. Only named attributes can be asked for; everything
 * else is refused the way the server refuses it. Values are always bound, never spliced in.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { own } from '../kernel/own.ts';
import { parseTime } from '../kernel/time.ts';
import type { Json } from '../kernel/types.ts';

export type SqlValue = string | number | null;

export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface Listing {
  readonly where: readonly Condition[];
  readonly order: readonly string[];
  readonly limit: number;
  readonly offset: number;
  readonly cursor?: { readonly id: string; readonly after: boolean };
}

const MAX_QUERIES = 100;
const MAX_QUERY_CHARS = 4_096;
const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 5_000;
const MAX_DEPTH = 3;
const COMPARE: Readonly<Record<string, string>> = {
  lessThan: '<',
  lessThanEqual: '<=',
  greaterThan: '>',
  greaterThanEqual: '>=',
};

interface Query {
  readonly method: string;
  readonly attribute: string;
  readonly values: readonly unknown[];
}

/** Lists check their queries as a parameter; only rows have a type of their own for it. */
function invalid(reason: string): AppwriteError {
  const message = `Invalid \`queries\` param: Invalid query: ${reason}`;
  return new AppwriteError('general_argument_invalid', message);
}

function refuseTooMuch(queries: readonly string[]): void {
  if (queries.length <= MAX_QUERIES && queries.every((q) => q.length <= MAX_QUERY_CHARS)) return;
  throw new AppwriteError(
    'general_argument_invalid',
    `Invalid \`queries\` param: Value must a valid array no longer than ${String(MAX_QUERIES)} ` +
      'items and Value must be a valid string and at least 1 chars and no longer than ' +
      `${String(MAX_QUERY_CHARS)} chars`,
  );
}

function parseQuery(given: unknown): Query {
  let value = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given) as unknown;
    } catch {
      throw invalid('Syntax error');
    }
  }
  if (typeof value !== 'object' || value === null) throw invalid('Syntax error');
  const { method, attribute, values } = value as Json;
  if (typeof method !== 'string') throw invalid('Invalid query method. Must be a string');
  const list: unknown[] = Array.isArray(values) ? values : [];
  return { method, attribute: typeof attribute === 'string' ? attribute : '', values: list };
}

/** SQL expression of an attribute; the names come from our own lists only. */
function column(attribute: string, allowed: readonly string[]): string {
  if (attribute === '$id') return 'id';
  if (attribute === '$createdAt') return 'created_at';
  if (attribute === '$updatedAt') return 'updated_at';
  if (attribute === '$sequence') return 'seq';
  if (!allowed.includes(attribute)) throw invalid(`Attribute not found in schema: ${attribute}`);
  return `json_extract(doc, '$.${attribute}')`;
}

function bind(attribute: string, value: unknown): SqlValue {
  if (attribute === '$createdAt' || attribute === '$updatedAt') return parseTime(String(value));
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw invalid(`Query value is invalid for attribute "${attribute}"`);
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (char) => `\\${char}`);

function like(expression: string, patterns: readonly string[]): Condition {
  const parts = patterns.map(() => `${expression} LIKE ? ESCAPE '\\'`);
  return { sql: `(${parts.join(' OR ')})`, values: patterns };
}

function textCondition(query: Query, expression: string): Condition | undefined {
  const texts = query.values.map((value) => escapeLike(String(value)));
  switch (query.method) {
    case 'contains':
    case 'search':
      return like(
        expression,
        texts.map((text) => `%${text}%`),
      );
    case 'startsWith':
      return like(
        expression,
        texts.map((text) => `${text}%`),
      );
    case 'endsWith':
      return like(
        expression,
        texts.map((text) => `%${text}`),
      );
    default:
      return undefined;
  }
}

function condition(query: Query, allowed: readonly string[], depth: number): Condition {
  if (query.method === 'or' || query.method === 'and') {
    if (depth >= MAX_DEPTH || query.values.length < 2) throw invalid('Or/and need two queries');
    const parts = query.values.map((v) => condition(parseQuery(v), allowed, depth + 1));
    const sql = `(${parts.map((part) => part.sql).join(query.method === 'or' ? ' OR ' : ' AND ')})`;
    return { sql, values: parts.flatMap((part) => part.values) };
  }
  const expression = column(query.attribute, allowed);
  if (query.method === 'isNull') return { sql: `${expression} IS NULL`, values: [] };
  if (query.method === 'isNotNull') return { sql: `${expression} IS NOT NULL`, values: [] };
  if (query.values.length === 0) {
    throw invalid(`${query.method} queries require at least one value.`);
  }
  return textCondition(query, expression) ?? valueCondition(query, expression);
}

function valueCondition(query: Query, expression: string): Condition {
  const values = query.values.slice(0, MAX_QUERIES).map((v) => bind(query.attribute, v));
  const operator = own(COMPARE, query.method);
  const [first = null, second = null] = values;
  if (operator !== undefined) return { sql: `${expression} ${operator} ?`, values: [first] };
  switch (query.method) {
    case 'equal':
      return { sql: `${expression} IN (${values.map(() => '?').join(', ')})`, values };
    case 'notEqual':
      return { sql: `${expression} IS NOT ?`, values: [first] };
    case 'between':
      return { sql: `${expression} BETWEEN ? AND ?`, values: [first, second] };
    default:
      throw invalid(`Invalid query method: ${query.method}`);
  }
}

function bounded(query: Query, min: number, max: number): number {
  const [value] = query.values;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    const range = `${min.toLocaleString('en-US')} and ${max.toLocaleString('en-US')}`;
    throw invalid(`Invalid ${query.method}: Value must be a valid range between ${range}`);
  }
  return value;
}

interface Draft {
  where: Condition[];
  order: string[];
  limit: number;
  offset: number;
  cursor?: { id: string; after: boolean };
}

function take(query: Query, allowed: readonly string[], draft: Draft): void {
  switch (query.method) {
    case 'limit':
      draft.limit = bounded(query, 1, MAX_LIMIT);
      return;
    case 'offset':
      draft.offset = bounded(query, 0, 1_000_000);
      return;
    case 'cursorAfter':
    case 'cursorBefore':
      draft.cursor = { id: String(query.values[0]), after: query.method === 'cursorAfter' };
      return;
    case 'orderAsc':
    case 'orderDesc': {
      const expression = query.attribute === '' ? 'seq' : column(query.attribute, allowed);
      draft.order.push(`${expression} ${query.method === 'orderAsc' ? 'ASC' : 'DESC'}`);
      return;
    }
    case 'select':
      return;
    default:
      draft.where.push(condition(query, allowed, 0));
  }
}

export function parseListing(queries: readonly string[], allowed: readonly string[]): Listing {
  refuseTooMuch(queries);
  const draft: Draft = { where: [], order: [], limit: DEFAULT_LIMIT, offset: 0 };
  for (const text of queries) take(parseQuery(text), allowed, draft);
  return draft;
}

export function searchCondition(text: string): Condition | undefined {
  if (text === '') return undefined;
  const pattern = `%${escapeLike(text)}%`;
  return {
    sql: "(id LIKE ? ESCAPE '\\' OR json_extract(doc, '$.name') LIKE ? ESCAPE '\\')",
    values: [pattern, pattern],
  };
}
