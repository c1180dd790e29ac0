/**
 * Kills a pay link, or finds out that it is dead. PayApp refuses both for "paid" and for "closed
 * already", and two of us may kill the same link at once (a member renewing it, the reconciler
 * carrying out what was left to do). So whoever killed it says so in the inbox at once, and a
 * refusal is held against the inbox, for a moment, before money is suspected.
 */
import { requestCancelledPayStates } from '#core/order/notices.ts';
import type { Payments, ReadyCancelOutcome } from '#ports/payments.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids } from '#ports/system.ts';

interface LinkDeps {
  readonly store: Store;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Long enough for the other one's write, or PayApp's notice, to arrive. */
const looksAtMost = 8;
const lookAgainAfterMs = 250;

export const cancelLink = async (
  deps: LinkDeps,
  orderId: string,
  mulNo: string,
): Promise<ReadyCancelOutcome> => {
  const outcome = await deps.payments.cancelIfUnpaid(mulNo);
  if (outcome === 'unpaid_and_dead') await recordDeath(deps, orderId, mulNo);
  if (outcome !== 'refused') return outcome;
  for (let look = 1; ; look += 1) {
    const fate = await fateOf(deps.store, orderId, mulNo);
    if (fate === 'dead') return 'unpaid_and_dead';
    if (fate === 'paid' || look === looksAtMost) return 'refused';
    await deps.clock.sleep(lookAgainAfterMs);
  }
};

/** PayApp's answer, kept like its notice would be. Key: the link; it is applied already. */
const recordDeath = async (deps: LinkDeps, orderId: string, mulNo: string): Promise<void> => {
  const at = deps.clock.now().toISOString();
  await deps.store.create('notices', deps.ids.idFrom('link-cancelled', orderId, mulNo), {
    data: {
      orderId,
      mulNo,
      payState: requestCancelledPayState,
      payType: '',
      priceKrw: 0,
      payDate: '',
      cancelDate: '',
      currency: '',
      verified: true,
      receivedAt: at,
      appliedAt: at,
      outcome: 'cancelled_by_us',
      receiptUrl: null,
      attempts: null,
      retryAt: null,
      rebillNo: null,
    },
    readers: 'functions',
  });
};

const requestCancelledPayState = '8';

/** Notices of one payment request are few; a hundred covers every retry PayApp makes. */
const noticesAtMost = 100;

const fateOf = async (
  store: Store,
  orderId: string,
  mulNo: string,
): Promise<'paid' | 'dead' | 'unknown'> => {
  const notices = await store.list('notices', {
    where: { orderId, mulNo, verified: true },
    limit: noticesAtMost,
  });
  if (notices.some((notice) => notice.payState === '4')) return 'paid';
  const dead = notices.some((notice) => requestCancelledPayStates.includes(notice.payState));
  return dead ? 'dead' : 'unknown';
};
