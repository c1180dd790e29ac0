/** Finishes what was interrupted. Nothing unfinished, no write; one that fails holds up no other. */
import type { AccountDeps } from './deps.ts';
import { carryOut } from './carry-out.ts';

const pageSize = 25;
/** Whoever asked is most likely still at it. */
const graceMs = 60_000;

export const finishDeletions = async (
  deps: AccountDeps,
): Promise<{ readonly finished: number; readonly failed: number }> => {
  const rows = await deps.store.list('deletions', { where: { finishedAt: null }, limit: pageSize });
  const before = deps.clock.now().getTime() - graceMs;
  let finished = 0;
  let failed = 0;
  for (const { id } of rows.filter((row) => Date.parse(row.requestedAt) <= before)) {
    try {
      await carryOut(deps, id);
      finished += 1;
    } catch (error) {
      failed += 1;
      const cause = error instanceof Error ? error.message : 'unknown';
      deps.log.error('account.deletion_interrupted', { userId: id, cause });
    }
  }
  return { finished, failed };
};
