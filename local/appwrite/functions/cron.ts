/** Five-field cron schedules in UTC, to the minute. */
import { Cron } from 'croner';

const FIELDS = 5;
export const MINUTE_MS = 60_000;

function parse(pattern: string): Cron | undefined {
  if (pattern.trim().split(/\s+/).length !== FIELDS) return undefined;
  try {
    return new Cron(pattern.trim(), { paused: true, timezone: 'UTC' });
  } catch {
    return undefined;
  }
}

export function isSchedule(pattern: string): boolean {
  return parse(pattern) !== undefined;
}

export function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
}

/** Whether the schedule names the minute `timeMs` lies in. */
export function isDue(pattern: string, timeMs: number): boolean {
  const minute = minuteOf(timeMs);
  return (
    parse(pattern)
      ?.nextRun(new Date(minute - 1))
      ?.getTime() === minute
  );
}
