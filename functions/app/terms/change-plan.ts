/**
 * Gives a runtime the larger plan that was paid for what is left of its time, and takes it back where
 * the money went back. Key: the order's id in `planChanges`, written with the plan and the periods in
 * one compare-and-set. The reconciler then finds other files, deploys them and proves what runs.
 */
import { planAt, withChange, withoutChange } from '#core/term/plans.ts';
import type { Planned } from '#core/term/plans.ts';
import { undeliverable } from '#core/order/commands.ts';
import { changeOrder } from '#app/orders/change-order.ts';
import { isLeaving } from '#core/term/standstill.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import { racesAtMost } from '#app/orders/deps.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import { Contended } from '#ports/store.ts';
import type { Stored } from '#ports/store.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import type { PlanName } from '#schemas/record/term.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { wakeAutopays } from '#app/autopay/agreements.ts';
import { closeRenewals } from './close-renewals.ts';
import { plannedColumns, plannedOf } from './paid-time.ts';

type Runtime = Stored<'runtimes'>;

/** `gone`: nothing is left that could be changed, or it is another plan: the money has to go back. */
export const changePlan = async (
  deps: OrderDeps,
  order: StoredOrder,
): Promise<'changed' | 'gone'> => {
  const { to, from, scope } = soldBy(order);
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('runtimes', order.runtimeId);
    if (row === null || row.desired === 'deleted' || row.suspendedFor === 'refunded') return 'gone';
    const planned = plannedOf(row);
    const known = planned.changes.find(({ orderId }) => orderId === order.id);
    if (known !== undefined) {
      if (!known.withdrawn) await finish(deps, order, { row, from, to });
      return 'changed';
    }
    if (isLeaving(row)) return 'gone';
    const nowMs = deps.clock.now().getTime();
    const changed = withChange(planned, { orderId: order.id, to, scope }, nowMs);
    if (changed === null) return 'gone';
    // What was chosen for later was chosen for another plan.
    const next = { nextPlanKey: null, nextPlanVersion: null };
    if (!(await write(deps, row, { ...planned, ...changed }, next))) continue;
    await deps.faults.reach('term.plan_changed');
    deps.log.info('runtime.plan_changed', { runtimeId: row.id, orderId: order.id, plan: to.key });
    await finish(deps, order, { row, from, to });
    return 'changed';
  }
  throw new Contended('runtime.contended');
};

export const revertPlan = async (deps: OrderDeps, order: StoredOrder): Promise<void> => {
  const { to, from, scope } = soldBy(order);
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('runtimes', order.runtimeId);
    if (row === null) return;
    const planned = plannedOf(row);
    const left = withoutChange(planned, order.id, { from, to, at: scope.at });
    if (left !== null) {
      if (!(await write(deps, row, { ...planned, ...left }))) continue;
      await deps.faults.reach('term.plan_reverted');
      deps.log.warn('runtime.plan_reverted', { runtimeId: row.id, orderId: order.id });
    }
    await tell(deps, row, { kind: 'plan_reverted', key: order.id, from: to, to: from });
    await wakeAutopays(deps, row.id);
    return;
  }
  throw new Contended('runtime.contended');
};

/** A period of another plan has begun. Key: the row. False: somebody else wrote, look again. */
export const switchPlan = async (deps: SwitchDeps, row: Runtime): Promise<boolean> => {
  const planned = plannedOf(row);
  const to = planAt(planned, deps.clock.now().getTime());
  const from = { key: planned.planKey, version: planned.planVersion };
  await tell(deps, row, { kind: 'plan_switched', key: `${row.paidUntil} ${to.key}`, from, to });
  const reached = row.nextPlanKey === to.key && row.nextPlanVersion === to.version;
  const next = reached ? { nextPlanKey: null, nextPlanVersion: null } : {};
  if (!(await write(deps, row, planned, next))) return false;
  await deps.faults.reach('term.plan_switched');
  deps.log.info('runtime.plan_switched', { runtimeId: row.id, plan: to.key });
  return true;
};

/**
 * The time that a change was paid for is gone with its own money: the change is given back too. Key:
 * the order's state, so that doing it again changes nothing.
 */
export const giveBackChanges = async (deps: SwitchDeps, runtimeId: string): Promise<void> => {
  const row = await deps.store.get('runtimes', runtimeId);
  if (row === null) return;
  const { periods, changes } = plannedOf(row);
  const isWithdrawn = (orderId: string): boolean =>
    periods.some((period) => period.orderId === orderId && period.withdrawn);
  for (const { orderId, covers, withdrawn } of changes) {
    if (withdrawn || covers.length === 0 || !covers.every(isWithdrawn)) continue;
    await changeOrder(deps, orderId, { actor: 'system', decide: undeliverable });
  }
};

type SwitchDeps = Pick<OrderDeps, 'store' | 'clock' | 'ids' | 'log' | 'faults'>;

const soldBy = (order: StoredOrder) => {
  const sold = planSnapshot.parse(JSON.parse(order.planSnapshot));
  if (sold.change === undefined) throw new Error('order.no_change');
  const to: PlanName = { key: sold.key, version: sold.version };
  return { to, from: sold.change.from, scope: sold.change };
};

/** With the plan of the moment, which is what runs and what is shown. */
const write = async (
  deps: SwitchDeps,
  row: Runtime,
  planned: Planned,
  more: Partial<RowOf<'runtimes'>> = {},
): Promise<boolean> => {
  const now = deps.clock.now();
  const due = now.toISOString();
  const target = { id: row.id, version: row.version };
  const outcome = await deps.store.update('runtimes', target, {
    ...more,
    ...plannedColumns(planned, now.getTime()),
    revision: row.revision + 1,
    ...(row.status === 'deleted' ? {} : { failures: 0, nextCheckAt: due, termDueAt: due }),
  });
  return outcome === 'updated';
};

interface Told {
  readonly kind: 'plan_changed' | 'plan_reverted' | 'plan_switched';
  readonly key: string;
  readonly from: PlanName;
  readonly to: PlanName;
}

const tell = async (
  deps: SwitchDeps,
  row: Runtime,
  { kind, key, from, to }: Told,
): Promise<void> => {
  const detail = { from: from.key, to: to.key };
  await appendOnce(deps, row, { kind, key, detail, actor: 'system', at: deps.clock.now() });
};

/** Done again after every crash, and harmless then. */
const finish = async (
  deps: OrderDeps,
  order: StoredOrder,
  { row, from, to }: { readonly row: Runtime; readonly from: PlanName; readonly to: PlanName },
): Promise<void> => {
  await tell(deps, row, { kind: 'plan_changed', key: order.id, from, to });
  await wakeAutopays(deps, row.id);
  // Renewals at the old price, and other ways to pay for this very change.
  await closeRenewals(deps, row.id, { except: order.id });
};
