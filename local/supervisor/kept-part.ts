/**
 * A part that is started again when it dies unasked, after a pause that doubles with every quick
 * death. One that keeps dying stays down: then `died` says so, and the product ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './output.ts';
import type { Part } from './part.ts';

export interface Keeping {
  readonly start: () => Promise<Part>;
  /** One line a restart, for whoever watches the terminal. */
  readonly report: (line: string) => void;
  /** Ends early, and without an error, when `signal` does. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly nowMs: () => number;
}

const firstPauseMs = 250;
const longestPauseMs = 4_000;
/** A part that ran this long has recovered: its next death counts as the first. */
const settledMs = 60_000;
/** In a row, each within a minute of its start. */
const deathsAtMost = 6;

const pauseAfter = (deaths: number): number =>
  Math.min(firstPauseMs * 2 ** (deaths - 1), longestPauseMs);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

export const realKeeping = (start: () => Promise<Part>): Keeping => ({
  start,
  report: say,
  pause: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
  nowMs: () => performance.now(),
});

/** Rejects when the first start fails: then something is wrong that a restart does not mend. */
export const keepPart = async (use: Keeping): Promise<Part> => {
  const first = await use.start();
  return new KeptPart(use, first);
};

class KeptPart implements Part {
  readonly name: string;
  readonly died: Promise<string>;
  readonly #use: Keeping;
  readonly #stopped = new AbortController();
  #part: Part;
  #coming: Promise<string | null> = Promise.resolve(null);

  constructor(use: Keeping, first: Part) {
    this.name = first.name;
    this.#use = use;
    this.#part = first;
    this.died = this.#watch(0);
  }

  get ready(): Part['ready'] {
    return this.#part.ready;
  }

  /** Of the process that runs now, or ran last. */
  get pid(): number {
    return this.#part.pid;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#coming;
    await this.#part.stop();
  }

  async #watch(deaths: number): Promise<string> {
    const startedMs = this.#use.nowMs();
    const end = await this.#part.died;
    const isSettled = this.#use.nowMs() - startedMs >= settledMs;
    return this.#bringBack(end, isSettled ? 1 : deaths + 1);
  }

  /** Resolves when it stays down; never after `stop`. */
  async #bringBack(end: string, deaths: number): Promise<string> {
    if (deaths >= deathsAtMost) return `${end}, for the ${deaths}th time in a row`;
    const downMs = this.#use.nowMs();
    this.#coming = this.#startAfter(pauseAfter(deaths));
    const failure = await this.#coming;
    if (this.#stopped.signal.aborted) return new Promise(() => undefined);
    if (failure !== null) return this.#bringBack(failure, deaths + 1);
    const seconds = ((this.#use.nowMs() - downMs) / 1_000).toFixed(1);
    this.#use.report(`  ! ${end}; it runs again after ${seconds} s`);
    return this.#watch(deaths);
  }

  /** Null, or why it did not start. */
  async #startAfter(pauseMs: number): Promise<string | null> {
    await this.#use.pause(pauseMs, this.#stopped.signal);
    if (this.#stopped.signal.aborted) return null;
    try {
      this.#part = await this.#use.start();
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }
}
