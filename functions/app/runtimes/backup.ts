/**
 * Has a backup made now. The agent does it and proves it; what becomes of it the reconciler reads
 * there, which is told to look. A press whose answer was lost may be pressed again: while one is made
 * no other begins.
 */
import { endProofTurn, takeProofTurn } from '#app/placement/proof-turn.ts';
import { takeTurn, turnsLeft } from '#app/limits/take-turn.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { Result } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { backupRuntime } from '#schemas/contract/runtimes.ts';
import type { Account } from '#ports/accounts.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import { agentFailure } from './codex.ts';
import type { RuntimesDeps } from './deps.ts';
import { commandTarget, writeCommand } from './guard.ts';

/** Each costs about a minute of a core and 1.3 GiB of the server. */
const backupsPerHour = 3;

export const requestBackup = async (
  deps: RuntimesDeps,
  caller: Account,
  body: BodyOf<typeof backupRuntime>,
): Promise<Result<ValueOf<typeof backupRuntime>>> => {
  const target = await commandTarget(deps, caller, body);
  if (!target.ok) return target;
  const row = target.value;
  const turn = { what: 'backup', whom: row.id, perHour: backupsPerHour };
  if ((await turnsLeft(deps, turn)) === 0) return fail('too_many_requests');
  // Somebody else's backup costs this one no turn of its hour.
  const { serverId } = readJson(factsSchema, row.facts, noFacts).placement;
  const place = { serverId, runtimeId: row.id };
  if (!(await takeProofTurn(deps, place))) return fail('server_busy');
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const backupId = `now-${deps.ids.newId()}`;
  const started = await deps.agent.startBackup({ runtimeId: row.id, host: row.host }, backupId);
  if (started.kind === 'refused') await endProofTurn(deps, place);
  if (started.kind !== 'ok') return agentFailure(started);
  deps.log.info('runtime.backup_requested', { runtimeId: row.id, backupId });
  // Only a hint to look: it is made on the tenant whatever becomes of this write.
  const written = await writeCommand(deps, row, { nextCheckAt: deps.clock.now().toISOString() });
  const revision = written.ok ? written.value.revision : row.revision;
  return succeed({ revision, backup: started.value });
};
