/**
 * Stops an agreement: from this write on no charge counts, whatever PayApp does. Told and written
 * into the history first; then PayApp is asked, which is the reconciler's to repeat. Key: the
 * agreement; stopped twice, the first one holds.
 */
import { agreementOf, autopaysOf, changeAutopay, wakeTerm } from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import { isAlive } from '#core/autopay/agreement.ts';
import { announce } from '#app/messages/announce.ts';
import { runtimePath } from '#app/messages/paths.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import type { AutopayStopReason } from '#schemas/contract/vocabulary.ts';

export interface Stop {
  readonly reason: AutopayStopReason;
  /** A user's id, or `system`. */
  readonly actor: string;
}

export const stopOne = async (
  deps: ChangeDeps,
  row: StoredAutopay,
  stop: Stop,
): Promise<StoredAutopay | null> => {
  if (!isAlive(row)) return row;
  await tellStopped(deps, row, stop);
  const now = deps.clock.now().toISOString();
  const stopped = await changeAutopay(deps, row.id, (fresh) =>
    isAlive(fresh)
      ? {
          state: 'cancelling',
          stopReason: stop.reason,
          stoppedBy: stop.actor,
          stoppedAt: now,
          payUrl: null,
          expectedAt: null,
          attempts: 0,
          nextCheckAt: now,
        }
      : null,
  );
  await deps.faults.reach('autopay.stopped');
  deps.log.info('autopay.stopped', { autopayId: row.id, reason: stop.reason });
  await wakeTerm(deps, row.runtimeId);
  return stopped;
};

/** Time was paid for by hand: agreements of before that payment end. */
export const stopForPayment = async (
  deps: ChangeDeps,
  paid: { readonly runtimeId: string; readonly atMs: number },
): Promise<void> => {
  for (const row of await autopaysOf(deps.store, paid.runtimeId)) {
    if (agreementOf(row).agreedAtMs > paid.atMs) continue;
    await stopOne(deps, row, { reason: 'paid_by_hand', actor: 'system' });
  }
};

const tellStopped = async (
  deps: ChangeDeps,
  row: StoredAutopay,
  { reason, actor }: Stop,
): Promise<void> => {
  const runtime = await deps.store.get('runtimes', row.runtimeId);
  if (runtime === null) return;
  await appendOnce(deps, runtime, {
    kind: 'autopay_stopped',
    key: row.id,
    detail: { reason },
    actor,
    at: deps.clock.now(),
  });
  // That it is deleted is told by a message of its own; what never began needs no end.
  if (reason === 'runtime_deleted' || reason === 'not_registered') return;
  const { id: subjectId, workspaceId, name: runtimeName, paidUntil: endsAt } = runtime;
  const path = runtimePath(workspaceId, subjectId);
  const about = { subjectId, workspaceId, occasion: row.id };
  if (reason === 'not_approved') {
    const values = { runtimeName, path, amountKrw: row.priceKrw, endsAt, isFirst: true };
    await announce(deps, { ...about, kind: 'autopay_failed', values });
    return;
  }
  const values = { runtimeName, path, endsAt, reason };
  await announce(deps, { ...about, kind: 'autopay_ended', values });
};
