/**
 * One customer for a year: somebody who pays when reminded, years ahead, late, twice, or never again,
 * takes a renewal back, and pays links that lie around. Looks once a day, and sees what the site shows.
 */
import { showAutopay } from '#app/autopay/show.ts';
import { startAutopay } from '#app/autopay/start.ts';
import { stopAutopay } from '#app/autopay/stop-by-member.ts';
import { isAlive } from '#core/autopay/agreement.ts';
import { chooseNextPlan, upgradePlan } from '#app/checkout/plan-change.ts';
import { renewRuntime } from '#app/checkout/renew-runtime.ts';
import { requestRefund } from '#app/checkout/request-refund.ts';
import { refundOrder } from '#app/operator/refunds.ts';
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import { requestDeletion, withdrawDeletion } from '#app/runtimes/leave.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import type { TermMonths } from '#schemas/contract/terms.ts';
import type { Functions } from '../functions.ts';
import { takeAlong } from '../leaving.ts';

const dayMs = 24 * 60 * 60_000;
const phone = '010-1234-5678';

/** Also by those who pay no more: that is when one takes everything along. */
const exportsInHundred = 30;
/** A day, of those that stand still for want of a payment. */
const returnsInHundred = 4;

type Runtime = Stored<'runtimes'>;

export interface Habits {
  /** On how many days of a hundred a due renewal is paid. */
  readonly pays: number;
  /** Of the renewals: ordered here, for so many months, long before the end. */
  readonly ordersAhead: number;
  readonly takesBack: number;
  readonly pauses: number;
  /** Another plan: at once for money, or for later. */
  readonly changes: number;
  /** To be charged each month by PayApp itself; and takes it back. */
  readonly agrees: number;
  readonly stops: number;
  /** Deletes it, on so many days of a hundred, and half of the time keeps it after all. */
  readonly deletes: number;
  /** From this day on nothing is paid any more; null = never. */
  readonly leavesOnDay: number | null;
}

export class YearCustomer {
  readonly #functions: Functions;
  readonly #me: Account;
  readonly #habits: Habits;

  constructor(functions: Functions, me: Account, habits: Habits) {
    this.#functions = functions;
    this.#me = me;
    this.#habits = habits;
  }

  async look(day: number, row: Runtime): Promise<void> {
    const { random } = this.#functions.world;
    const { leavesOnDay, pays, ordersAhead, takesBack, pauses, changes, agrees, stops, deletes } =
      this.#habits;
    if (row.desired === 'deleted') return;
    if (row.deletesAt !== null) return this.#whileLeaving(row);
    if (random.chance(deletes / 100)) return this.#delete(row);
    if (row.desired === 'suspended' && random.chance(exportsInHundred / 100)) {
      await takeAlong(this.#functions, this.#me, row.id);
      return;
    }
    // Some come back only when it stands still.
    if (row.suspendedFor === 'unpaid' && random.chance(returnsInHundred / 100)) {
      return this.#pay(row);
    }
    if (leavesOnDay !== null && day >= leavesOnDay) return;
    const alive = this.#functions.world.rows
      .all('autopays')
      .find((each) => each.runtimeId === row.id && isAlive(each));
    if (alive !== undefined && random.chance(stops / 100)) return this.#stop(alive.id);
    if (alive === undefined && random.chance(agrees / 100)) return this.#agree(row);
    // Who is charged by itself pays by hand now and then only.
    if (alive?.state === 'active' && alive.missed === 0 && random.chance(0.97)) return;
    const leftMs = Date.parse(row.paidUntil) - this.#functions.world.nowMs;
    if (leftMs < 7 * dayMs && random.chance(pays / 100)) return this.#pay(row);
    if (random.chance(ordersAhead / 100)) return this.#order(row);
    if (random.chance(takesBack / 100)) return this.#takeBack(row);
    if (random.chance(pauses / 100)) return this.#operator(row);
    if (random.chance(changes / 100)) return this.#change(row);
  }

  /** Keeps it, pays a link that lies around all the same, or orders more of it, which is refused. */
  async #whileLeaving(row: Runtime): Promise<void> {
    const { random } = this.#functions.world;
    const target = { runtimeId: row.id, revision: row.revision };
    if (random.chance(0.09)) {
      await this.#functions.command('keep', (ports) => withdrawDeletion(ports, this.#me, target));
      return;
    }
    if (random.chance(0.2)) await this.#pay(row);
  }

  async #delete(row: Runtime): Promise<void> {
    const body = { runtimeId: row.id, revision: row.revision, name: row.name };
    await this.#functions.command('delete', (ports) => requestDeletion(ports, this.#me, body));
  }

  /** The link that lies around, whichever it is. */
  async #pay(row: Runtime): Promise<void> {
    const { world, payapp } = this.#functions;
    const links = world.rows
      .all('orders')
      .filter((order) => order.runtimeId === row.id && order.state === 'awaiting_payment')
      .flatMap((order) => payapp.billsOf(order.id));
    const bill = links[world.random.int(0, Math.max(0, links.length - 1))];
    if (bill === undefined) return this.#order(row);
    payapp.pay(bill);
    // Now and then somebody else of the workspace pays another one.
    const other = links.find((link) => link !== bill);
    if (other !== undefined && world.random.chance(0.1)) payapp.pay(other);
    return Promise.resolve();
  }

  async #order(row: Runtime): Promise<void> {
    const { world, payapp } = this.#functions;
    const months: TermMonths = world.random.pick([1, 1, 3, 12]);
    const body = { runtimeId: row.id, months, phone, requestKey: world.random.hex(16) };
    const ended = await this.#functions.command('renew', (ports) =>
      renewRuntime(ports, this.#me, body),
    );
    if (ended.kind !== 'answered' || !ended.value.ok || world.random.chance(0.2)) return;
    const bill = payapp.billsOf(ended.value.value.orderId).at(-1);
    if (bill !== undefined) payapp.pay(bill);
  }

  async #takeBack(row: Runtime): Promise<void> {
    const paid = this.#functions.world.rows
      .all('orders')
      .filter((order) => order.runtimeId === row.id && order.state === 'fulfilled');
    const order = paid.at(-1);
    if (order === undefined || order.purpose !== 'renew') return;
    const body = { orderId: order.id, revision: order.revision };
    await this.#functions.command('refund', (ports) => requestRefund(ports, this.#me, body));
  }

  async #agree(row: Runtime): Promise<void> {
    const { world, rebills } = this.#functions;
    const ended = await this.#functions.command('monthly', async (ports) => {
      const shown = await showAutopay(ports, this.#me, { runtimeId: row.id });
      const agreed = shown.ok ? shown.value.offer : null;
      return agreed === null
        ? shown
        : startAutopay(ports, this.#me, { runtimeId: row.id, phone, agreed });
    });
    if (ended.kind !== 'answered' || !ended.value.ok || !('autopayId' in ended.value.value)) return;
    const { autopayId } = ended.value.value;
    if (!world.random.chance(0.8)) return;
    // At once, or when the link is found again days later.
    world.scheduler.after(world.random.pick([60_000, 60_000, 30 * 3_600_000]), () =>
      rebills.approve(autopayId),
    );
  }

  async #stop(autopayId: string): Promise<void> {
    await this.#functions.command('stop', (ports) => stopAutopay(ports, this.#me, { autopayId }));
  }

  /** Up at once, or another for later; the link of an older wish may be paid, or this one late. */
  async #change(row: Runtime): Promise<void> {
    const { world, payapp } = this.#functions;
    const { random } = world;
    const target = { runtimeId: row.id, planKey: random.pick(['basic', 'plus'] as const) };
    if (random.chance(0.4)) {
      const body = { ...target, revision: row.revision };
      await this.#functions.command('plan', (ports) => chooseNextPlan(ports, this.#me, body));
      return;
    }
    const body = { ...target, phone, requestKey: random.hex(16) };
    const ended = await this.#functions.command('plan', (ports) =>
      upgradePlan(ports, this.#me, body),
    );
    if (ended.kind !== 'answered' || !ended.value.ok) return;
    const { orderId } = ended.value.value;
    const lateMs = random.pick([0, 0, 3_600_000, 20 * 3_600_000]);
    world.scheduler.after(lateMs, () => {
      const bill = payapp.billsOf(orderId).at(-1);
      if (bill !== undefined && random.chance(0.8)) payapp.pay(bill);
    });
    if (random.chance(0.4)) world.scheduler.after(3 * dayMs, () => void this.#giveBack(orderId));
  }

  async #giveBack(orderId: string): Promise<void> {
    const order = this.#functions.world.rows.get('orders', orderId);
    if (order === null) return;
    const body = { orderId, revision: order.revision, amountKrw: null, reason: 'goodwill' };
    await this.#functions.command('operator', (ports) =>
      refundOrder(ports, 'operator', { ...body, confirmation: orderId }),
    );
  }

  /** The operator stops it or gives it days, as it comes. */
  async #operator(row: Runtime): Promise<void> {
    const { random } = this.#functions.world;
    const action: RuntimeAction =
      row.desired === 'running' ? random.pick(['suspend', 'give_time']) : 'resume';
    const body = {
      runtimeId: row.id,
      revision: row.revision,
      action,
      reason: 'asked',
      dryRun: false,
      days: random.int(1, 20),
    };
    await this.#functions.command('operator', (ports) =>
      actOnRuntime({ ...ports, deployer: () => ports.deployer }, 'operator', body),
    );
  }
}
