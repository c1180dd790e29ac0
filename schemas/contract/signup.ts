/** signup: open to guests. An invite is redeemed once and becomes an account. */
import * as z from 'zod/mini';
import { displayName, email, id } from './common.ts';
import { operation } from './operation.ts';
import { locales, workspaceRoles } from './vocabulary.ts';

/** 8–256 characters, as Appwrite asks; strength is checked against the e-mail and common words. */
export const password = z.string().check(z.minLength(8), z.maxLength(256));
export const inviteToken = z.string().check(z.minLength(1), z.maxLength(128));

const application = z.object({
  token: inviteToken,
  email,
  password,
  name: displayName,
  locale: z.enum(locales),
});

export const redeemInvite = operation({
  function: 'signup',
  path: '/redeem',
  body: application,
  value: z.object({ userId: id }),
});

/**
 * The same with an invitation into a workspace, for its address alone. The account is there with the
 * answer, and in the workspace with `acceptInvitation`, or within a minute without it.
 */
export const joinWorkspace = operation({
  function: 'signup',
  path: '/join',
  body: application,
  value: z.object({ userId: id, workspaceId: id }),
});

/** What the holder of the link may know. `emailHint`: first letter and domain of the address. */
export const inspectInvitation = operation({
  function: 'signup',
  path: '/join/inspect',
  body: z.object({ token: inviteToken }),
  value: z.object({
    workspaceName: z.string(),
    role: z.enum(workspaceRoles),
    emailHint: z.string(),
    expiresAt: z.string(),
  }),
});

/** What may be shown before an account exists; says nothing about who was invited. */
export const inspectInvite = operation({
  function: 'signup',
  path: '/inspect',
  body: z.object({ token: inviteToken }),
  value: z.object({ usable: z.literal(true), expiresAt: z.nullable(z.string()) }),
});
