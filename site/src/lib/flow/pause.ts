/** How a pause stands, and whether its reader can end it. From the row alone. Pure. */
import type { RuntimeRow } from '#schemas/contract/rows.ts';

/**
 * early: it has not come up yet. stopping, starting: asked for, and not there yet. held: somebody
 * else stopped it; a pause of its owner goes on after that.
 */
export type PauseState =
  'runs' | 'early' | 'stopping' | 'paused' | 'starting' | 'unpaid' | 'held' | 'gone';

type Row = Pick<RuntimeRow, 'status' | 'receipt' | 'suspendedFor' | 'pausedAt' | 'deletesAt'>;

export const pauseOf = (row: Row): PauseState => {
  const { status, receipt, suspendedFor, pausedAt } = row;
  if (status === 'deleting' || status === 'deleted') return 'gone';
  // What its owner is deleting is not paused or resumed.
  if (row.deletesAt !== null) return 'gone';
  if (suspendedFor === 'unpaid') return 'unpaid';
  if (suspendedFor === 'customer') return status === 'suspended' ? 'paused' : 'stopping';
  if (suspendedFor !== null) return 'held';
  // A row of before the reason was written down was stopped by somebody else.
  if (status === 'suspended') return pausedAt === null ? 'starting' : 'held';
  const cameUp = receipt !== null || (status !== 'provisioning' && status !== 'failed');
  return cameUp ? 'runs' : 'early';
};
