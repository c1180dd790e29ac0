/**
 * Follows the gateway's log through its own `logs.tail`, as long as somebody reads. Guarantees: one
 * question at a time, at most one a second; at most the contract's number of lines in memory, and
 * none when nobody reads; what comes faster than it may be sent is counted, not kept; a gateway that
 * is away is asked less often and said to be away.
 */
import type { LogLine } from '#schemas/contract/watch.ts';
import { logLinesAtMost } from '#schemas/contract/watch.ts';
import { logsTail } from '#schemas/wire/openclaw.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import { readLine } from './line.ts';

const askEveryMs = 1_000;
const askAwayEveryMs = 3_000;
/** A busy gateway takes seconds; only one that is dead has its connection closed over this. */
const answerTimeoutMs = 20_000;
/** OpenClaw's own limit; a thousand lines are half of it. */
const firstBytes = 1_000_000;
const nextBytes = 250_000;
/** Of one second. */
const newLinesAtMost = 300;

export type TailEvent =
  | {
      readonly kind: 'lines';
      readonly first: boolean;
      readonly lines: readonly LogLine[];
      readonly skipped: number;
    }
  | { readonly kind: 'gateway'; readonly answers: boolean };
type Listener = (event: TailEvent) => void;

export class LogTail {
  readonly #gateway: Gateway;
  readonly #listeners = new Set<Listener>();
  #kept: LogLine[] = [];
  /** Null: nothing was read since somebody began to read. */
  #cursor: number | null = null;
  #answers: boolean | null = null;
  #timer: NodeJS.Timeout | null = null;
  #asking = false;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Hears what is kept at once, or as soon as it was read. Answers how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#cursor !== null) {
      listener({ kind: 'lines', first: true, lines: this.#kept, skipped: 0 });
    }
    if (this.#answers !== null) listener({ kind: 'gateway', answers: this.#answers });
    if (this.#timer === null && !this.#asking) this.#askIn(0);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#forget();
    };
  }

  #forget(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#kept = [];
    this.#cursor = null;
    this.#answers = null;
  }

  #askIn(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#ask();
    }, ms);
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    const answers = await this.#read().catch(() => false);
    this.#asking = false;
    if (this.#listeners.size === 0) {
      this.#forget();
      return;
    }
    if (this.#answers !== answers) this.#tell({ kind: 'gateway', answers });
    this.#answers = answers;
    this.#askIn(answers ? askEveryMs : askAwayEveryMs);
  }

  async #read(): Promise<true> {
    const cursor = this.#cursor;
    const params =
      cursor === null
        ? { limit: logLinesAtMost, maxBytes: firstBytes }
        : { cursor, limit: logLinesAtMost, maxBytes: nextBytes };
    const options = { timeoutMs: answerTimeoutMs };
    const answer = await this.#gateway.call('logs.tail', params, logsTail, options);
    if (this.#listeners.size === 0) return true;
    this.#cursor = answer.cursor;
    const first = cursor === null;
    const atMost = first ? logLinesAtMost : newLinesAtMost;
    const dropped = Math.max(0, answer.lines.length - atMost);
    const lines = answer.lines.slice(dropped).map(readLine);
    this.#kept = [...this.#kept, ...lines].slice(-logLinesAtMost);
    // Bytes it left out are lines whose number it does not say.
    const skipped = first ? 0 : dropped + ((answer.skippedBytes ?? 0) > 0 ? 1 : 0);
    if (first || lines.length > 0) this.#tell({ kind: 'lines', first, lines, skipped });
    return true;
  }

  #tell(event: TailEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
