/**
 * From an invitation into the team. First the invitation is claimed by compare-and-set for one
 * account (exactly one, under any concurrency, and for ever); then that account is put into the team
 * and the invitation noted as settled. Between the two the row is due, and whoever comes by finishes
 * it: the same person, or the reconciler.
 */
import type { JoinRefusal } from '#core/workspace/invitation.ts';
import { whyNotAccept } from '#core/workspace/invitation.ts';
import type { Stored } from '#ports/store.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type { TeamDeps } from './deps.ts';
import { drawTeam } from './picture.ts';
import { inTurn } from './turn.ts';

type Invitation = Stored<'invitations'>;

const racesAtMost = 5;

/** Idempotent for the account that holds the claim. */
export const claimInvitation = async (
  deps: Pick<TeamDeps, 'store' | 'clock' | 'log'>,
  invitationId: string,
  by: { readonly userId: string; readonly email: string },
): Promise<Result<Invitation>> => {
  for (let race = 0; race < racesAtMost; race += 1) {
    const row = await deps.store.get('invitations', invitationId);
    if (row === null) return fail('join_unknown', { field: 'token' });
    if (row.usedBy === by.userId) return succeed(row);
    const now = deps.clock.now();
    const refusal = whyNotAccept(row, by.email, now);
    if (refusal !== null) return fail(refusal, { field: fieldOf(refusal) });
    const at = now.toISOString();
    const target = { id: row.id, version: row.version };
    const claim = { usedBy: by.userId, usedAt: at, dueAt: at };
    if ((await deps.store.update('invitations', target, claim)) !== 'updated') continue;
    const { workspaceId } = row;
    deps.log.info('invitation.claimed', { invitationId, workspaceId, userId: by.userId });
  }
  return fail('stale_revision');
};

const fieldOf = (refusal: JoinRefusal): string =>
  refusal === 'join_email_mismatch' ? 'email' : 'token';

/** Idempotent by invitation. `join_used`: it was settled, and its holder is not in the team now. */
export const finishJoin = (
  deps: TeamDeps,
  { id: invitationId, workspaceId }: Pick<Invitation, 'id' | 'workspaceId'>,
): Promise<Result<WorkspaceRole>> =>
  inTurn(deps, workspaceId, async (lease) => {
    const row = await deps.store.get('invitations', invitationId);
    if (row === null || row.usedBy === null) return fail('join_unknown');
    const { usedBy: userId } = row;
    const present = await deps.teams.roleOf(workspaceId, userId);
    // Settled: an invitation brings nobody back who was taken out since.
    if (row.dueAt === null) return present === null ? fail('join_used') : succeed(present);
    if (present === null) {
      if (!(await lease.keep())) return fail('team_busy');
      const joined = await deps.teams.join({ teamId: workspaceId, userId, role: row.role });
      await deps.faults.reach('member.joined');
      deps.log.info('member.joined', { workspaceId, userId, role: row.role, outcome: joined });
    }
    await drawTeam(deps, workspaceId);
    await settleClaim(deps, row);
    const role = await deps.teams.roleOf(workspaceId, userId);
    return role === null ? fail('join_unknown') : succeed(role);
  });

const settleClaim = async (deps: TeamDeps, row: Invitation): Promise<void> => {
  const target = { id: row.id, version: row.version };
  // Stale: the next look, the sweep's at the latest, finds it in the team and settles it.
  await deps.store.update('invitations', target, { dueAt: null });
};

const claimsAtMost = 100;

/** Before somebody is taken out: what was claimed and never finished must not bring them back. */
export const settleClaimsOf = async (
  deps: TeamDeps,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string },
): Promise<void> => {
  const where = { workspaceId, usedBy: userId };
  const claimed = await deps.store.list('invitations', { where, limit: claimsAtMost });
  for (const row of claimed) if (row.dueAt !== null) await settleClaim(deps, row);
};
