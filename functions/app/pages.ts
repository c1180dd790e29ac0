/** Every row that matches, page by page, up to a bound that is said when it is reached. */
import type { ListQuery, Store, Stored } from '#ports/store.ts';
import type { TableId } from '#schemas/tables/tables.ts';

const pageSize = 100;
/** 100,000 rows: more than one execution could work on. */
const pagesAtMost = 1_000;

export const pagesOf = async <T extends TableId>(
  store: Store,
  table: T,
  where: NonNullable<ListQuery<T>['where']>,
): Promise<readonly Stored<T>[]> => {
  const rows: Stored<T>[] = [];
  for (let page = 0; page < pagesAtMost; page += 1) {
    const after = rows.at(-1)?.id;
    const more = await store.list(table, {
      where,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...more);
    if (more.length < pageSize) return rows;
  }
  throw new Error('pages.too_many');
};

/** The rows of these ids, a page at a time; those that do not exist are missing in the answer. */
export const rowsById = async <T extends TableId>(
  store: Store,
  table: T,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Stored<T>>> => {
  const found = new Map<string, Stored<T>>();
  for (let from = 0; from < ids.length; from += pageSize) {
    const page = ids.slice(from, from + pageSize);
    for (const row of await store.list(table, { ids: page, limit: pageSize })) {
      found.set(row.id, row);
    }
  }
  return found;
};
