/**
 * Which backups are kept. Pure. Guarantees: the newest of each of the last seven days and of each of
 * the last four weeks that have one at all: days without a backup push no older one out. The newest
 * import stands beside them for four weeks: it takes the place of no day, and no day takes its.
 */
import type { BackupOrigin } from '#schemas/contract/agent-backup.ts';

const keptDays = 7;
const keptWeeks = 4;
const dayMs = 86_400_000;
const importKeptMs = 28 * dayMs;
/** 1970-01-01 was a Thursday; weeks begin on Monday, in UTC. */
const mondayShiftDays = 3;

interface Dated {
  readonly backupId: string;
  readonly origin: BackupOrigin;
  readonly madeAtMs: number;
}

/** Ids of those to keep. At most `keptDays + keptWeeks + 1`; ids are unique. */
export function keptOf(backups: readonly Dated[]): ReadonlySet<string> {
  const newestFirst = backups.toSorted((one, other) => other.madeAtMs - one.madeAtMs);
  const own = newestFirst.filter(({ origin }) => origin === 'runtime');
  const brought = newestFirst.find(({ origin }) => origin === 'import');
  const ageMs = (newestFirst[0]?.madeAtMs ?? 0) - (brought?.madeAtMs ?? 0);
  return new Set([
    ...newestOfEach(own, dayOf).slice(0, keptDays),
    ...newestOfEach(own, weekOf).slice(0, keptWeeks),
    ...(brought !== undefined && ageMs < importKeptMs ? [brought.backupId] : []),
  ]);
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);
const weekOf = (atMs: number): number => Math.floor((dayOf(atMs) + mondayShiftDays) / 7);

function newestOfEach(newestFirst: readonly Dated[], periodOf: (atMs: number) => number): string[] {
  const found = new Map<number, string>();
  for (const { backupId, madeAtMs } of newestFirst) {
    const period = periodOf(madeAtMs);
    if (!found.has(period)) found.set(period, backupId);
  }
  return [...found.values()];
}
