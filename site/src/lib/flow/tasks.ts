/** Which order a task is about, so that the operator need not carry its number by hand. */
import type { TaskView } from '#schemas/contract/operator.ts';
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import { readDetail } from './detail.ts';

/** Their subject is an order that exists; an orphan notice's does not. */
const aboutOrders: ReadonlySet<string> = new Set<TaskKind>([
  'refund_due',
  'amount_mismatch',
  'duplicate_payment',
  'unverified_notice',
  'partial_refund',
  'missing_feedback',
  'refund_payback',
  'refund_unknown',
  'refund_refused',
  'unexpected_refund',
  'notice_set_aside',
  'payment_without_runtime',
]);

export const orderOfTask = (
  task: Pick<TaskView, 'kind' | 'subjectId' | 'detail'>,
): string | null => {
  const lines = readDetail(task.detail);
  const named = lines.find(({ known }) => known === 'orderId');
  if (named !== undefined) return String(named.value);
  if (aboutOrders.has(task.kind)) return task.subjectId;
  // Stuck is said of an order, which names its runtime, or of the runtime itself.
  const ofOrder = lines.some(({ known }) => known === 'runtimeId');
  return task.kind === 'provisioning_stuck' && ofOrder ? task.subjectId : null;
};
