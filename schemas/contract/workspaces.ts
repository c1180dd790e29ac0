/** workspaces: signed-in users. A workspace is the billing and access boundary. */
import * as z from 'zod/mini';
import { displayName, email, id, planKey, subdomainText } from './common.ts';
import { operation } from './operation.ts';
import { inviteToken } from './signup.ts';
import { workspaceRoles } from './vocabulary.ts';

/** Said at the field while typing: free, or the code that says why not. */
export const checkSubdomain = operation({
  function: 'workspaces',
  path: '/check-subdomain',
  body: z.object({ subdomain: subdomainText }),
  value: z.object({
    subdomain: z.string(),
    available: z.boolean(),
    reason: z.nullable(z.enum(['subdomain_invalid', 'subdomain_reserved', 'subdomain_taken'])),
  }),
});

/** Idempotent by (user, subdomain): the same user asking again gets the same workspace. */
export const createWorkspace = operation({
  function: 'workspaces',
  path: '/create',
  body: z.object({ name: displayName, subdomain: subdomainText, planKey }),
  value: z.object({ workspaceId: id, subdomain: z.string(), host: z.string() }),
});

const role = z.enum(workspaceRoles);

/** Days an invitation can be accepted. */
export const invitationLifeDays = 7;
/** Open at once, a workspace. */
export const invitationsAtMost = 20;
/** Members and open invitations together, a workspace. */
export const teamSizeAtMost = 50;

/**
 * For owners. The token is told here once and stored hashed; an open invitation of the same address
 * is withdrawn by a new one.
 */
export const inviteMember = operation({
  function: 'workspaces',
  path: '/members/invite',
  body: z.object({ workspaceId: id, email, role }),
  value: z.object({ invitationId: id, token: z.string(), expiresAt: z.string() }),
});

/** For owners. Idempotent; one that was used is refused with `join_used`. */
export const revokeInvitation = operation({
  function: 'workspaces',
  path: '/members/revoke',
  body: z.object({ workspaceId: id, invitationId: id }),
  value: z.object({ invitationId: id }),
});

/**
 * For a signed-in user whose address was invited. Idempotent while that user is a member; once taken
 * out of the team, the same invitation brings nobody back.
 */
export const acceptInvitation = operation({
  function: 'workspaces',
  path: '/members/accept',
  body: z.object({ token: inviteToken }),
  value: z.object({ workspaceId: id, role }),
});

/** For owners; the last one stays one. Idempotent. */
export const changeRole = operation({
  function: 'workspaces',
  path: '/members/role',
  body: z.object({ workspaceId: id, userId: id, role }),
  value: z.object({ userId: id, role }),
});

/** For owners; the last one stays. Idempotent. */
export const removeMember = operation({
  function: 'workspaces',
  path: '/members/remove',
  body: z.object({ workspaceId: id, userId: id }),
  value: z.object({ userId: id }),
});

/** For everybody but the last owner. */
export const leaveWorkspace = operation({
  function: 'workspaces',
  path: '/members/leave',
  body: z.object({ workspaceId: id }),
  value: z.object({ workspaceId: id }),
});
