/** Tells the control plane to look at a runtime now; if that is lost, its own poll finds out. */
import { refreshRuntime } from '#schemas/contract/runtimes.ts';
import type { App } from './app.svelte.ts';
import type { World } from './world.svelte.ts';

const tries = 3;
const pauseMs = 2_000;

export class RuntimeLook {
  readonly #app: App;
  readonly #world: World;
  readonly #runtimeId: string;
  #stopped = false;

  constructor(app: App, world: World, runtimeId: string) {
    this.#app = app;
    this.#world = world;
    this.#runtimeId = runtimeId;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Reads the rows alone. */
  rows(): void {
    this.#world.look();
  }

  async ask(): Promise<void> {
    const body = { runtimeId: this.#runtimeId };
    for (let tried = 0; tried < tries && !this.#stopped; tried += 1) {
      const outcome = await this.#app.with((gateway) => gateway.call(refreshRuntime, body));
      this.#world.look();
      if (outcome.ok || !outcome.error.retryable) return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
