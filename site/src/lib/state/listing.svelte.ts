/** A read of the operator page: asked when its section opens and when it is refreshed. */
import type * as z from 'zod/mini';
import type { BodyOf, Operation, ValueOf } from '#schemas/contract/operation.ts';
import { Action } from './action.svelte.ts';
import type { App } from './app.svelte.ts';

export class Listing<O extends Operation<z.ZodMiniType, z.ZodMiniType>> {
  value = $state.raw<ValueOf<O> | null>(null);
  readonly action = new Action();
  readonly #app: App;
  readonly #operation: O;

  constructor(app: App, operation: O) {
    this.#app = app;
    this.#operation = operation;
  }

  async load(body: BodyOf<O>): Promise<void> {
    const done = await this.action.run(() =>
      this.#app.with((gateway) => gateway.call(this.#operation, body)),
    );
    if (done !== null) this.value = done.value;
  }
}
