/**
 * One notice of PayApp for a legacy pay link: state first, then what follows from it. Whatever dies
 * in between, the notice is not marked yet and is applied again, which only does what is missing.
 */
import { applyBillingNotice } from '#core/billing/notices.ts';
import type { AppliedBilling } from '#core/billing/notices.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { Stored } from '#ports/store.ts';
import type { BillingDeps, StoredRequest } from './change-request.ts';
import { changeRequest, recordRequest } from './change-request.ts';
import { syncDocument } from './sync-document.ts';

type Notice = Stored<'notices'>;
const actor = 'payapp';

/** What the notice is marked with, or null: there is no such request. */
export const applyToRequest = async (deps: BillingDeps, notice: Notice): Promise<string | null> => {
  const elsewhere = await belongsElsewhere(deps, notice);
  const judged: { applied: AppliedBilling | null } = { applied: null };
  const request = await changeRequest(deps, notice.orderId, {
    actor,
    decide: (row) => {
      judged.applied = applyBillingNotice(row, notice, elsewhere);
      return judged.applied.changes;
    },
  });
  const { applied } = judged;
  if (request === null || applied === null) return null;
  await recordRequest(deps, request);
  await carryOut(deps, { request, notice, applied });
  return applied.outcome;
};

const belongsElsewhere = async (
  { store }: BillingDeps,
  { mulNo, orderId }: Notice,
): Promise<boolean> => {
  const [order] = await store.list('orders', { where: { mulNo }, limit: 1 });
  if (order !== undefined) return true;
  const requests = await store.list('billing_requests', { where: { mulNo }, limit: 2 });
  return requests.some(({ id }) => id !== orderId);
};

const carryOut = async (
  deps: BillingDeps,
  what: {
    readonly request: StoredRequest;
    readonly notice: Notice;
    readonly applied: AppliedBilling;
  },
): Promise<void> => {
  const { request, notice, applied } = what;
  for (const effect of applied.effects) {
    if (effect === 'sync_document') {
      await syncDocument(deps, request.id);
      continue;
    }
    const { tenantId, documentId, amountKrw } = request;
    await raiseTask(deps, {
      kind: effect.task,
      subjectId: request.id,
      mulNo: notice.mulNo,
      // Each part that goes back is a matter of its own.
      ...(effect.task === 'billing_money_returned' ? { about: notice.id } : {}),
      detail: { tenantId, documentId, amountKrw, paidKrw: notice.priceKrw },
    });
  }
};
