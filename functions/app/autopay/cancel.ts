/**
 * Asks PayApp to end what it charges by itself. Ended is only what PayApp says: silence is asked
 * again, a refusal too, and a person is told, who can see it at the seller's page.
 */
import { changeAutopay } from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import { retryMs } from '#core/autopay/agreement.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';

type CancelDeps = Pick<CheckoutDeps, 'store' | 'payments' | 'clock' | 'ids' | 'log' | 'faults'>;

export const cancelAtPayApp = async (
  deps: CancelDeps,
  row: StoredAutopay,
): Promise<StoredAutopay | null> => {
  const { id: autopayId, rebillNo, runtimeId } = row;
  if (rebillNo === null) return endAutopay(deps, autopayId);
  const outcome = await deps.payments.cancelRecurring(rebillNo);
  await deps.faults.reach('autopay.cancelled');
  deps.log.info('autopay.cancel_answered', { autopayId, outcome });
  if (outcome === 'cancelled') return endAutopay(deps, autopayId);
  if (outcome === 'refused') {
    const detail = { autopayId, rebillNo };
    await raiseTask(deps, {
      ...{ kind: 'autopay_not_cancelled', subjectId: runtimeId, mulNo: '', about: autopayId },
      detail,
    });
  }
  return changeAutopay(deps, autopayId, (fresh) => {
    if (fresh.state !== 'cancelling') return null;
    const nextMs = deps.clock.now().getTime() + retryMs(fresh.attempts);
    return { attempts: fresh.attempts + 1, nextCheckAt: new Date(nextMs).toISOString() };
  });
};

export const endAutopay = (
  deps: Pick<CancelDeps, 'store' | 'clock'>,
  autopayId: string,
): Promise<StoredAutopay | null> =>
  changeAutopay(deps, autopayId, (fresh) =>
    fresh.state === 'cancelling'
      ? { state: 'ended', endedAt: deps.clock.now().toISOString(), nextCheckAt: null }
      : null,
  );
