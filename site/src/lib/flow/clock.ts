/** How far a server's clock is ahead of this device's, from the headers of one of its answers. */

/** Clocks this close are equal: the header counts whole seconds, and the way takes its time. */
const toleranceMs = 20_000;

/**
 * `date` and `age` as HTTP has them (age: seconds the answer lay in a cache). 0 when the header is
 * missing or cannot be read: then this device's clock is believed.
 */
export const aheadMs = (date: string | null, age: string | null, localMs: number): number => {
  const atMs = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(atMs)) return 0;
  const ageSeconds = Number(age ?? 0);
  const ahead = atMs + (Number.isFinite(ageSeconds) ? ageSeconds * 1_000 : 0) - localMs;
  return Math.abs(ahead) <= toleranceMs ? 0 : ahead;
};
