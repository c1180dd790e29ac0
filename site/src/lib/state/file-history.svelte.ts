/**
 * The history in an operator's file of an order, read when the file is opened and again when the
 * order was changed. What was read stays while it is read again.
 */
import { history } from '#schemas/contract/operator.ts';
import type { Failure } from '../api/failure.ts';
import { historyParts, subjectOf } from '../flow/operator-history.ts';
import type { ReadPart } from '../flow/operator-history.ts';
import type { App } from './app.svelte.ts';

export class FileHistory {
  parts = $state.raw<readonly ReadPart[] | null>(null);
  failure = $state.raw<Failure | null>(null);
  readonly #app: App;
  readonly #order: { readonly orderId: string; readonly runtimeId: string };
  #reading = false;

  constructor(app: App, order: { readonly orderId: string; readonly runtimeId: string }) {
    this.#app = app;
    this.#order = order;
  }

  /** All parts or none: half a history would look like a whole one. */
  async read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const answers = await Promise.all(
      historyParts.map(async (part) => {
        const body = { subjectId: subjectOf(this.#order, part) };
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
