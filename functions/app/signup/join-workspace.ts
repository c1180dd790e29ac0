/**
 * Signing up with an invitation into a workspace, and what its link may tell before. Key: the
 * invitation. The account is made, then the invitation claimed for it; into the team it comes by
 * accepting, or by the reconciler, which finds the claim due: this function cannot touch teams.
 */
import { emailHint, whyClosed, whyNotAccept } from '#core/workspace/invitation.ts';
import { claimInvitation } from '#app/team/join.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids } from '#ports/system.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { fail, succeed } from '#schemas/contract/errors.ts';
import type { ValueOf } from '#schemas/contract/operation.ts';
import type {
  inspectInvitation as inspectOperation,
  joinWorkspace as joinOperation,
} from '#schemas/contract/signup.ts';
import { invitationIdOf } from './invite-id.ts';
import type { Application, SignupDeps } from './open-account.ts';
import { openAccount } from './open-account.ts';

export const joinWorkspace = async (
  deps: SignupDeps,
  body: Application,
): Promise<Result<ValueOf<typeof joinOperation>>> => {
  const invitation = await deps.store.get('invitations', invitationIdOf(deps.ids, body.token));
  if (invitation === null) return fail('join_unknown', { field: 'token' });
  const refusal = whyNotAccept(invitation, body.email, deps.clock.now());
  if (refusal !== null) {
    return fail(refusal, { field: refusal === 'join_email_mismatch' ? 'email' : 'token' });
  }
  const opened = await openAccount(deps, invitation.id, body);
  if (!opened.ok) return opened;
  const { userId, email, isNew, isOwn } = opened.value;
  // Withdrawn in this very moment: there is an account, and it is in no workspace.
  const claimed = isOwn ? await claimInvitation(deps, invitation.id, { userId, email }) : null;
  if (!isNew) return fail('join_used', { field: 'token' });
  if (claimed?.ok === false) return claimed;
  return succeed({ userId, workspaceId: invitation.workspaceId });
};

interface InspectDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
}

export const inspectInvitation = async (
  deps: InspectDeps,
  body: { readonly token: string },
): Promise<Result<ValueOf<typeof inspectOperation>>> => {
  const row = await deps.store.get('invitations', invitationIdOf(deps.ids, body.token));
  if (row === null) return fail('join_unknown');
  const refusal = whyClosed(row, deps.clock.now());
  if (refusal !== null) return fail(refusal);
  const workspace = await deps.store.get('workspaces', row.workspaceId);
  if (workspace === null) return fail('join_unknown');
  const { role, expiresAt } = row;
  const hint = emailHint(row.email);
  return succeed({ workspaceName: workspace.name, role, emailHint: hint, expiresAt });
};
