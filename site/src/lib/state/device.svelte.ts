/**
 * A Codex login by device code: the runtime asks OpenAI for a code and gives it to this browser
 * alone; the person types it at OpenAI, on whatever device. The code is held in memory, never in
 * storage; how it ended is seen in the rows.
 */
import type { ConditionsView } from '#schemas/contract/rows.ts';
import { codexDevice } from '#schemas/contract/runtimes.ts';
import type { CodexDeviceAnswer } from '#schemas/contract/agent.ts';
import { askDeviceCode } from '../api/agent.ts';
import { followLogin, justStarted } from '../flow/login.ts';
import type { Followed } from '../flow/login.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';
import { problemOf } from './codex.svelte.ts';
import type { CodexProblem } from './codex.svelte.ts';
import { RuntimeLook } from './runtime-look.ts';
import { wishSmoke } from './wish.ts';
import type { World } from './world.svelte.ts';

/** Once the rows show the login as open, the control plane follows it by itself. */
const lookEveryMs = 6_000;

export type DeviceEnd = 'linked' | 'ended' | 'expired';

export class DeviceLogin {
  code = $state.raw<CodexDeviceAnswer | null>(null);
  /** How the last code ended, until the next one is asked for. */
  end = $state<DeviceEnd | null>(null);
  problem = $state.raw<CodexProblem | null>(null);
  asking = $state(false);
  readonly starting = new Action();

  readonly #app: App;
  readonly #runtimeId: string;
  readonly #look: RuntimeLook;
  #followed: Followed = justStarted;
  #lookedAtMs = 0;

  constructor(app: App, world: World, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
    this.#look = new RuntimeLook(app, world, runtimeId);
  }

  stop(): void {
    this.#look.stop();
  }

  get busy(): boolean {
    return this.asking || this.starting.busy;
  }

  async start(revision: number): Promise<void> {
    if (this.busy) return;
    this.problem = null;
    this.end = null;
    const runtimeId = this.#runtimeId;
    const done = await this.starting.run(() =>
      this.#app.with((gateway) => gateway.call(codexDevice, { runtimeId, revision })),
    );
    this.#look.rows();
    if (done === null) return;
    this.asking = true;
    const outcome = await askDeviceCode(done.value.deviceEndpoint, done.value.deviceTicket);
    this.asking = false;
    if (outcome.kind !== 'done') {
      this.problem = problemOf(outcome);
      return;
    }
    this.code = outcome.value;
    this.#followed = justStarted;
    wishSmoke(runtimeId);
    this.#lookedAtMs = this.#app.nowMs();
    void this.#look.ask();
  }

  /** Another way was chosen; the code runs out by itself. */
  leave(): void {
    this.code = null;
    this.end = null;
    this.problem = null;
  }

  follow(conditions: ConditionsView): void {
    if (this.code === null) return;
    this.#followed = followLogin(this.#followed, conditions, this.code.attemptId);
    if (this.#followed.view !== 'waiting') this.#finish(this.#followed.view);
  }

  /** Once a second while a code is shown. */
  tick(nowMs: number): void {
    if (this.code === null) return;
    if (this.code.expiresAtMs <= nowMs) this.#finish('expired');
    else if (!this.#followed.seenOpen && nowMs - this.#lookedAtMs >= lookEveryMs) {
      this.#lookedAtMs = nowMs;
      void this.#look.ask();
    }
  }

  #finish(end: DeviceEnd): void {
    this.code = null;
    this.end = end;
  }
}
