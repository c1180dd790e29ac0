/**
 * Values of rows against their columns. Pure. `structureProblem` gives the reference's wording;
 * `toStored` and `fromStored` turn valid values into what SQLite keeps and back. Stored values
 * are trusted when read.
 */
import { isIP } from 'node:net';
import type { SQLInputValue } from 'node:sqlite';
import { formatTime } from '../kernel/time.ts';
import type { Column } from './model.ts';

const INT32_MIN = -2_147_483_648;
const INT32_MAX = 2_147_483_647;
const STORED_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;
const DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d:?\d\d)?)?$/i;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const EMAIL = new RegExp(`^[\\w.!#$%&'*+/=?^\`{|}~-]{1,64}@(?:${LABEL}\\.)+${LABEL}$`);
const PRINTABLE_ASCII = /^[\x21-\x7e]+$/;
const EMAIL_MAX = 320;
const DATE_RULE = 'Value must be valid date between 1000-01-01 00:00:00 and 9999-12-31 23:59:59.';

/** Any spelling of a date the reference takes, as UTC with milliseconds; undefined if none. */
export function normaliseDate(text: string): string | undefined {
  const match = DATE.exec(text);
  if (match?.[1] === undefined) return undefined;
  // JavaScript rolls the 30th of February over; a date that is none is refused instead.
  const day = Date.parse(`${match[1]}T00:00Z`);
  if (Number.isNaN(day) || formatTime(day).slice(0, 10) !== match[1]) return undefined;
  const epochMs = Date.parse(`${match[1]}T${match[2] ?? '00:00'}${match[3] ?? 'Z'}`);
  if (Number.isNaN(epochMs) || epochMs < Date.UTC(1000, 0) || epochMs >= Date.UTC(10_000, 0)) {
    return undefined;
  }
  if (STORED_DATE.test(text)) return formatTime(epochMs) === text ? text : undefined;
  return formatTime(epochMs);
}

/** Commas between thousands, as the reference writes bounds. */
export function grouped(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** Length in characters, not in UTF-16 units. */
function longerThan(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > limit * 2) return true;
  let count = 0;
  for (const _ of text) if (++count > limit) return true;
  return false;
}

/** `[kind, rule]` of what is wrong with one scalar, or undefined. */
type Problem = readonly ['type' | 'format', string];

function textProblem(column: Column, value: unknown): Problem | undefined {
  if (typeof value !== 'string' || longerThan(value, column.size)) {
    return ['type', `Value must be a valid string and no longer than ${String(column.size)} chars`];
  }
  switch (column.format) {
    case '':
      return undefined;
    case 'enum':
      if (column.elements?.includes(value) === true) return undefined;
      return ['format', `Value must be one of (${(column.elements ?? []).join(', ')})`];
    case 'email':
      if (value.length <= EMAIL_MAX && EMAIL.test(value)) return undefined;
      return ['format', 'Value must be a valid email address'];
    case 'url':
      return isUrl(value) ? undefined : ['format', 'Value must be a valid URL'];
    case 'ip':
      return isIP(value) === 0 ? ['format', 'Value must be a valid IP address'] : undefined;
  }
}

function isUrl(value: string): boolean {
  return PRINTABLE_ASCII.test(value) && value.includes('://') && URL.canParse(value);
}

function rangeProblem(column: Column, value: number): Problem | undefined {
  const { min, max } = column;
  if ((min === undefined || value >= min) && (max === undefined || value <= max)) return undefined;
  return ['format', `Value must be a valid range between ${bound(min, '-')} and ${bound(max, '')}`];
}

function bound(value: number | undefined, sign: string): string {
  return value === undefined ? `${sign}9,223,372,036,854,775,808` : grouped(value);
}

function integerProblem(column: Column, value: unknown): Problem | undefined {
  const narrow =
    column.type === 'integer' &&
    column.min !== undefined &&
    column.max !== undefined &&
    column.min >= INT32_MIN &&
    column.max <= INT32_MAX;
  const low = narrow ? INT32_MIN : -(2 ** 63);
  const high = narrow ? INT32_MAX : 2 ** 63;
  if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) {
    return rangeProblem(column, value);
  }
  const limits = narrow
    ? '32-bit integer between -2,147,483,648 and 2,147,483,647'
    : '64-bit integer between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,808';
  return ['format', `Value must be a valid signed ${limits}`];
}

function scalarProblem(column: Column, value: unknown): Problem | undefined {
  switch (column.type) {
    case 'string':
    case 'varchar':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return textProblem(column, value);
    case 'integer':
    case 'bigint':
      return integerProblem(column, value);
    case 'double':
      if (typeof value === 'number' && Number.isFinite(value)) return rangeProblem(column, value);
      return ['type', 'Value must be a valid float'];
    case 'boolean':
      return typeof value === 'boolean' ? undefined : ['type', 'Value must be a valid boolean'];
    case 'datetime':
      if (typeof value === 'string' && normaliseDate(value) !== undefined) return undefined;
      return ['type', DATE_RULE];
    case 'point':
    case 'linestring':
    case 'polygon':
      return isShape(column.type, value) ? undefined : ['type', `Value must be a ${column.type}`];
  }
}

function isShape(type: 'point' | 'linestring' | 'polygon', value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const items = value as unknown[];
  if (type === 'point') {
    return items.length === 2 && items.every((part) => Number.isFinite(part));
  }
  const atLeast = type === 'linestring' ? 2 : 1;
  const inner = type === 'linestring' ? 'point' : 'linestring';
  return items.length >= atLeast && items.every((item) => isShape(inner, item));
}

/** Rule broken by one value on its own (defaults, query values), or undefined. */
export function valueRule(column: Column, value: unknown): string | undefined {
  return scalarProblem(column, value)?.[1];
}

function columnProblem(column: Column, value: unknown): string | undefined {
  if (!column.array) {
    const problem = scalarProblem(column, value);
    if (problem === undefined) return undefined;
    return `Attribute "${column.key}" has invalid ${problem[0]}. ${problem[1]}`;
  }
  if (!Array.isArray(value)) return `Attribute "${column.key}" must be an array`;
  for (const [index, item] of (value as unknown[]).entries()) {
    if (item === null && !column.required) continue;
    const problem = scalarProblem(column, item);
    if (problem === undefined) continue;
    return `Attribute "${column.key}['${index}']" has invalid ${problem[0]}. ${problem[1]}`;
  }
  return undefined;
}

/** Own values only: a column may be called `constructor`. */
export function ownValue(data: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(data, key) ? data[key] : undefined;
}

/**
 * What is wrong with `data` for these columns, in the reference's words. `partial` data is merged
 * into a row that is already valid, so absent columns are not missed; an explicit null is.
 */
export function structureProblem(
  columns: ReadonlyMap<string, Column>,
  data: Readonly<Record<string, unknown>>,
  partial: boolean,
): string | undefined {
  for (const column of columns.values()) {
    if (!column.required) continue;
    const value = ownValue(data, column.key);
    if (value === null || (value === undefined && !partial)) {
      return `Missing required attribute "${column.key}"`;
    }
  }
  for (const key in data) {
    const column = columns.get(key);
    if (column === undefined) return `Unknown attribute: "${key}"`;
    const value = data[key];
    if (value === null || value === undefined) continue;
    const problem = columnProblem(column, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The value SQLite keeps for a valid API value. */
export function toStored(column: Column, value: unknown): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (column.array) return JSON.stringify(itemsToStore(column, value));
  switch (typeof value) {
    case 'boolean':
      return value ? 1 : 0;
    case 'number':
      return value;
    case 'string':
      return column.type === 'datetime' ? (normaliseDate(value) ?? null) : value;
    default:
      return JSON.stringify(value);
  }
}

function itemsToStore(column: Column, value: unknown): unknown {
  if (column.type !== 'datetime' || !Array.isArray(value)) return value;
  return value.map((item: unknown) => (typeof item === 'string' ? normaliseDate(item) : item));
}

/** The API value of a stored one. */
export function fromStored(column: Column, value: unknown): unknown {
  if (column.array) return typeof value === 'string' ? (JSON.parse(value) as unknown) : [];
  if (value === null) return null;
  switch (column.type) {
    case 'boolean':
      return value === 1;
    case 'point':
    case 'linestring':
    case 'polygon':
      return typeof value === 'string' ? (JSON.parse(value) as unknown) : null;
    default:
      return value;
  }
}

/** Columns whose stored form differs from the API's, so only these are touched on reading. */
export function needsDecoding(column: Column): boolean {
  return (
    column.array ||
    column.type === 'boolean' ||
    column.type === 'point' ||
    column.type === 'linestring' ||
    column.type === 'polygon'
  );
}
