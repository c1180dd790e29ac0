/**
 * One notice of PayApp about a charge it made by itself. Each payment becomes an order of its own
 * (key: agreement and `mul_no`), judged once by the agreement: one that counts is a renewal like any
 * other, one that does not is an order that was closed before its money came, so that it goes back.
 * Whatever dies in between, the notice is not marked yet and is applied again.
 */
import { agreementOf, changeAutopay, columnsOf } from './agreements.ts';
import type { StoredAutopay } from './agreements.ts';
import { noteMissed } from './settle.ts';
import { isOfThisCycle, takeCharge } from '#core/autopay/agreement.ts';
import { paidAtMs } from '#core/autopay/charge-day.ts';
import { applyNotice, noticeClassOf } from '#core/order/notices.ts';
import { changeOrder, recordState } from '#app/orders/change-order.ts';
import type { ChangeDeps } from '#app/orders/deps.ts';
import { chargedOrderRow, subjectIdLength } from '#app/checkout/new-order.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import type { Stored } from '#ports/store.ts';
import type { Ids } from '#ports/system.ts';
import { planSnapshot } from '#schemas/record/order.ts';

type Notice = Stored<'notices'>;

const failedPayState = '99';
const orderOpenMs = 24 * 60 * 60_000;

/** The order of one payment. */
export const chargedOrderIdOf = (ids: Ids, autopayId: string, mulNo: string): string =>
  ids.idFrom('charged', autopayId, mulNo).slice(0, subjectIdLength);

/** What the notice is marked with, or null: there is no such agreement. */
export const applyCharge = async (deps: ChangeDeps, notice: Notice): Promise<string | null> => {
  const { orderId: autopayId, mulNo } = notice;
  const orderId = chargedOrderIdOf(deps.ids, autopayId, mulNo);
  const row = await deps.store.get('autopays', autopayId);
  if (row === null) return null;
  if (notice.payState === failedPayState) return failed(deps, row, notice);
  if ((await deps.store.get('orders', orderId)) === null) {
    const meaning = noticeClassOf(notice.payState);
    const isMoney = meaning === 'paid' || meaning === 'refunded' || meaning === 'part_refunded';
    if (!isMoney) return 'recorded';
    if (await belongsElsewhere(deps, notice)) {
      await raiseTask(deps, { kind: 'orphan_notice', subjectId: autopayId, mulNo });
      return 'foreign_payment';
    }
    const counts = meaning === 'paid' ? await take(deps, notice) : true;
    await ensureOrder(deps, { row, notice, orderId, counts });
  }
  let outcome = 'recorded';
  await changeOrder(deps, orderId, {
    actor: 'payapp',
    decide: (facts) => {
      const applied = applyNotice(facts, notice);
      outcome = applied.outcome;
      return applied.changes === null
        ? { kind: 'unchanged' }
        : { kind: 'changed', changes: applied.changes };
    },
  });
  return outcome;
};

const failed = async (deps: ChangeDeps, row: StoredAutopay, notice: Notice): Promise<string> => {
  if (!isOfThisCycle(agreementOf(row), Date.parse(notice.receivedAt))) return 'charge_failed_known';
  await noteMissed(deps, row, { isTold: true });
  return 'charge_failed';
};

const belongsElsewhere = async ({ store }: ChangeDeps, { mulNo }: Notice): Promise<boolean> =>
  (await store.list('orders', { where: { mulNo }, limit: 1 })).length > 0;

/** Whether it buys time; decided with one write and never again. */
const take = async (deps: ChangeDeps, notice: Notice): Promise<boolean> => {
  const { mulNo, priceKrw, rebillNo, payDate, receivedAt } = notice;
  const at = paidAtMs(payDate) ?? Date.parse(receivedAt);
  const charge = { mulNo, priceKrw, rebillNo, paidAtMs: at };
  const judged = { isForeign: false };
  const row = await changeAutopay(deps, notice.orderId, (fresh) => {
    const taken = takeCharge(agreementOf(fresh), charge);
    judged.isForeign = taken?.isForeign ?? false;
    if (taken === null) return null;
    const due = deps.clock.now().toISOString();
    return { ...columnsOf(taken.changes), payUrl: null, failureCode: null, nextCheckAt: due };
  });
  await deps.faults.reach('autopay.charge_noted');
  if (row === null) return false;
  const counts = agreementOf(row).charges.some((each) => each.mulNo === mulNo && each.counts);
  if (judged.isForeign) {
    const detail = { autopayId: row.id, rebillNo: rebillNo ?? '' };
    await raiseTask(deps, { kind: 'autopay_unknown', subjectId: row.runtimeId, mulNo, detail });
  }
  return counts;
};

const ensureOrder = async (
  deps: ChangeDeps,
  {
    row,
    notice,
    orderId,
    counts,
  }: {
    readonly row: StoredAutopay;
    readonly notice: Notice;
    readonly orderId: string;
    readonly counts: boolean;
  },
): Promise<void> => {
  const runtime = await deps.store.get('runtimes', row.runtimeId);
  const order = chargedOrderRow({
    workspaceId: row.workspaceId,
    userId: row.userId,
    runtimeId: row.runtimeId,
    runtimeName: runtime?.name ?? '-',
    sold: planSnapshot.parse(JSON.parse(row.planSnapshot)),
    autopayId: row.id,
    mulNo: notice.mulNo,
    counts,
    expiresAt: new Date(deps.clock.now().getTime() + orderOpenMs).toISOString(),
  });
  const readers = { team: row.workspaceId };
  const outcome = await deps.store.create('orders', orderId, { data: order, readers });
  if (outcome === 'exists') return;
  await deps.faults.reach('autopay.charge_ordered');
  await recordState(deps, orderId, order);
  deps.log.info('autopay.charged', { orderId, autopayId: row.id, counts });
};
