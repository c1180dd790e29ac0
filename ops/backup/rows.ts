/** Rows of a table in pages, in the order in which they were made; and many at once, written. */
import * as z from 'zod/mini';
import type { Api, Query } from '#ops/deploy/api.ts';
import { limit } from '#ops/deploy/remote.ts';
import { row, rowsAPart } from './format.ts';
import type { Row } from './format.ts';

export interface Place {
  readonly api: Api;
  readonly databaseId: string;
  readonly tableId: string;
}

const pageSize = 500;
/** What a server takes in one call. */
export const rowsAWrite = 100;

const page = z.object({ rows: z.array(row) });

const pathOf = ({ databaseId, tableId }: Place): string =>
  `/tablesdb/${databaseId}/tables/${tableId}/rows`;

const bySequence: Query = { method: 'orderAsc', attribute: '$sequence' };

const readPage = async (
  place: Place,
  after: string | undefined,
  size: number,
): Promise<readonly Row[]> => {
  const cursor = after === undefined ? [] : [{ method: 'cursorAfter', values: [after] }];
  return page.parse(await place.api.get(pathOf(place), [limit(size), bySequence, ...cursor])).rows;
};

/** Rows after the given one, page by page; the last page may be empty. */
export async function* pagesOf(place: Place, after?: string): AsyncGenerator<readonly Row[]> {
  let last = after;
  for (;;) {
    const rows = await readPage(place, last, pageSize);
    yield rows;
    last = rows.at(-1)?.$id;
    if (rows.length < pageSize || last === undefined) return;
  }
}

/** The same in parts of a fixed number of rows; only the last may hold fewer, and none is empty. */
export async function* partsOf(place: Place, after?: string): AsyncGenerator<readonly Row[]> {
  let kept: Row[] = [];
  for await (const rows of pagesOf(place, after)) {
    kept.push(...rows);
    while (kept.length >= rowsAPart) {
      yield kept.slice(0, rowsAPart);
      kept = kept.slice(rowsAPart);
    }
  }
  if (kept.length > 0) yield kept;
}

/** All or none of at most `rowsAWrite`; ids, dates and permissions as given. */
export const writeRows = async (place: Place, rows: readonly Row[]): Promise<void> => {
  await place.api.send('POST', pathOf(place), { rows });
};

export const isEmptyTable = async (place: Place): Promise<boolean> =>
  (await readPage(place, undefined, 1)).length === 0;

export const deleteRows = async (place: Place): Promise<void> => {
  while (!(await isEmptyTable(place))) {
    await place.api.send('DELETE', pathOf(place), { queries: [JSON.stringify(limit(rowsAWrite))] });
  }
};

/** Rows changed since, counted to 5,000: what a backup taken meanwhile may have old or not at all. */
export const changedSince = async (place: Place, since: string): Promise<number> => {
  const query = { method: 'greaterThan', attribute: '$updatedAt', values: [since] };
  const answer = await place.api.get(pathOf(place), [limit(1), query]);
  return z.object({ total: z.number() }).parse(answer).total;
};
