/** Whether a runtime can be exported now, and what happens meanwhile. From the row alone. Pure. */
import { conditionsView } from '#schemas/contract/rows.ts';
import type { RuntimeRow } from '#schemas/contract/rows.ts';

/**
 * early: it has not come up yet. runs: at once. stopped: something has to be started first. preparing,
 * open: until `exportUntil`. stuck: it does not start, and a person looks at it. gone: too late.
 */
export type ExportState = 'early' | 'runs' | 'stopped' | 'preparing' | 'open' | 'stuck' | 'gone';

type Row = Pick<RuntimeRow, 'status' | 'receipt' | 'conditions' | 'exportUntil'>;

const reasonOf = (conditions: string): string | undefined => {
  try {
    const known = conditionsView.safeParse(JSON.parse(conditions)).data;
    return known?.find(({ type }) => type === 'deployed')?.reason;
  } catch {
    return undefined;
  }
};

export const exportOf = (row: Row, nowMs: number): ExportState => {
  const { status, exportUntil } = row;
  if (status === 'deleting' || status === 'deleted') return 'gone';
  if (status === 'suspended') {
    if (exportUntil === null || Date.parse(exportUntil) <= nowMs) return 'stopped';
    const reason = reasonOf(row.conditions);
    if (reason === 'export_open') return 'open';
    return reason === 'retries_exhausted' ? 'stuck' : 'preparing';
  }
  const cameUp = row.receipt !== null || (status !== 'provisioning' && status !== 'failed');
  return cameUp ? 'runs' : 'early';
};

/** What an upload may be told before a byte of it is sent. */
export type FileProblem = 'empty' | 'too_large' | 'other_kind' | 'no_key';

export const fileProblem = (
  file: { readonly name: string; readonly size: number },
  atMostBytes: number,
): FileProblem | null => {
  if (file.size === 0) return 'empty';
  if (file.size > atMostBytes) return 'too_large';
  return /\.(tgz|gz|age)$/i.test(file.name) ? null : 'other_kind';
};

/** A copy out of a bucket, which only its recovery key opens. */
export const isSealed = (file: { readonly name: string }): boolean => /\.age$/i.test(file.name);
