/** What our books say about one order, read as the installation's owner may read them. */
import { Query } from 'node-appwrite';
import type { TestProduct } from '#tests/support/product.ts';

export interface Ledger {
  readonly state: string;
  /** Runtimes of this order, with what is desired of each. */
  readonly runtimes: readonly string[];
  /** Confirmed paid notices that were kept, of whatever amount. */
  readonly paidNotices: number;
  /** Kinds of the tasks a person was given, each as often as it was. */
  readonly tasks: readonly string[];
  /** Notices kept but not looked at, and effects not carried out. */
  readonly unapplied: number;
  readonly owed: number;
}

export const readLedger = async (
  { admin }: Pick<TestProduct, 'admin'>,
  orderId: string,
): Promise<Ledger> => {
  const of = (column: string): string => Query.equal(column, orderId);
  // What work is left first, what the work made last: at rest, the two then belong together.
  const notices = await admin.list('notices', of('orderId'));
  const order = await admin.get('orders', orderId);
  const tasks = await admin.list('tasks', of('subjectId'));
  const runtimes = await admin.list('runtimes', of('orderId'));
  const owed: unknown = JSON.parse(String(order['effects']));
  return {
    state: String(order['state']),
    runtimes: runtimes.map((row) => String(row['desired'])),
    paidNotices: notices.filter((row) => row['verified'] === true && row['payState'] === '4')
      .length,
    tasks: tasks.map((row) => String(row['kind'])).toSorted(),
    unapplied: notices.filter((row) => row['appliedAt'] === null).length,
    owed: Array.isArray(owed) ? owed.length : 0,
  };
};
