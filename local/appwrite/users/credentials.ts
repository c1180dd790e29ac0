/** Sessions, tokens, JWTs, passwords and memberships of a user, by key. */
import type { House } from '../account/house.ts';
import { publishSession } from '../account/publish.ts';
import { sessionJson } from '../account/session-json.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { optional, password, range, text } from '../kernel/params.ts';
import { formatTime } from '../kernel/time.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import { membershipJson } from '../teams/team-json.ts';
import { hashPassword } from './password.ts';
import { refuseByPolicy, refuseRecent, rememberPassword } from './password-rules.ts';
import { askedUser, updateUser } from './routes.ts';
import { userJson } from './user-json.ts';

const YEAR_SECONDS = 31_536_000;
const DEFAULT_LIFE_SECONDS = 900;
const WRITE = ['users.write', 'sessions.write'] as const;

async function setPassword(house: House, context: RequestContext): Promise<Answer> {
  const secret = optional(context.body, 'password', password, null);
  const { project } = context;
  if (secret !== null) {
    const owner = askedUser(house, context);
    refuseByPolicy(project, secret, owner);
    await refuseRecent(house, project, owner.id, secret);
  }
  const at = formatTime(context.services.clock.now());
  const hash = secret === null ? null : await hashPassword(secret);
  const change = { password: hash, password_updated_at: at };
  const user = updateUser(house, context, change, { detail: 'password' });
  if (hash !== null) rememberPassword(house, project, user.id, hash);
  if (context.project.settings.sessionInvalidation) {
    house.sessions.closeAll(context.project.id, user.id, '');
  }
  return { status: 200, body: userJson(user) };
}

function openSession(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const { settings } = context.project;
  const { row, secret } = house.sessions.open(context.project.id, {
    userId: user.id,
    provider: 'server',
    providerUid: '',
    factor: 'server',
    ip: context.ip,
    // The caller is a program, and not the person whose session it becomes.
    userAgent: '',
    lifeSeconds: settings.sessionDurationSeconds,
    limit: settings.sessionLimit,
  });
  const payload = sessionJson(row, { current: false, secret: '' });
  publishSession(context, { userId: user.id, sessionId: row.id, action: 'create', payload });
  return { status: 201, body: { ...payload, secret } };
}

function listSessions(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const sessions = house.sessions
    .list(context.project.id, user.id)
    .map((row) => sessionJson(row, { current: false, secret: '' }));
  return { status: 200, body: { total: sessions.length, sessions } };
}

function closeSession(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const sessionId = context.params['sessionId'] ?? '';
  const session = house.sessions.find(context.project.id, user.id, sessionId);
  if (session === undefined) throw new AppwriteError('user_session_not_found');
  house.sessions.close(session);
  const payload = sessionJson(session, { current: false, secret: '' });
  publishSession(context, { userId: user.id, sessionId, action: 'delete', payload });
  return { status: 204 };
}

function createToken(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const chars = optional(context.body, 'length', range(4, 128), 6);
  const lifeSeconds = optional(
    context.body,
    'expire',
    range(60, YEAR_SECONDS),
    DEFAULT_LIFE_SECONDS,
  );
  const token = house.sessions.createToken(context.project.id, user.id, { chars, lifeSeconds });
  const body = {
    $id: token.id,
    $createdAt: formatTime(context.services.clock.now()),
    userId: user.id,
    secret: token.secret,
    expire: formatTime(token.expiresMs),
    phrase: '',
  };
  return { status: 201, body };
}

/** `sessionId: "recent"` takes the newest session; '' makes a token of no session. */
function createJwt(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const asked = optional(context.body, 'sessionId', text(36), '');
  const duration = optional(context.body, 'duration', range(0, 3600), DEFAULT_LIFE_SECONDS);
  const sessions = house.sessions.list(context.project.id, user.id);
  const session =
    asked === 'recent' ? sessions.at(-1) : sessions.find((entry) => entry.id === asked);
  const who = { userId: user.id, sessionId: session?.id ?? '' };
  const jwt = context.services.identity.userJwt(context.project.id, who, duration);
  return { status: 201, body: { jwt } };
}

function listMemberships(house: House, context: RequestContext): Answer {
  const user = askedUser(house, context);
  const memberships = house.teams.membershipsOf(context.project.id, user.id).map((row) => {
    const team = house.teams.find(context.project.id, row.team_id);
    return membershipJson(row, { teamName: team?.name ?? '', user, accessedAt: '' });
  });
  return { status: 200, body: { total: memberships.length, memberships } };
}

function sessionRoutes(house: House): Route[] {
  return [
    {
      method: 'POST',
      path: '/users/:userId/sessions',
      scope: WRITE,
      handler: (context) => openSession(house, context),
    },
    {
      method: 'GET',
      path: '/users/:userId/sessions',
      scope: 'users.read',
      handler: (context) => listSessions(house, context),
    },
    {
      method: 'DELETE',
      path: '/users/:userId/sessions/:sessionId',
      scope: WRITE,
      handler: (context) => closeSession(house, context),
    },
    {
      method: 'DELETE',
      path: '/users/:userId/sessions',
      scope: WRITE,
      handler(context) {
        house.sessions.closeAll(context.project.id, askedUser(house, context).id, '');
        return { status: 204 };
      },
    },
  ];
}

function readRoutes(house: House): Route[] {
  const empty = (path: string, key: string): Route => ({
    method: 'GET',
    path: `/users/:userId/${path}`,
    scope: 'users.read',
    handler(context) {
      askedUser(house, context);
      return { status: 200, body: { total: 0, [key]: [] } };
    },
  });
  return [
    {
      method: 'GET',
      path: '/users/:userId/memberships',
      scope: 'users.read',
      handler: (context) => listMemberships(house, context),
    },
    {
      method: 'GET',
      path: '/users/:userId/targets',
      scope: 'targets.read',
      handler(context) {
        const targets = userJson(askedUser(house, context))['targets'];
        const total = Array.isArray(targets) ? targets.length : 0;
        return { status: 200, body: { total, targets } };
      },
    },
    empty('logs', 'logs'),
  ];
}

export function credentialRoutes(house: House): Route[] {
  return [
    {
      method: 'PATCH',
      path: '/users/:userId/password',
      scope: 'users.write',
      handler: (context) => setPassword(house, context),
    },
    {
      method: 'POST',
      path: '/users/:userId/tokens',
      scope: WRITE,
      handler: (context) => createToken(house, context),
    },
    {
      method: 'POST',
      path: '/users/:userId/jwts',
      scope: 'users.write',
      handler: (context) => createJwt(house, context),
    },
    ...sessionRoutes(house),
    ...readRoutes(house),
  ];
}
