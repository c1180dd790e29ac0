/** How long the waits of the flow usually take, and how far along one is. Milliseconds. */

export const waitKinds = ['provisioning', 'verify', 'smoke'] as const;
export type WaitKind = (typeof waitKinds)[number];

export interface Usual {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Until an installation measures its own (`usual` in config.json): one machine, warm images. */
export const defaultUsual: Readonly<Record<WaitKind, Usual>> = {
  provisioning: { p50Ms: 45_000, p95Ms: 180_000 },
  verify: { p50Ms: 5_000, p95Ms: 20_000 },
  smoke: { p50Ms: 20_000, p95Ms: 90_000 },
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
