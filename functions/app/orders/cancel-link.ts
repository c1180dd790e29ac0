/**
 * Kills a pay link, or finds out that it is dead. PayApp refuses both for "paid" and for "closed
 * already", so a refusal is checked against its own notices before money is suspected.
 */
import { requestCancelledPayStates } from '#core/order/notices.ts';
import type { Payments, ReadyCancelOutcome } from '#ports/payments.ts';
import type { Store } from '#ports/store.ts';

export const cancelLink = async (
  deps: { readonly store: Store; readonly payments: Payments },
  orderId: string,
  mulNo: string,
): Promise<ReadyCancelOutcome> => {
  const outcome = await deps.payments.cancelIfUnpaid(mulNo);
  if (outcome !== 'refused') return outcome;
  return (await isKnownDead(deps.store, orderId, mulNo)) ? 'unpaid_and_dead' : 'refused';
};

/** Notices of one payment request are few; a hundred covers every retry PayApp makes. */
const noticesAtMost = 100;

const isKnownDead = async (store: Store, orderId: string, mulNo: string): Promise<boolean> => {
  const notices = await store.list('notices', {
    where: { orderId, mulNo, verified: true },
    limit: noticesAtMost,
  });
  return (
    notices.some((notice) => requestCancelledPayStates.includes(notice.payState)) &&
    !notices.some((notice) => notice.payState === '4')
  );
};
