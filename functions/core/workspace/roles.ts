/** What a role may do in its workspace, and which changes of a team are refused whoever asks. */
import { holders } from '#schemas/contract/roles.ts';
import type { Ability } from '#schemas/contract/roles.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';

export const mayDo = (role: WorkspaceRole, ability: Ability): boolean => {
  const those: readonly WorkspaceRole[] = holders[ability];
  return those.includes(role);
};

interface Member {
  readonly userId: string;
  readonly role: WorkspaceRole;
}

export type TeamRefusal = 'member_unknown' | 'last_owner';

/** `to`: the role afterwards; null = out of the team. A team keeps an owner. */
export const whyUnchangeable = (
  team: readonly Member[],
  change: { readonly userId: string; readonly to: WorkspaceRole | null },
): TeamRefusal | null => {
  const member = team.find(({ userId }) => userId === change.userId);
  if (member === undefined) return 'member_unknown';
  if (member.role !== 'owner' || change.to === 'owner') return null;
  return team.filter(({ role }) => role === 'owner').length > 1 ? null : 'last_owner';
};
