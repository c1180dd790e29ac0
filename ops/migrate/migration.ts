/**
 * A change of rows that are there already. Columns come with the tables, always optional, so that old
 * rows load without any migration; a migration fills in what new code would have written. It never
 * takes away or changes the meaning of what older code reads: code can be rolled back at any time.
 */
import type { TableId } from '#schemas/tables/tables.ts';

/** As stored; columns a row was saved without are null. */
export type OldRow = Readonly<Record<string, unknown>> & { readonly $id: string };

export interface Migration {
  /** From 1, without gaps; never reused. */
  readonly number: number;
  /** Kebab case: what is filled in. */
  readonly name: string;
  readonly table: TableId;
  /** Columns to write; null = the row is as it should be. Pure, so that doing it again is nothing. */
  readonly change: (row: OldRow) => Readonly<Record<string, unknown>> | null;
}
