/**
 * Rate limits in fixed windows aligned to their period, counted in memory: a restart forgets
 * them. Keys and admins are shown the numbers, but neither refused nor counted: what a key does
 * takes nothing from a guest at the same address. The number of counters is bounded; when it is
 * reached, windows that are over are dropped, then the oldest.
 */
import { AppwriteError } from '../kernel/errors.ts';
import type { RateLimit, RequestContext, ServerClock } from '../kernel/types.ts';

const MAX_COUNTERS = 100_000;

interface Counter {
  readonly endsMs: number;
  count: number;
}

export interface LimitState {
  readonly headers: Readonly<Record<string, string>>;
  readonly exceeded: boolean;
  /** Gives the counter back after a success, where the limit says so. */
  reset(): void;
}

export interface Limiter {
  take(name: string, limit: RateLimit, context: RequestContext): LimitState;
}

export function createLimiter(clock: ServerClock): Limiter {
  const counters = new Map<string, Counter>();
  const makeRoom = (nowMs: number): void => {
    for (const [key, counter] of counters) {
      if (counter.endsMs <= nowMs) counters.delete(key);
    }
    for (const key of counters.keys()) {
      if (counters.size < MAX_COUNTERS) return;
      counters.delete(key);
    }
  };
  return {
    take(name, limit, context) {
      const nowMs = clock.now();
      const windowMs = limit.windowSeconds * 1000;
      const endsMs = (Math.floor(nowMs / windowMs) + 1) * windowMs;
      const key = `${context.project.id}\n${name}\n${limit.key(context)}`;
      let counter = counters.get(key);
      if (counter === undefined || counter.endsMs <= nowMs) {
        if (counters.size >= MAX_COUNTERS) makeRoom(nowMs);
        counter = { endsMs, count: 0 };
        counters.set(key, counter);
      }
      const { privileged } = context.caller;
      const exceeded = counter.count >= limit.limit && !privileged;
      const used = counter.count + 1;
      if (!privileged) counter.count = used;
      return {
        exceeded,
        headers: {
          'x-ratelimit-limit': String(limit.limit),
          'x-ratelimit-remaining': String(Math.max(0, limit.limit - used)),
          'x-ratelimit-reset': String(Math.floor(counter.endsMs / 1000)),
        },
        reset: () => {
          if (limit.resetOnSuccess === true) counters.delete(key);
        },
      };
    },
  };
}

export const rateLimitExceeded = (): AppwriteError =>
  new AppwriteError('general_rate_limit_exceeded');
