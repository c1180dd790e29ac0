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
  fleets: number;
  /** Kept. */
  fleetUpdates: number;
  fleetUpdatesTakenBack: number;
  fleetRingsStopped: number;
  fleetRingsWaiting: number;
  /** Paused, suspended or leaving. */
  fleetStandstills: number;
  /** Windows that were open while one stood still. */
  fleetExports: number;
  fleetDeletions: number;
  fleetBackupsProven: number;
  fleetBackupsFailed: number;
  fleetBackupsOverdue: number;
  /** Kept. */
  fleetRestores: number;
  fleetRestoresTakenBack: number;
}

export const noFleetCounts = (): FleetCounts => ({
  fleets: 0,
  fleetUpdates: 0,
  fleetUpdatesTakenBack: 0,
  fleetRingsStopped: 0,
  fleetRingsWaiting: 0,
  fleetStandstills: 0,
  fleetExports: 0,
  fleetDeletions: 0,
  fleetBackupsProven: 0,
  fleetBackupsFailed: 0,
  fleetBackupsOverdue: 0,
  fleetRestores: 0,
  fleetRestoresTakenBack: 0,
});

const isUnderWay = ({ updateState }: Runtime): boolean =>
  updateState === 'applying' || updateState === 'returning';

const updateIn = ({ update }: Runtime) => newestUpdate.parse(JSON.parse(update ?? 'null'));

const imageMeant = (row: Runtime): string | null => updateIn(row)?.to.image ?? null;

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
    const { tally } = this.#functions.machines.volumes;
    return {
      ...this.#seen,
      fleets: 1,
      fleetBackupsProven: tally.backupsProven,
      fleetBackupsFailed: tally.backupsFailed,
      fleetRestores: tally.restored,
      fleetRestoresTakenBack: tally.restoresReturned,
    };
  }

  check(write: Write): void {
    this.#checks.check(write);
    const { table, kind } = write;
    if (table === 'tasks' && kind === 'create') this.#task(String(write.after?.['kind']));
    if (table !== 'runtimes' || kind !== 'update') return;
    const [was, is] = [write.before, write.after] as unknown as [Runtime, Runtime];
    if (was.desired === 'running' && is.desired === 'suspended') this.#seen.fleetStandstills += 1;
    if (was.status !== 'deleted' && is.status === 'deleted') this.#seen.fleetDeletions += 1;
    if (was.conditions !== is.conditions && is.conditions.includes('"export_open"')) {
      this.#seen.fleetExports += 1;
    }
    if (was.updateState === is.updateState) {
      if (was.status !== 'ready' && is.status === 'ready') this.#ready(is);
      return;
    }
    if (is.updateState === 'done') this.#seen.fleetUpdates += 1;
    if (is.updateState === 'rolled_back') this.#seen.fleetUpdatesTakenBack += 1;
    if (is.updateState === 'applying') this.#begun(was, is);
  }

  #task(kind: string): void {
    if (kind === 'update_ring_stopped') this.#seen.fleetRingsStopped += 1;
    if (kind === 'update_ring_waits') this.#seen.fleetRingsWaiting += 1;
    if (kind === 'backup_overdue') this.#seen.fleetBackupsOverdue += 1;
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
    // A person who begins one answers for its hour and its ring.
    if (updateIn(was)?.why === 'operator') return;
    this.#checkRings(ring, image);
    this.#checkRing(ring, is);
    this.#checkHour(was);
  }

  /** Every ring before it has proven that very image. */
  #checkRings(ring: UpdateRing, image: string): void {
    const release = releaseIn(this.#functions);
    for (const earlier of updateRings.slice(0, updateRings.indexOf(ring))) {
      const pin = release[earlier];
      const isProven = pin?.image === image && pin.provenAt !== null;
      if (!isProven || !this.#hasTried(earlier, image)) {
        this.#violate(`${ring} began before ${earlier} had proven ${image}`);
      }
    }
  }

  /** Whatever the release says of it: one of that ring has it, or none of it could be tried. */
  #hasTried(ring: UpdateRing, image: string): boolean {
    const members = this.#functions.world.rows
      .all('runtimes')
      .filter((row) => row.ring === ring && row.desired === 'running');
    const hasIt = (row: Runtime): boolean => row.openclawImage === image && !isUnderWay(row);
    const isIll = ({ status, updateState }: Runtime): boolean =>
      (status === 'failed' || status === 'provisioning') && updateState !== 'rolled_back';
    return members.every(isIll) || members.some(hasIt);
  }

  #checkRing(ring: UpdateRing, { id, openclawImage }: Runtime): void {
    const members = this.#functions.world.rows
      .all('runtimes')
      .filter((row) => row.ring === ring && imageMeant(row) === openclawImage)
      .filter(({ desired }) => desired !== 'deleted');
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
    const runs = members.filter(({ desired }) => desired === 'running');
    const underWay = runs.filter(isUnderWay).length;
    if (underWay > underWayAtMost) this.#violate(`${underWay} of ${ring} are under way at once`);
  }

  /** In calm hours, once nothing moves: of a ring that can go on by a person alone one knows. */
  checkRingsKnown(): void {
    const release = releaseIn(this.#functions);
    const { rows } = this.#functions.world;
    for (const ring of updateRings) {
      const pin = release[ring];
      if (pin === null || pin.provenAt !== null || pin.stoppedAt !== null) continue;
      const running = rows
        .all('runtimes')
        .filter((row) => row.ring === ring && row.desired === 'running');
      const isBack = (row: Runtime): boolean =>
        row.updateState === 'rolled_back' && imageMeant(row) === pin.image;
      const isOver = running.every((row) => isBack(row) || row.status === 'failed');
      if (!isOver || !running.some(isBack)) continue;
      const isKnown = rows.all('tasks').some(({ subjectId }) => subjectId === ring);
      if (!isKnown) this.#violate(`${ring} waits for a person, and nobody knows`);
    }
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
