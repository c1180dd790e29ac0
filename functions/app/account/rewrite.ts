/** Changes a row on top of whatever else is written to it; nothing to change, no write. */
import { Contended } from '#ports/store.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { RowOf, TableId } from '#schemas/tables/tables.ts';

const racesAtMost = 5;

export const rewrite = async <T extends TableId>(
  store: Store,
  row: { readonly table: T; readonly id: string },
  changesOf: (present: Stored<T>) => Partial<RowOf<T>>,
): Promise<void> => {
  const { table, id } = row;
  for (let race = 0; race < racesAtMost; race += 1) {
    const present = await store.get(table, id);
    if (present === null) return;
    const changes = changesOf(present);
    if (Object.keys(changes).length === 0) return;
    const outcome = await store.update(table, { id, version: present.version }, changes);
    if (outcome !== 'stale') return;
  }
  throw new Contended('row.contended');
};
