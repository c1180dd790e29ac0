/** What the product's books say, read as the installation's owner may read them. */
import { Query } from 'node-appwrite';
import { systemIds } from '#adapters/system/ids.ts';
import { brokenAt } from '#app/timeline/append.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { tables } from '#schemas/tables/tables.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import type { AnyRow } from '#tests/support/product.ts';
import { composes } from './dokploy.ts';
import { listAll } from './stage.ts';
import type { Stage } from './stage.ts';

export interface Unfinished {
  readonly orders: readonly string[];
  readonly runtimes: readonly string[];
}

/** Orders that are not fulfilled or owe something, runtimes that are not up. */
export const unfinished = async (
  stage: Stage,
  isUp: (runtime: AnyRow) => boolean,
): Promise<Unfinished> => {
  const orders = await listAll(stage, 'orders');
  const runtimes = await listAll(stage, 'runtimes');
  const say = ({ $id, state, status, effects, failures }: AnyRow): string =>
    [$id, state ?? status, effects ?? failures].map(String).join(' ');
  const isOpen = ({ state, effects }: AnyRow): boolean => state !== 'fulfilled' || effects !== '[]';
  return {
    orders: orders.filter(isOpen).map(say),
    runtimes: runtimes.filter((row) => !isUp(row)).map(say),
  };
};

export interface History {
  readonly kinds: readonly string[];
  /** First entry that does not follow from the one before. */
  readonly brokenAt: number | null;
}

export const historyOf = async (stage: Stage, subjectId: string): Promise<History> => {
  const own = [Query.equal('subjectId', subjectId), Query.orderAsc('sequence')];
  const rows = await listAll(stage, 'timeline', ...own);
  const entries = rows as unknown as readonly RowOf<'timeline'>[];
  return { kinds: entries.map(({ kind }) => kind), brokenAt: brokenAt(systemIds, entries) };
};

/** Every row of every table as it is stored, and what stands at Dokploy. */
export const picture = async (stage: Stage): Promise<Readonly<Record<string, string>>> => {
  const rows: Record<string, string> = {};
  for (const tableId of Object.keys(tables) as TableId[]) {
    for (const row of await listAll(stage, tableId)) {
      rows[`${tableId} ${row.$id}`] = JSON.stringify(row);
    }
  }
  for (const compose of await composes(stage)) {
    rows[`compose ${compose.composeId}`] = JSON.stringify(compose);
  }
  return rows;
};
