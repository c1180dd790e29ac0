/**
 * Operators: `{"method":"increment","values":[1]}` as the value of a column says how it is to
 * change from what stands there. Pure. An update or upsert replaces each by the value it comes to,
 * so what follows sees plain data; creating a row knows no operators, there is nothing to change.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { isJsonObject, parseJson } from '../kernel/params.ts';
import { formatTime, parseTime } from '../kernel/time.ts';
import type { Json } from '../kernel/types.ts';
import { isNumeric, isText, type Column } from './model.ts';

const DAY_MS = 86_400_000;
const PREFIX = '{"method":';

type Values = readonly unknown[];

function refuse(reason: string): AppwriteError {
  return new AppwriteError('row_invalid_structure', `Invalid document structure: ${reason}`);
}

const numberOf = (value: unknown): number => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw refuse('an operator of numbers needs a number');
};

const atMost = (value: number, limit: unknown): number =>
  limit === undefined || limit === null ? value : Math.min(value, numberOf(limit));
const atLeast = (value: number, limit: unknown): number =>
  limit === undefined || limit === null ? value : Math.max(value, numberOf(limit));

function divisorOf(value: unknown): number {
  const divisor = numberOf(value);
  if (divisor === 0) throw refuse('Division by zero is not allowed');
  return divisor;
}

/** A limit is where the number stops, not a reason to refuse. */
const ofNumbers: Readonly<Record<string, (present: number, values: Values) => number>> = {
  increment: (present, [by, max]) => atMost(present + numberOf(by ?? 1), max),
  decrement: (present, [by, min]) => atLeast(present - numberOf(by ?? 1), min),
  multiply: (present, [by, max]) => atMost(present * numberOf(by), max),
  divide: (present, [by, min]) => atLeast(present / divisorOf(by), min),
  modulo: (present, [by]) => present % divisorOf(by),
  power: (present, [by, max]) => atMost(present ** numberOf(by), max),
};

const ofTexts: Readonly<Record<string, (present: string | null, values: Values) => unknown>> = {
  stringConcat: (present, [text]) => (present ?? '') + String(text),
  stringReplace: (present, [search, text]) =>
    present === null ? null : present.replaceAll(String(search), String(text)),
};

const ofDates: Readonly<Record<string, (present: number, values: Values) => number>> = {
  dateAddDays: (present, [days]) => present + numberOf(days) * DAY_MS,
  dateSubDays: (present, [days]) => present - numberOf(days) * DAY_MS,
};

/** The years that are written with four digits. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T00:00:00Z');

function dated(epochMs: number): string {
  if (epochMs >= EARLIEST_MS && epochMs <= LATEST_MS) return formatTime(epochMs);
  throw refuse('an operator of dates leaves the calendar');
}

function insert(present: Values, [index, value]: Values): Values {
  const at = numberOf(index);
  if (at < 0 || at > present.length) {
    const length = present.length;
    throw refuse(
      `Cannot apply arrayInsert operator: index ${at} is out of bounds for array of length ${length}`,
    );
  }
  return present.toSpliced(at, 0, value);
}

type Test = (entry: unknown, value: unknown) => boolean;

/** Only like is compared with like. */
const ordered =
  (holds: (order: number) => boolean): Test =>
  (entry, value) => {
    if (typeof entry === 'number' && typeof value === 'number') return holds(entry - value);
    if (typeof entry !== 'string' || typeof value !== 'string') return false;
    return holds(entry < value ? -1 : entry > value ? 1 : 0);
  };

const conditions: Readonly<Record<string, Test>> = {
  equal: (entry, value) => entry === value,
  notEqual: (entry, value) => entry !== value,
  greaterThan: ordered((order) => order > 0),
  greaterThanEqual: ordered((order) => order >= 0),
  lessThan: ordered((order) => order < 0),
  lessThanEqual: ordered((order) => order <= 0),
  contains: (entry, value) => typeof entry === 'string' && entry.includes(String(value)),
  isNull: (entry) => entry === null,
  isNotNull: (entry) => entry !== null,
};

function filter(present: Values, [condition, value]: Values): Values {
  const name = String(condition);
  const test = Object.hasOwn(conditions, name) ? conditions[name] : undefined;
  if (test === undefined) throw refuse(`Invalid condition for arrayFilter operator: ${name}`);
  return present.filter((entry) => test(entry, value));
}

const ofLists: Readonly<Record<string, (present: Values, values: Values) => Values>> = {
  arrayAppend: (present, values) => [...present, ...values],
  arrayPrepend: (present, values) => [...values, ...present],
  arrayInsert: insert,
  arrayRemove: (present, [value]) => present.filter((entry) => entry !== value),
  arrayUnique: (present) => [...new Set(present)],
  arrayIntersect: (present, values) => present.filter((entry) => values.includes(entry)),
  arrayDiff: (present, values) => present.filter((entry) => !values.includes(entry)),
  arrayFilter: filter,
};

interface Operator {
  readonly method: string;
  readonly values: Values;
}

const families = [ofNumbers, ofTexts, ofDates, ofLists, { toggle: 0, dateSetNow: 0 }];
const METHODS: ReadonlySet<string> = new Set(families.flatMap((family) => Object.keys(family)));

function operatorIn(value: unknown): Operator | undefined {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return undefined;
  const parsed = parseJson(value);
  if (!isJsonObject(parsed)) return undefined;
  const { method, values = [] } = parsed;
  if (typeof method !== 'string' || !METHODS.has(method) || !Array.isArray(values)) {
    return undefined;
  }
  return { method, values };
}

export function hasOperators(data: Json): boolean {
  for (const key in data) if (operatorIn(data[key]) !== undefined) return true;
  return false;
}

const known = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function applied(column: Column, present: unknown, operator: Operator, now: string): unknown {
  const { method, values } = operator;
  const unfit = (kind: string): AppwriteError =>
    refuse(`Cannot apply ${method} operator to non-${kind} field '${column.key}'`);
  const onNumber = known(ofNumbers, method);
  if (onNumber !== undefined) {
    if (!isNumeric(column) || column.array) throw unfit('numeric');
    const next = onNumber(Number(present ?? 0), values);
    return column.type === 'double' ? next : Math.round(next);
  }
  const onText = known(ofTexts, method);
  if (onText !== undefined) {
    if (!isText(column) || column.array) throw unfit('string');
    return onText(typeof present === 'string' ? present : null, values);
  }
  const onList = known(ofLists, method);
  if (onList !== undefined) {
    if (!column.array) throw unfit('array');
    return onList(Array.isArray(present) ? present : [], values);
  }
  if (method === 'toggle') {
    if (column.type !== 'boolean' || column.array) throw unfit('boolean');
    return present !== true;
  }
  if (column.type !== 'datetime' || column.array) throw unfit('datetime');
  const onDate = known(ofDates, method);
  if (onDate === undefined) return now;
  return typeof present === 'string' ? dated(onDate(parseTime(present), values)) : null;
}

export interface Standing {
  readonly columns: ReadonlyMap<string, Column>;
  /** The row as it stands; undefined before it exists. */
  readonly row: Readonly<Record<string, unknown>> | undefined;
  readonly now: string;
}

/** The data with each operator replaced by what it comes to; the same object where there is none. */
export function withoutOperators(data: Json, { columns, row, now }: Standing): Json {
  let resolved: Json | undefined;
  for (const key in data) {
    const operator = operatorIn(data[key]);
    const column = operator === undefined ? undefined : columns.get(key);
    if (operator === undefined || column === undefined) continue;
    resolved ??= { ...data };
    const present = row === undefined ? column.default : row[key];
    resolved[key] = applied(column, present, operator, now);
  }
  return resolved ?? data;
}
