/**
 * One change on its way to many sockets: what all of them are told is put into words once, and
 * only when one wants to hear it. The frames differ in the ids of the subscriptions alone.
 */
import { formatTime } from '../kernel/time.ts';
import type { Change, Json } from '../kernel/types.ts';

export class Announcement {
  readonly change: Change;
  readonly #nowMs: number;
  #channels: ReadonlySet<string> | undefined;
  #start: string | undefined;

  constructor(change: Change, nowMs: number) {
    this.change = change;
    this.#nowMs = nowMs;
  }

  get channels(): ReadonlySet<string> {
    return (this.#channels ??= new Set(this.change.channels));
  }

  get payload(): Json {
    return this.change.payload;
  }

  /** The message for a socket that hears of it under these subscriptions. */
  text(subscriptions: readonly string[]): string {
    this.#start ??= this.#said();
    return `${this.#start},"subscriptions":${JSON.stringify(subscriptions)}}}`;
  }

  #said(): string {
    const { events, channels, payload } = this.change;
    const timestamp = formatTime(this.#nowMs);
    const message = { type: 'event', data: { events, channels, timestamp, payload } };
    return JSON.stringify(message).slice(0, -2);
  }
}
