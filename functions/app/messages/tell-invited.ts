/**
 * Tells somebody who has an account that a workspace's owner invites them. The link stays out of it:
 * its token is shown to the owner once and kept nowhere, and a mail would keep it in three places.
 */
import type { RowOf } from '#schemas/tables/tables.ts';
import { announce } from './announce.ts';
import type { AnnounceDeps } from './announce.ts';

type Invited = Pick<RowOf<'invitations'>, 'workspaceId' | 'role' | 'expiresAt'>;

export const tellInvited = async (
  deps: AnnounceDeps,
  invitation: Invited & { readonly invitationId: string },
): Promise<void> => {
  const { invitationId: subjectId, workspaceId, role, expiresAt } = invitation;
  const workspace = await deps.store.get('workspaces', workspaceId);
  if (workspace === null) return;
  const values = { workspaceName: workspace.name, role, expiresAt, path: '/' };
  const about = { kind: 'member_invited', subjectId, occasion: 'made' } as const;
  await announce(deps, { ...about, workspaceId, values });
};
