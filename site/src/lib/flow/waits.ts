/** How long the waits of the flow usually take, and how far along one is. Milliseconds. */
import * as z from 'zod/mini';

export type WaitKind = 'provisioning' | 'verify' | 'smoke';

export interface Usual {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Until an installation measures its own (`usual` in config.json): one machine, warm images. */
const defaultUsual: Readonly<Record<WaitKind, Usual>> = {
  provisioning: { p50Ms: 45_000, p95Ms: 180_000 },
  verify: { p50Ms: 5_000, p95Ms: 20_000 },
  smoke: { p50Ms: 20_000, p95Ms: 90_000 },
};

const duration = z.number().check(z.positive());
const measured = z.object({ p50Ms: duration, p95Ms: duration });

/** `configured`: what stands as `usual` in config.json; what cannot be used of it is left out. */
export const usualOf = (kind: WaitKind, configured: unknown): Usual => {
  const own = z.object({ [kind]: measured }).safeParse(configured);
  return own.data?.[kind] ?? defaultUsual[kind];
};

export type Pace = 'usual' | 'slow' | 'late';

/** late: longer than almost every run before it; time to say so. */
export const paceOf = (elapsedMs: number, usual: Usual): Pace => {
  if (elapsedMs > usual.p95Ms) return 'late';
  return elapsedMs > usual.p50Ms ? 'slow' : 'usual';
};

/** Never reaches 1: the end is seen in the row, not in the clock. */
export const shareOf = (elapsedMs: number, usual: Usual): number =>
  1 - Math.exp((-1.6 * Math.max(0, elapsedMs)) / usual.p50Ms);
