/**
 * Looks after teams that were changed, whatever event was lost and wherever the change broke off:
 * finishes claimed invitations, draws the team for its pages, forgets the numbers of those who do not
 * pay any more, and puts those out of the runtimes who may not be inside. Only then is the workspace no longer due.
 */
import { holdTeam } from '#app/reconcile/access.ts';
import type { ReconcileDeps } from '#app/reconcile/deps.ts';
import { forgetTextsOfOthers } from '#app/terms/renewal-texts.ts';
import type { Stored } from '#ports/store.ts';
import { finishJoin } from './join.ts';
import { drawTeam } from './picture.ts';
import { notDue, tryTeam } from './turn.ts';

/** How far apart the clocks of two executions may be. */
const clockSkewMs = 2_000;
/** Worked off in one execution; the rest stays due. */
const pageSize = 20;

/**
 * In this order: whoever marked the workspace due holds the team's lease until the change is made,
 * so what is seen after a turn of our own is the changed team.
 */
export const settleTeam = async (deps: ReconcileDeps, workspaceId: string): Promise<void> => {
  const row = await deps.store.get('workspaces', workspaceId);
  const drawn = await tryTeam(deps, workspaceId, async () => {
    await drawTeam(deps, workspaceId);
    await forgetTextsOfOthers(deps, workspaceId);
    return 'drawn' as const;
  });
  // Without a workspace only the picture is left to go.
  if (drawn === 'held' || row === null || !isDue(deps, row)) return;
  await holdTeam(deps, workspaceId);
  // Stale: it was changed again, and is due again.
  const target = { id: row.id, version: row.version };
  await deps.store.update('workspaces', target, { teamDueAt: notDue });
};

const isDue = ({ clock }: ReconcileDeps, { teamDueAt }: Stored<'workspaces'>): boolean =>
  teamDueAt !== null && Date.parse(teamDueAt) <= clock.now().getTime() + clockSkewMs;

/** A claimed invitation whose holder is not in the team yet. */
export const settleInvitation = async (
  deps: ReconcileDeps,
  invitationId: string,
): Promise<void> => {
  const row = await deps.store.get('invitations', invitationId);
  if (row === null || row.dueAt === null) return;
  await finishJoin(deps, row);
};

export const settleTeams = async (deps: ReconcileDeps): Promise<void> => {
  const value = deps.clock.now().toISOString();
  const claimed = await deps.store.list('invitations', {
    atMost: { column: 'dueAt', value },
    orderBy: { column: 'dueAt' },
    limit: pageSize,
  });
  for (const { id } of claimed) await settleInvitation(deps, id);
  const changed = await deps.store.list('workspaces', {
    atMost: { column: 'teamDueAt', value },
    orderBy: { column: 'teamDueAt' },
    limit: pageSize,
  });
  for (const { id } of changed) await settleTeam(deps, id);
};
