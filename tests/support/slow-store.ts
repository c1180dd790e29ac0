/**
 * The same rows, but every call of this process waits a while first: another process overtakes it
 * between a look and the write that follows, at a place that `pace` decides.
 */
import type { Store } from '#ports/store.ts';
import type { MemoryStore } from './memory-store.ts';

const turnsAtMost = 40;

export class SlowStore implements Store {
  readonly #store: MemoryStore;
  readonly #pace: number;
  #calls = 0;

  constructor(store: MemoryStore, pace: number) {
    this.#store = store;
    this.#pace = pace;
  }

  get: Store['get'] = async (...given) => (await this.#wait(), this.#store.get(...given));
  list: Store['list'] = async (...given) => (await this.#wait(), this.#store.list(...given));
  create: Store['create'] = async (...given) => (await this.#wait(), this.#store.create(...given));
  update: Store['update'] = async (...given) => (await this.#wait(), this.#store.update(...given));
  delete: Store['delete'] = async (...given) => (await this.#wait(), this.#store.delete(...given));
  incrementUpTo: Store['incrementUpTo'] = async (...given) => (
    await this.#wait(),
    this.#store.incrementUpTo(...given)
  );

  /** A long pause at one call, none at the others. */
  async #wait(): Promise<void> {
    this.#calls += 1;
    if (this.#calls % 21 !== this.#pace) return;
    for (let turn = 0; turn < turnsAtMost; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
