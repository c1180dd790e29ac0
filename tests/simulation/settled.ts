/**
 * What must hold once the world has calmed down and the sweeps have found everything: money and
 * machines agree, and whatever is not well has somebody who acts next.
 */
import { isBought } from '#core/term/periods.ts';
import { paidTimeOf } from '#app/terms/paid-time.ts';
import { factsOf } from '#app/orders/order-row.ts';
import { brokenAt } from '#app/timeline/append.ts';
import type { Stored } from '#ports/store.ts';
import { conditions } from '#schemas/record/runtime.ts';
import { readJson } from '#schemas/record/json.ts';
import type { OrderState } from '#schemas/contract/vocabulary.ts';
import { deletionOf } from '#app/runtimes/deletion.ts';
import { isLeaving, isPaused } from '#core/term/standstill.ts';
import { composeName } from '#core/runtime/names.ts';
import type { Functions, Ports } from './functions.ts';
import { checkAgreements, checkCharged } from './agreements.ts';
import { mayRunFor } from './leaving.ts';
import { checkVersion, isKnownOld } from './release.ts';
import { checkPlans } from './year/plans.ts';
import type { Bill } from './payapp.ts';
import { derivedId, sha256Hex } from './ports.ts';

type Order = Stored<'orders'>;

const closed: readonly OrderState[] = ['cancelled', 'expired', 'refunded'];
const open: readonly OrderState[] = [
  'draft',
  'awaiting_payment',
  'waiting_deposit',
  'payment_failed',
];

const isStandstill: ReadonlySet<string> = new Set(['pause_requested', 'deletion_requested']);

export const checkSettled = (functions: Functions): void => {
  const { world } = functions;
  const checks = new SettledChecks(functions);
  for (const order of world.rows.all('orders')) checks.order(order);
  for (const bill of functions.payapp.bills.values()) checks.bill(bill);
  for (const runtime of world.rows.all('runtimes')) checks.runtime(runtime);
  for (const message of world.rows.all('messages')) functions.mail.check(message);
  for (const runtime of world.rows.all('runtimes')) checkPlans(functions, runtime);
  checkAgreements(functions);
  checks.machines();
  checks.slots();
  checks.people();
  checks.inbox();
  checks.history();
};

class SettledChecks {
  readonly #functions: Functions;

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  get #world() {
    return this.#functions.world;
  }

  #hasTask(subjectId: string, mulNo = ''): boolean {
    return this.#world.rows
      .all('tasks')
      .some((task) => task.subjectId === subjectId && task.detail.includes(mulNo));
  }

  order(order: Order): void {
    const { id, state } = order;
    const bills = this.#functions.payapp.billsOf(id);
    if (bills.length > order.requestNo) {
      this.#world.violate(1, `order ${id}: ${bills.length} requests, ${order.requestNo} meant`);
    }
    if (order.effects !== '[]') this.#world.violate(8, `order ${id} still owes ${order.effects}`);
    if (state === 'paid') this.#world.violate(8, `order ${id} is paid and not fulfilled`);
    // A renewal's link lives as long as its term, and may have been opened just now.
    const { purpose, nextCheckAt } = order;
    const nextMs = nextCheckAt === null ? 0 : Date.parse(nextCheckAt);
    const isAhead = purpose === 'renew' && nextMs > this.#world.functionNowMs;
    if (open.includes(state) && !isAhead && !this.#hasTask(id, order.mulNo ?? '')) {
      this.#world.violate(8, `order ${id} is ${state} after its time`);
    }
    if (state === 'fulfilled' || state === 'partially_refunded') this.#delivered(order);
    if (state === 'refunded') this.#taken(order);
    const isOwed = state === 'refund_due' || state === 'refund_requested';
    if (isOwed && !this.#hasTask(id)) {
      this.#world.violate(8, `order ${id} is ${state} and nobody was told`);
    }
  }

  #delivered(order: Order): void {
    const runtime = this.#world.rows.get('runtimes', order.runtimeId);
    if (runtime !== null && (isPaused(runtime) || isLeaving(runtime))) return;
    // Its owner deleted it with what was left of its time.
    if (runtime !== null && deletionOf(runtime)?.reason === 'customer') return;
    if (runtime?.desired !== 'running') {
      this.#world.violate(1, `order ${order.id} was paid and has no runtime`);
      return;
    }
    const runs = this.#functions.machines.running(runtime.id) !== null;
    if (!runs && !this.#hasTask(runtime.id)) {
      this.#world.violate(1, `order ${order.id} was paid and nothing runs`);
    }
  }

  #taken(order: Order): void {
    const runtime = this.#world.rows.get('runtimes', order.runtimeId);
    if (runtime === null) return;
    const bought = paidTimeOf(runtime).periods.filter(isBought);
    if (bought.some(({ orderId }) => orderId === order.id)) {
      this.#world.violate(1, `order ${order.id} was refunded and its time is left`);
    }
    if (runtime.desired === 'running' && bought.length === 0) {
      this.#world.violate(1, `order ${order.id} was refunded and its runtime goes on`);
    }
  }

  /** Money that is held, and links that can still be paid. */
  bill(bill: Bill): void {
    if (bill.rebillNo !== null) {
      checkCharged(this.#functions, bill);
      return;
    }
    const order = this.#world.rows.get('orders', bill.orderId);
    if (order === null) {
      this.#world.violate(1, `${bill.mulNo} belongs to no order`);
      return;
    }
    const isHeld = bill.state === 'paid' || bill.state === 'part_refunded';
    if (isHeld && (bill.paidKrw ?? 0) > bill.refundedKrw) this.#held(bill, order);
    const isLive = bill.state === 'open' || bill.state === 'waiting';
    const isKnown = order.mulNo === bill.mulNo || order.supersededMulNos.includes(bill.mulNo);
    if (isLive && isKnown && closed.includes(order.state) && !this.#hasTask(order.id, bill.mulNo)) {
      this.#world.violate(1, `${bill.mulNo} can be paid though its order is ${order.state}`);
    }
    if (bill.state === 'refunded') this.#returned(bill, order);
    const asked = factsOf(order).refunds.filter(({ mulNo }) => mulNo === bill.mulNo).length;
    if (bill.refundsMade > asked) {
      this.#world.violate(1, `${bill.mulNo}: ${bill.refundsMade} refunds, ${asked} meant`);
    }
  }

  #held(bill: Bill, order: Order): void {
    const { mulNo } = bill;
    const isIts = order.mulNo === mulNo;
    const isKnown = isIts || bill.paidNoticeStored || order.supersededMulNos.includes(mulNo);
    // PayApp never told, and the number is not ours: nobody can know.
    if (!isKnown) return;
    const earned = order.state === 'fulfilled' || order.state === 'partially_refunded';
    if (isIts && earned) return;
    if (this.#hasTask(order.id, mulNo)) return;
    this.#world.violate(1, `${mulNo} is kept, its order ${order.id} is ${order.state}, no task`);
  }

  #returned(bill: Bill, order: Order): void {
    const isTold = this.#world.rows
      .all('notices')
      .some((row) => row.mulNo === bill.mulNo && row.verified && /^(9|64)$/.test(row.payState));
    if (isTold && order.mulNo === bill.mulNo && order.state !== 'refunded') {
      this.#world.violate(1, `${bill.mulNo} went back, its order is ${order.state}`);
    }
  }

  runtime(runtime: Stored<'runtimes'>): void {
    if (runtime.desired !== 'running') {
      this.#ended(runtime);
      return;
    }
    this.#inside(runtime);
    checkVersion(this.#functions, runtime);
    // Later rungs wait for the first one that does not hold.
    const first = readJson(conditions, runtime.conditions, []).find(
      ({ value }) => value !== 'true',
    );
    if (first === undefined || first.actor === 'customer') return;
    if (first.actor === 'operator' && this.#hasTask(runtime.id)) return;
    if (first.type === 'supported' && isKnownOld(this.#functions, runtime)) return;
    this.#world.violate(8, `runtime ${runtime.id}: ${first.type} waits for ${first.actor}`);
  }

  /** Whoever may not enter any more is out, and nobody else was put out with them. */
  #inside({ id, workspaceId }: Stored<'runtimes'>): void {
    const { machines } = this.#functions;
    if (machines.running(id) === null) return;
    const team = this.#world.teams.get(workspaceId);
    const { sessions } = machines.tenant(id);
    for (const userId of sessions) {
      const role = team?.get(userId) ?? 'billing';
      if (role === 'billing') this.#world.violate(6, `${userId} is still inside ${id}`);
    }
    // A pause closes the door to everybody.
    const wasPaused = this.#world.rows
      .all('timeline')
      .some(({ subjectId, kind }) => subjectId === id && isStandstill.has(kind));
    const wasVisited = machines.visited.has(id) && !wasPaused;
    if (wasVisited && sessions.size === 0) this.#world.violate(6, `the owner was put out of ${id}`);
  }

  /** Suspended: nothing runs. Deleted: nothing is there, and its slot is free. */
  #ended(runtime: Stored<'runtimes'>): void {
    const { id, desired, status } = runtime;
    const { machines } = this.#functions;
    const mayRun = mayRunFor(this.#functions, runtime);
    if (machines.running(id) !== null && !mayRun)
      this.#world.violate(1, `runtime ${id} ${desired}, it runs`);
    if (desired !== 'deleted') return;
    if (status !== 'deleted') this.#world.violate(8, `runtime ${id} is ${status}, not deleted`);
    if (machines.named(composeName(id)) !== undefined && !this.#hasTask(id)) {
      this.#world.violate(2, `runtime ${id} is deleted, its service stands`);
    }
    const holds = this.#world.rows.all('slots').some(({ runtimeId }) => runtimeId === id);
    if (holds) this.#world.violate(2, `runtime ${id} is deleted and holds a slot`);
  }

  /** Never more runtimes than a server has room for, and each holds one place. */
  slots(): void {
    const { rows } = this.#world;
    const holders = new Set<string>();
    for (const { id, runtimeId, serverId } of rows.all('slots')) {
      if (holders.has(runtimeId)) this.#world.violate(2, `${runtimeId} holds two slots`);
      holders.add(runtimeId);
      const slots = rows.get('servers', serverId)?.slots ?? 0;
      if (Number(id.split('.')[1]) >= slots) this.#world.violate(2, `${id} is overcommitted`);
    }
  }

  machines(): void {
    const seen = new Set<string>();
    const paid = new Set(this.#world.rows.all('runtimes').map((row) => composeName(row.id)));
    for (const { name, deployments } of this.#functions.machines.composes.values()) {
      if (seen.has(name)) this.#world.violate(2, `${name} stands twice`);
      seen.add(name);
      if (!paid.has(name)) this.#world.violate(2, `${name} was never paid`);
      const titles = new Set(deployments.map((deployment) => deployment.title));
      if (titles.size < deployments.length) this.#world.violate(2, `${name} deployed twice`);
    }
    const hosts = new Set<string>();
    for (const { host, desired } of this.#world.rows.all('runtimes')) {
      if (desired !== 'deleted' && hosts.has(host)) this.#world.violate(5, `${host} has two`);
      hosts.add(host);
    }
  }

  people(): void {
    const invites = new Set<string>();
    for (const { inviteId } of this.#world.rows.all('members')) {
      if (invites.has(inviteId)) this.#world.violate(5, 'one invite, two members');
      invites.add(inviteId);
    }
    const names = new Set<string>();
    for (const { id, subdomain } of this.#world.rows.all('workspaces')) {
      if (names.has(subdomain)) this.#world.violate(5, `${subdomain} has two workspaces`);
      names.add(subdomain);
      const claim = this.#world.rows.get('subdomains', subdomain);
      if (claim?.workspaceId !== id) this.#world.violate(5, `${subdomain} is not its claim's`);
    }
  }

  inbox(): void {
    for (const notice of this.#world.rows.all('notices')) {
      if (notice.appliedAt === null)
        this.#world.violate(8, `notice ${notice.id} was never applied`);
    }
  }

  history(): void {
    const subjects = new Map<string, Stored<'timeline'>[]>();
    for (const entry of this.#world.rows.all('timeline')) {
      const entries = subjects.get(entry.subjectId) ?? [];
      entries.push(entry);
      subjects.set(entry.subjectId, entries);
    }
    const ids = { idFrom: derivedId, sha256Hex } as Ports['ids'];
    for (const [subjectId, entries] of subjects) {
      const broken = brokenAt(ids, entries);
      if (broken !== null) this.#world.violate(4, `timeline of ${subjectId} breaks at ${broken}`);
    }
  }
}
