/**
 * A runtime's own day begins at a minute of its own, so that what is looked at daily spreads over a
 * fleet. Pure; `jitter` is 0 ≤ n < 1 and the runtime's for ever.
 */
import { minute } from './timing.ts';

const dayMs = 24 * 60 * minute;

const startOf = (jitter: number): number => Math.round(jitter * dayMs);

/** Number of the day, by the runtime's own count. */
export const ownDay = (atMs: number, jitter: number): number =>
  Math.floor((atMs - startOf(jitter)) / dayMs);

/** When its next day begins. */
export const nextOwnDayMs = (nowMs: number, jitter: number): number =>
  (ownDay(nowMs, jitter) + 1) * dayMs + startOf(jitter);
