/** The column `deletion` of a runtime, read; null: nobody asked, or it cannot be read. */
import type { Stored } from '#ports/store.ts';
import type { DeletionView } from '#schemas/contract/deletion.ts';
import { deletionColumn } from '#schemas/contract/deletion.ts';
import { readJson } from '#schemas/record/json.ts';

export const deletionOf = ({
  deletion,
}: Pick<Stored<'runtimes'>, 'deletion'>): DeletionView | null =>
  deletion === null ? null : readJson(deletionColumn, deletion, null);
