/**
 * Whose browsers may be inside a runtime: members of its workspace whose role lets them, now. Told by level: the
 * sessions there against the team, whatever event was lost. With nobody to put out, nothing is
 * called and nothing written.
 */
import { appendEvidence } from '#app/timeline/runtime-history.ts';
import { pagesOf } from '#app/pages.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { clockToleranceSeconds } from '#schemas/contract/agent.ts';
import type { AgentOutcome } from '#ports/runtime.ts';
import type { ReconcileDeps, RuntimeRecord } from './deps.ts';

/**
 * A ticket given before the change may still be spent after it: it is looked at once more when every
 * such ticket has run out.
 */
const ticketsOutMs = (60 + clockToleranceSeconds) * 1_000;

type AccessDeps = Pick<ReconcileDeps, 'agent' | 'teams' | 'store' | 'ids' | 'clock' | 'log'>;
type Row = Pick<RuntimeRecord, 'id' | 'host' | 'workspaceId'>;

/** User ids; nobody where there is no such team. */
const admittedBy = async (
  { teams }: Pick<AccessDeps, 'teams'>,
  workspaceId: string,
): Promise<readonly string[]> => {
  const team = await teams.membersOf(workspaceId);
  return team.filter(({ role }) => mayDo(role, 'enter')).map(({ userId }) => userId);
};

/** Users with a session who may not enter (any more), in order; each once. */
export const strangersAmong = async (
  deps: Pick<AccessDeps, 'teams'>,
  { workspaceId }: Pick<Row, 'workspaceId'>,
  sessions: readonly string[],
): Promise<readonly string[]> => {
  if (sessions.length === 0) return [];
  const admitted = new Set(await admittedBy(deps, workspaceId));
  return [...new Set(sessions)].filter((userId) => !admitted.has(userId)).toSorted();
};

/** Puts out everybody else; the team is read again, so that no newcomer is hit. */
export const endAccess = async (deps: AccessDeps, row: Row): Promise<AgentOutcome<number>> => {
  const admitted = await admittedBy(deps, row.workspaceId);
  const ended = await deps.agent.limitAccess({ runtimeId: row.id, host: row.host }, admitted);
  if (ended.kind !== 'ok') {
    deps.log.warn('runtime.access_not_ended', { runtimeId: row.id, outcome: ended.kind });
    return ended;
  }
  deps.log.info('runtime.access_ended', { runtimeId: row.id, sessions: ended.value });
  if (ended.value > 0) {
    const detail = { sessions: ended.value };
    const at = deps.clock.now();
    await appendEvidence(deps, row, { kind: 'access_ended', detail, actor: 'system', at });
  }
  return ended;
};

/** Looks, and puts out who is to go. `silent`: the agent did not say, or did not do it. */
export const holdAccess = async (
  deps: AccessDeps,
  row: Row,
): Promise<'well' | 'ended' | 'silent'> => {
  const seen = await deps.agent.state({ runtimeId: row.id, host: row.host });
  if (seen.kind !== 'ok') return 'silent';
  const strangers = await strangersAmong(deps, row, seen.value.sessions);
  if (strangers.length === 0) return 'well';
  return (await endAccess(deps, row)).kind === 'ok' ? 'ended' : 'silent';
};

/** After a change in the team: all its runtimes at once, and again when no older ticket is left. */
export const holdTeam = async (deps: AccessDeps, workspaceId: string): Promise<void> => {
  const rows = await pagesOf(deps.store, 'runtimes', { workspaceId, desired: 'running' });
  await Promise.all(rows.map((row) => holdAccess(deps, row)));
  const againMs = deps.clock.now().getTime() + ticketsOutMs;
  for (const { id, version, nextCheckAt } of rows) {
    if (nextCheckAt !== null && Date.parse(nextCheckAt) <= againMs) continue;
    const again = { nextCheckAt: new Date(againMs).toISOString() };
    await deps.store.update('runtimes', { id, version }, again);
  }
};
