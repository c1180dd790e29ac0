/**
 * One seed: chaos for a while, then calm with every event lost, until nothing is left to do; checked
 * at every write and at the end. The same seed always gives the same world.
 */
import { sameFacts } from '#app/reconcile/observe.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { WriteChecks } from './checks.ts';
import { Customer } from './customers.ts';
import { Functions } from './functions.ts';
import { handOver } from './hand-over.ts';
import { furnish, letThingsHappen, tidyUp } from './incidents.ts';
import type { PlantedBug } from './planted.ts';
import type { AnyRow, Write } from './rows.ts';
import { checkSettled } from './settled.ts';
import { calm } from './weather.ts';
import { World } from './world.ts';
import type { TraceLine, Violation } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly TraceLine[];
  readonly diedAt: ReadonlySet<string>;
  readonly seen: World['seen'];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const handedOver = 0.2;
const stepsAtMost = 60_000;
/** Each runtime that waits for room is looked at some two hundred times before it is given up. */
const sweepsUntilSettledAtMost = 800;
/** Longer than the longest wait that still ends in something (an order's day). */
const quietMs = 25 * hourMs;
/** Nothing may be due while it is seen that nothing is written. */
const standStillMs = 5 * minuteMs;

export const runSeed = async (
  seed: number,
  options: { readonly bug?: PlantedBug | null; readonly tracing?: boolean } = {},
): Promise<SeedResult> => {
  const { bug = null, tracing = false } = options;
  const world = new World({ seed, bug, tracing });
  const story = new Story(new Functions(world));
  furnish(story.functions);
  await story.chaos();
  if (world.violations.length === 0) await story.calmDown();
  if (world.violations.length === 0) checkSettled(story.functions);
  if (world.violations.length === 0) await story.handOver();
  const { violations, trace, diedAt, seen } = world;
  return { seed, steps: world.scheduler.steps, violations, trace, diedAt, seen };
};

class Story {
  readonly functions: Functions;
  readonly #checks: WriteChecks;
  /** When something was last written that says more than when to look again. */
  #lastNewsMs = 0;
  #writes = 0;

  constructor(functions: Functions) {
    this.functions = functions;
    this.#checks = new WriteChecks(functions);
    functions.world.rows.onWrite = (write) => this.#onWrite(write);
  }

  async chaos(): Promise<void> {
    const { random, scheduler } = this.#world;
    const minutes = random.int(2, 8);
    const people = random.pick([1, 1, 1, 1, 1, 1, 2, 3]);
    for (let number = 0; number < people; number += 1) {
      void new Customer(this.functions, number).live();
    }
    for (let minute = 1; minute <= minutes; minute += 1) {
      this.#sweepAt(minute);
    }
    this.#turnThings(minutes);
    letThingsHappen(this.functions, minutes);
    await this.#advance(scheduler.nowMs + minutes * minuteMs);
  }

  async calmDown(): Promise<void> {
    const { world } = this.functions;
    // Events help or are lost; neither may keep the world from coming to rest.
    const withEvents = world.random.chance(0.2);
    world.weather = withEvents ? { ...calm, eventLost: 0, eventDelayMs: 500 } : calm;
    world.isCalm = true;
    tidyUp(this.functions);
    await this.#hourOfSweeps();
    for (let sweeps = 0; sweeps < sweepsUntilSettledAtMost; sweeps += 1) {
      void this.functions.sweep();
      await this.#advance(world.nowMs + minuteMs);
      let dueMs = this.#dueMs();
      // Sweeps that find nothing would only take time.
      while (dueMs > world.nowMs && world.scheduler.nextMs !== null) {
        await this.#advance(Math.min(dueMs, world.scheduler.nextMs));
        dueMs = this.#dueMs();
      }
      if (world.violations.length > 0) return;
      if (dueMs > this.#lastNewsMs + quietMs && dueMs > world.nowMs + standStillMs) {
        await this.#standStill();
        return;
      }
      if (dueMs > world.nowMs) await this.#advance(dueMs);
    }
    world.violate(9, `not settled after ${sweepsUntilSettledAtMost} sweeps: ${this.#restless()}`);
  }

  /** Long enough for each runtime's inspection and the survey, where anything may have drifted. */
  async #hourOfSweeps(): Promise<void> {
    if (!this.functions.machines.drifted && !this.#awaitsSurvey()) return;
    for (let minute = 0; minute < 60; minute += 1) {
      void this.functions.sweep();
      await this.#advance(this.#world.nowMs + minuteMs);
    }
  }

  /**
   * What only the survey puts right: a slot claimed by a request that arrived after its sender had
   * died, a server that was lost or full and is not any more.
   */
  #awaitsSurvey(): boolean {
    const { rows } = this.#world;
    const isMarked = rows.all('servers').some(({ lostSince, full }) => lostSince !== null || full);
    const isStray = rows.all('slots').some(({ runtimeId }) => {
      const desired = rows.get('runtimes', runtimeId)?.desired;
      return desired === undefined || desired === 'deleted';
    });
    return isMarked || isStray;
  }

  /** Somebody who does every step gets what was paid for; tried in some worlds, for time's sake. */
  async handOver(): Promise<void> {
    if (!this.#world.random.chance(handedOver)) return;
    await handOver(this.functions, async () => {
      void this.functions.sweep();
      await this.#advance(this.#world.nowMs + minuteMs);
    });
  }

  get #world(): World {
    return this.functions.world;
  }

  async #advance(untilMs: number): Promise<void> {
    const { scheduler } = this.#world;
    const end = await scheduler.advance(untilMs, stepsAtMost - scheduler.steps);
    if (end === 'endless') this.#world.violate(9, `${stepsAtMost} steps and no end`);
  }

  #sweepAt(minute: number): void {
    const { random, scheduler, weather } = this.#world;
    const sweep = (): void => void this.functions.sweep();
    if (random.chance(weather.sweepMissed)) return;
    const lateMs = random.int(0, weather.sweepLateMs);
    scheduler.after(minute * minuteMs + lateMs, sweep);
    if (!random.chance(weather.sweepDoubled)) return;
    scheduler.after(minute * minuteMs + lateMs + random.int(0, 2_000), sweep);
  }

  /** A clock that jumps, a release of ours that brings another agent and names another OpenClaw. */
  #turnThings(minutes: number): void {
    const { random, scheduler } = this.#world;
    if (random.chance(0.15)) {
      const jumpMs = random.pick([-10 * minuteMs, -3_000, 5 * minuteMs, 2 * hourMs, 25 * hourMs]);
      scheduler.after(random.int(1, minutes * minuteMs), () => {
        this.#world.clockOffsetMs += jumpMs;
        this.#world.note('clock', `jumped by ${jumpMs / 1_000} s`);
      });
    }
    if (!random.chance(0.15)) return;
    scheduler.after(random.int(1, minutes * minuteMs), () => {
      this.#world.imageVersion += 1;
      this.#world.note('image', 'new ones are named');
    });
  }

  #onWrite(write: Write): void {
    const { world } = this.functions;
    if (world.tracing) world.note('row', describe(write));
    this.#checks.check(write);
    // Counters of an hour that is over are swept away, whenever that is.
    if (write.table !== 'limits') this.#writes += 1;
    if (isNews(write)) this.#lastNewsMs = world.nowMs;
    this.#announce(write);
  }

  /** The row events that start the reconciler, as appwrite.json subscribes to them. */
  #announce({ table, kind, after }: Write): void {
    const { random, scheduler, weather } = this.#world;
    if (weather.eventLost === 1 || after === undefined) return;
    const isWatched =
      ((table === 'notices' || table === 'messages') && kind === 'create') ||
      (table === 'orders' && kind === 'update') ||
      table === 'runtimes';
    if (!isWatched || random.chance(weather.eventLost)) return;
    const times = random.chance(weather.eventDoubled) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      scheduler.after(random.int(20, weather.eventDelayMs), () => {
        void this.functions.event(table, after.id);
      });
    }
  }

  /** True time at which the next sweep finds something. */
  #dueMs(): number {
    const { rows, clockOffsetMs, nowMs } = this.#world;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const notice of rows.all('notices')) if (notice.appliedAt === null) return nowMs;
    const due = [
      ...rows.all('orders').map(({ nextCheckAt }) => nextCheckAt),
      ...rows.all('autopays').map(({ nextCheckAt }) => nextCheckAt),
      ...rows.all('messages').map(({ nextAttemptAt }) => nextAttemptAt),
      ...rows.all('runtimes').flatMap((row) => [row.nextCheckAt, row.termDueAt, row.updateDueAt]),
      // What dead workers held is cleared away then.
      ...rows.all('leases').map(({ until }) => until),
    ];
    for (const time of due) {
      if (time !== null) dueMs = Math.min(dueMs, Date.parse(time) - clockOffsetMs);
    }
    return Math.max(dueMs, nowMs);
  }

  /** A settled world causes no write at all. */
  async #standStill(): Promise<void> {
    const { world } = this.functions;
    const writes = this.#writes;
    for (let sweep = 0; sweep < 2; sweep += 1) {
      void this.functions.sweep();
      await this.#advance(world.nowMs + minuteMs);
    }
    if (this.#writes !== writes) world.violate(9, 'a settled world was written');
  }

  #restless(): string {
    const due = this.#world.rows.all('runtimes').map((row) => `${row.id} ${row.status}`);
    const orders = this.#world.rows.all('orders').map((row) => `${row.id} ${row.state}`);
    return [...due, ...orders].join(', ');
  }
}

/** Written every day of a life in which nothing happens: the day's evidence, and the next look. */
const isDaily = ({ table, kind, before, after, columns }: Write): boolean => {
  if (table === 'timeline') return kind === 'create' && after?.['kind'] === 'exposure_proven';
  if (table !== 'runtimes' || kind !== 'update') return false;
  if (columns.some((column) => column !== 'facts' && column !== 'nextCheckAt')) return false;
  const factsIn = (row: AnyRow | undefined): Facts => {
    const text = row?.['facts'];
    return readJson(factsSchema, typeof text === 'string' ? text : null, noFacts);
  };
  const found = factsIn(after);
  const { exposure, check, usage, backup } = found;
  return sameFacts({ ...factsIn(before), exposure, check, usage, backup }, found);
};

/** Says only when to look again. */
const isTime: ReadonlySet<string> = new Set(['nextCheckAt', 'termDueAt']);

const isNews = (write: Write): boolean => {
  if (write.table === 'leases' || write.table === 'limits' || isDaily(write)) return false;
  return write.kind !== 'update' || write.columns.some((column) => !isTime.has(column));
};

const shown: readonly string[] = ['state', 'status', 'mulNo', 'effects', 'failures', 'nextCheckAt'];

const describe = ({ table, kind, after, columns }: Write): string => {
  const seen = columns.filter((column) => shown.includes(column));
  const values = seen.map((column) => `${column}=${String(after?.[column])}`);
  return `${table} ${kind} ${after?.id ?? ''} ${values.join(' ')}`;
};
