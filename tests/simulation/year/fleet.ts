/**
 * The machines' side of the year, for twenty customers of one server: they are backed up daily, bring
 * backups back, and are updated ring by ring through a release that works, one on which nothing does,
 * and one that mends a hole. The product's own reconciler and updates under faults; time jumps to
 * whatever is due. In the weeks between, a fleet does the same every day, so they are left out.
 */
import { requestRestore } from '#app/runtimes/restore.ts';
import { writeRelease } from '#app/updates/releases.ts';
import { release as releaseSchema } from '#schemas/record/update.ts';
import { Functions } from '../functions.ts';
import type { PlantedBug } from '../planted.ts';
import { checkVersion, imageOf, isKnownOld, versionIn } from '../release.ts';
import type { Weather } from '../weather.ts';
import { calm, drawWeather } from '../weather.ts';
import type { Violation } from '../world.ts';
import { World } from '../world.ts';
import type { FleetCounts } from './fleet-checks.ts';
import { FleetChecks } from './fleet-checks.ts';
import { fleetSize, openFleet, owner } from './fleet-rows.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
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
  ...{ slow: 0, eventLost: 1, exposes: 0, loginExpires: 0 },
  ...{ kill: random.pick([0, 0.05, 0.2]), deployFails: random.pick([0, 0.05, 0.2]) },
  ...{ deployLost: random.pick([0, 0.05, 0.2]), smokeFails: random.pick([0, 0.05, 0.2]) },
  ...{ deployStuck: random.pick([0, 0, 0.01]) },
});

class Fleet {
  readonly checks: FleetChecks;
  readonly #functions: Functions;

  constructor(functions: Functions) {
    this.#functions = functions;
    this.checks = new FleetChecks(functions);
  }

  async live(): Promise<void> {
    const { machines } = this.#functions;
    // Each is asked once an hour, by a sweep that may die over it, and over the next one.
    machines.floorSeenWithinMs = 3 * hourMs + 6 * minuteMs;
    machines.restoreSpoils = 0.3;
    await openFleet(this.#functions, () => this.#sweep());
    this.#world.rows.onWrite = (write) => {
      this.checks.check(write);
    };
    for (const given of releases) {
      this.#world.weather = roughFor(this.#world.random);
      // A server short of memory for some days: a person is told.
      machines.backupFails = given.works ? 0.2 : 0.95;
      machines.brokenVersion = given.works ? null : given.version;
      this.#giveOut(given);
      await this.#days(given);
    }
    await this.#endWell();
  }

  get #world(): World {
    return this.#functions.world;
  }

  #runtimes() {
    return this.#world.rows.all('runtimes');
  }

  /** As an operator does; some members hold theirs for a while. */
  #giveOut({ version, isMending }: Given): void {
    const { random, nowMs, rows } = this.#world;
    const setAt = new Date(nowMs).toISOString();
    const hours = { noticeHours: random.pick([0, 12, 24]), soakMinutes: random.pick([60, 360]) };
    const pin = { image: imageOf(version), version, setAt, ...hours };
    const floor = { version, raisedAt: setAt, graceHours: random.pick([24, 72]) };
    const wanted = { canary: pin, half: pin, all: pin, ...(isMending ? { floor } : {}) };
    this.#world.note('release', version);
    for (const { id, version: known } of this.#runtimes()) {
      if (!random.chance(0.15)) continue;
      const updatesHeldUntil = new Date(nowMs + random.int(1, 5 * 24) * hourMs).toISOString();
      rows.update('runtimes', { id, version: known }, { updatesHeldUntil });
    }
    void this.#functions.command('release', async ({ store }) => {
      await writeRelease(store, () => releaseSchema.parse(wanted));
    });
  }

  async #days({ version, works, daysAtMost }: Given): Promise<void> {
    const { random } = this.#world;
    for (let day = 0; day < daysAtMost && this.#isGood(); day += 1) {
      const isDone = this.#runtimes().every(
        ({ openclawImage }) => openclawImage === imageOf(version),
      );
      if (works && isDone) return;
      await this.#sweepUntil(this.#world.nowMs + random.int(1, 12) * hourMs);
      this.#bringBack();
      await this.#sweepUntil(this.#world.nowMs + random.int(12, 23) * hourMs);
    }
  }

  /** A member wants an older state back. */
  #bringBack(): void {
    const { random } = this.#world;
    const { machines } = this.#functions;
    const row = this.#runtimes()[random.int(0, fleetSize - 1)];
    const backupId = machines.tenant(row?.id ?? '').kept[0]?.backupId;
    if (row === undefined || backupId === undefined) return;
    const body = { runtimeId: row.id, revision: row.revision, backupId };
    void this.#functions.command('restore', (ports) => requestRestore(ports, owner, body));
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
    void this.#functions.sweepMachines();
    await this.#advance(minuteMs);
  }

  async #advance(byMs: number): Promise<void> {
    const { scheduler } = this.#world;
    const end = await scheduler.advance(scheduler.nowMs + byMs, stepsAtMost - scheduler.steps);
    if (end === 'endless') this.#world.violate(9, `${stepsAtMost} steps and no end`);
  }

  #dueMs(): number {
    const times = this.#runtimes().flatMap((row) => [row.nextCheckAt, row.updateDueAt]);
    return Math.min(...times.flatMap((time) => (time === null ? [] : [Date.parse(time)])));
  }

  /** Calm days: then each runs what its row says, safe, or somebody knows. */
  async #endWell(): Promise<void> {
    const { world, machines } = this.#functions;
    if (!this.#isGood()) return;
    world.weather = calm;
    world.isCalm = true;
    machines.backupFails = 0;
    await this.#sweepUntil(world.nowMs + 3 * dayMs);
    if (!this.#isGood()) return;
    const safe = releases.at(-1)?.version ?? '';
    for (const row of this.#runtimes()) {
      checkVersion(this.#functions, row);
      const running = machines.running(row.id);
      const isSafe = running !== null && versionIn(running.image) === safe;
      if (!isSafe && !isKnownOld(this.#functions, row)) {
        world.violate(17, `${row.id} is left below the floor and nobody knows`);
      }
    }
  }
}
