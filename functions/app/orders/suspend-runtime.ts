/**
 * The order's money went back: its runtime stops. Where no runtime was opened yet, its id is taken
 * by a row that is `deleted` and that nobody sees, so that a late opener finds the place closed.
 */
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
    if (runtime.desired !== 'running') return;
    const target = { id: runtime.id, version: runtime.version };
    const outcome = await deps.store.update('runtimes', target, {
      desired: 'suspended',
      revision: runtime.revision + 1,
      nextCheckAt: deps.clock.now().toISOString(),
    });
    if (outcome === 'updated') {
      deps.log.warn('runtime.suspended', { runtimeId: runtime.id, orderId: order.id });
      return;
    }
  }
  throw new Error('runtime.contended');
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
      failures: 0,
      nextCheckAt: null,
      inspectedAtMinute: null,
    },
    readers: 'functions',
  });
  return outcome === 'created';
};
