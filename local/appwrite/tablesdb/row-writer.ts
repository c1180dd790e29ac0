/**
 * Writes to rows, without asking who writes. Each checks the structure, keeps ids and unique
 * values single, and runs to its end before another request is looked at. Nothing is written
 * where nothing changed.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import type { TableHandle } from './lookup.ts';
import { isNumeric, type Column, type Row } from './model.ts';
import { hasOperators, withoutOperators } from './operators.ts';
import { laterThan } from './row-store.ts';
import type { RowInput } from './row-input.ts';
import { fromStored, structureProblem, toStored } from './values.ts';

export interface Step {
  /** 1 or -1. */
  readonly sign: 1 | -1;
  readonly value: number;
  /** Highest (or lowest) value the column may reach by this. */
  readonly limit: number | undefined;
}

function checkStructure(handle: TableHandle, input: RowInput, partial: boolean): void {
  const problem = structureProblem(handle.rows.columns, input.data, partial);
  if (problem === undefined) return;
  const message = `Invalid document structure: ${problem}`;
  throw new AppwriteError('row_invalid_structure', message);
}

function single<T>(id: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isUniqueViolation(error)) throw AppwriteError.of('row_already_exists', id);
    throw error;
  }
}

export function createRow(handle: TableHandle, id: string, input: RowInput, now: string): Row {
  checkStructure(handle, input, false);
  const createdAt = input.createdAt ?? now;
  return single(id, () =>
    handle.rows.insert({
      id,
      data: input.data,
      permissions: input.permissions ?? [],
      createdAt,
      updatedAt: input.updatedAt ?? now,
    }),
  );
}

function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  return typeof left === 'object' && JSON.stringify(left) === JSON.stringify(right);
}

/** The columns whose value would change. */
function changes(handle: TableHandle, row: Row, input: RowInput): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const key in input.data) {
    const column = handle.rows.columns.get(key);
    if (column === undefined) continue;
    const value = input.data[key];
    if (!same(fromStored(column, toStored(column, value)), row[key])) changed[key] = value;
  }
  return changed;
}

/** True if `input` would leave the row as it is; unknown columns, dates and operators are change. */
export function changesNothing(handle: TableHandle, row: Row, input: RowInput): boolean {
  if (input.createdAt !== undefined || input.updatedAt !== undefined) return false;
  if (input.permissions !== undefined && !same(input.permissions, row.$permissions)) return false;
  for (const key in input.data) if (!handle.rows.columns.has(key)) return false;
  if (hasOperators(input.data)) return false;
  for (const _ in changes(handle, row, input)) return false;
  return true;
}

/** `input` with its operators come to values, from the row or from nothing. */
function plain(
  handle: TableHandle,
  row: Row | undefined,
  ask: { readonly input: RowInput; readonly now: string },
): RowInput {
  const { input, now } = ask;
  const data = withoutOperators(input.data, { columns: handle.rows.columns, row, now });
  return data === input.data ? input : { ...input, data };
}

export function updateRow(handle: TableHandle, row: Row, asked: RowInput, now: string): Row {
  const input = plain(handle, row, { input: asked, now });
  checkStructure(handle, input, true);
  const data = changes(handle, row, input);
  const { permissions } = input;
  const granted = permissions !== undefined && !same(permissions, row.$permissions);
  const dated = input.createdAt !== undefined || input.updatedAt !== undefined;
  if (!granted && !dated && Object.keys(data).length === 0) return row;
  return single(row.$id, () =>
    handle.rows.update(row, {
      data,
      updatedAt: input.updatedAt ?? laterThan(row.$updatedAt, now),
      ...(granted ? { permissions } : {}),
      ...(input.createdAt === undefined ? {} : { createdAt: input.createdAt }),
    }),
  );
}

/**
 * Creates or changes the row of this id. Where the reference lets an upsert that meets another
 * row's unique value overwrite that row, this refuses with 409: the loud failure is the point.
 */
export function upsertRow(handle: TableHandle, id: string, asked: RowInput, now: string): Row {
  const row = handle.rows.get(id);
  const input = plain(handle, row, { input: asked, now });
  if (row === undefined) return createRow(handle, id, input, now);
  checkStructure(handle, input, false);
  return updateRow(handle, row, input, now);
}

/** A numeric column of the table, or the reference's refusals. */
export function stepColumn(handle: TableHandle, key: string): Column {
  const column = handle.rows.columns.get(key);
  // The reference never fills in this text's place-holder.
  if (column === undefined) throw new AppwriteError('column_not_found');
  if (isNumeric(column) && !column.array) return column;
  throw new AppwriteError('attribute_type_invalid', `tablesDB "${key}" is not a number`);
}

/** Adds to a number; null counts as zero, and only the limit of the request holds. */
export function stepRow(
  handle: TableHandle,
  row: Row,
  change: { readonly column: Column; readonly step: Step; readonly now: string },
): Row {
  const { column, step } = change;
  const next = Number(row[column.key] ?? 0) + step.sign * step.value;
  const whole = column.type === 'double' ? next : Math.round(next);
  if (!Number.isFinite(whole)) {
    const message = `Invalid document structure: Attribute "${column.key}" is out of range`;
    throw new AppwriteError('row_invalid_structure', message);
  }
  if (step.limit !== undefined && (step.sign === 1 ? whole > step.limit : whole < step.limit)) {
    const bound = step.sign === 1 ? 'maximum' : 'minimum';
    const message = `tablesDB "${column.key}" has reached the ${bound} value of ${step.limit}`;
    throw new AppwriteError('column_limit_exceeded', message);
  }
  const updatedAt = laterThan(row.$updatedAt, change.now);
  return single(row.$id, () =>
    handle.rows.update(row, { data: { [column.key]: whole }, updatedAt }),
  );
}
