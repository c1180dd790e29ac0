/**
 * Invariants 15 and 17 at every write of a fleet: an update begins in its ring's turn, at the hour its
 * members chose, behind no hold and past no breaker; and what is counted, so that nobody takes a fleet
 * in which nothing happened for a proven one.
 */
import type { Stored } from '#ports/store.ts';
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import { failuresAtMost, underWayAtMost } from '#schemas/record/update.ts';
import { newestUpdate } from '#schemas/record/update.ts';
import { WriteChecks } from '../checks.ts';
import type { Functions } from '../functions.ts';
import { releaseIn } from '../release.ts';
import type { Write } from '../rows.ts';

type Runtime = Stored<'runtimes'>;

const hourMs = 60 * 60_000;
/** Between the look at the clock and the write. */
const lateMs = 10 * 60_000;
const windowHours = 2;

export interface FleetCounts {
  updated: number;
  rolledBack: number;
  breakers: number;
  backupsProven: number;
  backupsFailed: number;
  backupsOverdue: number;
  restored: number;
  restoresReturned: number;
}

export const noFleetCounts = (): FleetCounts => ({
  updated: 0,
  rolledBack: 0,
  breakers: 0,
  backupsProven: 0,
  backupsFailed: 0,
  backupsOverdue: 0,
  restored: 0,
  restoresReturned: 0,
});

const isUnderWay = ({ updateState }: Runtime): boolean =>
  updateState === 'applying' || updateState === 'returning';

const imageMeant = ({ update }: Runtime): string | null =>
  newestUpdate.parse(JSON.parse(update ?? 'null'))?.to.image ?? null;

const hourIn = (timeZone: string, atMs: number): number =>
  Number(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(atMs),
  );

export class FleetChecks {
  readonly #seen = noFleetCounts();
  readonly #functions: Functions;
  readonly #checks: WriteChecks;

  constructor(functions: Functions) {
    this.#functions = functions;
    this.#checks = new WriteChecks(functions);
  }

  get counts(): FleetCounts {
    return { ...this.#seen, ...this.#functions.machines.tally };
  }

  check(write: Write): void {
    this.#checks.check(write);
    const { table, kind } = write;
    if (table === 'tasks' && kind === 'create') this.#task(String(write.after?.['kind']));
    if (table !== 'runtimes' || kind !== 'update') return;
    const [was, is] = [write.before, write.after] as unknown as [Runtime, Runtime];
    if (was.updateState === is.updateState) {
      if (was.status !== 'ready' && is.status === 'ready') this.#ready(is);
      return;
    }
    if (is.updateState === 'done') this.#seen.updated += 1;
    if (is.updateState === 'rolled_back') this.#seen.rolledBack += 1;
    if (is.updateState === 'applying') this.#begun(was, is);
  }

  #task(kind: string): void {
    if (kind === 'update_ring_stopped') this.#seen.breakers += 1;
    if (kind === 'backup_overdue') this.#seen.backupsOverdue += 1;
  }

  /** While an update is brought in the old one runs on, proven, until it is deployed. */
  #ready(row: Runtime): void {
    if (isUnderWay(row)) return;
    const running = this.#functions.machines.running(row.id);
    if (running !== null && running.image !== row.openclawImage) {
      this.#violate(`${row.id} is ready and runs ${running.image}`);
    }
  }

  #begun(was: Runtime, is: Runtime): void {
    const ring: UpdateRing = is.ring ?? 'all';
    const image = is.openclawImage ?? '';
    if (was.updateState !== 'planned') this.#violate(`${is.id} was updated untold`);
    this.#checkRings(ring, image);
    this.#checkRing(ring, is);
    this.#checkHour(was);
  }

  /** Every ring before it has proven that very image. */
  #checkRings(ring: UpdateRing, image: string): void {
    const release = releaseIn(this.#functions);
    for (const earlier of updateRings.slice(0, updateRings.indexOf(ring))) {
      const pin = release[earlier];
      if (pin?.image !== image || pin.provenAt === null) {
        this.#violate(`${ring} began before ${earlier} had proven ${image}`);
      }
    }
  }

  #checkRing(ring: UpdateRing, { id, openclawImage }: Runtime): void {
    const members = this.#functions.world.rows
      .all('runtimes')
      .filter((row) => row.ring === ring && imageMeant(row) === openclawImage);
    const pin = releaseIn(this.#functions)[ring];
    const sinceMs = Date.parse(pin?.resumedAt ?? pin?.setAt ?? '');
    const isFailed = (row: Runtime): boolean => {
      const ended = newestUpdate.parse(JSON.parse(row.update ?? 'null'))?.endedAt ?? null;
      if (row.updateState === 'returning') return true;
      return row.updateState === 'rolled_back' && Date.parse(ended ?? '') > sinceMs;
    };
    if (members.filter(isFailed).length >= failuresAtMost) {
      this.#violate(`${id} began though its ring was stopped`);
    }
    const underWay = members.filter(isUnderWay).length;
    if (underWay > underWayAtMost) this.#violate(`${underWay} of ${ring} are under way at once`);
  }

  /** In the members' hour and past their hold, or because the floor waits no longer. */
  #checkHour({ id, quietHour, timeZone, updatesHeldUntil }: Runtime): void {
    const { nowMs } = this.#functions.world;
    const { floor } = releaseIn(this.#functions);
    const latestMs =
      floor === null ? Infinity : Date.parse(floor.raisedAt) + floor.graceHours * hourMs;
    const sinceHour = (atMs: number): number =>
      (hourIn(timeZone ?? 'Asia/Seoul', atMs) - (quietHour ?? 4) + 24) % 24;
    const isQuiet = sinceHour(nowMs) < windowHours || sinceHour(nowMs - lateMs) < windowHours;
    if (!isQuiet && nowMs < latestMs - lateMs) this.#violate(`${id} was updated at a loud hour`);
    const isHeld = updatesHeldUntil !== null && Date.parse(updatesHeldUntil) > nowMs + lateMs;
    if (isHeld && nowMs < latestMs - 24 * hourMs) this.#violate(`${id} was updated while held`);
  }

  #violate(what: string): void {
    this.#functions.world.violate(17, what);
  }
}
