/**
 * Looks for what should not exist: a payment that has no runtime, a runtime that nobody pays for.
 * Two pages a run: the newest, and one further back that moves on every minute, so that everything
 * of the last three months is seen once a day. Finds, tells and stops machines; with nothing wrong
 * it writes nothing.
 */
import { earnsRuntime } from '#core/order/machine.ts';
import { monthsAfter } from '#core/money/period.ts';
import { givenPrefix, isBought } from '#core/term/periods.ts';
import { paidTimeOf } from '#app/terms/paid-time.ts';
import { isDelivery } from '#core/order/facts.ts';
import { termMonths } from '#schemas/contract/terms.ts';
import type { Stored } from '#ports/store.ts';
import type { OrderDeps } from './deps.ts';
import { factsOf } from './order-row.ts';
import type { StoredOrder } from './order-row.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { suspendRuntime } from './suspend-runtime.ts';

type Runtime = Stored<'runtimes'>;

/** In a day's 1,440 minutes the further page covers as many slices of the span. */
const minutesPerDay = 1_440;
const spanMs = 90 * 24 * 60 * 60_000;
const minuteMs = 60_000;

export interface Audited {
  readonly withoutRuntime: number;
  readonly unpaid: number;
}

export const auditMoney = async (deps: OrderDeps, pageSize: number): Promise<Audited> => {
  const now = deps.clock.now();
  const minute = Math.floor(now.getTime() / minuteMs) % minutesPerDay;
  const back = new Date(now.getTime() - (minute / minutesPerDay) * spanMs);
  const newest = await auditPage(deps, { before: now, pageSize });
  if (newest.whole) return newest.found;
  const further = await auditPage(deps, { before: back, pageSize });
  return {
    withoutRuntime: newest.found.withoutRuntime + further.found.withoutRuntime,
    unpaid: newest.found.unpaid + further.found.unpaid,
  };
};

interface Page {
  readonly before: Date;
  readonly pageSize: number;
}

/** `whole`: there was no more than this page. */
const auditPage = async (
  deps: OrderDeps,
  { before, pageSize }: Page,
): Promise<{ readonly found: Audited; readonly whole: boolean }> => {
  const orders = await deps.store.list('orders', {
    atMost: { column: 'paidAt', value: before.toISOString() },
    orderBy: { column: 'paidAt', descending: true },
    limit: pageSize,
  });
  const runtimes = await deps.store.list('runtimes', {
    atMost: { column: 'paidUntil', value: paidUntilAtMost(before).toISOString() },
    orderBy: { column: 'paidUntil', descending: true },
    limit: pageSize,
  });
  let withoutRuntime = 0;
  for (const order of orders) {
    if (await lacksRuntime(deps, order, runtimes)) withoutRuntime += 1;
  }
  let unpaid = 0;
  for (const runtime of runtimes) {
    if (await isUnpaid(deps, runtime, orders)) unpaid += 1;
  }
  const whole = orders.length < pageSize && runtimes.length < pageSize;
  return { found: { withoutRuntime, unpaid }, whole };
};

/** One whose runtime is still owed is being worked on, and held to its promise. */
const lacksRuntime = async (
  deps: OrderDeps,
  order: StoredOrder,
  runtimes: readonly Runtime[],
): Promise<boolean> => {
  if (!earnsRuntime(order.state)) return false;
  if (runtimes.some(({ id }) => id === order.runtimeId)) return false;
  if ((await deps.store.get('runtimes', order.runtimeId)) !== null) return false;
  const fresh = await deps.store.get('orders', order.id);
  if (fresh === null || !earnsRuntime(fresh.state)) return false;
  if (factsOf(fresh).effects.some(isDelivery)) return false;
  await raiseTask(deps, {
    kind: 'payment_without_runtime',
    subjectId: order.id,
    mulNo: order.mulNo ?? '',
    detail: { runtimeId: order.runtimeId },
  });
  return true;
};

/** The longest term, counted from a payment. */
const paidUntilAtMost = (before: Date): Date => monthsAfter(before, Math.max(...termMonths));

/** Periods looked at before nobody is said to pay: the newest, which must have been paid. */
const periodsAtMost = 3;

/** Only one that is wanted up: suspended and deleted ones cost nothing to anybody. */
const isUnpaid = async (
  deps: OrderDeps,
  runtime: Runtime,
  orders: readonly StoredOrder[],
): Promise<boolean> => {
  if (runtime.desired !== 'running') return false;
  const known = new Map(orders.map((order) => [order.id, order]));
  for (const orderId of paying(runtime)) {
    if (orderId.startsWith(givenPrefix)) return false;
    if (pays(known.get(orderId), runtime)) return false;
    if (pays(await deps.store.get('orders', orderId), runtime)) return false;
  }
  const order = await deps.store.get('orders', runtime.orderId);
  if (order?.runtimeId === runtime.id) {
    // The order itself still owes this: its own next look does it, and nothing is wrong.
    if (factsOf(order).effects.some(({ kind }) => kind === 'suspend_runtime')) return false;
    await suspendRuntime(deps, order);
  }
  await raiseTask(deps, {
    kind: 'runtime_unpaid',
    subjectId: runtime.id,
    mulNo: order?.mulNo ?? '',
    detail: { orderId: runtime.orderId, orderState: order?.state ?? 'none' },
  });
  return true;
};

const pays = (order: StoredOrder | null | undefined, { id }: Runtime): boolean =>
  order != null && order.runtimeId === id && earnsRuntime(order.state);

/** Rows of before renewals were sold were paid by the order that opened them. */
const paying = (runtime: Runtime): readonly string[] => {
  const bought = paidTimeOf(runtime).periods.filter(isBought);
  const ids = bought.map(({ orderId }) => orderId).slice(-periodsAtMost);
  return ids.length === 0 ? [runtime.orderId] : ids.toReversed();
};
