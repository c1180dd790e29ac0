/** Teams and memberships as answered. */
import { jsonColumn, listColumn } from '../kernel/lists.ts';
import type { Json } from '../kernel/types.ts';
import type { UserRow } from '../users/user-store.ts';
import type { MembershipRow, TeamRow } from './team-store.ts';

export function teamJson(team: TeamRow, total: number): Json {
  return {
    $id: team.id,
    $createdAt: team.created_at,
    $updatedAt: team.updated_at,
    name: team.name,
    total,
    prefs: jsonColumn(team.prefs, {}),
  };
}

export interface MembershipView {
  readonly teamName: string;
  /** Undefined hides who it is, as members see it in a project with membership privacy. */
  readonly user: UserRow | undefined;
  /** Only a single membership read by a key shows it. */
  readonly accessedAt: string;
}

export function membershipJson(membership: MembershipRow, view: MembershipView): Json {
  const { user } = view;
  return {
    $id: membership.id,
    $createdAt: membership.created_at,
    $updatedAt: membership.updated_at,
    userId: user?.id ?? '',
    userName: user?.name ?? '',
    userEmail: user?.email ?? '',
    userPhone: user?.phone ?? '',
    teamId: membership.team_id,
    teamName: view.teamName,
    invited: membership.invited_at,
    joined: membership.joined_at,
    confirm: membership.confirmed === 1,
    mfa: false,
    userAccessedAt: view.accessedAt,
    roles: listColumn(membership.roles),
  };
}
