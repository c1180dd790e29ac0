/**
 * What a request says about rows, checked: data, permissions, dates, the compare-and-set header.
 * `$` keys of data are dropped, except dates, which only privileged callers may set.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import {
  Unfit,
  arrayOf,
  customId,
  isJsonObject,
  nullable,
  optional,
  parseJson,
  type Validator,
} from '../kernel/params.ts';
import { permissions as permissionList } from '../kernel/permissions.ts';
import type { Json, RequestContext } from '../kernel/types.ts';
import { ROW_ACTIONS, expandForRow } from './permissions.ts';
import { QUERIES_MAX, QUERY_LENGTH_MAX } from './queries.ts';
import { normaliseDate } from './values.ts';

export const BULK_ROWS_MAX = 100;

export interface RowInput {
  readonly data: Json;
  /** Undefined = not said. */
  readonly permissions: readonly string[] | undefined;
  readonly createdAt: string | undefined;
  readonly updatedAt: string | undefined;
}

const jsonObject: Validator<Json> = (value) => {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (isJsonObject(parsed)) return parsed;
  if (Array.isArray(parsed)) return Object.fromEntries<unknown>(parsed.entries());
  throw new Unfit('Value must be a valid JSON string');
};

const rowPermissions = nullable(permissionList(ROW_ACTIONS));

export function permissionsOf(source: Json, name: string): readonly string[] | undefined {
  const given = optional(source, name, rowPermissions, null);
  return given === null ? undefined : expandForRow(given);
}

function dateOf(data: Json, name: '$createdAt' | '$updatedAt'): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  const date = typeof value === 'string' ? normaliseDate(value) : undefined;
  if (date !== undefined) return date;
  const message = `Invalid document structure: Attribute "${name}" has invalid type.`;
  throw new AppwriteError('row_invalid_structure', `${message} Value must be a valid date`);
}

function hasSystemKeys(data: Json): boolean {
  for (const key in data) if (key.startsWith('$')) return true;
  return false;
}

/** Splits given data into the columns and what `$` keys say. */
export function splitData(
  given: Json,
  permissions: readonly string[] | undefined,
  privileged: boolean,
): RowInput {
  if (!hasSystemKeys(given)) {
    return { data: given, permissions, createdAt: undefined, updatedAt: undefined };
  }
  const data: Json = {};
  for (const key in given) if (!key.startsWith('$')) data[key] = given[key];
  return {
    data,
    permissions,
    createdAt: privileged ? dateOf(given, '$createdAt') : undefined,
    updatedAt: privileged ? dateOf(given, '$updatedAt') : undefined,
  };
}

export function rowInput(context: RequestContext): RowInput {
  const given = optional(context.body, 'data', jsonObject, {});
  const permissions = permissionsOf(context.body, 'permissions');
  return splitData(given, permissions, context.caller.privileged);
}

export const isEmpty = (data: Json): boolean => {
  for (const _ in data) return false;
  return true;
};

/** Id of one row of a bulk write, or a new one. */
export function bulkId(row: Json): string {
  return idOrNew(optional(row, '$id', customId, 'unique()') || 'unique()');
}

export const bulkRows = arrayOf(jsonObject, BULK_ROWS_MAX);

/** Point in time of `X-Appwrite-Timestamp`, or undefined without the header. */
export function timestampOf(context: RequestContext): string | undefined {
  const header = context.headers['x-appwrite-timestamp'];
  if (typeof header !== 'string' || header === '') return undefined;
  const date = normaliseDate(header);
  if (date !== undefined) return date;
  const message = 'Invalid X-Appwrite-Timestamp header value';
  throw new AppwriteError('general_argument_invalid', message);
}

function checkQueries(queries: readonly unknown[]): readonly string[] {
  const fits = (query: unknown): boolean =>
    typeof query === 'string' && query !== '' && query.length <= QUERY_LENGTH_MAX;
  if (queries.length <= QUERIES_MAX && queries.every(fits)) return queries as readonly string[];
  throw badQueries();
}

function badQueries(): AppwriteError {
  return new AppwriteError(
    'general_argument_invalid',
    `Invalid \`queries\` param: Value must a valid array no longer than ${QUERIES_MAX} items and ` +
      `Value must be a valid string and at least 1 chars and no longer than ` +
      `${QUERY_LENGTH_MAX} chars`,
  );
}

/** Queries of the address, or of the body for bulk writes. */
export function queriesOf(context: RequestContext): readonly string[] {
  if (context.query.has('queries')) throw badQueries();
  return checkQueries(context.queries);
}

export function bodyQueries(context: RequestContext): readonly string[] {
  const given = context.body['queries'];
  if (given === undefined || given === null) return queriesOf(context);
  if (!Array.isArray(given)) throw badQueries();
  return checkQueries(given);
}

/** `transactionId` of the body or the address; '' without one. */
export function transactionOf(context: RequestContext): string {
  const given = context.body['transactionId'] ?? context.query.get('transactionId');
  return typeof given === 'string' ? given : '';
}
