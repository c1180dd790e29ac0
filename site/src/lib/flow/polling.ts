/** When to read the rows again without being told. Realtime comes first; this is what stands behind. */

export const settledPollMs = 30_000;
export const busyPollMs = 4_000;
const failureCapMs = 60_000;

/** Backs off while reads fail, so that a dead API is not hammered. */
export const pollDelayMs = (busy: boolean, failuresInARow: number): number => {
  const base = busy ? busyPollMs : settledPollMs;
  return Math.min(base * 2 ** Math.min(failuresInARow, 6), Math.max(base, failureCapMs));
};
