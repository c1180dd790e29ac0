/**
 * Who else has a hand in a fleet: members who use, restart, pause, restore, take along and delete
 * their runtimes whenever it comes to them, in the middle of an update too, and an operator who gives
 * out releases, raises the floor, and steps in. Each by the product's own commands; an operator who
 * sees that something was not written does it again.
 */
import { actOnRuntime } from '#app/operator/runtimes/act.ts';
import { haltRing, raiseFloor, setTarget } from '#app/operator/updates/change.ts';
import type { UpdatesDeps } from '#app/operator/updates/change.ts';
import { requestBackup } from '#app/runtimes/backup.ts';
import { requestDeletion, withdrawDeletion } from '#app/runtimes/leave.ts';
import { pause, resume } from '#app/runtimes/pause.ts';
import { requestRestart } from '#app/runtimes/restart.ts';
import { requestRestore } from '#app/runtimes/restore.ts';
import { requestSmoke } from '#app/runtimes/smoke.ts';
import { chooseUpdateTimes } from '#app/runtimes/update-times.ts';
import { isLeaving, isPaused } from '#core/term/standstill.ts';
import type { Stored } from '#ports/store.ts';
import type { RuntimeAction } from '#schemas/contract/operator-runtimes.ts';
import type { UpdateRing } from '#schemas/contract/updates.ts';
import { updateRings } from '#schemas/contract/updates.ts';
import type { Release } from '#schemas/record/update.ts';
import type { Functions, Ports } from '../functions.ts';
import { takeAlong } from '../leaving.ts';
import { imageOf, releaseIn } from '../release.ts';
import { owner } from './fleet-rows.ts';

type Runtime = Stored<'runtimes'>;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const triesAtMost = 20;
/** Of the updates that begin, so many are met by somebody within minutes. */
const metOften = 0.25;

const everyDay = ['smoke', 'restart', 'backup', 'restore', 'restore', 'pause', 'times'] as const;
const seldom = ['redeploy', 'suspend', 'roll_back', 'update_now', 'export', 'delete'] as const;
type Deed = (typeof everyDay)[number] | (typeof seldom)[number];

export class FleetPeople {
  readonly #functions: Functions;

  constructor(functions: Functions) {
    this.#functions = functions;
  }

  /** Of a day. */
  live(): void {
    const { random, scheduler } = this.#world;
    for (let deed = random.int(1, 4); deed > 0; deed -= 1) {
      scheduler.after(random.int(0, 24) * hourMs, () => {
        const rows = this.#world.rows.all('runtimes');
        const row = rows[random.int(0, rows.length - 1)];
        if (row !== undefined) this.#meet(row.id, random.chance(0.4));
      });
    }
  }

  /** One goes for good, and is gone within the fleet's time. */
  async leave(): Promise<void> {
    const { random, rows, scheduler } = this.#world;
    const all = rows.all('runtimes');
    const id = all[random.int(0, all.length - 1)]?.id ?? '';
    for (let attempt = 0; attempt < triesAtMost; attempt += 1) {
      const row = this.#row(id);
      if (row === null || row.deletesAt !== null) return;
      const body = { runtimeId: id, revision: row.revision, name: row.name };
      await this.#functions.command('leave', (ports) => requestDeletion(ports, owner, body));
      await scheduler.sleep(minuteMs);
    }
  }

  /** Its update has just begun, or is taken back: that is when people are in the way. */
  whileUpdating({ id }: Runtime): void {
    const { random, scheduler } = this.#world;
    if (!random.chance(metOften)) return;
    scheduler.after(random.int(0, 6 * minuteMs), () => this.#meet(id, random.chance(0.6)));
  }

  /** Nobody is left standing still by a person who went away. */
  tidyUp(): void {
    for (const row of this.#world.rows.all('runtimes')) this.#goOn(row.id);
  }

  async giveOut(version: string, withFloor: boolean): Promise<void> {
    const { random } = this.#world;
    const hours = { noticeHours: random.pick([0, 12, 24]), soakMinutes: random.pick([60, 360]) };
    this.#world.note('release', version);
    for (const ring of updateRings) {
      const pin = { ring, image: imageOf(version), version, ...hours };
      await this.#until(
        (release) => release[ring]?.version === version,
        (deps) => setTarget(deps, 'operator', { ...pin, ...asked }),
      );
    }
    if (withFloor) await this.raiseFloor(version);
  }

  raiseFloor(version: string): Promise<void> {
    const graceHours = this.#world.random.pick([24, 72]);
    this.#world.note('floor', version);
    return this.#until(
      ({ floor }) => floor?.version === version,
      (deps) => raiseFloor(deps, 'operator', { version, graceHours, ...asked }),
    );
  }

  /** Somebody looks into it, and lets the ring go on, though nothing is better. */
  async resumeRing(ring: UpdateRing): Promise<void> {
    const body = { ring, action: 'resume' as const, ...asked };
    await this.#functions.command('ring', (ports) => haltRing(own(ports), 'operator', body));
  }

  get #world() {
    return this.#functions.world;
  }

  async #until(
    isDone: (release: Release) => boolean,
    act: (deps: UpdatesDeps) => Promise<unknown>,
  ): Promise<void> {
    for (let attempt = 0; attempt < triesAtMost; attempt += 1) {
      if (isDone(releaseIn(this.#functions))) return;
      await this.#functions.command('release', (ports) => act(own(ports)));
      await this.#world.scheduler.sleep(minuteMs);
    }
    throw new Error('an operator could not write a release');
  }

  #row(id: string): Runtime | null {
    return this.#world.rows.get('runtimes', id);
  }

  #meet(id: string, isSeldom: boolean): void {
    if (this.#world.isCalm) return;
    const { random } = this.#world;
    void this.#do(id, isSeldom ? random.pick(seldom) : random.pick(everyDay));
  }

  async #do(id: string, deed: Deed): Promise<unknown> {
    const row = this.#row(id);
    if (row === null || row.desired === 'deleted') return;
    const target = { runtimeId: id, revision: row.revision };
    const command = this.#functions.command.bind(this.#functions);
    switch (deed) {
      case 'smoke':
        return command(deed, (ports) => requestSmoke(ports, owner, target));
      case 'restart':
        return command(deed, (ports) => requestRestart(ports, owner, target));
      case 'backup':
        return command(deed, (ports) => requestBackup(ports, owner, target));
      case 'restore':
        return this.#restore(row);
      case 'pause':
        this.#goOnLater(id);
        return command(deed, (ports) => pause(ports, owner, target));
      case 'times':
        return this.#chooseTimes(row);
      case 'export':
        await this.#operator(row, 'suspend');
        this.#goOnLater(id);
        return takeAlong(this.#functions, owner, id);
      case 'delete':
        if (this.#world.random.chance(0.8)) this.#goOnLater(id);
        return command(deed, (ports) =>
          requestDeletion(ports, owner, { ...target, name: row.name }),
        );
      case 'suspend':
        this.#goOnLater(id);
        return this.#operator(row, deed);
      case 'redeploy':
      case 'roll_back':
      case 'update_now':
        return this.#operator(row, deed);
    }
  }

  /** A member wants an older state back. */
  async #restore({ id, revision }: Runtime): Promise<void> {
    const { random } = this.#world;
    const { kept } = this.#functions.machines.tenant(id);
    const backupId = kept[random.int(0, Math.max(0, kept.length - 1))]?.backupId;
    if (backupId === undefined) return;
    const body = { runtimeId: id, revision, backupId };
    await this.#functions.command('restore', (ports) => requestRestore(ports, owner, body));
  }

  async #chooseTimes({ id, revision }: Runtime): Promise<void> {
    const { random, nowMs } = this.#world;
    const heldUntil = random.chance(0.5)
      ? new Date(nowMs + random.int(1, 5 * 24) * hourMs).toISOString()
      : null;
    const timeZone = random.pick(['Asia/Seoul', 'Europe/Berlin']);
    const times = { quietHour: random.int(0, 23), timeZone, heldUntil };
    const body = { runtimeId: id, revision, ...times };
    await this.#functions.command('times', (ports) => chooseUpdateTimes(ports, owner, body));
  }

  async #operator({ id, revision }: Runtime, action: RuntimeAction): Promise<void> {
    const body = { runtimeId: id, revision, action, reason: 'asked', dryRun: false };
    await this.#functions.command(action, (ports) =>
      actOnRuntime({ ...ports, deployer: () => ports.deployer }, 'operator', body),
    );
  }

  #goOnLater(id: string): void {
    const { random, scheduler } = this.#world;
    const afterMs = random.pick([minuteMs, 20 * minuteMs, 5 * hourMs, 30 * hourMs]);
    scheduler.after(afterMs, () => this.#goOn(id));
  }

  /** Whoever stopped it lets it run again. */
  #goOn(id: string): void {
    const row = this.#row(id);
    if (row?.desired !== 'suspended') return;
    const target = { runtimeId: id, revision: row.revision };
    if (isPaused(row)) {
      void this.#functions.command('resume', (ports) => resume(ports, owner, target));
    } else if (isLeaving(row)) {
      void this.#functions.command('keep', (ports) => withdrawDeletion(ports, owner, target));
    } else void this.#operator(row, 'resume');
  }
}

const asked = { reason: 'asked', dryRun: false } as const;

const own = (ports: Ports): UpdatesDeps => ({
  ...ports,
  own: { image: ports.stack.openclawImage, floor: ports.stack.versionFloor },
});
