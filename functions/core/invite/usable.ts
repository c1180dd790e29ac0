/** Whether an invite may be redeemed now, and by this e-mail address. */
export interface InviteFacts {
  readonly email: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly usedAt: string | null;
}

export type InviteState = 'open' | 'used' | 'expired' | 'revoked';
export type InviteRefusal =
  'invite_used' | 'invite_expired' | 'invite_revoked' | 'invite_email_mismatch';

/** A used invite is `used`, whatever happened to it later. */
export const inviteState = (invite: InviteFacts, now: Date): InviteState => {
  if (invite.usedAt !== null) return 'used';
  if (invite.revokedAt !== null) return 'revoked';
  if (invite.expiresAt !== null && Date.parse(invite.expiresAt) <= now.getTime()) return 'expired';
  return 'open';
};

const refusals = {
  used: 'invite_used',
  expired: 'invite_expired',
  revoked: 'invite_revoked',
  open: null,
} as const;

export const whyUnusable = (invite: InviteFacts, now: Date): InviteRefusal | null =>
  refusals[inviteState(invite, now)];

/** An invite made for one address opens for that address alone. */
export const mayRedeem = (invite: InviteFacts, email: string, now: Date): InviteRefusal | null => {
  const refusal = whyUnusable(invite, now);
  if (refusal !== null) return refusal;
  if (invite.email !== null && normaliseEmail(invite.email) !== normaliseEmail(email)) {
    return 'invite_email_mismatch';
  }
  return null;
};

/** As Appwrite keeps it. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase();
