/**
 * A year of one customer: the product's own code for payments, orders and terms, under faults, with
 * days on which nobody sweeps and weeks in which no message goes out. Time jumps to whatever is due.
 */
import { openOrder } from '#app/checkout/open-order.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import { noFacts } from '#schemas/record/runtime.ts';
import { Functions } from '../functions.ts';
import type { PlantedBug } from '../planted.ts';
import { checkAgreements, checkCharged } from '../agreements.ts';
import { calm, drawWeather } from '../weather.ts';
import { epochMs, World } from '../world.ts';
import type { Violation } from '../world.ts';
import type { YearCounts } from './checks.ts';
import { YearChecks } from './checks.ts';
import type { Habits } from './customer.ts';
import { checkPlans, PlanCounts } from './plans.ts';
import { YearCustomer } from './customer.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const yearDays = 365;
const stepsAtMost = 2_000_000;
const workspaceId = 'w1';
const me: Account = { userId: 'u1', email: 'mina@example.com', name: 'Mina', labels: [] };

export interface YearResult {
  readonly seed: number;
  readonly steps: number;
  readonly violations: readonly Violation[];
  readonly counts: YearCounts;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const runYear = async (seed: number, bug: PlantedBug | null = null): Promise<YearResult> => {
  const world = new World({ seed, bug, tracing: false });
  const year = new Year(new Functions(world));
  await year.live();
  const { violations, scheduler } = world;
  return {
    seed,
    steps: scheduler.steps,
    violations,
    counts: { ...year.checks.counts, ...year.plans.counts },
  };
};

class Year {
  readonly checks: YearChecks;
  readonly plans = new PlanCounts();
  readonly #functions: Functions;
  readonly #outages: readonly Span[];
  readonly #postless: readonly Span[];
  #lookedMs = 0;

  constructor(functions: Functions) {
    this.#functions = functions;
    this.checks = new YearChecks(functions);
    this.#outages = this.#spans(3, 10);
    this.#postless = this.#spans(3, 20);
  }

  async live(): Promise<void> {
    const { world } = this.#functions;
    const { weather } = world;
    world.weather = calm;
    await this.#open();
    world.rows.onWrite = (write) => {
      this.checks.check(write);
      this.plans.check(write);
    };
    this.#functions.rebills.chargesMonthly = true;
    world.weather = { ...weather, slow: 0, cancelRefused: weather.cancelRefused / 10 };
    const customer = new YearCustomer(this.#functions, me, drawHabits(world.random));
    for (let day = 1; day <= yearDays && world.violations.length === 0; day += 1) {
      await this.#sweepUntil(epochMs + day * dayMs + world.random.int(0, 8) * hourMs);
      // What is asked for here goes on while the day goes on.
      void customer.look(day, this.#runtime());
      if (world.random.chance(0.01)) world.weather = { ...drawWeather(world.random), slow: 0 };
    }
    await this.#endWell();
  }

  get #world(): World {
    return this.#functions.world;
  }

  #runtime(): Stored<'runtimes'> {
    const [row] = this.#world.rows.all('runtimes');
    if (row === undefined) throw new Error('no runtime was opened');
    return row;
  }

  #spans(atMost: number, daysAtMost: number): readonly Span[] {
    const { random } = this.#world;
    return Array.from({ length: random.int(0, atMost) }, () => {
      const fromMs = epochMs + random.int(1, yearDays - 30) * dayMs;
      return { fromMs, toMs: fromMs + random.int(1, daysAtMost * 24) * hourMs };
    });
  }

  async #open(): Promise<void> {
    const { rows, teams, random } = this.#world;
    teams.set(workspaceId, new Map([[me.userId, 'owner']]));
    const data = { name: 'Acme', subdomain: 'acme', planKey: 'basic', ownerId: me.userId };
    const createdAt = new Date(epochMs).toISOString();
    const row = { data: { ...data, teamDueAt: null }, readers: 'functions' as const, createdAt };
    rows.create('workspaces', workspaceId, row);
    const months = random.pick([1, 1, 1, 3, 12] as const);
    const wish = { workspaceId, planKey: 'basic', runtimeName: 'First', months };
    const body = { ...wish, phone: '010-1234-5678', requestKey: 'k'.repeat(16) };
    void this.#functions.command('order', (ports) => openOrder(ports, me, body));
    await this.#advance(minuteMs);
    const [bill] = this.#functions.payapp.bills.values();
    if (bill === undefined) throw new Error('no bill');
    this.#functions.payapp.pay(bill);
    await this.#advance(minuteMs);
    void this.#functions.sweepMoney();
    await this.#advance(minuteMs);
    this.#follow();
  }

  async #advance(byMs: number): Promise<void> {
    const { scheduler } = this.#world;
    const end = await scheduler.advance(scheduler.nowMs + byMs, stepsAtMost - scheduler.steps);
    if (end === 'endless') this.#world.violate(9, `${stepsAtMost} steps and no end`);
  }

  /** Sweeps whenever something is due, as the minutes' sweeps would, and rests between. */
  async #sweepUntil(untilMs: number): Promise<void> {
    const { world } = this.#functions;
    while (world.nowMs < untilMs && world.violations.length === 0) {
      const dueMs = Math.max(this.#dueMs(), world.nowMs);
      const nextMs = Math.min(dueMs, world.scheduler.nextMs ?? untilMs, untilMs);
      await this.#advance(Math.max(0, nextMs - world.nowMs));
      const out = isIn(this.#outages, world.nowMs);
      if (this.#dueMs() > world.nowMs) continue;
      if (out === null) {
        this.#post();
        void this.#functions.sweepMoney();
        // Longer than a sweep takes as a rule; a late one meets the next.
        await this.#advance(minuteMs);
        this.#follow();
        this.#judge();
        continue;
      }
      this.#lookedMs = out.toMs;
      await this.#advance(Math.min(out.toMs, untilMs) - world.nowMs);
    }
  }

  /** Who looks again and again for a day has done what could be done. */
  #judge(): void {
    if (this.#world.nowMs > this.#lookedMs + dayMs) this.checks.checkGrace(this.#runtime());
  }

  #dueMs(): number {
    const { rows } = this.#world;
    const times = [
      ...rows.all('orders').map(({ nextCheckAt }) => nextCheckAt),
      ...rows.all('autopays').map(({ nextCheckAt }) => nextCheckAt),
      ...rows.all('runtimes').map(({ termDueAt }) => termDueAt),
    ].flatMap((time) => (time === null ? [] : [Date.parse(time)]));
    const isWaiting = rows.all('notices').some(({ appliedAt }) => appliedAt === null);
    return Math.min(isWaiting ? this.#world.nowMs : Number.POSITIVE_INFINITY, ...times);
  }

  /** The post: whatever is written down leaves, unless nothing does at the moment. */
  #post(): void {
    const { rows, nowMs } = this.#world;
    if (isIn(this.#postless, nowMs) !== null) return;
    for (const { id, version, sentAt } of rows.all('messages')) {
      if (sentAt !== null) continue;
      rows.update('messages', { id, version }, { sentAt: new Date(nowMs).toISOString() });
    }
  }

  /** The machines do what is wished. */
  #follow(): void {
    const { rows } = this.#world;
    for (const { id, version, desired, status } of rows.all('runtimes')) {
      const wished = desired === 'running' ? 'ready' : desired;
      if (status !== wished) rows.update('runtimes', { id, version }, { status: wished, facts });
    }
  }

  /** A calm month in which nobody does anything: then the books must be right. */
  async #endWell(): Promise<void> {
    const { world } = this.#functions;
    if (world.violations.length > 0) return;
    world.weather = calm;
    world.isCalm = true;
    await this.#sweepUntil(world.nowMs + 30 * dayMs);
    if (world.violations.length > 0) return;
    this.checks.checkBooks(this.#runtime());
    checkAgreements(this.#functions);
    for (const bill of this.#functions.payapp.bills.values()) {
      if (bill.rebillNo !== null) checkCharged(this.#functions, bill);
    }
    checkPlans(this.#functions, this.#runtime());
  }
}

/** It was deployed once, so that there is something to take along. */
const facts = JSON.stringify({
  ...noFacts,
  compose: { ...noFacts.compose, composeId: 'c1' },
  deployment: { ...noFacts.deployment, attempt: 1, status: 'done' },
});

const isIn = (spans: readonly Span[], nowMs: number): Span | null =>
  spans.find(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs) ?? null;

const drawHabits = (random: World['random']): Habits => ({
  pays: random.pick([0, 5, 20, 60, 100, 100]),
  ordersAhead: random.pick([0, 0, 0.5, 2]),
  takesBack: random.pick([0, 0, 0, 1]),
  pauses: random.pick([0, 0, 0, 1]),
  changes: random.pick([0, 0, 1, 3]),
  agrees: random.pick([0, 0, 2, 10]),
  stops: random.pick([0, 0, 0.3, 2]),
  deletes: random.pick([0, 0, 0.3, 2]),
  leavesOnDay: random.chance(0.3) ? random.int(20, yearDays) : null,
});
