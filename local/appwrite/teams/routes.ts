/** Creating, reading, listing, changing and deleting teams. */
import type { House } from '../account/house.ts';
import { idOrNew } from '../kernel/ids.ts';
import { listRows, type ListColumn } from '../kernel/lists.ts';
import { arrayOf, customId, object, optional, required, roleName, text } from '../kernel/params.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import { ruledTeam, visibleTeam } from './access.ts';
import { publishMembership, publishTeam } from './publish.ts';
import { teamJson } from './team-json.ts';
import type { TeamRow } from './team-store.ts';

const NAME_CHARS = 128;
const MAX_ROLES = 100;

const ATTRIBUTES: Readonly<Record<string, ListColumn>> = {
  name: { sql: 'name', kind: 'text' },
  total: {
    sql:
      '(SELECT count(*) FROM memberships m' +
      ' WHERE m.project_id = teams.project_id AND m.team_id = teams.id)',
    kind: 'number',
  },
};

function answer(house: House, team: TeamRow, status = 200): Answer {
  return { status, body: teamJson(team, house.teams.total(team.project_id, team.id)) };
}

/** A user becomes the first member, with the roles asked for; a key makes an empty team. */
function create(house: House, context: RequestContext): Answer {
  const { body, project, caller } = context;
  const id = idOrNew(required(body, 'teamId', customId));
  const name = required(body, 'name', text(NAME_CHARS));
  const roles = optional(body, 'roles', arrayOf(roleName, MAX_ROLES), ['owner']);
  const joins = caller.kind === 'user';
  const team = house.services.store.transaction(() => {
    const made = house.teams.create(project.id, { id, name });
    if (joins) house.teams.join(made, caller.userId, roles);
    return made;
  });
  const joined = joins ? { joined: caller.userId } : {};
  publishTeam(house, context, team, { action: 'create', ...joined });
  return answer(house, team, 201);
}

function list(house: House, context: RequestContext): Answer {
  const { caller, project } = context;
  const own =
    'project_id = ? AND id IN (SELECT team_id FROM memberships m' +
    ' WHERE m.project_id = ? AND m.user_id = ? AND m.confirmed = 1)';
  const page = listRows(context.services.store, {
    table: 'teams',
    where: caller.privileged ? 'project_id = ?' : own,
    args: caller.privileged ? [project.id] : [project.id, project.id, caller.userId],
    attributes: ATTRIBUTES,
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['name', 'id'],
    noun: 'Team',
  });
  const rows: unknown = page.rows;
  const teams = (rows as TeamRow[]).map((team) =>
    teamJson(team, house.teams.total(project.id, team.id)),
  );
  return { status: 200, body: { total: page.total, teams } };
}

function rename(house: House, context: RequestContext): Answer {
  const name = required(context.body, 'name', text(NAME_CHARS));
  const team = house.teams.update(ruledTeam(house, context), { name });
  publishTeam(house, context, team, { action: 'update' });
  return answer(house, team);
}

function remove(house: House, context: RequestContext): Answer {
  const team = ruledTeam(house, context);
  const members = house.teams.remove(team);
  publishTeam(house, context, team, { action: 'delete' });
  for (const membership of members) publishMembership(house, context, membership, 'delete');
  return { status: 204 };
}

function setPrefs(house: House, context: RequestContext): Answer {
  const prefs = required(context.body, 'prefs', object);
  const team = house.teams.update(ruledTeam(house, context), { prefs: JSON.stringify(prefs) });
  publishTeam(house, context, team, { action: 'update', detail: 'prefs' });
  return { status: 200, body: prefs };
}

export function teamRoutes(house: House): Route[] {
  return [
    {
      method: 'POST',
      path: '/teams',
      scope: 'teams.write',
      handler: (context) => create(house, context),
    },
    {
      method: 'GET',
      path: '/teams',
      scope: 'teams.read',
      handler: (context) => list(house, context),
    },
    {
      method: 'GET',
      path: '/teams/:teamId',
      scope: 'teams.read',
      handler: (context) => answer(house, visibleTeam(house, context)),
    },
    {
      method: 'PUT',
      path: '/teams/:teamId',
      scope: 'teams.write',
      handler: (context) => rename(house, context),
    },
    {
      method: 'DELETE',
      path: '/teams/:teamId',
      scope: 'teams.write',
      handler: (context) => remove(house, context),
    },
    {
      method: 'GET',
      path: '/teams/:teamId/prefs',
      scope: 'teams.read',
      handler: (context) => ({
        status: 200,
        body: teamJson(visibleTeam(house, context), 0)['prefs'],
      }),
    },
    {
      method: 'PUT',
      path: '/teams/:teamId/prefs',
      scope: 'teams.write',
      handler: (context) => setPrefs(house, context),
    },
  ];
}
