/** Invariant 16: money and plan agree. Judged against what was really paid at PayApp. */
import { isBought, givenPrefix } from '#core/term/periods.ts';
import { planAt } from '#core/term/plans.ts';
import { plannedOf } from '#app/terms/paid-time.ts';
import type { Stored } from '#ports/store.ts';
import type { PlanChange } from '#schemas/record/term.ts';
import type { Functions } from '../functions.ts';
import type { Write } from '../rows.ts';

type Runtime = Stored<'runtimes'>;

/** So many are kept on the row; what is older cannot be judged any more. */
const keptAtMost = 8;

/** What happened, so that nobody takes a year without changes for a proven one. */
export class PlanCounts {
  readonly counts = { changed: 0, reverted: 0, switched: 0 };

  check({ table, kind, before, after }: Write): void {
    if (table !== 'runtimes' || kind !== 'update') return;
    const [was, is] = [before, after] as unknown as [Runtime, Runtime];
    const [old, fresh] = [plannedOf(was), plannedOf(is)].map(({ changes }) => changes);
    const countOf = (changes: readonly PlanChange[] = [], withdrawn: boolean): number =>
      changes.filter((change) => change.withdrawn === withdrawn && change.covers.length > 0).length;
    if (countOf(fresh, false) > countOf(old, false)) this.counts.changed += 1;
    else if (countOf(fresh, true) > countOf(old, true)) this.counts.reverted += 1;
    else if (was.planKey !== is.planKey) this.counts.switched += 1;
  }
}

/** In a world at rest. */
export const checkPlans = ({ world, payapp }: Functions, row: Runtime): void => {
  const violate = (what: string): void => world.violate(16, what);
  const planned = plannedOf(row);
  if (row.desired !== 'deleted' && planAt(planned, world.nowMs).key !== row.planKey) {
    violate(`${row.id} is ${row.planKey} and not what is paid for`);
  }
  const made = planned.changes.filter(({ withdrawn }) => !withdrawn);
  for (const { orderId } of made) {
    const order = world.rows.get('orders', orderId);
    const isPaid = payapp.billsOf(orderId).some(({ paidKrw }) => paidKrw === order?.priceKrw);
    if (order?.purpose !== 'change' || !isPaid)
      violate(`${orderId} was not paid and changed a plan`);
    if (order !== null && !['fulfilled', 'partially_refunded'].includes(order.state)) {
      violate(`${orderId} is ${order.state} and its plan is kept`);
    }
  }
  for (const { id, purpose, state, runtimeId } of world.rows.all('orders')) {
    if (runtimeId !== row.id) continue;
    const isKept = made.some(({ orderId }) => orderId === id);
    const isDropped = planned.changes.length >= keptAtMost;
    if (purpose === 'change' && state === 'fulfilled' && !isKept && !isDropped) {
      violate(`${id} is fulfilled and changed no plan`);
    }
  }
  if (planned.changes.length >= keptAtMost) return;
  for (const { orderId, plan } of planned.periods.filter(isBought)) {
    if (orderId.startsWith(givenPrefix) || plan === null) continue;
    const change = made.findLast(({ covers }) => covers.includes(orderId));
    const sold = change?.to.key ?? world.rows.get('orders', orderId)?.planKey;
    if (plan.key !== sold) violate(`${orderId} paid for ${String(sold)} and is ${plan.key}`);
  }
};
