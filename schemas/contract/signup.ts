/** signup: open to guests. An invite is redeemed once and becomes an account. */
import * as z from 'zod/mini';
import { displayName, email, id } from './common.ts';
import { operation } from './operation.ts';
import { locales } from './vocabulary.ts';

/** 8–256 characters, as Appwrite asks; strength is checked against the e-mail and common words. */
export const password = z.string().check(z.minLength(8), z.maxLength(256));
export const inviteToken = z.string().check(z.minLength(1), z.maxLength(128));

export const redeemInvite = operation({
  function: 'signup',
  path: '/redeem',
  body: z.object({
    token: inviteToken,
    email,
    password,
    name: displayName,
    locale: z.enum(locales),
  }),
  value: z.object({ userId: id }),
});

/** What may be shown before an account exists; says nothing about who was invited. */
export const inspectInvite = operation({
  function: 'signup',
  path: '/inspect',
  body: z.object({ token: inviteToken }),
  value: z.object({ usable: z.literal(true), expiresAt: z.nullable(z.string()) }),
});
