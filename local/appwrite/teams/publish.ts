/** Changes of teams and memberships for the bus, visible to the team's members. */
import { actorOf } from '../account/publish.ts';
import type { House } from '../account/house.ts';
import { eventNames, withAction } from '../kernel/events.ts';
import type { RequestContext } from '../kernel/types.ts';
import { membershipJson, teamJson } from './team-json.ts';
import type { MembershipRow, TeamRow } from './team-store.ts';

type Action = 'create' | 'update' | 'delete';

export interface TeamNote {
  readonly action: Action;
  readonly detail?: string;
  /** Creator of the team, who is a member from now on. */
  readonly joined?: string;
}

export function publishTeam(
  house: House,
  context: RequestContext,
  team: TeamRow,
  note: TeamNote,
): void {
  const { action, detail, joined } = note;
  const subject = { path: ['teams', team.id], action };
  const events = eventNames(detail === undefined ? subject : { ...subject, detail });
  context.services.changes.publish({
    projectId: team.project_id,
    events,
    functionEvents: events,
    channels: withAction(['teams', `teams.${team.id}`], action),
    roles: [`team:${team.id}`],
    payload: teamJson(team, house.teams.total(team.project_id, team.id)),
    userId: actorOf(context),
    ...(joined === undefined ? {} : { rolesChangedFor: joined }),
  });
}

export function publishMembership(
  house: House,
  context: RequestContext,
  membership: MembershipRow,
  action: Action,
): void {
  const { project_id: projectId, team_id: teamId, user_id: userId } = membership;
  const events = eventNames({ path: ['teams', teamId, 'memberships', membership.id], action });
  const team = house.teams.find(projectId, teamId);
  const user = house.users.find(projectId, userId);
  const view = { teamName: team?.name ?? '', user, accessedAt: '' };
  context.services.changes.publish({
    projectId,
    events,
    functionEvents: events,
    channels: withAction(['memberships', `memberships.${membership.id}`], action),
    roles: [`team:${teamId}`],
    payload: { ...membershipJson(membership, view), userId },
    userId: actorOf(context),
    rolesChangedFor: userId,
  });
}
