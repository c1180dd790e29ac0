/**
 * Gives a runtime the time that a renewal paid for, and lets it run again where it was stopped for
 * want of money and not paused by its owner. Key: the order's id in the runtime's periods, written with the new end in one
 * compare-and-set: however often this runs, an order adds one period.
 */
import { addPeriod } from '#core/term/periods.ts';
import type { PaidTime } from '#core/term/periods.ts';
import { planAt } from '#core/term/plans.ts';
import { isLeaving, releasedBy } from '#core/term/standstill.ts';
import type { OrderDeps } from '#app/orders/deps.ts';
import { racesAtMost } from '#app/orders/deps.ts';
import type { StoredOrder } from '#app/orders/order-row.ts';
import { announce } from '#app/messages/announce.ts';
import { appendOnce } from '#app/timeline/runtime-history.ts';
import { Contended } from '#ports/store.ts';
import type { Stored } from '#ports/store.ts';
import { planSnapshot } from '#schemas/record/order.ts';
import { stopForPayment } from '#app/autopay/stop.ts';
import { closeRenewals } from './close-renewals.ts';
import { paidTimeColumns, paidTimeOf, plannedOf } from './paid-time.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { runtimePath } from '#app/messages/paths.ts';

/** `gone`: there is nothing left to extend, or its owner is deleting it: the money has to go back. */
export const extendRuntime = async (
  deps: OrderDeps,
  order: StoredOrder,
): Promise<'extended' | 'gone'> => {
  const { months } = planSnapshot.parse(JSON.parse(order.planSnapshot));
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('runtimes', order.runtimeId);
    if (row === null || isGone(row)) return 'gone';
    const now = deps.clock.now();
    if (isLeaving(row) && !paidTimeOf(row).periods.some(({ orderId }) => orderId === order.id)) {
      return 'gone';
    }
    const plan = { key: order.planKey, version: order.planVersion };
    const longer = addPeriod(withPlans(row), { orderId: order.id, months, now, plan });
    if (longer === null) {
      await finish(deps, order, row);
      return 'extended';
    }
    const released = row.suspendedFor === 'unpaid' && row.desired === 'suspended';
    const standing = released ? releasedBy(row) : null;
    const resumes = standing?.desired === 'running';
    if (resumes) await tellResumed(deps, row, { order, paidUntil: longer.paidUntil });
    const target = { id: row.id, version: row.version };
    const due = now.toISOString();
    const outcome = await deps.store.update('runtimes', target, {
      ...paidTimeColumns(longer),
      ...planColumns(row, longer, now),
      ...(standing === null ? {} : { ...standing, failures: 0 }),
      revision: row.revision + 1,
      nextCheckAt: due,
      termDueAt: due,
    });
    if (outcome !== 'updated') continue;
    await deps.faults.reach('term.extended');
    deps.log.info('runtime.extended', { runtimeId: row.id, orderId: order.id, resumes });
    await finish(deps, order, { ...row, ...paidTimeColumns(longer) });
    return 'extended';
  }
  throw new Contended('runtime.contended');
};

/** From here on periods may differ: those of before are what the runtime is. */
const withPlans = (row: Stored<'runtimes'>): PaidTime => {
  const paid = paidTimeOf(row);
  const own = { key: row.planKey, version: row.planVersion ?? 1 };
  return { ...paid, periods: paid.periods.map((each) => ({ ...each, plan: each.plan ?? own })) };
};

/** A term that begins at once may be of the plan that was chosen for it. */
const planColumns = (
  row: Stored<'runtimes'>,
  { periods }: PaidTime,
  now: Date,
): Partial<RowOf<'runtimes'>> => {
  const { key, version } = planAt({ ...plannedOf(row), periods }, now.getTime());
  if (key === row.planKey && version === (row.planVersion ?? 1)) return {};
  const reached = row.nextPlanKey === key && row.nextPlanVersion === version;
  const next = reached ? { nextPlanKey: null, nextPlanVersion: null } : {};
  return { planKey: key, planVersion: version, ...next };
};

/** Deleted, or stopped because its own money went back. */
const isGone = ({ desired, suspendedFor }: Stored<'runtimes'>): boolean =>
  desired === 'deleted' || suspendedFor === 'refunded';

const tellResumed = async (
  deps: OrderDeps,
  row: Stored<'runtimes'>,
  { order, paidUntil }: { readonly order: StoredOrder; readonly paidUntil: string },
): Promise<void> => {
  await announce(deps, {
    kind: 'resumed',
    subjectId: row.id,
    occasion: order.id,
    workspaceId: row.workspaceId,
    values: { runtimeName: row.name, path: runtimePath(row.workspaceId, row.id), paidUntil },
  });
};

/** Done again after every crash, and harmless then. */
const finish = async (
  deps: OrderDeps,
  order: StoredOrder,
  row: Stored<'runtimes'>,
): Promise<void> => {
  const period = paidTimeOf(row).periods.find(({ orderId }) => orderId === order.id);
  if (period === undefined || period.withdrawn) return;
  await appendOnce(deps, row, {
    kind: 'extended',
    key: order.id,
    detail: { orderId: order.id, from: period.from, to: period.to },
    actor: 'system',
    at: deps.clock.now(),
  });
  const { autopayId } = planSnapshot.parse(JSON.parse(order.planSnapshot));
  if (autopayId === undefined) {
    const atMs = Date.parse(order.paidAt ?? period.from);
    await stopForPayment(deps, { runtimeId: row.id, atMs });
  }
  // A second link for the same term would be paid by mistake.
  await closeRenewals(deps, row.id, { except: order.id, renewalsOnly: true });
};
