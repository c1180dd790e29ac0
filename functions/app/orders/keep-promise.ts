/**
 * Holds a paid order to its promise: a runtime that is late is provisioned anew, then an operator is
 * told, then the money goes back. Every stage is written once it was done; done twice is harmless.
 */
import { earnsRuntime } from '#core/order/machine.ts';
import { nextForPromise } from '#core/order/promise.ts';
import { isOpenRefund } from '#core/order/refunds.ts';
import type { Stored } from '#ports/store.ts';
import type { PromiseStage } from '#schemas/contract/vocabulary.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { OrderDeps } from './deps.ts';
import { racesAtMost } from './deps.ts';
import type { StoredOrder } from './order-row.ts';
import { factsOf } from './order-row.ts';
import { promiseSettings } from './promise-settings.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { refundPayment } from './refund-payment.ts';

/** When to look again, `acted` when the order changed, or null: nothing is promised any more. */
export const keepPromise = async (
  deps: OrderDeps,
  order: StoredOrder,
): Promise<number | 'acted' | null> => {
  // More time for a runtime is given in one write: only a new runtime can be late.
  if ((order.purpose ?? 'open') !== 'open') return null;
  if (!earnsRuntime(order.state) || order.promisedBy === null) return null;
  const nowMs = deps.clock.now().getTime();
  const promisedByMs = Date.parse(order.promisedBy);
  // Nothing is read before it matters.
  if (nowMs < promisedByMs) return promisedByMs;
  // All the money there is to give back is asked for already, or another refund is under way.
  if (factsOf(order).refunds.some(isOpenRefund)) return null;
  const runtime = await deps.store.get('runtimes', order.runtimeId);
  const { retryMs, graceMs } = await promiseSettings(deps.store);
  const step = nextForPromise(
    {
      promisedByMs,
      stage: order.promiseStage,
      runtime: runtime && { status: runtime.status, proven: runtime.receipt !== null },
      retryMs,
      graceMs,
      paidAtMs: Date.parse(order.paidAt ?? order.promisedBy),
    },
    nowMs,
  );
  switch (step.kind) {
    case 'kept':
      return null;
    case 'wait':
      return step.untilMs;
    case 'retry':
      await startAnew(deps, runtime);
      return reach(deps, order, 'retried');
    case 'report':
      await report(deps, order, runtime);
      return reach(deps, order, 'reported');
    case 'give_back':
      return giveBack(deps, order);
  }
};

/**
 * Its failures are forgotten, so that the backoff ends and every attempt is there again; a stack that
 * was deployed and never came up is deployed once more.
 */
const startAnew = async (deps: OrderDeps, runtime: Stored<'runtimes'> | null): Promise<void> => {
  let row = runtime;
  for (let race = 0; race < racesAtMost && row?.desired === 'running'; race += 1) {
    const nextCheckAt = deps.clock.now().toISOString();
    const target = { id: row.id, version: row.version };
    const known = readJson(factsSchema, row.facts, noFacts);
    const deployedInVain = known.deployment.status === 'done';
    const deployment = { ...known.deployment, status: 'lost' as const };
    const outcome = await deps.store.update('runtimes', target, {
      failures: 0,
      nextCheckAt,
      ...(deployedInVain ? { facts: JSON.stringify({ ...known, deployment }) } : {}),
    });
    if (outcome !== 'stale') {
      deps.log.warn('runtime.started_anew', { runtimeId: row.id });
      return;
    }
    row = await deps.store.get('runtimes', row.id);
  }
};

const report = async (
  deps: OrderDeps,
  order: StoredOrder,
  runtime: Stored<'runtimes'> | null,
): Promise<void> => {
  await raiseTask(deps, {
    kind: 'provisioning_stuck',
    subjectId: order.id,
    mulNo: order.mulNo ?? '',
    detail: {
      runtimeId: order.runtimeId,
      status: runtime?.status ?? 'none',
      promisedBy: order.promisedBy,
    },
  });
};

const reach = async (
  deps: OrderDeps,
  order: StoredOrder,
  promiseStage: PromiseStage,
): Promise<'acted'> => {
  await deps.faults.reach(`promise.${promiseStage}`);
  // Somebody else's write is fine: the order is looked at again, and the stage was harmless.
  await deps.store.update('orders', { id: order.id, version: order.version }, { promiseStage });
  deps.log.warn('promise.late', { orderId: order.id, stage: promiseStage });
  return 'acted';
};

const giveBack = async (deps: OrderDeps, order: StoredOrder): Promise<'acted' | null> => {
  const { mulNo, revision, id: orderId } = order;
  if (mulNo === null) return null;
  const refunded = await refundPayment(deps, {
    orderId,
    revision,
    mulNo,
    amountKrw: null,
    by: 'system',
    actor: 'system',
    reason: 'runtime_not_running',
  });
  if (refunded.kind === 'not_begun' && refunded.code !== 'stale_revision') {
    // Nothing that is due to the customer may be left to chance.
    await raiseTask(deps, { kind: 'refund_due', subjectId: orderId, mulNo });
    return null;
  }
  deps.log.warn('promise.given_up', { orderId, outcome: refunded.kind });
  return 'acted';
};
