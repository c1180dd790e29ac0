/**
 * A restore as the reconciler sees it: what the agent tells of it, the proof that is owed after it,
 * and the decision. Key: the restore's id, which is the restart's that carries it out.
 */
import type { Facts } from '#schemas/record/runtime.ts';
import { agentReason } from './observe.ts';
import { advanced, failed, seenNow } from './work.ts';
import type { Outcome, Work } from './work.ts';

/** The state was exchanged under what was proven: a turn is asked for by itself. */
const exchanged: ReadonlySet<string> = new Set(['swapped', 'returned']);

export const foldRestore = ({ row, facts: before, deps }: Work, facts: Facts): Facts => {
  const { report } = facts.restore;
  const known = before.restore.report;
  if (report === null) return facts;
  const isNews = known?.restoreId !== report.restoreId || known.code !== report.code;
  if (!isNews) return facts;
  const { code, problem } = report;
  deps.log.info('runtime.restore_seen', { runtimeId: row.id, code, problem });
  if (!exchanged.has(code)) return facts;
  const swappedAt = code === 'swapped' ? facts.restore.observedAt : facts.restore.swappedAt;
  const proves = row.receipt !== null || facts.deployment.proves;
  const deployment = { ...facts.deployment, proves, precedingSmokeId: row.smokeId };
  return { ...facts, deployment, restore: { ...facts.restore, swappedAt } };
};

export const settleRestore = async (work: Work, verdict: 'keep' | 'return'): Promise<Outcome> => {
  const { deps, row, facts } = work;
  const { report } = facts.restore;
  if (report === null) return advanced(facts);
  const { restoreId, backupId } = report;
  const at = { runtimeId: row.id, host: row.host };
  const told = await deps.agent.restore(at, { restoreId, backupId, step: verdict });
  const { observedAt } = seenNow(work);
  if (told.kind !== 'ok') {
    const error = agentReason(told);
    return failed({ ...facts, restore: { ...facts.restore, observedAt, error } });
  }
  const restore = { ...facts.restore, observedAt, error: null, report: told.value };
  deps.log.info('runtime.restore_settled', { runtimeId: row.id, verdict });
  if (told.value.code !== 'return_ordered') return advanced({ ...facts, restore });
  // Down and up once more: its bootstrap brings the old state back.
  const restart = { observedAt, error: null, restartId: row.restartId, state: null };
  return advanced({ ...facts, restore, restart });
};
