/**
 * A runtime's history tells how it was opened and what its status is now, whatever died in between:
 * the row is written first, and what is missing here the next run adds. Key: the last entry.
 */
import { appendTimeline } from '#app/timeline/append.ts';
import { recordedStatus } from '#app/timeline/runtime-history.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';

type Row = Pick<RuntimeRecord, 'id' | 'orderId' | 'workspaceId' | 'status'>;

export const recordStatus = async (
  deps: Pick<ReconcileDeps, 'store' | 'ids' | 'clock'>,
  { id: subjectId, orderId, workspaceId, status }: Row,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const at = deps.clock.now();
  const entry = { subjectId, actor: 'system', at, readers: { team: workspaceId } } as const;
  const seen = { complete: false };
  const opened = { ...entry, kind: 'runtime.opened', detail: { orderId } };
  await appendTimeline(deps, opened, (last) => {
    seen.complete = recordedStatus(last) === status;
    return last !== null;
  });
  if (seen.complete) return;
  const present = { ...entry, kind: `runtime_${status}`, detail };
  await appendTimeline(deps, present, (last) => recordedStatus(last) === status);
};
