/**
 * A runtime's history tells how it was opened and what its status is now, whatever died in between:
 * the row is written first, and what is missing here the next run adds. Key: the last entry.
 */
import { tellReady } from '#app/messages/tell-of-runtime.ts';
import { appendTimeline } from '#app/timeline/append.ts';
import { recordedStatus } from '#app/timeline/runtime-history.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';

type Row = Pick<RuntimeRecord, 'id' | 'orderId' | 'workspaceId' | 'status' | 'name'>;

export const recordStatus = async (
  deps: Pick<ReconcileDeps, 'store' | 'ids' | 'clock' | 'log'>,
  row: Row,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const { id: subjectId, orderId, workspaceId, status } = row;
  const at = deps.clock.now();
  const entry = { subjectId, actor: 'system', at, readers: { team: workspaceId } } as const;
  const seen = { complete: false };
  const opened = { ...entry, kind: 'runtime.opened', detail: { orderId } };
  await appendTimeline(deps, opened, (last) => {
    seen.complete = recordedStatus(last) === status;
    return last !== null;
  });
  if (seen.complete) return;
  if (status === 'ready') await tellReady(deps, row);
  const present = { ...entry, kind: `runtime_${status}`, detail };
  await appendTimeline(deps, present, (last) => recordedStatus(last) === status);
};
