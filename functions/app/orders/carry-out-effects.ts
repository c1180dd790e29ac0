/**
 * Does what an order still owes the world. Every effect is idempotent by its own key, so a crash
 * after any line only means that it is tried again. `done` effects may be struck off the row.
 */
import type { Effect } from '#schemas/record/order.ts';
import { undeliverable } from '#core/order/commands.ts';
import { changePlan, giveBackChanges, revertPlan } from '#app/terms/change-plan.ts';
import { extendRuntime } from '#app/terms/extend-runtime.ts';
import { retractPeriod } from '#app/terms/retract-period.ts';
import { cancelLink } from './cancel-link.ts';
import { changeOrder } from './change-order.ts';
import type { OrderDeps } from './deps.ts';
import { openRuntime } from './open-runtime.ts';
import type { StoredOrder } from './order-row.ts';
import { factsOf } from './order-row.ts';
import { tellPaid } from '#app/messages/tell-of-payment.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { suspendRuntime } from './suspend-runtime.ts';

export interface CarriedOut {
  readonly done: readonly Effect[];
  readonly deferred: readonly Effect[];
}

export const carryOutEffects = async (deps: OrderDeps, order: StoredOrder): Promise<CarriedOut> => {
  const done: Effect[] = [];
  const deferred: Effect[] = [];
  for (const effect of factsOf(order).effects) {
    const finished = await carryOut(deps, order, effect);
    (finished ? done : deferred).push(effect);
    await deps.faults.reach(`effect.${effect.kind}`);
  }
  return { done, deferred };
};

/** True when nothing of it is left to do. */
const carryOut = async (deps: OrderDeps, order: StoredOrder, effect: Effect): Promise<boolean> => {
  switch (effect.kind) {
    case 'open_runtime':
      await tellPaid(deps, order);
      return (await openRuntime(deps, order)) === 'opened';
    case 'suspend_runtime':
      await suspendRuntime(deps, order);
      await giveBackChanges(deps, order.runtimeId);
      return true;
    case 'raise_task':
      await raiseTask(deps, {
        kind: effect.task,
        subjectId: order.id,
        mulNo: effect.mulNo,
        ...(effect.about === undefined ? {} : { about: effect.about }),
      });
      return true;
    case 'cancel_request':
      return cancelRequest(deps, order, effect.mulNo);
    case 'extend_runtime':
      if ((await extendRuntime(deps, order)) === 'extended') await tellPaid(deps, order);
      else await giveUp(deps, order);
      return true;
    case 'change_plan':
      if ((await changePlan(deps, order)) === 'changed') await tellPaid(deps, order);
      else await giveUp(deps, order);
      return true;
    case 'revert_plan':
      await revertPlan(deps, order);
      return true;
    case 'retract_period':
      await retractPeriod(deps, order);
      await giveBackChanges(deps, order.runtimeId);
      return true;
  }
};

/** Money for a runtime that is gone: the order is moved on, and owes a refund instead. */
const giveUp = async (deps: OrderDeps, order: StoredOrder): Promise<void> => {
  await changeOrder(deps, order.id, { actor: 'system', decide: undeliverable });
};

const cancelRequest = async (
  deps: OrderDeps,
  order: StoredOrder,
  mulNo: string,
): Promise<boolean> => {
  const outcome = await cancelLink(deps, order.id, mulNo);
  if (outcome === 'unknown') return false;
  if (outcome === 'refused') {
    await raiseTask(deps, { kind: 'missing_feedback', subjectId: order.id, mulNo });
  }
  return true;
};
