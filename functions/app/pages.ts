/** Every row that matches, page by page, up to a bound that is said when it is reached. */
import type { ListQuery, Store, Stored } from '#ports/store.ts';
import type { TableId } from '#schemas/tables/tables.ts';

const pageSize = 100;
/** 100,000 rows: more than one execution could work on. */
export const pagesAtMost = 1_000;

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
