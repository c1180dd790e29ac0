/**
 * A backup is a folder: `manifest.json`, and per table numbered parts of gzipped JSON lines, one row
 * a line with its id, dates and permissions. Parts hold a fixed number of rows in the order of the
 * table, so that equal tables give equal parts, and one digest says whether two tables are the same.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

export const formatVersion = 1;
export const rowsAPart = 5_000;

const part = z.object({
  file: z.string().check(z.regex(/^[a-z_]+\.\d{6}\.jsonl\.gz$/)),
  rows: z.int(),
  /** Of the lines before compression, hex. */
  sha256: z.string(),
  lastId: z.string(),
});
export type Part = z.infer<typeof part>;

const tableState = z.object({
  complete: z.boolean(),
  columns: z.array(z.string()),
  parts: z.array(part),
});
export type TableState = z.infer<typeof tableState>;

export const manifest = z.object({
  format: z.literal(formatVersion),
  startedAt: z.string(),
  /** Absent while it is being written. */
  finishedAt: z.optional(z.string()),
  source: z.object({ endpoint: z.string(), projectId: z.string() }),
  databaseId: z.string(),
  tables: z.record(z.string(), tableState),
});
export type Manifest = z.infer<typeof manifest>;

export const row = z.looseObject({
  $id: z.string(),
  $createdAt: z.string(),
  $updatedAt: z.string(),
  $permissions: z.array(z.string()),
});
export type Row = z.infer<typeof row>;

/**
 * One line of a part; the same row always gives the same bytes. What a server adds is left out, and so
 * are columns beyond `known`: newer code has added them since.
 */
export const lineOf = (value: Row, known?: ReadonlySet<string>): string => {
  const { $id, $createdAt, $updatedAt, $permissions } = value;
  const own = Object.entries(value)
    .filter(([name]) => !name.startsWith('$') && known?.has(name) !== false)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ $id, $createdAt, $updatedAt, $permissions, ...Object.fromEntries(own) });
};

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const rowsOf = (parts: readonly Pick<Part, 'rows'>[]): number =>
  parts.reduce((sum, { rows }) => sum + rows, 0);

/** Of all tables together: equal for a project and its restored copy. */
export const digestOf = (
  tables: Readonly<Record<string, { readonly parts: readonly Pick<Part, 'sha256'>[] }>>,
): string =>
  sha256(
    Object.keys(tables)
      .toSorted()
      .flatMap((id) => (tables[id]?.parts ?? []).map((each) => `${id} ${each.sha256}`))
      .join('\n'),
  );
