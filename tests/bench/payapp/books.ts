/** What the books say after a load: read from the tables, compared with what was sent. */
import { Query } from 'node-appwrite';
import { databaseId } from '#schemas/tables/define.ts';
import type { TestProduct } from '#tests/support/product.ts';

const pageSize = 1_000;
const pagesAtMost = 100;

export interface Compared {
  /** Notices without a row. */
  readonly lost: number;
  /** Rows beyond the first of a notice. */
  readonly doubled: number;
}

const storedDates = async (
  { admin }: TestProduct,
  tableId: string,
): Promise<ReadonlyMap<string, number>> => {
  const times = new Map<string, number>();
  let after: readonly string[] = [];
  for (let page = 0; page < pagesAtMost; page += 1) {
    const queries = [Query.limit(pageSize), ...after];
    const { rows } = await admin.rows.listRows({ databaseId, tableId, queries });
    for (const row of rows) {
      const payDate = String(row['payDate']);
      times.set(payDate, (times.get(payDate) ?? 0) + 1);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return times;
    after = [Query.cursorAfter(last.$id)];
  }
  throw new Error(`${tableId} holds more than a bench writes`);
};

export const compare = async (
  product: TestProduct,
  tableId: string,
  notices: readonly string[],
): Promise<Compared> => {
  const stored = await storedDates(product, tableId);
  const times = notices.map((payDate) => stored.get(payDate) ?? 0);
  return {
    lost: times.filter((count) => count === 0).length,
    doubled: times.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
  };
};

export const unappliedNotices = async ({ admin }: TestProduct): Promise<number> => {
  const queries = [Query.isNull('appliedAt'), Query.limit(1)];
  return (await admin.rows.listRows({ databaseId, tableId: 'notices', queries })).total;
};
