/**
 * Asks for a restart: the containers stopped and started, once for each request. The reconciler does
 * it and climbs the ladder again. Who asked stands in the history before anything happens.
 */
import { isRestartOwed, isRestarting } from '#core/runtime/restart.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { restartRuntime } from '#schemas/contract/runtimes.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts, noFacts } from '#schemas/record/runtime.ts';
import type { Account } from '#ports/accounts.ts';
import type { RuntimesDeps } from './deps.ts';
import { commandTarget, writeCommand } from './guard.ts';

/** One takes half a minute; a runtime that needs more than these needs the operator. */
const restartsPerHour = 6;

export const requestRestart = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof restartRuntime>,
): Promise<Result<ValueOf<typeof restartRuntime>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  const known = readJson(facts, row.facts, noFacts);
  // Nothing of it runs yet: the deployment under way starts it.
  if (known.deployment.status !== 'done') return fail('runtime_not_running');
  if (isRestartOwed(row, known) || isRestarting(row, known)) return fail('restart_busy');
  const { updateState } = row;
  if (updateState === 'applying' || updateState === 'returning') return fail('update_busy');
  const turn = { what: 'restart', whom: row.id, perHour: restartsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const restartId = deps.ids.newId();
  const at = deps.clock.now();
  const entry = { kind: 'restart_requested', detail: {}, actor: caller.userId, at } as const;
  await appendEvidence(deps, row, entry);
  const changes = { restartId, nextCheckAt: at.toISOString(), failures: 0 };
  const written = await writeCommand(deps, row, changes);
  if (!written.ok) return written;
  deps.log.info('runtime.restart_requested', { runtimeId: row.id, restartId });
  return succeed({ revision: written.value.revision, restartId });
};
