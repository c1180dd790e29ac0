/**
 * The machines' side of the year, for twenty customers of one server: they are backed up daily, bring
 * backups back, and are updated ring by ring through a release that works, one on which nothing does,
 * and one that mends a hole. The product's own reconciler and updates under faults; time jumps to
 * whatever is due. In the weeks between, a fleet does the same every day, so they are left out.
 */
import type { Stored } from '#ports/store.ts';
import { Functions } from '../functions.ts';
import type { PlantedBug } from '../planted.ts';
import { mayRunFor } from '../leaving.ts';
import { checkVersion, imageOf, isKnownOld, versionIn } from '../release.ts';
import type { Write } from '../rows.ts';
import type { Weather } from '../weather.ts';
import { calm, drawWeather } from '../weather.ts';
import type { Violation } from '../world.ts';
import { World } from '../world.ts';
import type { FleetCounts } from './fleet-checks.ts';
import { FleetChecks } from './fleet-checks.ts';
import { FleetPeople } from './fleet-people.ts';
import { openFleet } from './fleet-rows.ts';

type Runtime = Stored<'runtimes'>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nightMs = 8 * hourMs;
/** Some fifty thousand are usual: a fleet is bounded by what it does, never by seconds. */
const stepsAtMost = 300_000;

interface Given {
  readonly version: string;
  readonly works: boolean;
  readonly isMending: boolean;
  readonly daysAtMost: number;
}

const releases: readonly Given[] = [
  { version: '2026.9.7', works: true, isMending: false, daysAtMost: 5 },
  { version: '2026.9.8', works: false, isMending: false, daysAtMost: 3 },
  { version: '2026.9.9', works: true, isMending: true, daysAtMost: 4 },
];

export interface FleetYear {
  readonly seed: number;
  readonly steps: number;
  readonly violations: readonly Violation[];
  readonly counts: FleetCounts;
}

export const runFleet = async (
  seed: number,
  options: { readonly bug?: PlantedBug; readonly tracing?: boolean } = {},
): Promise<FleetYear & { readonly world: World }> => {
  const { bug = null, tracing = false } = options;
  const world = new World({ seed, bug, tracing });
  const fleet = new Fleet(new Functions(world));
  await fleet.live();
  const { violations, scheduler } = world;
  return { seed, steps: scheduler.steps, violations, counts: fleet.checks.counts, world };
};

/** Bad for a fleet, and not so bad that no release could ever be told from another. */
const roughFor = (random: World['random']): Weather => ({
  ...drawWeather(random),
  ...{ slow: 0, exposes: 0, loginExpires: 0, storeFails: random.pick([0, 0.002, 0.01]) },
  ...{ eventLost: random.pick([0.3, 0.9, 1, 1]), eventDelayMs: random.pick([500, 60_000]) },
  ...{ kill: random.pick([0, 0.05, 0.2]), deployFails: random.pick([0, 0.05, 0.2]) },
  ...{ deployLost: random.pick([0, 0.05, 0.2]), smokeFails: random.pick([0, 0.05, 0.2]) },
  ...{ deployStuck: random.pick([0, 0, 0.01]) },
});

class Fleet {
  readonly checks: FleetChecks;
  readonly #functions: Functions;
  readonly #people: FleetPeople;
  /** When the looks began that saw every runtime. */
  readonly #looksMs: number[] = [];

  constructor(functions: Functions) {
    this.#functions = functions;
    this.checks = new FleetChecks(functions);
    this.#people = new FleetPeople(functions);
  }

  async live(): Promise<void> {
    const { machines } = this.#functions;
    machines.floorSeenByMs = (raisedMs) => {
      const lookedMs = this.#looksMs.find((startedMs) => startedMs > raisedMs);
      return lookedMs === undefined ? Infinity : lookedMs + hourMs;
    };
    machines.volumes.restoreSpoils = 0.3;
    await openFleet(this.#functions, () => this.#sweep());
    this.#world.rows.onWrite = (write) => this.#onWrite(write);
    void this.#people.leave();
    for (const given of releases) await this.#liveWith(given);
    await this.#endWell();
  }

  get #world(): World {
    return this.#functions.world;
  }

  #runtimes() {
    return this.#world.rows.all('runtimes');
  }

  /** Row events reach the reconciler as everywhere; what is lost the sweep finds. */
  #onWrite(write: Write): void {
    this.checks.check(write);
    const { random, scheduler, weather } = this.#world;
    const { table, kind, before, after } = write;
    if (table !== 'runtimes' || kind !== 'update' || after === undefined) return;
    const row = after as unknown as Runtime;
    const isNews = before?.['updateState'] !== row.updateState;
    const isUnderWay = row.updateState === 'applying' || row.updateState === 'returning';
    if (isNews && isUnderWay) this.#people.whileUpdating(row);
    if (weather.eventLost === 1 || random.chance(weather.eventLost)) return;
    for (let times = random.chance(weather.eventDoubled) ? 2 : 1; times > 0; times -= 1) {
      scheduler.after(random.int(20, weather.eventDelayMs), () => {
        void this.#functions.event('runtimes', row.id);
      });
    }
  }

  async #liveWith(given: Given): Promise<void> {
    const { random } = this.#world;
    const { machines } = this.#functions;
    const { version, works, isMending, daysAtMost } = given;
    this.#world.weather = roughFor(random);
    // A server short of memory for some days: a person is told.
    machines.volumes.backupFails = works ? 0.2 : 0.95;
    machines.brokenVersion = works ? null : version;
    void this.#people.giveOut(version, isMending);
    for (let day = 0; day < daysAtMost && this.#isGood(); day += 1) {
      if (works && this.#isEverywhere(version)) return;
      this.#people.live();
      await this.#sweepUntil(this.#world.nowMs + random.int(20, 26) * hourMs);
      if (!works) this.#stepIn();
    }
    if (!works) await this.#restFrom();
  }

  /** A calm night after a release that nobody could keep. */
  async #restFrom(): Promise<void> {
    this.#world.weather = calm;
    await this.#sweepUntil(this.#world.nowMs + nightMs);
    if (this.#isGood()) this.checks.checkRingsKnown();
  }

  /** Nothing works on it, its rings are stopped: that is when an operator tries this and that. */
  #stepIn(): void {
    const { random } = this.#world;
    if (random.chance(0.3)) void this.#people.resumeRing(random.pick(['canary', 'half', 'all']));
    if (random.chance(0.2)) void this.#people.raiseFloor(releases[0]?.version ?? '');
  }

  #isEverywhere(version: string): boolean {
    const wanted = this.#runtimes().filter(({ desired }) => desired === 'running');
    return wanted.every(({ openclawImage }) => openclawImage === imageOf(version));
  }

  #isGood(): boolean {
    return this.#world.violations.length === 0;
  }

  async #sweepUntil(untilMs: number): Promise<void> {
    const { world } = this.#functions;
    while (world.nowMs < untilMs && this.#isGood()) {
      const ownMs = Math.ceil((world.nowMs + 1) / hourMs) * hourMs;
      const nextMs = Math.min(Math.max(this.#dueMs(), world.nowMs), ownMs, untilMs);
      await this.#advance(nextMs - world.nowMs);
      await this.#sweep();
    }
  }

  async #sweep(): Promise<void> {
    const startedMs = this.#world.nowMs;
    this.#post();
    const isWhole = new Date(startedMs).getUTCMinutes() === 0;
    void this.#functions.sweepMachines().then(({ kind }) => {
      if (isWhole && kind === 'answered') this.#looksMs.push(startedMs);
    });
    await this.#advance(minuteMs);
  }

  /** The post: whatever is written down leaves. */
  #post(): void {
    const { rows, nowMs } = this.#world;
    const sentAt = new Date(nowMs).toISOString();
    for (const { id, version, sentAt: left } of rows.all('messages')) {
      if (left === null) rows.update('messages', { id, version }, { sentAt });
    }
  }

  async #advance(byMs: number): Promise<void> {
    const { scheduler } = this.#world;
    const end = await scheduler.advance(scheduler.nowMs + byMs, stepsAtMost - scheduler.steps);
    if (end === 'endless') this.#world.violate(9, `${stepsAtMost} steps and no end`);
  }

  #dueMs(): number {
    const times = this.#runtimes().flatMap((row) => [
      ...[row.nextCheckAt, row.updateDueAt, row.termDueAt],
    ]);
    return Math.min(...times.flatMap((time) => (time === null ? [] : [Date.parse(time)])));
  }

  /** Calm days: then each runs what its row says, safe, or somebody knows. */
  async #endWell(): Promise<void> {
    const { world, machines } = this.#functions;
    if (!this.#isGood()) return;
    world.weather = calm;
    world.isCalm = true;
    machines.volumes.backupFails = 0;
    machines.volumes.restoreSpoils = 0;
    this.#people.tidyUp();
    await this.#sweepUntil(world.nowMs + 3 * dayMs);
    if (!this.#isGood()) return;
    for (const row of this.#runtimes()) {
      if (row.desired === 'running') this.#checkRunning(row);
      else if (machines.running(row.id) !== null && !mayRunFor(this.#functions, row)) {
        world.violate(20, `${row.id} is ${row.desired}, it runs`);
      }
    }
  }

  #checkRunning(row: Runtime): void {
    const { world, machines } = this.#functions;
    checkVersion(this.#functions, row);
    const safe = releases.at(-1)?.version ?? '';
    const running = machines.running(row.id);
    const isSafe = running !== null && versionIn(running.image) === safe;
    if (!isSafe && !isKnownOld(this.#functions, row)) {
      world.violate(17, `${row.id} is left below the floor and nobody knows`);
    }
    const restore = machines.volumes.lastRestore(machines.tenant(row.id))?.code ?? 'kept';
    if (['ordered', 'swapped', 'return_ordered'].includes(restore)) {
      world.violate(15, `${row.id} is on trial for ever (${restore})`);
    }
  }
}
