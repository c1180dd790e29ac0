/** Appwrite's spelling of a moment: `2026-01-02T03:04:05.678+00:00`, always UTC milliseconds. */
export function formatTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}+00:00`;
}

/** Epoch milliseconds of any ISO spelling, or NaN. */
export function parseTime(text: string): number {
  return Date.parse(text);
}
