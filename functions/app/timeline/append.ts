/**
 * History that cannot fork: entry n of a subject has row id `<subject>.<n>` and carries the hash of
 * entry n−1. Two writers at once: one gets the number, the other takes the next.
 */
import type { Ids } from '#ports/system.ts';
import { Contended } from '#ports/store.ts';
import type { Readers, Store } from '#ports/store.ts';
import type { RowOf } from '#schemas/tables/tables.ts';

type Row = RowOf<'timeline'>;

export interface TimelineDeps {
  readonly store: Store;
  readonly ids: Ids;
}

type Scalar = string | number | boolean | null;
/** At most a thousand characters as JSON. */
export type Detail = Readonly<Record<string, Scalar | readonly Readonly<Record<string, Scalar>>[]>>;

export interface TimelineEntry {
  /** 28 characters at most, so that `<subject>.<n>` stays an Appwrite id. */
  readonly subjectId: string;
  readonly kind: string;
  /** Or made of the entry before it. */
  readonly detail: Detail | ((last: Row | null) => Detail);
  readonly actor: string;
  readonly at: Date;
  readonly readers: Readers;
}

/** More writers than this at the same instant on one subject is a bug, not load. */
const attemptsAtMost = 20;
const genesis = '0'.repeat(64);

const lastEntry = async (store: Store, subjectId: string): Promise<Row | null> => {
  const [last] = await store.list('timeline', {
    where: { subjectId },
    orderBy: { column: 'sequence', descending: true },
    limit: 1,
  });
  return last ?? null;
};

/** `skip` looks at the last entry and may say that this one is there already. */
export const appendTimeline = async (
  deps: TimelineDeps,
  entry: TimelineEntry,
  skip: (last: Row | null) => boolean | Promise<boolean> = () => false,
): Promise<'appended' | 'skipped'> => {
  for (let attempt = 0; attempt < attemptsAtMost; attempt += 1) {
    const last = await lastEntry(deps.store, entry.subjectId);
    if (await skip(last)) return 'skipped';
    const unsigned = {
      subjectId: entry.subjectId,
      sequence: (last?.sequence ?? 0) + 1,
      kind: entry.kind,
      detail: JSON.stringify(
        typeof entry.detail === 'function' ? entry.detail(last) : entry.detail,
      ),
      actor: entry.actor,
      at: entry.at.toISOString(),
      previousHash: last?.hash ?? genesis,
    };
    const data = { ...unsigned, hash: hashOf(deps.ids, unsigned) };
    const id = `${entry.subjectId}.${unsigned.sequence}`;
    const outcome = await deps.store.create('timeline', id, { data, readers: entry.readers });
    if (outcome === 'created') return 'appended';
  }
  throw new Contended('timeline.contended');
};

/** The time is hashed as an instant: stores may give it back in another notation. */
export const hashOf = (ids: Ids, row: Omit<Row, 'hash'>): string =>
  ids.sha256Hex(
    JSON.stringify([
      row.previousHash,
      row.subjectId,
      row.sequence,
      row.kind,
      row.detail,
      row.actor,
      Date.parse(row.at),
    ]),
  );

/** First sequence number whose entry does not follow from the one before, or null. */
export const brokenAt = (ids: Ids, rows: readonly Row[]): number | null => {
  let previousHash = genesis;
  for (const [index, row] of rows.entries()) {
    const follows = row.sequence === index + 1 && row.previousHash === previousHash;
    if (!follows || hashOf(ids, row) !== row.hash) return row.sequence;
    previousHash = row.hash;
  }
  return null;
};
