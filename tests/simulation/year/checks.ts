/**
 * Invariant 12 at every write of a runtime, against the truth of the world: what was really paid at
 * PayApp, and which message really went out.
 */
import { isBought } from '#core/term/periods.ts';
import { paidTimeOf } from '#app/terms/paid-time.ts';
import { leaveDays } from '#schemas/contract/deletion.ts';
import { termDays } from '#schemas/contract/terms.ts';
import type { Stored } from '#ports/store.ts';
import { givenPrefix } from '#core/term/periods.ts';
import type { Functions } from '../functions.ts';
import { checkExport } from '../leaving.ts';
import type { Write } from '../rows.ts';
import type { PlanCounts } from './plans.ts';

type Runtime = Stored<'runtimes'>;

const dayMs = 24 * 60 * 60_000;
/** An execution's clock may be a little beside the true one. */
const skewMs = 10_000;

export interface YearCounts {
  renewed: number;
  suspended: number;
  resumed: number;
  deleted: number;
  retracted: number;
  given: number;
  left: number;
  kept: number;
  changed: number;
  reverted: number;
  switched: number;
  /** Renewed by a charge that PayApp made by itself. */
  charged: number;
}

export const noCounts = (): YearCounts => ({
  renewed: 0,
  suspended: 0,
  resumed: 0,
  deleted: 0,
  retracted: 0,
  given: 0,
  left: 0,
  kept: 0,
  changed: 0,
  reverted: 0,
  switched: 0,
  charged: 0,
});

export class YearChecks {
  readonly counts: Omit<YearCounts, keyof PlanCounts['counts']> = noCounts();
  readonly #functions: Functions;
  #startedMs = 0;

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  check({ table, kind, before, after }: Write): void {
    if (table !== 'runtimes' || kind !== 'update') return;
    const [was, is] = [before, after] as unknown as [Runtime, Runtime];
    this.#checkPeriods(was, is);
    checkExport(this.#functions, was, is);
    if (was.deletesAt !== null && is.deletesAt === null && is.desired !== 'deleted') {
      this.counts.kept += 1;
    }
    if (was.desired === is.desired) return;
    if (is.desired === 'running') this.#startedMs = this.#nowMs;
    if (is.desired === 'deleted' && was.deletesAt !== null) this.#checkLeaving(was, was.deletesAt);
    else if (is.desired === 'deleted') this.#checkDeletion(was);
    else if (is.suspendedFor === 'unpaid') this.#checkSuspension(is);
    else if (was.suspendedFor === 'unpaid') this.counts.resumed += 1;
  }

  /** Never running unpaid past its grace: asked whenever somebody has looked for long enough. */
  checkGrace(row: Runtime): void {
    const { graceWithoutNotice, graceNotice } = termDays;
    // A message that goes out on the last of them still has its own days.
    const lastMs = Math.max(
      Date.parse(row.paidUntil) + (graceWithoutNotice + graceNotice + 1) * dayMs,
      // An operator let it run again without money: it is told, and has the days of that.
      this.#startedMs + (graceNotice + 1) * dayMs,
    );
    if (row.desired === 'running' && this.#nowMs > lastMs) this.#violate('runs unpaid past grace');
  }

  /** What was really paid bought its time, or goes back, or a person knows. */
  checkBooks(row: Runtime): void {
    const { world, payapp } = this.#functions;
    const periods = paidTimeOf(row).periods;
    for (const order of world.rows.all('orders')) {
      if (order.runtimeId !== row.id || order.purpose !== 'renew') continue;
      const period = periods.find(({ orderId }) => orderId === order.id);
      const bills = payapp.billsFor(order);
      const isPaid = order.state === 'fulfilled';
      const isDropped = period === undefined && periods.length >= 24;
      if (isPaid && !isDropped && (period === undefined || period.withdrawn)) {
        this.#violate(`${order.id} is fulfilled and added no time`);
      }
      if (!isPaid && period !== undefined && isBought(period)) {
        const isOwed = order.state === 'partially_refunded' || order.effects !== '[]';
        if (!isOwed) this.#violate(`${order.id} is ${order.state} and keeps its time`);
      }
      const told = bills.some((bill) => bill.state === 'paid' && bill.paidNoticeStored);
      if (told && (order.state === 'expired' || order.state === 'awaiting_payment')) {
        this.#violate(`${order.id} is paid, told, and ${order.state}`);
      }
    }
  }

  get #nowMs(): number {
    return this.#functions.world.nowMs;
  }

  #violate(what: string): void {
    this.#functions.world.violate(12, what);
  }

  #checkPeriods(was: Runtime, is: Runtime): void {
    const { periods } = paidTimeOf(is);
    const ids = periods.map(({ orderId }) => orderId);
    if (new Set(ids).size !== ids.length) this.#violate('an order has two periods');
    const known = paidTimeOf(was).periods;
    for (const period of periods) {
      const old = known.find(({ orderId }) => orderId === period.orderId);
      if (old !== undefined && old.withdrawn === period.withdrawn) continue;
      if (period.withdrawn) {
        this.counts.retracted += 1;
        continue;
      }
      if (old !== undefined) this.#violate('a withdrawn period came back');
      if (period.orderId.startsWith(givenPrefix)) {
        this.counts.given += 1;
        continue;
      }
      this.counts.renewed += 1;
      this.#checkPaid(period.orderId);
      const leftMs = Date.parse(is.paidUntil) - this.#nowMs;
      if (leftMs < 28 * dayMs - skewMs) this.#violate('who paid has less than a month');
    }
  }

  #checkPaid(orderId: string): void {
    const { world, payapp } = this.#functions;
    const order = world.rows.get('orders', orderId);
    const bills = order === null ? [] : payapp.billsFor(order);
    const isPaid = bills.some(({ paidKrw }) => paidKrw === order?.priceKrw);
    if (bills.some(({ rebillNo }) => rebillNo !== null)) this.counts.charged += 1;
    if (!isPaid) this.#violate(`${orderId} was not paid and added a period`);
  }

  #sentMs(row: Runtime, kind: string, part: string): number | null {
    const end = new Date(row.paidUntil).toISOString().slice(0, 16);
    const found = this.#functions.world.rows
      .all('messages')
      .find((each) => each.kind === kind && each.occasion === `${end}${part}`);
    return found?.sentAt == null ? null : Date.parse(found.sentAt);
  }

  #checkSuspension(row: Runtime): void {
    this.counts.suspended += 1;
    const sinceMs = this.#nowMs - Date.parse(row.paidUntil) + skewMs;
    if (sinceMs < termDays.grace * dayMs) this.#violate('suspended within its grace');
    const sentMs = this.#sentMs(row, 'grace', '');
    const isTold = sentMs !== null && this.#nowMs - sentMs + skewMs >= termDays.graceNotice * dayMs;
    if (!isTold && sinceMs < termDays.graceWithoutNotice * dayMs) this.#violate('suspended untold');
  }

  #checkDeletion(row: Runtime): void {
    this.counts.deleted += 1;
    const first = this.#sentMs(row, 'deletion_warning', '-first');
    const second = this.#sentMs(row, 'deletion_warning', '-second');
    if (first === null || second === null) this.#violate('deleted without its warnings');
    else if (this.#nowMs - second + skewMs < termDays.afterSecondWarning * dayMs) {
      this.#violate('deleted at once after its second warning');
    }
    this.#checkNothingOwed(row);
    if (row.suspendedFor !== 'unpaid') this.#violate('deleted, and was not unpaid');
  }

  /** Its owner asked, was told the date, and it has come; whatever was paid meanwhile goes back. */
  #checkLeaving(row: Runtime, deletesAt: string): void {
    this.counts.left += 1;
    const { world } = this.#functions;
    if (this.#nowMs + skewMs < Date.parse(deletesAt)) this.#violate('went before its date');
    const occasion = new Date(deletesAt).toISOString().slice(0, 16);
    const told = world.rows
      .all('messages')
      .find((each) => each.kind === 'deletion_planned' && each.occasion === occasion);
    const sentMs = told?.sentAt == null ? null : Date.parse(told.sentAt);
    const waitedMs = this.#nowMs + skewMs - Date.parse(deletesAt);
    const isLate = waitedMs >= (leaveDays.withoutNotice - leaveDays.kept) * dayMs;
    const isTold = sentMs !== null && this.#nowMs + skewMs - sentMs >= leaveDays.notice * dayMs;
    if (!isTold && !isLate) this.#violate('went untold');
    this.#checkNothingOwed(row);
  }

  #checkNothingOwed(row: Runtime): void {
    const { world, payapp } = this.#functions;
    const periods = paidTimeOf(row).periods.map(({ orderId }) => orderId);
    for (const order of world.rows.all('orders')) {
      if (order.runtimeId !== row.id || order.purpose !== 'renew') continue;
      const isPaid = payapp
        .billsFor(order)
        .some(({ state, paidKrw }) => state === 'paid' && paidKrw === order.priceKrw);
      const isOwedBack = order.state.startsWith('refund');
      if (isPaid && !periods.includes(order.id) && !isOwedBack) this.#violate('deleted while paid');
    }
  }
}
