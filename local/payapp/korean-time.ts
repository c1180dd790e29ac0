/**
 * Times as PayApp writes them: Korean standard time, nine hours ahead of UTC all year.
 * Pure; the machine's own time zone plays no part.
 */
const KOREA_OFFSET_MS = 9 * 3_600_000;

/** `YYYY-MM-DD HH:mm:ss` in Korea. */
export function koreanTime(atMs: number): string {
  return new Date(atMs + KOREA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** How many midnights in Korea lie between two instants. */
export function koreanDaysBetween(fromMs: number, toMs: number): number {
  const day = (atMs: number): number => Math.floor((atMs + KOREA_OFFSET_MS) / 86_400_000);
  return day(toMs) - day(fromMs);
}

/** The day in Korea: of the month from 1, of the week from 1 = Monday. */
export function koreanDay(atMs: number): {
  readonly dayOfMonth: number;
  readonly dayOfWeek: number;
  readonly daysInMonth: number;
} {
  const day = new Date(atMs + KOREA_OFFSET_MS);
  return {
    dayOfMonth: day.getUTCDate(),
    dayOfWeek: ((day.getUTCDay() + 6) % 7) + 1,
    daysInMonth: new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate(),
  };
}
