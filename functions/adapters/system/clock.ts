/** The machine's clock. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '#ports/system.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms) => delay(ms),
};
