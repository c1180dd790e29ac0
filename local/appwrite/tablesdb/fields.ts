/** What queries on a table may name: its columns and the `$` fields, with the values they take. */
import { normaliseDate } from './values.ts';
import type { Column, Table } from './model.ts';
import type { Field } from './queries.ts';
import { systemColumn } from './row-table.ts';

type Encode = Field['encode'];

const asText: Encode = (value) => (typeof value === 'string' ? value : undefined);
const asNumber: Encode = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
const asInteger: Encode = (value) =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined;
const asBoolean: Encode = (value) => (typeof value === 'boolean' ? Number(value) : undefined);
const asDate: Encode = (value) => (typeof value === 'string' ? normaliseDate(value) : undefined);
const asSequence: Encode = (value) =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : asInteger(value);
const never: Encode = () => undefined;

function kindOf(column: Column): { readonly kind: Field['kind']; readonly encode: Encode } {
  switch (column.type) {
    case 'string':
    case 'varchar':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return { kind: 'text', encode: asText };
    case 'integer':
    case 'bigint':
      return { kind: 'number', encode: asInteger };
    case 'double':
      return { kind: 'number', encode: asNumber };
    case 'boolean':
      return { kind: 'boolean', encode: asBoolean };
    case 'datetime':
      return { kind: 'datetime', encode: asDate };
    case 'point':
    case 'linestring':
    case 'polygon':
      return { kind: 'shape', encode: never };
  }
}

function systemField(key: string): Field | undefined {
  const sql = systemColumn(key);
  if (sql === undefined) return undefined;
  const common = { key, sql, array: false, fulltext: false };
  if (key === '$id') return { ...common, kind: 'text', encode: asText };
  if (key === '$sequence') return { ...common, kind: 'number', encode: asSequence };
  return { ...common, kind: 'datetime', encode: asDate };
}

export function fieldsOf(table: Table): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const key of ['$id', '$sequence', '$createdAt', '$updatedAt']) {
    const field = systemField(key);
    if (field !== undefined) fields.set(key, field);
  }
  const fulltext = new Set(
    table.indexes.filter((index) => index.type === 'fulltext').flatMap((index) => index.columns),
  );
  for (const column of table.columns) {
    fields.set(column.key, {
      key: column.key,
      sql: column.physical,
      array: column.array,
      fulltext: fulltext.has(column.key),
      ...kindOf(column),
    });
  }
  return fields;
}
