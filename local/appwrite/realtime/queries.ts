/**
 * Query filters of a subscription: a small part of the query language, evaluated on the payload
 * of an event. All queries of a subscription must hold.
 */
import type { Json } from '../kernel/types.ts';

const METHODS = [
  'equal',
  'notEqual',
  'lessThan',
  'lessThanEqual',
  'greaterThan',
  'greaterThanEqual',
  'isNull',
  'isNotNull',
  'and',
  'or',
  'select',
] as const;
type Method = (typeof METHODS)[number];

export interface Filter {
  readonly method: Method;
  readonly attribute: string;
  readonly values: readonly unknown[];
  readonly filters: readonly Filter[];
}

export class QueryRefused extends Error {}

const MAX_DEPTH = 4;
const MAX_VALUES = 100;

function asJson(given: unknown): Json {
  let value = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given) as unknown;
    } catch {
      throw new QueryRefused('Invalid query: Syntax error');
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new QueryRefused('Invalid query: Syntax error');
}

export function parseFilter(given: unknown, depth = 0): Filter {
  const { method: name, attribute, values } = asJson(given);
  const method = METHODS.find((known) => known === name);
  if (method === undefined) {
    throw new QueryRefused(
      `Invalid query: Query method '${String(name)}' is not supported in Realtime queries. ` +
        `Allowed: ${METHODS.join(', ')}`,
    );
  }
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  const nested = method === 'and' || method === 'or';
  if (list.length > MAX_VALUES || depth > MAX_DEPTH) {
    throw new QueryRefused('Invalid query: Too many values');
  }
  if (method === 'select' && !(list.length === 1 && list[0] === '*')) {
    throw new QueryRefused("Invalid query: Only select(['*']) is supported in Realtime queries.");
  }
  return {
    method,
    attribute: typeof attribute === 'string' ? attribute : '',
    values: nested ? [] : list,
    filters: nested ? list.map((one) => parseFilter(one, depth + 1)) : [],
  };
}

function compare(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  return left < right ? -1 : left > right ? 1 : 0;
}

function ordered(held: unknown, wanted: unknown, fits: (order: number) => boolean): boolean {
  const order = compare(held, wanted);
  return order !== undefined && fits(order);
}

export function holds(filter: Filter, payload: Json): boolean {
  const held = payload[filter.attribute];
  const { values, filters } = filter;
  switch (filter.method) {
    case 'equal':
      return values.some((value) => value === held);
    case 'notEqual':
      return !values.some((value) => value === held);
    case 'lessThan':
      return values.some((value) => ordered(held, value, (order) => order < 0));
    case 'lessThanEqual':
      return values.some((value) => ordered(held, value, (order) => order <= 0));
    case 'greaterThan':
      return values.some((value) => ordered(held, value, (order) => order > 0));
    case 'greaterThanEqual':
      return values.some((value) => ordered(held, value, (order) => order >= 0));
    case 'isNull':
      return held === null || held === undefined;
    case 'isNotNull':
      return held !== null && held !== undefined;
    case 'and':
      return filters.every((one) => holds(one, payload));
    case 'or':
      return filters.some((one) => holds(one, payload));
    case 'select':
      return true;
  }
}
