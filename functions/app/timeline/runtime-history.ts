/**
 * A runtime's history: what its status became, and between that what was proven and who entered.
 * Whoever adds the latter carries along which status is written down last, so that the history can
 * be brought up to date by its last entry alone.
 */
import { readJson } from '#schemas/record/json.ts';
import { carriedStatus } from '#schemas/record/runtime.ts';
import type { RowOf } from '#schemas/tables/tables.ts';
import { appendTimeline } from './append.ts';
import type { Detail, TimelineDeps } from './append.ts';

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
    readonly kind: 'exposure_proven' | 'exposure_failed' | 'access_ended' | 'entered';
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
