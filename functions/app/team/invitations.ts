/**
 * Invitations into a workspace, as its owners make and withdraw them. The token is told once and
 * stored hashed; nobody is written to: the owner hands the link on.
 */
import { isOpen } from '#core/workspace/invitation.ts';
import { normaliseEmail } from '#core/invite/usable.ts';
import { mayDo } from '#core/workspace/roles.ts';
import { tellInvited } from '#app/messages/tell-invited.ts';
import { takeTurn } from '#app/limits/take-turn.ts';
import { pagesOf } from '#app/pages.ts';
import { invitationIdOf } from '#app/signup/invite-id.ts';
import type { Account } from '#ports/accounts.ts';
import type { Stored } from '#ports/store.ts';
import type { Failure, Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { BodyOf, ValueOf } from '#schemas/contract/operation.ts';
import type {
  inviteMember as inviteOperation,
  revokeInvitation as revokeOperation,
} from '#schemas/contract/workspaces.ts';
import {
  invitationLifeDays,
  invitationsAtMost,
  teamSizeAtMost,
} from '#schemas/contract/workspaces.ts';
import type { TeamDeps } from './deps.ts';
import { inTurn } from './turn.ts';

type Refusal = { readonly ok: false; readonly error: Failure };

const dayMs = 24 * 60 * 60_000;
/** Each is a door into somebody's money; a person who invites a whole firm needs no more. */
const invitationsPerHour = 40;

/** Null when the caller may; strangers are told nothing of the workspace. */
export const whyNotManager = async (
  deps: Pick<TeamDeps, 'teams'>,
  caller: Account,
  workspaceId: string,
): Promise<Refusal | null> => {
  const role = await deps.teams.roleOf(workspaceId, caller.userId);
  if (role === null) return fail('workspace_unknown');
  return mayDo(role, 'manage') ? null : fail('role_not_allowed');
};

/** In turn, so that the bounds hold however many ask at once. */
export const inviteMember = async (
  deps: TeamDeps,
  caller: Account,
  body: BodyOf<typeof inviteOperation>,
): Promise<Result<ValueOf<typeof inviteOperation>>> => {
  const { workspaceId } = body;
  const refused = await whyNotManager(deps, caller, workspaceId);
  if (refused !== null) return refused;
  if ((await deps.store.get('workspaces', workspaceId)) === null) return fail('workspace_unknown');
  const turn = { what: 'invitation', whom: caller.userId, perHour: invitationsPerHour };
  if (!(await takeTurn(deps, turn))) return fail('too_many_requests');
  return inTurn(deps, workspaceId, async () => {
    const email = normaliseEmail(body.email);
    const open = await openInvitations(deps, workspaceId);
    const objection = await objectionTo(deps, workspaceId, { email, open });
    if (objection !== null) return objection;
    for (const row of open) if (row.email === email) await withdraw(deps, row);
    return makeInvitation(deps, caller, { ...body, email });
  });
};

const openInvitations = async (
  deps: Pick<TeamDeps, 'store' | 'clock'>,
  workspaceId: string,
): Promise<readonly Stored<'invitations'>[]> => {
  const rows = await pagesOf(deps.store, 'invitations', {
    workspaceId,
    usedAt: null,
    revokedAt: null,
  });
  return rows.filter((row) => isOpen(row, deps.clock.now()));
};

const objectionTo = async (
  deps: TeamDeps,
  workspaceId: string,
  wish: { readonly email: string; readonly open: readonly Stored<'invitations'>[] },
): Promise<Refusal | null> => {
  const team = await deps.teams.membersOf(workspaceId);
  if (team.some((member) => normaliseEmail(member.email) === wish.email)) {
    return fail('already_member', { field: 'email' });
  }
  const others = wish.open.filter(({ email }) => email !== wish.email).length;
  if (others >= invitationsAtMost) return fail('invitations_full');
  return team.length + others >= teamSizeAtMost ? fail('team_full') : null;
};

const makeInvitation = async (
  deps: TeamDeps,
  caller: Account,
  wish: BodyOf<typeof inviteOperation>,
): Promise<Result<ValueOf<typeof inviteOperation>>> => {
  const { workspaceId, email, role } = wish;
  const token = deps.ids.newToken();
  const invitationId = invitationIdOf(deps.ids, token);
  const expiresAt = new Date(deps.clock.now().getTime() + invitationLifeDays * dayMs).toISOString();
  await deps.store.create('invitations', invitationId, {
    data: {
      workspaceId,
      email,
      role,
      invitedBy: caller.userId,
      expiresAt,
      revokedAt: null,
      usedAt: null,
      usedBy: null,
      dueAt: null,
    },
    readers: { team: workspaceId, role: 'owner' },
  });
  await tellInvited(deps, { invitationId, workspaceId, role, expiresAt });
  deps.log.info('invitation.created', { invitationId, workspaceId, role, userId: caller.userId });
  return succeed({ invitationId, token, expiresAt });
};

const withdraw = async (
  deps: Pick<TeamDeps, 'store' | 'clock' | 'log'>,
  row: Stored<'invitations'>,
): Promise<'updated' | 'stale' | 'missing'> => {
  const target = { id: row.id, version: row.version };
  const revokedAt = deps.clock.now().toISOString();
  const outcome = await deps.store.update('invitations', target, { revokedAt });
  if (outcome === 'updated') deps.log.info('invitation.revoked', { invitationId: row.id });
  return outcome;
};

export const revokeInvitation = async (
  deps: TeamDeps,
  caller: Account,
  body: BodyOf<typeof revokeOperation>,
): Promise<Result<ValueOf<typeof revokeOperation>>> => {
  const { workspaceId, invitationId } = body;
  const refused = await whyNotManager(deps, caller, workspaceId);
  if (refused !== null) return refused;
  const row = await deps.store.get('invitations', invitationId);
  if (row === null || row.workspaceId !== workspaceId) return fail('not_found');
  if (row.usedAt !== null) return fail('join_used');
  if (row.revokedAt !== null) return succeed({ invitationId });
  const outcome = await withdraw(deps, row);
  return outcome === 'updated' ? succeed({ invitationId }) : fail('stale_revision');
};
