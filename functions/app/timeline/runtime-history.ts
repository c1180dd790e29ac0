/**
 * A runtime's history: what its status became, and between that what was proven and who entered.
 * Whoever adds the latter carries along which status is written down last, so that the history can
 * be brought up to date by its last entry alone.
 */
import { readJson } from '#schemas/record/json.ts';
import { carriedKey, carriedStatus } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { appendTimeline } from './append.ts';
import type { Detail, TimelineDeps, TimelineEntry } from './append.ts';

type Last = Pick<RowOf<'timeline'>, 'kind' | 'detail'> | null;

const statusKind = /^runtime_(.+)$/;

/** The status that the history up to this entry ends with; null: none yet. */
export const recordedStatus = (last: Last): string | null => {
  if (last === null) return null;
  if (last.kind === 'runtime.opened') return 'provisioning';
  return (
    statusKind.exec(last.kind)?.[1] ?? readJson(carriedStatus, last.detail, { status: null }).status
  );
};

/** Evidence about a runtime, or what a member did with it. */
export const appendEvidence = async (
  deps: TimelineDeps,
  runtime: { readonly id: string; readonly workspaceId: string },
  entry: {
    readonly kind:
      | 'exposure_proven'
      | 'exposure_failed'
      | 'access_ended'
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
      | 'update_times_chosen';
    readonly detail: Detail;
    readonly actor: string;
    readonly at: Date;
  },
): Promise<void> => {
  await appendTimeline(deps, {
    ...entry,
    subjectId: runtime.id,
    readers: { team: runtime.workspaceId },
    detail: (last) => ({ ...entry.detail, status: recordedStatus(last) }),
  });
};

const newestAtMost = 100;

/**
 * What happened to a runtime's paid time, or to its version. Key: (kind, `key`) among its newest entries, for whoever
 * may have died between doing it and writing it down.
 */
export const appendOnce = async (
  deps: TimelineDeps,
  runtime: { readonly id: string; readonly workspaceId: string },
  entry: {
    readonly kind: TermEntry;
    readonly key: string;
    readonly detail: Detail;
    readonly actor: string;
    readonly at: Date;
  },
): Promise<void> => {
  const { key, ...rest } = entry;
  const isIt = ({ kind, detail }: Pick<RowOf<'timeline'>, 'kind' | 'detail'>): boolean =>
    kind === rest.kind && readJson(carriedKey, detail, { key: '' }).key === key;
  // Asked anew in each attempt: whoever took the number may have written this very entry.
  const isThere = async (): Promise<boolean> => {
    const newest = await deps.store.list('timeline', {
      where: { subjectId: runtime.id },
      orderBy: { column: 'sequence', descending: true },
      limit: newestAtMost,
    });
    return newest.some(isIt);
  };
  const whole: TimelineEntry = {
    ...rest,
    subjectId: runtime.id,
    readers: { team: runtime.workspaceId },
    detail: (last) => ({ ...rest.detail, key, status: recordedStatus(last) }),
  };
  await appendTimeline(deps, whole, isThere);
};

export type TermEntry =
  | 'extended'
  | 'period_retracted'
  | 'time_given'
  | 'term_ended'
  | 'update_done'
  | 'update_rolled_back'
  | 'plan_changed'
  | 'plan_reverted'
  | 'plan_switched'
  | 'autopay_agreed'
  | 'autopay_stopped'
  | 'deletion_receipt';
