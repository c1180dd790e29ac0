/**
 * Works off PayApp's inbox, oldest first: each notice is applied to its order by the order machine
 * and then marked. Applying twice is harmless, so a crash between the two costs nothing. What a
 * notice cannot be applied to (no such order, not verified) becomes a task, never a grant.
 *
 * A notice that cannot be applied now steps aside with a growing pause, so that it never holds up
 * the others; after some tries a person is told, and it goes on being tried: money is not forgotten.
 */
import { isBillingRequestId } from '#core/billing/document.ts';
import { applyNotice } from '#core/order/notices.ts';
import type { Stored } from '#ports/store.ts';
import { isAutopayId } from '#app/autopay/agreements.ts';
import { applyCharge, chargedOrderIdOf } from '#app/autopay/apply-charge.ts';
import { applyToRequest } from '#app/billing/apply-notice.ts';
import { changeOrder } from './change-order.ts';
import type { OrderDeps } from './deps.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { Sweep } from './settle-orders.ts';

type NoticeDeps = Omit<OrderDeps, 'payments' | 'runtimeDomain'>;
type Notice = Stored<'notices'>;

/** Tries before a person is told. */
export const triesBeforeTask = 6;
const firstPauseMs = 60_000;
const longestPauseMs = 6 * 60 * 60_000;

/** `orderIds`: the orders that were looked at, worth settling now. */
export const applyNotices = async (
  deps: NoticeDeps,
  sweep: Sweep,
): Promise<{
  readonly applied: number;
  readonly failed: number;
  readonly orderIds: readonly string[];
}> => {
  const waiting = await due(deps, sweep);
  const orderIds = new Set<string>();
  let failed = 0;
  for (const notice of waiting) {
    if (await tryOne(deps, notice)) orderIds.add(concerns(deps, notice));
    else failed += 1;
  }
  return { applied: waiting.length - failed, failed, orderIds: [...orderIds] };
};

/**
 * The one notice an event spoke of: a burst of notices is worked off side by side, and what is left
 * over is the sweep's. Answers the order that is worth settling now, or null.
 */
export const applyNoticeNow = async (
  deps: NoticeDeps,
  noticeId: string,
): Promise<string | null> => {
  const notice = await deps.store.get('notices', noticeId);
  if (notice === null || notice.appliedAt !== null) return null;
  return (await tryOne(deps, notice)) ? concerns(deps, notice) : null;
};

/** The order it moved: a charge that PayApp made by itself has one of its own. */
const concerns = ({ ids }: NoticeDeps, { orderId, mulNo }: Notice): string =>
  isAutopayId(orderId) ? chargedOrderIdOf(ids, orderId, mulNo) : orderId;

const tryOne = async (deps: NoticeDeps, notice: Notice): Promise<boolean> => {
  try {
    await applyOne(deps, notice);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    deps.log.error('notice.apply_failed', { noticeId: notice.id, reason });
    // Where even this cannot be written the store is down, and the run ends here.
    await stepAside(deps, notice);
    return false;
  }
};

/** Fresh ones first, then those whose pause is over: neither can starve the other. */
const due = async (deps: NoticeDeps, sweep: Sweep): Promise<readonly Notice[]> => {
  const fresh = await deps.store.list('notices', {
    where: { appliedAt: null, retryAt: null },
    orderBy: { column: 'receivedAt' },
    limit: sweep.limit,
  });
  const again = await deps.store.list('notices', {
    where: { appliedAt: null },
    atMost: { column: 'retryAt', value: sweep.now.toISOString() },
    orderBy: { column: 'retryAt' },
    limit: sweep.limit,
  });
  return [...fresh, ...again];
};

const stepAside = async (deps: NoticeDeps, notice: Notice): Promise<void> => {
  const attempts = (notice.attempts ?? 0) + 1;
  const pauseMs = Math.min(firstPauseMs * 2 ** (attempts - 1), longestPauseMs);
  const retryAt = new Date(deps.clock.now().getTime() + pauseMs).toISOString();
  // The task comes first: a count that was written without it would never raise it.
  if (attempts === triesBeforeTask) {
    const { id, orderId, mulNo, payState } = notice;
    await raiseTask(deps, {
      kind: 'notice_set_aside',
      subjectId: orderId,
      mulNo,
      about: id,
      detail: { noticeId: id, payState, attempts },
    });
  }
  const target = { id: notice.id, version: notice.version };
  await deps.store.update('notices', target, { attempts, retryAt });
};

const applyOne = async (deps: NoticeDeps, notice: Notice): Promise<void> => {
  const outcome = await judge(deps, notice);
  await deps.faults.reach('notice.applied');
  const target = { id: notice.id, version: notice.version };
  const appliedAt = deps.clock.now().toISOString();
  const marked = await deps.store.update('notices', target, { appliedAt, outcome });
  if (marked !== 'updated') return;
  deps.log.info('notice.applied', {
    noticeId: notice.id,
    orderId: notice.orderId,
    payState: notice.payState,
    outcome,
  });
};

const judge = async (deps: NoticeDeps, notice: Notice): Promise<string> => {
  const { orderId, mulNo } = notice;
  if (!notice.verified) {
    await raiseTask(deps, { kind: 'unverified_notice', subjectId: orderId, mulNo });
    return notice.outcome ?? 'unverified';
  }
  if (isBillingRequestId(orderId))
    return orOrphan(deps, notice, await applyToRequest(deps, notice));
  if (isAutopayId(orderId)) return orOrphan(deps, notice, await applyCharge(deps, notice));
  const [owner] = await deps.store.list('orders', { where: { mulNo }, limit: 1 });
  const elsewhere = owner !== undefined && owner.id !== orderId;
  let outcome = 'orphan';
  const change = await changeOrder(deps, orderId, {
    actor: 'payapp',
    decide: (facts) => {
      const applied = applyNotice(facts, notice, elsewhere);
      outcome = applied.outcome;
      return applied.changes === null
        ? { kind: 'unchanged' }
        : { kind: 'changed', changes: applied.changes };
    },
  });
  if (change.kind === 'missing') {
    await raiseTask(deps, { kind: 'orphan_notice', subjectId: orderId, mulNo });
  }
  return outcome;
};

/** Null: what it speaks of is not here. */
const orOrphan = async (
  deps: NoticeDeps,
  { orderId: subjectId, mulNo }: Notice,
  outcome: string | null,
): Promise<string> => {
  if (outcome !== null) return outcome;
  await raiseTask(deps, { kind: 'orphan_notice', subjectId, mulNo });
  return 'orphan';
};
