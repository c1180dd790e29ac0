/**
 * Holds a document to the request that may settle it: settled by it exactly as long as it is paid.
 * Looks again after each write, so that two who come from both sides end at the same. Key: the pair.
 */
import { documentStateOf } from '#core/billing/document.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { Contended } from '#ports/store.ts';
import type { Stored } from '#ports/store.ts';
import type { BillingDeps, StoredRequest } from './change-request.ts';

const roundsAtMost = 8;

export const syncDocument = async (deps: BillingDeps, requestId: string): Promise<void> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const request = await deps.store.get('billing_requests', requestId);
    if (request === null) return;
    const document = await deps.store.get('tenant_billing', request.documentId);
    if (await agrees(deps, request, document)) return;
  }
  throw new Contended('billing.contended');
};

/** True when nothing was to be written. */
const agrees = async (
  deps: BillingDeps,
  request: StoredRequest,
  document: Stored<'tenant_billing'> | null,
): Promise<boolean> => {
  const isSettled = document?.paidRequestId === request.id;
  const isPaid = request.state === 'paid';
  if (isSettled === isPaid) return true;
  if (document === null) return tell(deps, request, 'billing_paid_again');
  const target = { id: document.id, version: document.version };
  if (isSettled) {
    const open = { status: 'due', paidAt: null, paidRequestId: null };
    await deps.store.update('tenant_billing', target, open);
    return false;
  }
  if (documentStateOf(document) !== 'due') return tell(deps, request, 'billing_paid_again');
  // Taken over anew with another amount since the link was made.
  if (document.priceKrw !== request.amountKrw) {
    return tell(deps, request, 'billing_amount_mismatch');
  }
  await deps.store.update('tenant_billing', target, {
    status: 'paid',
    paidAt: request.paidAt ?? deps.clock.now().toISOString(),
    paidRequestId: request.id,
  });
  return false;
};

const tell = async (
  deps: BillingDeps,
  request: StoredRequest,
  kind: 'billing_paid_again' | 'billing_amount_mismatch',
): Promise<true> => {
  const { id: subjectId, tenantId, documentId, amountKrw, mulNo } = request;
  const detail = { tenantId, documentId, amountKrw, paidKrw: request.paidKrw };
  await raiseTask(deps, { kind, subjectId, mulNo: mulNo ?? '', detail });
  return true;
};
