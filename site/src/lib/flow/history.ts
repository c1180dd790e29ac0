/**
 * What happened to an order, from the timelines of the order and of its runtime. Newest first; an
 * entry this page has no words for stays in the list under its own name, never hidden or guessed.
 */
import type { OrderState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import { orderStates, runtimeStatuses } from '#schemas/contract/vocabulary.ts';

export interface HistoryRow {
  readonly $id: string;
  readonly subjectId: string;
  readonly sequence: number;
  readonly kind: string;
  readonly actor: string;
  readonly at: string;
}

/** `order.draft_again`: the second and every later time a payment page is asked for. */
export type HistoryWord =
  `order.${OrderState}` | 'order.draft_again' | 'runtime.opened' | `runtime_${RuntimeStatus}`;

export type HistoryActor = 'you' | 'member' | 'operator' | 'payapp' | 'system';

export interface HistoryEntry {
  readonly id: string;
  /** Null: a kind this page does not know; `kind` is shown instead. */
  readonly word: HistoryWord | null;
  readonly kind: string;
  readonly actor: HistoryActor;
  readonly at: string;
}

const words: ReadonlySet<string> = new Set<HistoryWord>([
  ...orderStates.map((state) => `order.${state}` as const),
  'order.draft_again',
  'runtime.opened',
  ...runtimeStatuses.map((status) => `runtime_${status}` as const),
]);
const isWord = (kind: string): kind is HistoryWord => words.has(kind);

/** Null: a kind this page does not know. */
export const wordOf = (kind: string): HistoryWord | null => (isWord(kind) ? kind : null);

/** Actors are the system's names or account ids; whose id it is matters only if it is the reader's. */
export const actorOf = (actor: string, readerId: string | null): HistoryActor => {
  if (actor === 'system' || actor === '') return 'system';
  if (actor === 'payapp') return 'payapp';
  if (actor.startsWith('operator')) return 'operator';
  return actor === readerId ? 'you' : 'member';
};

const byTime = (a: HistoryRow, b: HistoryRow): number =>
  Date.parse(a.at) - Date.parse(b.at) ||
  a.subjectId.localeCompare(b.subjectId) ||
  a.sequence - b.sequence;

/** Told already by another entry: that the order was handed over is told by the runtime's opening. */
const isTold = (row: HistoryRow, rows: readonly HistoryRow[]): boolean =>
  row.kind === 'order.fulfilled' && rows.some((other) => other.kind === 'runtime.opened');

/**
 * A state that is written again (its revision moved, its refund took a step) is told once, at the
 * time it began; whoever is named for it comes before `system`. A new payment page is news each time.
 */
const toldOnce = (rows: readonly HistoryRow[]): readonly HistoryRow[] => {
  const told: HistoryRow[] = [];
  const lastOf = new Map<string, number>();
  for (const row of rows) {
    const index = lastOf.get(row.subjectId);
    const last = index === undefined ? undefined : told[index];
    if (index !== undefined && last?.kind === row.kind && row.kind !== 'order.draft') {
      if (last.actor === 'system') told[index] = { ...last, actor: row.actor };
      continue;
    }
    lastOf.set(row.subjectId, told.length);
    told.push(row);
  }
  return told;
};

export const historyOf = (
  rows: readonly HistoryRow[],
  readerId: string | null,
): readonly HistoryEntry[] => {
  let drafts = 0;
  const entries = toldOnce(rows.filter((row) => !isTold(row, rows)).toSorted(byTime)).map(
    (row): HistoryEntry => {
      if (row.kind === 'order.draft') drafts += 1;
      const kind = row.kind === 'order.draft' && drafts > 1 ? 'order.draft_again' : row.kind;
      return {
        id: row.$id,
        word: wordOf(kind),
        kind: row.kind,
        actor: actorOf(row.actor, readerId),
        at: row.at,
      };
    },
  );
  return entries.toReversed();
};
