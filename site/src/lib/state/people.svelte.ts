/** Everybody in one workspace, read again after every look at the rows. */
import type { Failure } from '../api/failure.ts';
import type { People } from '../api/gateway.ts';
import type { App } from './app.svelte.ts';

export class PeopleList {
  people = $state.raw<People | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #app: App;
  readonly #workspaceId: string;

  constructor(app: App, workspaceId: string) {
    this.#app = app;
    this.#workspaceId = workspaceId;
  }

  async read(): Promise<void> {
    const outcome = await this.#app.with((gateway) => gateway.people(this.#workspaceId));
    if (outcome.ok) this.people = outcome.value;
    this.failure = outcome.ok ? null : outcome.error;
  }
}
