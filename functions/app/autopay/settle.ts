/**
 * Brings agreements to rest: what may not be charged any more is stopped, what was not approved or
 * not charged in time is told, what was stopped is ended at PayApp. A charge that fails in its first
 * cycle is never told by PayApp, and any notice may be lost: this is what finds both.
 */
import { agreementOf, changeAutopay, columnsOf, payableOf, wakeTerm } from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import { cancelAtPayApp, endAutopay } from './cancel.ts';
import { stopOne } from './stop.ts';
import { missCharge, planAutopay } from '#core/autopay/agreement.ts';
import { asideMs } from '#app/aside.ts';
import { announce } from '#app/messages/announce.ts';
import { runtimePath } from '#app/messages/paths.ts';
import type { CheckoutDeps } from '#app/checkout/deps.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { StoreUnavailable } from '#ports/store.ts';

/** Worked off in one execution; the rest stays due. */
const pageSize = 50;
const roundsAtMost = 6;

export const settleAutopays = async (deps: CheckoutDeps): Promise<void> => {
  const due = await deps.store.list('autopays', {
    atMost: { column: 'nextCheckAt', value: deps.clock.now().toISOString() },
    orderBy: { column: 'nextCheckAt' },
    limit: pageSize,
  });
  for (const { id } of due) {
    try {
      await settleAutopay(deps, id);
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error;
      const reason = error instanceof Error ? error.message : 'unknown';
      deps.log.error('autopay.settle_failed', { autopayId: id, reason });
      await sleepUntil(deps, id, deps.clock.now().getTime() + asideMs(error));
    }
  }
};

export const settleAutopay = async (deps: CheckoutDeps, autopayId: string): Promise<void> => {
  for (let round = 0; round < roundsAtMost; round += 1) {
    const row = await deps.store.get('autopays', autopayId);
    if (row === null || !isDue(row, deps.clock.now())) return;
    if ((await settleStep(deps, row)) === 'rest') return;
  }
};

const isDue = ({ nextCheckAt }: StoredAutopay, now: Date): boolean =>
  nextCheckAt !== null && Date.parse(nextCheckAt) <= now.getTime();

const settleStep = async (deps: CheckoutDeps, row: StoredAutopay): Promise<'again' | 'rest'> => {
  const runtime = await deps.store.get('runtimes', row.runtimeId);
  const step = planAutopay(agreementOf(row), payableOf(runtime), deps.clock.now().getTime());
  switch (step.kind) {
    case 'stop':
      await stopOne(deps, row, { reason: step.reason, actor: 'system' });
      return 'again';
    case 'miss':
      await noteMissed(deps, row, { isTold: false });
      return 'again';
    case 'cancel':
      // Whoever stopped it may have died before its term heard of that.
      if (row.attempts === 0) await wakeTerm(deps, row.runtimeId);
      await cancelAtPayApp(deps, row);
      return 'rest';
    case 'end':
      await endAutopay(deps, row.id);
      return 'rest';
    case 'wait':
      await sleepUntil(deps, row.id, step.untilMs);
      return 'rest';
  }
};

const sleepUntil = async (
  deps: Pick<CheckoutDeps, 'store'>,
  autopayId: string,
  untilMs: number | null,
): Promise<void> => {
  const row = await deps.store.get('autopays', autopayId);
  if (row === null) return;
  const nextCheckAt = untilMs === null ? null : new Date(untilMs).toISOString();
  await deps.store.update('autopays', { id: row.id, version: row.version }, { nextCheckAt });
};

/**
 * The customer is told, the term goes its ordinary way, and a person is asked where PayApp said
 * nothing: money may have moved. Key: (agreement, the day it was due), so it is one miss.
 */
export const noteMissed = async (
  deps: ChangeDeps,
  row: StoredAutopay,
  { isTold }: { readonly isTold: boolean },
): Promise<void> => {
  const { id: autopayId, runtimeId, workspaceId, expectedAt, rebillNo } = row;
  const runtime = await deps.store.get('runtimes', runtimeId);
  const day = (expectedAt ?? '').slice(0, 'yyyy-mm-dd'.length);
  if (runtime !== null) {
    const { name: runtimeName, paidUntil: endsAt } = runtime;
    const path = runtimePath(workspaceId, runtimeId);
    await announce(deps, {
      kind: 'autopay_failed',
      subjectId: runtimeId,
      workspaceId,
      occasion: `${autopayId} ${day}`,
      values: { runtimeName, path, amountKrw: row.priceKrw, endsAt, isFirst: false },
    });
  }
  if (!isTold) {
    const detail = { autopayId, rebillNo, expectedBy: expectedAt };
    await raiseTask(deps, {
      ...{ kind: 'autopay_missed', subjectId: runtimeId, mulNo: '', about: `${autopayId} ${day}` },
      detail,
    });
  }
  const nextCheckAt = deps.clock.now().toISOString();
  await changeAutopay(deps, autopayId, (fresh) =>
    fresh.state === 'active' && fresh.expectedAt === expectedAt
      ? { ...columnsOf(missCharge(agreementOf(fresh))), nextCheckAt }
      : null,
  );
  await deps.faults.reach('autopay.missed');
  deps.log.warn('autopay.missed', { autopayId, isTold });
  await wakeTerm(deps, runtimeId);
};
