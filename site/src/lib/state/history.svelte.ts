/**
 * The history of one order and its runtime, read when it is shown and again after each look at the
 * rows. One read at a time; an answer for another order than the one shown is dropped.
 */
import type { Failure } from '../api/failure.ts';
import type { HistoryRow } from '../api/gateway.ts';
import type { App } from './app.svelte.ts';

export class History {
  rows = $state.raw<readonly HistoryRow[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #app: App;
  readonly #subjectIds: readonly string[];
  #reading = false;

  constructor(app: App, subjectIds: readonly string[]) {
    this.#app = app;
    this.#subjectIds = subjectIds;
  }

  /** The next look repeats it, so a read that is under way need not be followed by another. */
  async read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const outcome = await this.#app.with((gateway) => gateway.history(this.#subjectIds));
    this.#reading = false;
    this.failure = outcome.ok ? null : outcome.error;
    if (outcome.ok && JSON.stringify(outcome.value) !== JSON.stringify(this.rows)) {
      this.rows = outcome.value;
    }
  }
}
