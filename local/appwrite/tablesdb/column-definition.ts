/**
 * Column definitions from request bodies: the checks of every type, for new columns and for
 * changes in place. Pure but for the refusals it throws.
 */
import { AppwriteError } from '../kernel/errors.ts';
import {
  Unfit,
  arrayOf,
  boolean,
  optional,
  range,
  required,
  text,
  type Validator,
} from '../kernel/params.ts';
import type { Json } from '../kernel/types.ts';
import type { Column, ColumnFormat, ColumnType } from './model.ts';
import { normaliseDate, valueRule } from './values.ts';

/** Last segment of `…/columns/<route>`. */
export const COLUMN_ROUTES = [
  'string', 'varchar', 'text', 'mediumtext', 'longtext', 'email', 'enum', 'ip', 'url',
  'integer', 'bigint', 'float', 'boolean', 'datetime', 'point', 'line', 'polygon',
] as const; // prettier-ignore
export type ColumnRoute = (typeof COLUMN_ROUTES)[number];

const STRING_MAX = 1_073_741_824;
const VARCHAR_MAX = 16_381;
const ELEMENTS_MAX = 100;
const ELEMENT_CHARS_MAX = 255;
/** Characters a type holds without being told a size. */
const SIZES: Partial<Record<ColumnRoute, number>> = {
  text: 16_383,
  mediumtext: 4_194_303,
  longtext: 1_073_741_823,
  email: 254,
  enum: 255,
  ip: 39,
  url: 2000,
};

function typeOf(route: ColumnRoute): ColumnType {
  switch (route) {
    case 'email':
    case 'enum':
    case 'ip':
    case 'url':
      return 'string';
    case 'float':
      return 'double';
    case 'line':
      return 'linestring';
    default:
      return route;
  }
}

function formatOf(route: ColumnRoute): ColumnFormat {
  return route === 'email' || route === 'enum' || route === 'ip' || route === 'url' ? route : '';
}

const number: Validator<number> = (value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Unfit('Value must be a valid number');
};

/** Bounds of the whole 64-bit range count as none: no number of JSON holds them exactly. */
function boundOf(body: Json, name: 'min' | 'max'): number | undefined {
  const value = optional(body, name, number, undefined);
  return value === undefined || Math.abs(value) >= 2 ** 63 ? undefined : value;
}

function sizeOf(route: ColumnRoute, body: Json): number {
  if (route === 'string') return required(body, 'size', range(1, STRING_MAX));
  if (route === 'varchar') return required(body, 'size', range(1, VARCHAR_MAX));
  return SIZES[route] ?? 0;
}

const refuse = (message: string): AppwriteError =>
  new AppwriteError('column_value_invalid', message);

/** Refuses a default that its own column would refuse. Arrays and required columns have none. */
function checkDefault(column: Column): void {
  const value = column.default;
  if (value === null) return;
  if (column.required) {
    const message = 'Cannot set default value for required column';
    throw new AppwriteError('column_default_unsupported', message);
  }
  if (column.array) {
    const message = 'Cannot set default value for array columns';
    throw new AppwriteError('column_default_unsupported', message);
  }
  const rule = valueRule(column, value);
  if (rule === undefined) return;
  throw refuse(column.format === 'enum' ? 'Default value not found in elements' : rule);
}

function checkBounds(column: Column): void {
  if (column.min !== undefined && column.max !== undefined && column.min > column.max) {
    throw refuse('Minimum value must be lesser than maximum value');
  }
}

function defaultOf(body: Json, type: ColumnType): unknown {
  const value = body['default'] ?? body['xdefault'] ?? null;
  return type === 'datetime' && typeof value === 'string' ? (normaliseDate(value) ?? value) : value;
}

function bounds(type: ColumnType, body: Json): Pick<Column, 'min' | 'max'> {
  if (type !== 'integer' && type !== 'bigint' && type !== 'double') return {};
  const min = boundOf(body, 'min');
  const max = boundOf(body, 'max');
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function elementsOf(route: ColumnRoute, body: Json): Pick<Column, 'elements'> {
  if (route !== 'enum') return {};
  const elements = required(body, 'elements', arrayOf(text(ELEMENT_CHARS_MAX), ELEMENTS_MAX));
  return { elements };
}

/** A new column; `key` has been checked. */
export function newColumn(
  route: ColumnRoute,
  body: Json,
  made: { readonly key: string; readonly physical: string; readonly at: string },
): Column {
  const type = typeOf(route);
  const column: Column = {
    key: made.key,
    type,
    format: formatOf(route),
    size: sizeOf(route, body),
    required: optional(body, 'required', boolean, false),
    array: optional(body, 'array', boolean, false),
    default: defaultOf(body, type),
    encrypt: optional(body, 'encrypt', boolean, false),
    ...bounds(type, body),
    ...elementsOf(route, body),
    physical: made.physical,
    createdAt: made.at,
    updatedAt: made.at,
  };
  checkBounds(column);
  checkDefault(column);
  return column;
}

/** The column after a change in place. Its type never changes. */
export function changedColumn(route: ColumnRoute, column: Column, body: Json, at: string): Column {
  if (column.type !== typeOf(route) || column.format !== formatOf(route)) {
    throw new AppwriteError('column_type_invalid');
  }
  const resizable = route === 'string' || route === 'varchar';
  const limit = route === 'varchar' ? VARCHAR_MAX : STRING_MAX;
  const changed: Column = {
    ...column,
    required: required(body, 'required', boolean),
    default: defaultOf(body, column.type),
    ...(resizable ? { size: optional(body, 'size', range(1, limit), column.size) } : {}),
    ...bounds(column.type, body),
    ...(route === 'enum' && body['elements'] === undefined ? {} : elementsOf(route, body)),
    updatedAt: at,
  };
  checkBounds(changed);
  checkDefault(changed);
  return changed;
}

/** The route of an inline column of `POST …/tables`, whose type and format are fields. */
export function inlineRoute(column: Json): ColumnRoute {
  const format = column['format'];
  if (format === 'email' || format === 'enum' || format === 'ip' || format === 'url') return format;
  const type = column['type'];
  if (type === 'double') return 'float';
  if (type === 'linestring') return 'line';
  const route = COLUMN_ROUTES.find((candidate) => candidate === type);
  if (route !== undefined) return route;
  throw new AppwriteError('general_argument_invalid', `Invalid type for column: ${String(type)}`);
}
