/**
 * Who sees and rules a team: members see it, owners rule it, keys and admins do both. To others
 * it does not exist.
 */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/types.ts';
import type { TeamRow } from './team-store.ts';

export function rulesTeam(context: RequestContext, teamId: string): boolean {
  const { caller } = context;
  return caller.privileged || caller.roles.includes(`team:${teamId}/owner`);
}

/** Throws team_not_found for strangers as well. */
export function visibleTeam(house: House, context: RequestContext): TeamRow {
  const team = house.teams.find(context.project.id, context.params['teamId'] ?? '');
  const { caller } = context;
  if (team === undefined) throw new AppwriteError('team_not_found');
  if (caller.privileged || caller.roles.includes(`team:${team.id}`)) return team;
  throw new AppwriteError('team_not_found');
}

/** Throws user_unauthorized for plain members. */
export function ruledTeam(house: House, context: RequestContext): TeamRow {
  const team = visibleTeam(house, context);
  if (!rulesTeam(context, team.id)) throw new AppwriteError('user_unauthorized');
  return team;
}
