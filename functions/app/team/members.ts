/**
 * Accepting, changing a role, taking out, leaving. A change of the team is made in turn, after the
 * workspace was marked due; what is asked for again is done already, or done now.
 */
import { mayDo, whyUnchangeable } from '#core/workspace/roles.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { invitationIdOf } from '#app/signup/invite-id.ts';
import type { Account } from '#ports/accounts.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import type {
  acceptInvitation as acceptOperation,
  changeRole as roleOperation,
  leaveWorkspace as leaveOperation,
  removeMember as removeOperation,
} from '#schemas/contract/workspaces.ts';
import type { TeamDeps } from './deps.ts';
import { whyNotManager } from './invitations.ts';
import { claimInvitation, finishJoin, settleClaimsOf } from './join.ts';
import { drawTeam } from './picture.ts';
import { inTurn, markDue } from './turn.ts';

/** Tokens cannot be guessed; this bounds the work a signed-in person can cause. */
const triesPerHour = 60;

export const acceptInvitation = async (
  deps: TeamDeps,
  caller: Account,
  body: BodyOf<typeof acceptOperation>,
): Promise<Result<ValueOf<typeof acceptOperation>>> => {
  const turn = { what: 'join', whom: caller.userId, perHour: triesPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  const claimed = await claimInvitation(deps, invitationIdOf(deps.ids, body.token), caller);
  if (!claimed.ok) return claimed;
  await deps.faults.reach('invitation.claimed');
  const { workspaceId } = claimed.value;
  const joined = await finishJoin(deps, claimed.value);
  return joined.ok ? succeed({ workspaceId, role: joined.value }) : joined;
};

interface Change {
  readonly workspaceId: string;
  readonly userId: string;
  /** Null = out of the team. */
  readonly to: WorkspaceRole | null;
}

/**
 * `may` is judged in turn too, so that nobody acts on a right that was just taken away. Drawn in any
 * case: an earlier try may have ended before it was.
 */
const changeTeam = (
  deps: TeamDeps,
  change: Change,
  may: () => Promise<Result<null>>,
): Promise<Result<null>> =>
  inTurn(deps, change.workspaceId, async (lease) => {
    const allowed = await may();
    if (!allowed.ok) return allowed;
    const { workspaceId, userId, to } = change;
    const team = await deps.teams.membersOf(workspaceId);
    const refusal = whyUnchangeable(team, change);
    if (refusal === 'last_owner' || (refusal !== null && to !== null)) return fail(refusal);
    if (to === null) await settleClaimsOf(deps, { workspaceId, userId });
    const role = team.find((member) => member.userId === userId)?.role ?? null;
    if (role !== to) {
      if (!(await lease.keep())) return fail('team_busy');
      await carryOut(deps, change);
    }
    await drawTeam(deps, workspaceId);
    return succeed(null);
  });

const carryOut = async (deps: TeamDeps, { workspaceId, userId, to }: Change): Promise<void> => {
  await markDue(deps, workspaceId);
  await deps.faults.reach('team.marked');
  if (to === null) await deps.teams.remove({ teamId: workspaceId, userId });
  else await deps.teams.setRole({ teamId: workspaceId, userId, role: to });
  await deps.faults.reach('team.changed');
  deps.log.info('team.changed', { workspaceId, userId, to: to ?? 'out' });
};

const byManager = (deps: TeamDeps, caller: Account, change: Change): Promise<Result<null>> =>
  changeTeam(deps, change, async () => {
    const refused = await whyNotManager(deps, caller, change.workspaceId);
    return refused ?? succeed(null);
  });

export const changeRole = async (
  deps: TeamDeps,
  caller: Account,
  { workspaceId, userId, role }: BodyOf<typeof roleOperation>,
): Promise<Result<ValueOf<typeof roleOperation>>> => {
  const changed = await byManager(deps, caller, { workspaceId, userId, to: role });
  return changed.ok ? succeed({ userId, role }) : changed;
};

export const removeMember = async (
  deps: TeamDeps,
  caller: Account,
  { workspaceId, userId }: BodyOf<typeof removeOperation>,
): Promise<Result<ValueOf<typeof removeOperation>>> => {
  const changed = await byManager(deps, caller, { workspaceId, userId, to: null });
  return changed.ok ? succeed({ userId }) : changed;
};

export const leaveWorkspace = async (
  deps: TeamDeps,
  { userId }: Account,
  { workspaceId }: BodyOf<typeof leaveOperation>,
): Promise<Result<ValueOf<typeof leaveOperation>>> => {
  const changed = await changeTeam(deps, { workspaceId, userId, to: null }, async () => {
    const role = await deps.teams.roleOf(workspaceId, userId);
    if (role === null) return fail('workspace_unknown');
    return mayDo(role, 'leave') ? succeed(null) : fail('role_not_allowed');
  });
  return changed.ok ? succeed({ workspaceId }) : changed;
};
