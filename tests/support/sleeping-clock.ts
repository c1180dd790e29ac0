/** A clock that sleeping moves: time is the test's own. */
import type { Clock } from '#ports/system.ts';

export class SleepingClock implements Clock {
  #nowMs = Date.UTC(2026, 10, 23, 9);
  now(): Date {
    return new Date(this.#nowMs);
  }
  advance(ms: number): void {
    this.#nowMs += ms;
  }
  async sleep(ms: number): Promise<void> {
    this.#nowMs += Math.max(1, ms);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
