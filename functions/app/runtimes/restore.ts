/**
 * Brings a backup back: the agent takes the order (it knows whether the backup is there, whole, and
 * has room), then the runtime restarts, and its bootstrap exchanges the state. Who asked stands in the
 * history before anything happens. Key: the restart's id. An order whose restart was not written down
 * is taken back, or lapses by itself after ten minutes.
 */
import { isRestartOwed, isRestarting } from '#core/runtime/restart.ts';
import { isRestoring } from '#core/runtime/restore.ts';
import { isBelow } from '#core/update/version.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { restoreRuntime } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import type { Stored } from '#ports/store.ts';
import type { Account } from '#ports/accounts.ts';
import { agentFailure } from './codex.ts';
import type { RuntimesDeps } from './deps.ts';
import { commandTarget, writeCommand } from './guard.ts';

/** Each stops the runtime for a minute and costs a turn. */
const restoresPerHour = 3;

export const requestRestore = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof restoreRuntime>,
): Promise<Result<ValueOf<typeof restoreRuntime>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  const known = readJson(facts, row.facts, noFacts);
  if (known.deployment.status !== 'done') return fail('runtime_not_running');
  const isBusy = isRestartOwed(row, known) || isRestarting(row, known) || isRestoring(known);
  if (isBusy) return fail('restart_busy');
  // It keeps and puts back a state of its own.
  const { updateState } = row;
  if (updateState === 'applying' || updateState === 'returning') return fail('update_busy');
  const { backupId } = body;
  const at = deps.clock.now();
  // As after an update that was taken back: its trial would end where it began.
  if (isNewer(row, known, backupId)) {
    const problem = 'backup_newer' as const;
    const restore = { restoreId: 'never', backupId, code: 'failed' as const, problem };
    return succeed({ revision: row.revision, restore: { ...restore, atMs: at.getTime() } });
  }
  const turn = { what: 'restore', whom: row.id, perHour: restoresPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const restoreId = deps.ids.newId();
  const detail = { backupId };
  await appendEvidence(deps, row, {
    ...{ kind: 'restore_requested', detail, actor: caller.userId, at },
  });
  const address = { runtimeId: row.id, host: row.host };
  const told = await deps.agent.restore(address, { restoreId, backupId, step: 'order' });
  if (told.kind !== 'ok') return agentFailure(told);
  const restore = told.value;
  if (restore.code !== 'ordered' || restore.restoreId !== restoreId) {
    return succeed({ revision: row.revision, restore });
  }
  const changes = { restartId: restoreId, nextCheckAt: at.toISOString(), failures: 0 };
  const written = await writeCommand(deps, row, changes);
  if (!written.ok) {
    await deps.agent.restore(address, { restoreId, backupId, step: 'drop' });
    return written;
  }
  deps.log.info('runtime.restore_requested', { runtimeId: row.id, restoreId, backupId });
  return succeed({ revision: written.value.revision, restore });
};

/** The row says what it runs after the restart, whatever answers just now. */
const isNewer = (
  { openclawVersion }: Stored<'runtimes'>,
  { agent, backup }: Facts,
  backupId: string,
): boolean => {
  const made = backup.kept.find((one) => one.backupId === backupId)?.openclawVersion ?? null;
  return isBelow(openclawVersion ?? agent.version, made);
};
