/** A membership as Appwrite tells it. A role that is none of ours makes nobody a member. */
import * as z from 'zod/mini';
import type { Role } from '#ports/accounts.ts';
import { StoreUnavailable } from '#ports/store.ts';

const membership = z.object({
  $id: z.string(),
  teamId: z.string(),
  userId: z.string(),
  userName: z._default(z.string(), ''),
  userEmail: z._default(z.string(), ''),
  confirm: z.boolean(),
  roles: z.array(z.string()),
});
export type AppwriteMembership = z.infer<typeof membership>;

const membershipPage = z.object({ memberships: z.array(membership) });

/** Throws `StoreUnavailable` when the body is no list of memberships. */
export const membershipsIn = (body: unknown): readonly AppwriteMembership[] => {
  const page = membershipPage.safeParse(body);
  if (!page.success) throw new StoreUnavailable('memberships: unexpected shape');
  return page.data.memberships;
};

const roles = ['owner', 'billing', 'member'] as const;

/** Of several the one that may most. */
export const roleIn = ({ roles: held }: AppwriteMembership): Role | null =>
  roles.find((role) => held.includes(role)) ?? null;
