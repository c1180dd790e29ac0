/** "Open my runtime": asks for a pass and goes there with it; the pass is held nowhere. */
import { enterRuntime } from '#schemas/contract/runtimes.ts';
import { openWay } from '../api/enter.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class Entrance {
  readonly asking = new Action();
  readonly #app: App;
  readonly #runtimeId: string;

  constructor(app: App, runtimeId: string) {
    this.#app = app;
    this.#runtimeId = runtimeId;
  }

  /** Call it in the click itself; `waitingText` stands in the new tab meanwhile. */
  async open(waitingText: string): Promise<void> {
    if (this.asking.busy) return;
    const way = openWay(waitingText);
    const done = await this.asking.run(() =>
      this.#app.with((gateway) => gateway.call(enterRuntime, { runtimeId: this.#runtimeId })),
    );
    if (done === null) {
      way.drop();
      return;
    }
    way.go({ endpoint: done.value.enterEndpoint, ticket: done.value.enterTicket });
  }
}
