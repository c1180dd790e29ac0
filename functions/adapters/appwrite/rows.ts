/** Rows as Appwrite sends them, checked against the table's own columns before we believe them. */
import * as z from 'zod/mini';
import type { Stored } from '#ports/store.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { Column } from '#schemas/tables/define.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { tables } from '#schemas/tables/tables.ts';

const stamps = z.object({ $id: z.string(), $createdAt: z.string(), $updatedAt: z.string() });
const anyRow = z.record(z.string(), z.unknown());

/** A column that does not fit is a schema that was not deployed: nothing may be decided upon it. */
export const toStored = <T extends TableId>(table: T, body: unknown): Stored<T> => {
  const system = stamps.safeParse(body);
  const row = anyRow.safeParse(body);
  if (!system.success || !row.success) throw new StoreUnavailable(`${table}: not a row`);
  const data: Record<string, unknown> = {};
  for (const [name, column] of Object.entries<Column>(tables[table].columns)) {
    const value = row.data[name] ?? null;
    if (!fits(column, value)) throw new StoreUnavailable(`${table}.${name}: unexpected value`);
    data[name] = value;
  }
  const { $id: id, $createdAt: createdAt, $updatedAt: version } = system.data;
  // Every column was just checked against the definition that the type is derived from.
  return { ...data, id, createdAt, version } as Stored<T>;
};

const fits = (column: Column, value: unknown): boolean => {
  if (value === null) return !column.required;
  switch (column.type) {
    case 'string':
      return typeof value === 'string';
    case 'enum':
      return typeof value === 'string' && column.elements.includes(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  }
};

const rowPage = z.object({ rows: z.array(z.unknown()) });

export const toPage = <T extends TableId>(table: T, body: unknown): readonly Stored<T>[] => {
  const page = rowPage.safeParse(body);
  if (!page.success) throw new StoreUnavailable(`${table}: not a list`);
  return page.data.rows.map((row) => toStored(table, row));
};
