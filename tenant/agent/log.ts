/**
 * One JSON line per decision on stdout. Guarantees: fields are short strings, numbers or booleans
 * chosen by the caller; there is no way to log an object, an error or a payload.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
export type Log = (event: string, fields?: LogFields) => void;

const maxValueLength = 200;

export function createLog(write: (line: string) => void, now: () => number): Log {
  return (event, fields = {}) => {
    const short = Object.entries(fields).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.slice(0, maxValueLength) : value,
    ]);
    const at = new Date(now()).toISOString();
    write(`${JSON.stringify({ at, event, ...Object.fromEntries(short) })}\n`);
  };
}

/** The kind of an error for a log line: class or system code, never its text. */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : error.name;
}

export interface Quota {
  readonly linesPerMinute: number;
  /** Milliseconds of any clock. */
  readonly now: () => number;
}

/**
 * The same log for what strangers can cause: a flood of theirs must not fill the tenant's disk.
 * Past the quota of a minute nothing is written but, once, that it is so.
 */
export function limited(log: Log, { linesPerMinute, now }: Quota): Log {
  let minute = Number.NaN;
  let lines = 0;
  return (event, fields) => {
    const current = Math.floor(now() / 60_000);
    if (current !== minute) {
      minute = current;
      lines = 0;
    }
    lines += 1;
    if (lines <= linesPerMinute) log(event, fields);
    else if (lines === linesPerMinute + 1) log('lines_suppressed', { event });
  };
}
