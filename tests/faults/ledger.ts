/** What our books say about one order, read as the installation's owner may read them. */
import { Query } from 'node-appwrite';
import type { TestProduct } from '#tests/support/product.ts';

export interface Ledger {
  readonly state: string;
  /** One a runtime of this order: is it to run? What ends it, and in how many steps, is not money. */
  readonly runtimes: readonly ('running' | 'ended')[];
  /** Confirmed paid notices that were kept, of whatever amount. */
  readonly paidNotices: number;
  /** Kinds of the tasks a person was given, each as often as it was. */
  readonly tasks: readonly string[];
  /** Work left: notices not looked at, effects not carried out, the order itself being due. */
  readonly workLeft: number;
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
  const unapplied = notices.filter((row) => row['appliedAt'] === null).length;
  const nextCheckAt = order['nextCheckAt'];
  const isDue = typeof nextCheckAt === 'string' && Date.parse(nextCheckAt) <= Date.now();
  return {
    state: String(order['state']),
    runtimes: runtimes.map((row) => (row['desired'] === 'running' ? 'running' : 'ended')),
    paidNotices: notices.filter((row) => row['verified'] === true && row['payState'] === '4')
      .length,
    tasks: tasks.map((row) => String(row['kind'])).toSorted(),
    workLeft: unapplied + (Array.isArray(owed) ? owed.length : 0) + (isDue ? 1 : 0),
  };
};
