/**
 * Members of a team. Keys add members at once; an invitation by an owner would need mail, which
 * this server does not send, so it is refused as on a server without SMTP.
 */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { listRows, type ListColumn } from '../kernel/lists.ts';
import { arrayOf, email, optional, required, roleName, text, uid } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import { publishUser } from '../account/publish.ts';
import type { UserRow } from '../users/user-store.ts';
import { ruledTeam, rulesTeam, visibleTeam } from './access.ts';
import { publishMembership } from './publish.ts';
import { membershipJson } from './team-json.ts';
import type { MembershipRow, TeamRow } from './team-store.ts';

const MAX_ROLES = 100;
const NAME_CHARS = 128;

const ATTRIBUTES: Readonly<Record<string, ListColumn>> = {
  userId: { sql: 'user_id', kind: 'text' },
  teamId: { sql: 'team_id', kind: 'text' },
  invited: { sql: 'invited_at', kind: 'text' },
  joined: { sql: 'joined_at', kind: 'text' },
  confirm: { sql: 'confirmed', kind: 'boolean' },
  roles: { sql: 'roles', kind: 'list' },
};

/** Whether this caller is told who a member is. */
function seesMembers(context: RequestContext): boolean {
  const { project, caller } = context;
  if (caller.privileged || project.id === CONSOLE_PROJECT) return true;
  return !project.settings.membershipPrivacy;
}

interface Shown {
  readonly team: TeamRow;
  readonly membership: MembershipRow;
  readonly withAccess?: boolean;
}

function shown(
  house: House,
  context: RequestContext,
  { team, membership, withAccess }: Shown,
): Json {
  const sees = seesMembers(context);
  const user = sees ? house.users.find(team.project_id, membership.user_id) : undefined;
  const accessedAt = withAccess === true ? (user?.accessed_at ?? '') : '';
  return membershipJson(membership, { teamName: team.name, user, accessedAt });
}

/** The user an address belongs to; keys make one for an address nobody has. */
function userByEmail(house: House, context: RequestContext, address: string): UserRow {
  const known = house.users.findByEmail(context.project.id, address);
  if (known !== undefined) return known;
  const name = optional(context.body, 'name', text(NAME_CHARS, 0), '');
  const identity = { id: newId(), name, email: address, phone: null, passwordHash: null };
  const user = house.users.create(context.project.id, identity);
  publishUser(context, user, { action: 'create' });
  return user;
}

function invitedUser(house: House, context: RequestContext): UserRow {
  const userId = optional(context.body, 'userId', uid, '');
  const address = optional(context.body, 'email', email, '');
  if (userId !== '') {
    const user = house.users.find(context.project.id, userId);
    if (user !== undefined) return user;
    throw new AppwriteError('user_not_found', "User with given userId doesn't exist.");
  }
  if (address !== '') return userByEmail(house, context, address);
  throw new AppwriteError(
    'general_argument_invalid',
    'At least one of userId, email, or phone is required',
  );
}

function create(house: House, context: RequestContext): Answer {
  const roles = required(context.body, 'roles', arrayOf(roleName, MAX_ROLES));
  const team = visibleTeam(house, context);
  if (!context.caller.privileged) {
    ruledTeam(house, context);
    throw new AppwriteError('general_smtp_disabled');
  }
  const membership = house.teams.join(team, invitedUser(house, context).id, roles);
  publishMembership(house, context, membership, 'create');
  return { status: 201, body: shown(house, context, { team, membership }) };
}

function list(house: House, context: RequestContext): Answer {
  const team = visibleTeam(house, context);
  const page = listRows(context.services.store, {
    table: 'memberships',
    where: 'project_id = ? AND team_id = ?',
    args: [context.project.id, team.id],
    attributes: ATTRIBUTES,
    queries: context.queries,
    noun: 'Membership',
  });
  const rows: unknown = page.rows;
  const memberships = (rows as MembershipRow[]).map((membership) =>
    shown(house, context, { team, membership }),
  );
  return { status: 200, body: { total: page.total, memberships } };
}

function askedMembership(house: House, context: RequestContext, team: TeamRow): MembershipRow {
  const id = context.params['membershipId'] ?? '';
  const membership = house.teams.membership(context.project.id, id);
  if (membership === undefined) throw new AppwriteError('membership_not_found');
  if (membership.team_id !== team.id) throw new AppwriteError('team_membership_mismatch');
  return membership;
}

function get(house: House, context: RequestContext): Answer {
  const team = visibleTeam(house, context);
  const membership = askedMembership(house, context, team);
  const withAccess = context.caller.privileged;
  return { status: 200, body: shown(house, context, { team, membership, withAccess }) };
}

function setRoles(house: House, context: RequestContext): Answer {
  const roles = required(context.body, 'roles', arrayOf(roleName, MAX_ROLES));
  const team = visibleTeam(house, context);
  const membership = askedMembership(house, context, team);
  if (!rulesTeam(context, team.id)) {
    throw new AppwriteError('user_unauthorized', 'User is not allowed to modify roles');
  }
  const changed = house.teams.setRoles(membership, roles);
  publishMembership(house, context, changed, 'update');
  return { status: 200, body: shown(house, context, { team, membership: changed }) };
}

/** Members may leave, owners may take members out; the last owner is not held back. */
function remove(house: House, context: RequestContext): Answer {
  const team = visibleTeam(house, context);
  const membership = askedMembership(house, context, team);
  const self = context.caller.kind === 'user' && membership.user_id === context.caller.userId;
  if (!self && !rulesTeam(context, team.id)) throw new AppwriteError('user_unauthorized');
  house.teams.leave(membership);
  publishMembership(house, context, membership, 'delete');
  return { status: 204 };
}

/** Every membership here is confirmed from the start, so no secret can fit. */
function confirm(house: House, context: RequestContext): Answer {
  required(context.body, 'userId', uid);
  required(context.body, 'secret', text(256));
  const id = context.params['membershipId'] ?? '';
  const membership = house.teams.membership(context.project.id, id);
  if (membership === undefined) throw new AppwriteError('membership_not_found');
  throw new AppwriteError('team_invalid_secret');
}

export function membershipRoutes(house: House): Route[] {
  const one = '/teams/:teamId/memberships/:membershipId';
  return [
    {
      method: 'POST',
      path: '/teams/:teamId/memberships',
      scope: 'teams.write',
      handler: (context) => create(house, context),
    },
    {
      method: 'GET',
      path: '/teams/:teamId/memberships',
      scope: 'teams.read',
      handler: (context) => list(house, context),
    },
    { method: 'GET', path: one, scope: 'teams.read', handler: (context) => get(house, context) },
    {
      method: 'PATCH',
      path: one,
      scope: 'teams.write',
      handler: (context) => setRoles(house, context),
    },
    {
      method: 'DELETE',
      path: one,
      scope: 'teams.write',
      handler: (context) => remove(house, context),
    },
    {
      method: 'PATCH',
      path: `${one}/status`,
      scope: '',
      handler: (context) => confirm(house, context),
    },
  ];
}
