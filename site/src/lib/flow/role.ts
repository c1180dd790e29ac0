/** What a person is in a workspace, and may do there; the functions decide again. */
import { holders } from '#schemas/contract/roles.ts';
import type { Ability } from '#schemas/contract/roles.ts';
import type { TeamMemberRow, WorkspaceRow } from '#schemas/contract/rows.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';

export const mayDo = (role: WorkspaceRole | null, ability: Ability): boolean => {
  const those: readonly WorkspaceRole[] = holders[ability];
  return role !== null && those.includes(role);
};

interface Known {
  readonly workspaces: readonly WorkspaceRow[];
  readonly roles: readonly TeamMemberRow[];
}

/** Before a team's picture was drawn for the first time, whoever made the workspace owns it. */
export const roleIn = (
  { workspaces, roles }: Known,
  workspaceId: string,
  userId: string,
): WorkspaceRole | null => {
  const own = roles.find((row) => row.workspaceId === workspaceId && row.userId === userId);
  if (own !== undefined) return own.role;
  const made = workspaces.find((row) => row.$id === workspaceId);
  return made?.ownerId === userId ? 'owner' : null;
};

/** Withdrawn, used and expired ones are nobody's business any more. */
export const openOnes = <
  Row extends { expiresAt: string; revokedAt: string | null; usedAt: string | null },
>(
  invitations: readonly Row[],
  nowMs: number,
): readonly Row[] =>
  invitations.filter(
    ({ expiresAt, revokedAt, usedAt }) =>
      revokedAt === null && usedAt === null && Date.parse(expiresAt) > nowMs,
  );
