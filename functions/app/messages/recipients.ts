/**
 * Who is to be told, as it is now and not as it was when it happened: whoever left is not written to
 * any more. An invitation goes to its address if an account has it; others have only its link.
 */
import { rolesFor } from '#core/messages/audience.ts';
import { normaliseEmail } from '#core/invite/usable.ts';
import { rowsById } from '#app/pages.ts';
import type { Teams } from '#ports/accounts.ts';
import type { Store, Stored } from '#ports/store.ts';
import type { Clock } from '#ports/system.ts';
import type { Locale } from '#schemas/contract/vocabulary.ts';

export interface RecipientDeps {
  readonly store: Store;
  readonly teams: Teams;
  readonly clock: Clock;
}

export interface Recipient {
  readonly userId: string;
  readonly locale: Locale;
}

/** `nobody`: and that is no mistake, for this reason. An empty list is one. */
export type Recipients =
  | { readonly kind: 'these'; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'nobody'; readonly reason: 'account_deleted' | 'workspace_gone' }
  | { readonly kind: 'nobody'; readonly reason: 'invitation_over' | 'no_account' };

const fallback: Locale = 'ko';

const inTheirLanguage = async (
  { store }: RecipientDeps,
  userIds: readonly string[],
): Promise<Recipients> => {
  const members = await rowsById(store, 'members', userIds);
  const recipients = userIds.map((userId) => {
    return { userId, locale: members.get(userId)?.locale ?? fallback };
  });
  return { kind: 'these', recipients };
};

export const recipientsOf = async (
  deps: RecipientDeps,
  message: Stored<'messages'>,
): Promise<Recipients> => {
  const { kind, userId, workspaceId, subjectId } = message;
  if (kind === 'member_invited') return invited(deps, subjectId);
  if (userId !== null) {
    const deletion = await deps.store.get('deletions', userId);
    if (deletion !== null) return { kind: 'nobody', reason: 'account_deleted' };
    return inTheirLanguage(deps, [userId]);
  }
  const roles = rolesFor(kind);
  const team = await deps.teams.membersOf(workspaceId);
  if (team.length === 0 && (await deps.store.get('workspaces', workspaceId)) === null) {
    return { kind: 'nobody', reason: 'workspace_gone' };
  }
  const concerned = team.filter(({ role }) => roles.includes(role));
  return inTheirLanguage(
    deps,
    concerned.map((member) => member.userId),
  );
};

const invited = async (deps: RecipientDeps, invitationId: string): Promise<Recipients> => {
  const { store, clock } = deps;
  const invitation = await store.get('invitations', invitationId);
  const isOpen =
    invitation !== null &&
    invitation.usedAt === null &&
    invitation.revokedAt === null &&
    Date.parse(invitation.expiresAt) > clock.now().getTime();
  if (!isOpen) return { kind: 'nobody', reason: 'invitation_over' };
  const where = { email: normaliseEmail(invitation.email) };
  const [member] = await store.list('members', { where, limit: 1 });
  if (member === undefined) return { kind: 'nobody', reason: 'no_account' };
  return { kind: 'these', recipients: [{ userId: member.id, locale: member.locale }] };
};
