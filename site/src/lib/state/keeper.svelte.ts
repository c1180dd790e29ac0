/** What one does with a runtime from its page: the log, a restart, a backup, another name. */
import type { UpdateTimes } from '#lib/flow/update.ts';
import {
  backupRuntime,
  chooseUpdateTimes,
  deleteRuntime,
  keepRuntime,
  pauseRuntime,
  renameRuntime,
  restoreRuntime,
  restartRuntime,
  resumeRuntime,
} from '#schemas/contract/runtimes.ts';
import type { RestoreReport } from '#schemas/contract/agent-restore.ts';
import type { RuntimeRow } from '#schemas/contract/rows.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';
import { Leaving } from './leaving.svelte.ts';
import { LogWatch } from './log-watch.svelte.ts';
import { Offsite } from './offsite.svelte.ts';

type Target = Pick<RuntimeRow, '$id' | 'revision'>;

export class Keeper {
  readonly restarting = new Action();
  readonly backingUp = new Action();
  readonly bringingBack = new Action();
  /** How the order that was just given stands, before the row tells of it. */
  restore = $state<RestoreReport | null>(null);
  readonly naming = new Action();
  /** Pausing, and ending a pause. */
  readonly standing = new Action();
  /** Deleting it, and taking that back. */
  readonly deleting = new Action();
  readonly timing = new Action();
  readonly log: LogWatch;
  readonly leaving: Leaving;
  readonly offsite: Offsite;
  /** The name was taken; until something else is typed. */
  saved = $state(false);
  /** The times of updates were taken; until others are chosen. */
  timed = $state(false);
  readonly #app: App;
  readonly #onchanged: () => void;

  constructor(app: App, runtimeId: string, onchanged: () => void) {
    this.#app = app;
    this.#onchanged = onchanged;
    this.log = new LogWatch(app, runtimeId);
    this.leaving = new Leaving(app, runtimeId, onchanged);
    this.offsite = new Offsite(app, runtimeId, onchanged);
  }

  /** True when it was taken. */
  async restart({ $id: runtimeId, revision }: Target): Promise<boolean> {
    const body = { runtimeId, revision };
    const done = await this.restarting.run(() =>
      this.#app.with((gateway) => gateway.call(restartRuntime, body)),
    );
    this.#onchanged();
    return done !== null;
  }

  pause(target: Target): Promise<void> {
    return this.#stand(pauseRuntime, target);
  }

  resume(target: Target): Promise<void> {
    return this.#stand(resumeRuntime, target);
  }

  async #stand(
    operation: typeof pauseRuntime | typeof resumeRuntime,
    { $id: runtimeId, revision }: Target,
  ): Promise<void> {
    const body = { runtimeId, revision };
    await this.standing.run(() => this.#app.with((gateway) => gateway.call(operation, body)));
    this.#onchanged();
  }

  /** True when it was taken. */
  async leave({ $id: runtimeId, revision }: Target, name: string): Promise<boolean> {
    const body = { runtimeId, revision, name };
    const done = await this.deleting.run(() =>
      this.#app.with((gateway) => gateway.call(deleteRuntime, body)),
    );
    this.#onchanged();
    return done !== null;
  }

  async keep({ $id: runtimeId, revision }: Target): Promise<void> {
    const body = { runtimeId, revision };
    await this.deleting.run(() => this.#app.with((gateway) => gateway.call(keepRuntime, body)));
    this.#onchanged();
  }

  async backUp({ $id: runtimeId, revision }: Target): Promise<void> {
    const body = { runtimeId, revision };
    await this.backingUp.run(() => this.#app.with((gateway) => gateway.call(backupRuntime, body)));
    this.#onchanged();
  }

  async bringBack({ $id: runtimeId, revision }: Target, backupId: string): Promise<void> {
    const body = { runtimeId, revision, backupId };
    const done = await this.bringingBack.run(() =>
      this.#app.with((gateway) => gateway.call(restoreRuntime, body)),
    );
    this.restore = done?.value.restore ?? null;
    this.#onchanged();
  }

  /** True when they were taken. */
  async chooseTimes({ $id: runtimeId, revision }: Target, times: UpdateTimes): Promise<boolean> {
    const body = { runtimeId, revision, ...times };
    this.timed = false;
    const done = await this.timing.run(() =>
      this.#app.with((gateway) => gateway.call(chooseUpdateTimes, body)),
    );
    this.timed = done !== null;
    this.#onchanged();
    return this.timed;
  }

  async rename({ $id: runtimeId, revision }: Target, name: string): Promise<void> {
    const body = { runtimeId, revision, name };
    this.saved = false;
    const done = await this.naming.run(() =>
      this.#app.with((gateway) => gateway.call(renameRuntime, body)),
    );
    this.saved = done !== null;
    this.#onchanged();
  }
}
