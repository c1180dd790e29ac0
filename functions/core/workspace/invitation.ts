/** Whether an invitation into a workspace may be accepted now, and by whom. */
import type { InviteState } from '#core/invite/usable.ts';
import { inviteState, normaliseEmail } from '#core/invite/usable.ts';

export interface InvitationFacts {
  readonly email: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  readonly usedAt: string | null;
}

export type JoinRefusal = 'join_used' | 'join_expired' | 'join_revoked' | 'join_email_mismatch';

const refusals = {
  used: 'join_used',
  revoked: 'join_revoked',
  expired: 'join_expired',
  open: null,
} as const satisfies Record<InviteState, JoinRefusal | null>;

export const isOpen = (invitation: InvitationFacts, now: Date): boolean =>
  inviteState(invitation, now) === 'open';

export const whyClosed = (invitation: InvitationFacts, now: Date): JoinRefusal | null =>
  refusals[inviteState(invitation, now)];

/** Whose it is comes first: nobody else is told how it stands. */
export const whyNotAccept = (
  invitation: InvitationFacts,
  email: string,
  now: Date,
): JoinRefusal | null =>
  normaliseEmail(invitation.email) === normaliseEmail(email)
    ? whyClosed(invitation, now)
    : 'join_email_mismatch';

/** `m…@example.com`: enough to know one's own address by. */
export const emailHint = (email: string): string => {
  const at = email.lastIndexOf('@');
  return at < 1 ? '…' : `${email.slice(0, 1)}…${email.slice(at)}`;
};
