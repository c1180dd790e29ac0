/** The roles a user holds, in the order the server lists them. */
import { listColumn } from '../kernel/lists.ts';
import type { TeamStore } from '../teams/team-store.ts';
import type { UserRow } from '../users/user-store.ts';

export const GUEST_ROLES: readonly string[] = ['any', 'guests'];

export function rolesOfUser(user: UserRow, teams: TeamStore): string[] {
  const verified = user.email_verified === 1 || user.phone_verified === 1;
  const dimension = verified ? 'verified' : 'unverified';
  const roles = ['any', 'users', `user:${user.id}`, `user:${user.id}/${dimension}`];
  roles.push(`users/${dimension}`);
  for (const membership of teams.membershipsOf(user.project_id, user.id)) {
    if (membership.confirmed !== 1) continue;
    roles.push(`team:${membership.team_id}`, `member:${membership.id}`);
    for (const role of listColumn(membership.roles)) {
      roles.push(`team:${membership.team_id}/${role}`);
    }
  }
  for (const label of listColumn(user.labels)) roles.push(`label:${label}`);
  return roles;
}
