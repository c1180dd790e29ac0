/**
 * List queries: from the JSON strings of a request to a checked tree. Pure. Whatever passes here
 * names only known columns, holds values of their types and is bounded in depth and number, so
 * `sql.ts` can compile it without asking again. Refusals carry the reference's wording.
 */
import { AppwriteError } from '../kernel/errors.ts';

export const QUERIES_MAX = 100;
export const QUERY_LENGTH_MAX = 4096;
const VALUES_MAX = 500;
const DEPTH_MAX = 3;
const DEFAULT_LIMIT = 25;
const INT64_TEXT = '9,223,372,036,854,775,807';

/** What a query may name: a column or a `$` field. */
export interface Field {
  readonly key: string;
  /** SQL expression that reads it. */
  readonly sql: string;
  readonly array: boolean;
  readonly kind: 'text' | 'number' | 'boolean' | 'datetime' | 'shape';
  readonly fulltext: boolean;
  /** Value as SQLite compares it, or undefined if it is none for this field. */
  readonly encode: (value: unknown) => string | number | undefined;
}

export interface FieldSource {
  field(key: string): Field | undefined;
}

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | {
      readonly kind: 'match';
      readonly method: FilterMethod;
      readonly field: Field;
      readonly values: readonly (string | number)[];
    };

export interface Order {
  readonly field: Field | undefined;
  readonly direction: 'ASC' | 'DESC' | 'RANDOM';
}

export interface ListQuery {
  readonly filters: readonly Filter[];
  readonly orders: readonly Order[];
  readonly limit: number;
  readonly offset: number;
  readonly cursor: { readonly id: string; readonly direction: 'after' | 'before' } | undefined;
  /** Chosen keys; undefined = all columns. */
  readonly select: ReadonlySet<string> | undefined;
}

const ONE = [
  'notEqual', 'lessThan', 'lessThanEqual', 'greaterThan', 'greaterThanEqual', 'search',
  'notSearch', 'startsWith', 'notStartsWith', 'endsWith', 'notEndsWith',
] as const; // prettier-ignore
const MANY = ['equal', 'contains', 'notContains', 'containsAny', 'containsAll'] as const;
const TWO = ['between', 'notBetween'] as const;
const NONE = ['isNull', 'isNotNull'] as const;
const ON_ARRAYS: ReadonlySet<string> = new Set([
  'contains', 'notContains', 'containsAny', 'containsAll', 'isNull', 'isNotNull',
]); // prettier-ignore

export type FilterMethod =
  (typeof ONE)[number] | (typeof MANY)[number] | (typeof TWO)[number] | (typeof NONE)[number];

const ARITY = new Map<string, 'one' | 'many' | 'two' | 'none'>([
  ...ONE.map((name) => [name, 'one'] as const),
  ...MANY.map((name) => [name, 'many'] as const),
  ...TWO.map((name) => [name, 'two'] as const),
  ...NONE.map((name) => [name, 'none'] as const),
]);
const TEXT_ONLY = /^(not)?(search|startswith|endswith)$/i;

interface RawQuery {
  readonly method: string;
  readonly attribute: string;
  readonly values: readonly unknown[];
}

function refuse(message: string): never {
  throw new AppwriteError('general_query_invalid', message);
}

/** PHP's name of a JSON value's type, which the reference's message shows. */
function typeName(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'double';
  return typeof value;
}

function rawQuery(value: unknown): RawQuery {
  if (typeof value !== 'object' || value === null) {
    refuse(`Invalid query. Must be an array, got ${typeName(value)}`);
  }
  const { method, attribute, values } = value as Record<string, unknown>;
  if (typeof method !== 'string') {
    refuse(`Invalid query method. Must be a string, got ${typeName(method ?? '')}`);
  }
  if (attribute !== undefined && attribute !== null && typeof attribute !== 'string') {
    refuse(`Invalid query attribute. Must be a string, got ${typeName(attribute)}`);
  }
  if (values !== undefined && values !== null && !Array.isArray(values)) {
    refuse(`Invalid query values. Must be an array, got ${typeName(values)}`);
  }
  const list: readonly unknown[] = Array.isArray(values) ? (values as unknown[]) : [];
  return { method, attribute: attribute ?? '', values: list };
}

function parseText(text: string): RawQuery {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('Invalid query: Syntax error');
  }
  return rawQuery(value);
}

function fieldOf(source: FieldSource, key: string): Field {
  return source.field(key) ?? refuse(`Invalid query: Attribute not found in schema: ${key}`);
}

function capitalised(method: string): string {
  return method.charAt(0).toUpperCase() + method.slice(1);
}

function arityProblem(method: string, count: number): string | undefined {
  const name = capitalised(method);
  switch (ARITY.get(method)) {
    case 'one':
      return count === 1 ? undefined : `${name} queries require exactly one value.`;
    case 'two':
      return count === 2 ? undefined : `${name} queries require exactly two values.`;
    case 'many':
      return count > 0 ? undefined : `${name} queries require at least one value.`;
    case 'none':
    case undefined:
      return undefined;
  }
}

function checkFit(method: string, field: Field): void {
  const { key } = field;
  if (method.toLowerCase().includes('contains')) {
    if (!field.array && field.kind !== 'text') {
      const why = 'because it is not an array, string, or object.';
      refuse(`Invalid query: Cannot query ${method} on attribute "${key}" ${why}`);
    }
  } else if (field.array && !ON_ARRAYS.has(method)) {
    refuse(`Invalid query: Cannot query ${method} on attribute "${key}" because it is an array.`);
  }
  if (TEXT_ONLY.test(method) && field.kind !== 'text') {
    refuse(`Invalid query: Query value is invalid for attribute "${key}"`);
  }
  if (method.toLowerCase().includes('search') && !field.fulltext) {
    refuse(`Searching by attribute "${key}" requires a fulltext index.`);
  }
}

function matchFilter(raw: RawQuery, source: FieldSource): Filter {
  const field = fieldOf(source, raw.attribute);
  const arity = arityProblem(raw.method, raw.values.length);
  if (arity !== undefined) refuse(`Invalid query: ${arity}`);
  if (raw.values.length > VALUES_MAX) {
    refuse(`Invalid query: Query on attribute has greater than ${VALUES_MAX} values: ${field.key}`);
  }
  checkFit(raw.method, field);
  const values: (string | number)[] = [];
  if (ARITY.get(raw.method) !== 'none') {
    for (const value of raw.values) {
      const encoded = field.encode(value);
      if (encoded === undefined) {
        refuse(`Invalid query: Query value is invalid for attribute "${field.key}"`);
      }
      values.push(encoded);
    }
  }
  return { kind: 'match', method: raw.method as FilterMethod, field, values };
}

function filterOf(raw: RawQuery, source: FieldSource, depth: number): Filter | undefined {
  if (raw.method === 'and' || raw.method === 'or') {
    if (depth >= DEPTH_MAX) refuse('Invalid query: Queries are nested too deeply');
    const name = capitalised(raw.method);
    if (raw.values.length < 2)
      refuse(`Invalid query: ${name} queries require at least two queries`);
    const parts = raw.values.map((value) => {
      const part = filterOf(rawQuery(value), source, depth + 1);
      return part ?? refuse(`Invalid query: ${name} queries can only contain filter queries`);
    });
    return { kind: raw.method, parts };
  }
  return ARITY.has(raw.method) ? matchFilter(raw, source) : undefined;
}

function whole(value: unknown, name: 'limit' | 'offset', low: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    refuse(`Invalid query: Invalid ${name}: Value must be a valid number`);
  }
  if (value < low) {
    const range = `between ${low} and ${INT64_TEXT}`;
    refuse(`Invalid query: Invalid ${name}: Value must be a valid range ${range}`);
  }
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

interface Draft {
  filters: Filter[];
  orders: Order[];
  limit: number;
  offset: number;
  cursor: ListQuery['cursor'];
  select: Set<string> | undefined;
}

/** Everything that is no filter; false if the method is unknown here. */
function applyClause(draft: Draft, raw: RawQuery, source: FieldSource): boolean {
  switch (raw.method) {
    case 'limit':
      draft.limit = whole(raw.values[0], 'limit', 1);
      return true;
    case 'offset':
      draft.offset = whole(raw.values[0], 'offset', 0);
      return true;
    case 'orderAsc':
    case 'orderDesc': {
      const direction = raw.method === 'orderAsc' ? 'ASC' : 'DESC';
      const key = raw.attribute === '' ? '$sequence' : raw.attribute;
      draft.orders.push({ field: fieldOf(source, key), direction });
      return true;
    }
    case 'orderRandom':
      draft.orders.push({ field: undefined, direction: 'RANDOM' });
      return true;
    case 'cursorAfter':
    case 'cursorBefore': {
      const id = raw.values[0];
      if (typeof id !== 'string' || id === '') refuse('Invalid query: Invalid cursor: Empty id');
      const direction = raw.method === 'cursorAfter' ? 'after' : 'before';
      draft.cursor ??= { id, direction };
      return true;
    }
    case 'select':
      applySelect(draft, raw, source);
      return true;
    default:
      return false;
  }
}

function applySelect(draft: Draft, raw: RawQuery, source: FieldSource): void {
  if (raw.values.length === 0) refuse('Invalid query: No attributes selected');
  draft.select ??= new Set();
  for (const key of raw.values) {
    if (typeof key !== 'string') refuse('Invalid query: Select queries require string values.');
    if (key !== '*' && !key.startsWith('$')) fieldOf(source, key);
    draft.select.add(key);
  }
}

/** Parses and checks the queries of a list request. Throws `general_query_invalid`. */
export function parseQueries(
  texts: readonly string[],
  source: FieldSource,
  defaultLimit = DEFAULT_LIMIT,
): ListQuery {
  const draft: Draft = {
    filters: [],
    orders: [],
    limit: defaultLimit,
    offset: 0,
    cursor: undefined,
    select: undefined,
  };
  for (const text of texts) {
    const raw = parseText(text);
    if (applyClause(draft, raw, source)) continue;
    const filter = filterOf(raw, source, 0);
    if (filter === undefined) refuse(`Invalid query method: ${raw.method}`);
    draft.filters.push(filter);
  }
  const select = draft.select?.has('*') === true ? undefined : draft.select;
  return { ...draft, select };
}
