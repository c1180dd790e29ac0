/** Row id of an invite: from its token, which is never stored. */
import type { Ids } from '#ports/system.ts';

export const inviteIdOf = (ids: Ids, token: string): string => ids.idFrom(token.trim());

/** The same for an invitation into a workspace, which is another kind of token. */
export const invitationIdOf = (ids: Ids, token: string): string =>
  ids.idFrom('invitation', token.trim());

/** Derived, so creating the account is itself the claim: one invite, one possible account. */
export const accountIdOf = (ids: Ids, inviteId: string): string => ids.idFrom('user', inviteId);
