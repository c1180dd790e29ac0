/** When an update begins: at the hour its members chose, by the clock of their wall. Pure. */
import { quietWindowHours } from '#schemas/contract/updates.ts';

export interface Quiet {
  /** 0–23. */
  readonly hour: number;
  /** IANA name. */
  readonly timeZone: string;
}

const hourMs = 60 * 60_000;
export const quietWindowMs = quietWindowHours * hourMs;

const hourIn = (timeZone: string): ((atMs: number) => number) => {
  const options = { timeZone, hour: 'numeric', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-GB', options);
  return (atMs) => Number(format.format(atMs));
};

const quarterMs = hourMs / 4;

/**
 * First full hour of that name at or after `fromMs`. Zones differ from UTC by quarters of an hour; in
 * a night that has no such hour (clocks go forward) it is that hour of the next day.
 */
export const nextQuietMs = ({ hour, timeZone }: Quiet, fromMs: number): number => {
  const hourAt = hourIn(timeZone);
  const startMs = Math.ceil(fromMs / quarterMs) * quarterMs;
  const quarters = 49 * 4;
  for (let step = 0; step < quarters; step += 1) {
    const atMs = startMs + step * quarterMs;
    if (hourAt(atMs) === hour && hourAt(atMs - quarterMs) !== hour) return atMs;
  }
  return startMs;
};

/**
 * The moment to begin, the same however often it is asked while it lies ahead or its window is open.
 * Nothing is held beyond `latestMs`: the last quiet hour before it, or that moment itself.
 */
export const startMs = (
  quiet: Quiet,
  bounds: {
    readonly earliestMs: number;
    readonly heldUntilMs: number;
    readonly latestMs: number | null;
    readonly nowMs: number;
  },
): number => {
  const { earliestMs, heldUntilMs, latestMs, nowMs } = bounds;
  const openMs = Math.max(earliestMs, nowMs - quietWindowMs);
  const wished = nextQuietMs(quiet, Math.max(openMs, heldUntilMs));
  if (latestMs === null || wished <= latestMs) return wished;
  const lastQuiet = nextQuietMs(quiet, Math.max(openMs, latestMs - 24 * hourMs));
  return lastQuiet <= latestMs ? lastQuiet : latestMs;
};
