/**
 * The two clocks of the server: the machine's own, and one that stands still until a test moves
 * it. Timers of the movable clock run inside `advance`, in the order of their due time.
 */
import type { ServerClock } from './types.ts';

/** setTimeout holds 31 bits; longer waits are split. */
const MAX_TIMER_MS = 2_147_483_647;

export const realClock: ServerClock = {
  now: () => Date.now(),
  after(delayMs, work) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, MAX_TIMER_MS);
      timer = setTimeout(
        () => {
          if (leftMs > stepMs) wait(leftMs - stepMs);
          else work();
        },
        Math.max(0, stepMs),
      );
    };
    wait(delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

export interface MovableClock extends ServerClock {
  advance(byMs: number): void;
}

interface Pending {
  readonly dueMs: number;
  readonly work: () => void;
}

export function movableClock(startMs: number): MovableClock {
  let nowMs = startMs;
  let pending: Pending[] = [];
  const next = (untilMs: number): Pending | undefined =>
    pending
      .filter((entry) => entry.dueMs <= untilMs)
      .reduce<Pending | undefined>(
        (first, entry) => (first === undefined || entry.dueMs < first.dueMs ? entry : first),
        undefined,
      );
  return {
    now: () => nowMs,
    after(delayMs, work) {
      const entry = { dueMs: nowMs + delayMs, work };
      pending.push(entry);
      return () => {
        pending = pending.filter((other) => other !== entry);
      };
    },
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let entry = next(untilMs); entry !== undefined; entry = next(untilMs)) {
        const due = entry;
        pending = pending.filter((other) => other !== due);
        nowMs = Math.max(nowMs, due.dueMs);
        due.work();
      }
      nowMs = untilMs;
    },
  };
}
