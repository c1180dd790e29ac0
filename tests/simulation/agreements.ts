/**
 * What must hold of automatic renewal, against the truth at PayApp: what it took by itself bought one
 * period that was agreed to, or goes back; and what has ended here is not charged there, or a person
 * knows.
 */
import { isAlive } from '#core/autopay/agreement.ts';
import { agreementOf } from '#app/autopay/agreements.ts';
import type { Stored } from '#ports/store.ts';
import type { Functions } from './functions.ts';
import type { Bill } from './payapp.ts';

const sameCycleMs = 14 * 24 * 60 * 60_000;

export const chargedOrder = (functions: Functions, bill: Bill): Stored<'orders'> | undefined =>
  functions.world.rows
    .all('orders')
    .find(({ mulNo, planSnapshot }) => mulNo === bill.mulNo && planSnapshot.includes(bill.orderId));

export const checkAgreements = (functions: Functions): void => {
  const { world, rebills } = functions;
  for (const row of world.rows.all('autopays')) {
    const hasTask = world.rows.all('tasks').some(({ detail }) => detail.includes(row.id));
    const there = [...rebills.all.values()].filter(({ autopayId }) => autopayId === row.id);
    if (row.state === 'registering' || row.state === 'approving') {
      world.violate(19, `${row.id} is ${row.state} after its time`);
    }
    if (row.state === 'cancelling' && !hasTask) {
      world.violate(19, `${row.id} was stopped, PayApp was not, and nobody was told`);
    }
    const isChargeable = there.some(({ state }) => state === 'approved');
    if (row.state === 'ended' && row.rebillNo !== null && isChargeable && !hasTask) {
      world.violate(19, `${row.id} has ended, and PayApp charges on`);
    }
    const runtime = world.rows.get('runtimes', row.runtimeId);
    const stands = runtime !== null && (runtime.desired === 'deleted' || runtime.pausedAt !== null);
    if (isAlive(row) && stands) world.violate(19, `${row.id} is charged for what does not run`);
    checkCounted(functions, row);
  }
};

/** At any time: what counts was agreed to, once a cycle. */
export const checkCounted = ({ world }: Functions, row: Stored<'autopays'>): void => {
  const counted = agreementOf(row).charges.filter(({ counts }) => counts);
  for (const [index, charge] of counted.entries()) {
    const paidAtMs = Date.parse(charge.paidAt);
    const isAfter = row.stoppedAt !== null && paidAtMs >= Date.parse(row.stoppedAt);
    if (isAfter) world.violate(19, `${charge.mulNo} counts though ${row.id} was stopped`);
    const isTwice = counted
      .slice(0, index)
      .some((other) => Math.abs(Date.parse(other.paidAt) - paidAtMs) < sameCycleMs);
    if (isTwice) world.violate(19, `${row.id} was charged twice for one cycle`);
  }
};

/** Money that PayApp took by itself, told, and kept. */
export const checkCharged = (functions: Functions, bill: Bill): void => {
  const { world } = functions;
  const isHeld = bill.state === 'paid' && bill.paidNoticeStored && bill.refundedKrw === 0;
  if (!isHeld) return;
  const order = chargedOrder(functions, bill);
  if (order === undefined) {
    world.violate(19, `${bill.mulNo} was charged and told, and there is no order`);
    return;
  }
  if (order.state === 'fulfilled' && bill.paidKrw === order.priceKrw) return;
  const hasTask = world.rows
    .all('tasks')
    .some((task) => task.subjectId === order.id && task.detail.includes(bill.mulNo));
  if (!hasTask) world.violate(19, `${bill.mulNo} is kept, its order ${order.state}, no task`);
};
