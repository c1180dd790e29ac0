/**
 * The history in an operator's file of an order or a runtime, read when the file is opened and again
 * when something was changed. What was read stays while it is read again.
 */
import { history } from '#schemas/contract/operator.ts';
import type { Failure } from '../api/failure.ts';
import type { HistorySubject, ReadPart } from '../flow/operator-history.ts';
import type { App } from './app.svelte.ts';

export class FileHistory {
  parts = $state.raw<readonly ReadPart[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #app: App;
  readonly #subjects: readonly HistorySubject[];
  #reading = false;

  constructor(app: App, subjects: readonly HistorySubject[]) {
    this.#app = app;
    this.#subjects = subjects;
  }

  /** All parts or none: half a history would look like a whole one. */
  async read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const answers = await Promise.all(
      this.#subjects.map(async ({ part, subjectId }) => {
        const body = { subjectId };
        return {
          part,
          outcome: await this.#app.with((gateway) => gateway.call(history, body)),
        };
      }),
    );
    this.#reading = false;
    this.failure = null;
    const parts: ReadPart[] = [];
    for (const { part, outcome } of answers) {
      if (outcome.ok) parts.push({ part, ...outcome.value });
      else this.failure = outcome.error;
    }
    if (this.failure === null) this.parts = parts;
  }
}
