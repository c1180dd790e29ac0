/**
 * What happened to an order, from the timelines of the order and of its runtime. Newest first; an
 * entry this page has no words for stays in the list under its own name, never hidden or guessed.
 */
import type { OrderState, RuntimeStatus } from '#schemas/contract/vocabulary.ts';
import { orderStates, runtimeStatuses } from '#schemas/contract/vocabulary.ts';
import { exposureKinds, exposureLines, isExposureKind } from './exposure.ts';
import type { ExposureKind, ExposureLine } from './exposure.ts';

export interface HistoryRow {
  readonly $id: string;
  readonly subjectId: string;
  readonly sequence: number;
  readonly kind: string;
  readonly actor: string;
  readonly at: string;
  /** JSON text; only what this page knows of it is shown to a customer. */
  readonly detail: string;
}

/** What happened to the paid time of a runtime. */
export const termWords = [
  'extended',
  'period_retracted',
  'time_given',
  'term_ended',
  'update_done',
  'update_rolled_back',
  'plan_changed',
  'plan_reverted',
  'plan_switched',
  'autopay_agreed',
  'autopay_stopped',
  'deletion_receipt',
] as const;
type TermWord = (typeof termWords)[number];

/** `order.draft_again`: the second and every later time a payment page is asked for. */
export type HistoryWord =
  | `order.${OrderState}`
  | 'order.draft_again'
  | 'runtime.opened'
  | `runtime_${RuntimeStatus}`
  | ExposureKind
  | 'entered'
  | 'export_opened'
  | 'exported'
  | 'import_requested'
  | 'offsite_requested'
  | 'restart_requested'
  | 'restore_requested'
  | 'rename_requested'
  | 'plan_chosen'
  | 'texts_agreed'
  | 'texts_ended'
  | 'pause_requested'
  | 'resume_requested'
  | 'deletion_requested'
  | 'deletion_withdrawn'
  | 'update_times_chosen'
  | 'access_ended'
  | TermWord;

export type HistoryActor = 'you' | 'member' | 'operator' | 'payapp' | 'system';

export interface HistoryEntry {
  readonly id: string;
  /** Null: a kind this page does not know; `kind` is shown instead. */
  readonly word: HistoryWord | null;
  readonly kind: string;
  readonly actor: HistoryActor;
  readonly at: string;
  /** What was tried from outside; empty for every other kind. */
  readonly checks: readonly ExposureLine[];
}

const words: ReadonlySet<string> = new Set<HistoryWord>([
  ...orderStates.map((state) => `order.${state}` as const),
  'order.draft_again',
  'runtime.opened',
  ...runtimeStatuses.map((status) => `runtime_${status}` as const),
  ...exposureKinds,
  'entered',
  'export_opened',
  'exported',
  'import_requested',
  'offsite_requested',
  'restart_requested',
  'restore_requested',
  'rename_requested',
  'plan_chosen',
  'texts_agreed',
  'texts_ended',
  'pause_requested',
  'resume_requested',
  'deletion_requested',
  'deletion_withdrawn',
  'update_times_chosen',
  'access_ended',
  ...termWords,
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
 * time it began; whoever is named for it comes before `system`. A new payment page is news each
 * time; of proofs that came out alike, day after day, the newest counts.
 */
const toldOnce = (rows: readonly HistoryRow[]): readonly HistoryRow[] => {
  const told: HistoryRow[] = [];
  const lastOf = new Map<string, number>();
  for (const row of rows) {
    // A proof in between does not make the same state news again.
    const thread = isExposureKind(row.kind) ? `${row.subjectId} proof` : row.subjectId;
    const index = lastOf.get(thread);
    const last = index === undefined ? undefined : told[index];
    if (index !== undefined && last?.kind === row.kind && row.kind !== 'order.draft') {
      if (isExposureKind(row.kind)) told[index] = row;
      else if (last.actor === 'system') told[index] = { ...last, actor: row.actor };
      continue;
    }
    lastOf.set(thread, told.length);
    told.push(row);
  }
  return told.toSorted(byTime);
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
        checks: isExposureKind(row.kind) ? (exposureLines(row.detail) ?? []) : [],
      };
    },
  );
  return entries.toReversed();
};
