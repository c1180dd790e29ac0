/**
 * The order's money went back: the time it bought goes, and with the last of it the runtime stops;
 * one that was renewed since runs on. Where no runtime was opened yet, its id is taken
 * by a row that is `deleted` and that nobody sees, so that a late opener finds the place closed.
 */
import { isBought, withdrawPeriod } from '#core/term/periods.ts';
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { paidTimeColumns, paidTimeOf } from '#app/terms/paid-time.ts';
import { neverUpdated } from '#app/updates/floor.ts';
import { Contended } from '#ports/store.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import type { OrderDeps } from './deps.ts';
import { racesAtMost } from './deps.ts';
import type { StoredOrder } from './order-row.ts';

export const suspendRuntime = async (deps: OrderDeps, order: StoredOrder): Promise<void> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const runtime = await deps.store.get('runtimes', order.runtimeId);
    if (runtime === null) {
      if (await closePlace(deps, order)) return;
      continue;
    }
    const paid = paidTimeOf(runtime);
    const left = withdrawPeriod(paid, order.id) ?? paid;
    const stops = !left.periods.some(isBought);
    if (runtime.desired === 'deleted' || (stops && runtime.suspendedFor === 'refunded')) return;
    if (!stops && left === paid) return;
    if (stops) await wakeAutopays(deps, runtime.id);
    const now = deps.clock.now().toISOString();
    const target = { id: runtime.id, version: runtime.version };
    const outcome = await deps.store.update('runtimes', target, {
      ...paidTimeColumns(left),
      ...(stops ? { desired: 'suspended', suspendedFor: 'refunded', suspendedAt: now } : {}),
      revision: runtime.revision + 1,
      nextCheckAt: now,
      termDueAt: now,
    });
    if (outcome === 'updated') {
      deps.log.warn('runtime.unpaid', { runtimeId: runtime.id, orderId: order.id, stops });
      return;
    }
  }
  throw new Contended('runtime.contended');
};

const closePlace = async (deps: OrderDeps, order: StoredOrder): Promise<boolean> => {
  const outcome = await deps.store.create('runtimes', order.runtimeId, {
    data: {
      workspaceId: order.workspaceId,
      orderId: order.id,
      name: order.runtimeName,
      host: `${order.runtimeId}.invalid`,
      planKey: order.planKey,
      desired: 'deleted',
      status: 'deleted',
      conditions: '[]',
      facts: JSON.stringify(noFacts),
      receipt: null,
      revision: 1,
      paidUntil: deps.clock.now().toISOString(),
      verifyRequestedAt: null,
      smokeId: null,
      smokeNonce: null,
      smokeRequestedAt: null,
      restartId: null,
      failures: 0,
      nextCheckAt: null,
      inspectedAtMinute: null,
      planVersion: order.planVersion,
      periods: '[]',
      nextPlanKey: null,
      nextPlanVersion: null,
      planChanges: null,
      suspendedFor: 'refunded',
      suspendedAt: null,
      pausedAt: null,
      exportUntil: null,
      deletesAt: null,
      deletion: null,
      termDueAt: null,
      ...neverUpdated,
    },
    readers: 'functions',
  });
  return outcome === 'created';
};
