/** Log-in, log-out and the list of sessions of the calling user. */
import { AppwriteError } from '../kernel/errors.ts';
import { email, required, text, uid } from '../kernel/params.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import { clearSession, setSession } from '../http/cookies.ts';
import { passwordMatches } from '../users/password.ts';
import type { UserRow } from '../users/user-store.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import type { House } from './house.ts';
import { boundedAgent } from './device.ts';
import { publishSession } from './publish.ts';
import { sessionJson } from './session-json.ts';
import type { NewSession, SessionRow } from './session-store.ts';

const HOUR_SECONDS = 3600;

export function requireMethod(context: RequestContext, method: string, title: string): void {
  if (context.caller.privileged || context.project.id === CONSOLE_PROJECT) return;
  if (context.project.settings.methods[method] !== false) return;
  throw new AppwriteError(
    'user_auth_method_unsupported',
    `${title} authentication is disabled for this project`,
  );
}

function refuseSecondSession(context: RequestContext): void {
  if (context.caller.kind === 'user') throw new AppwriteError('user_session_already_exists');
}

type Origin = Pick<NewSession, 'provider' | 'providerUid' | 'factor'>;

/** Opens a session and answers it with its cookies; the secret is in the body for keys only. */
function logIn(house: House, context: RequestContext, user: UserRow, origin: Origin): Answer {
  if (user.status !== 1) throw new AppwriteError('user_blocked');
  const { settings } = context.project;
  const { row, secret } = house.sessions.open(context.project.id, {
    ...origin,
    userId: user.id,
    ip: context.ip,
    userAgent: boundedAgent(context.headers['user-agent']),
    lifeSeconds: settings.sessionDurationSeconds,
    limit: settings.sessionLimit,
  });
  const body = sessionJson(row, { current: true, secret: '' });
  const { id: sessionId } = row;
  publishSession(context, { userId: user.id, sessionId, action: 'create', payload: body });
  return {
    status: 201,
    body: context.caller.privileged ? { ...body, secret } : body,
    headers: setSession(context, secret, row.expires_ms),
  };
}

async function createEmailSession(house: House, context: RequestContext): Promise<Answer> {
  requireMethod(context, 'email-password', 'Email / Password');
  refuseSecondSession(context);
  const address = required(context.body, 'email', email);
  const given = required(context.body, 'password', text(256));
  const user = house.users.findByEmail(context.project.id, address);
  const matches = await passwordMatches(given, user?.password ?? null);
  if (user === undefined || !matches) throw new AppwriteError('user_invalid_credentials');
  return logIn(house, context, user, {
    provider: 'email',
    providerUid: address,
    factor: 'password',
  });
}

function createTokenSession(house: House, context: RequestContext): Answer {
  refuseSecondSession(context);
  const userId = required(context.body, 'userId', uid);
  const secret = required(context.body, 'secret', text(256));
  const user = house.users.find(context.project.id, userId);
  if (user === undefined || !house.sessions.useToken(context.project.id, userId, secret)) {
    throw new AppwriteError('user_invalid_token');
  }
  return logIn(house, context, user, { provider: 'token', providerUid: '', factor: 'token' });
}

function ownSession(house: House, context: RequestContext): SessionRow {
  const asked = context.params['sessionId'] ?? '';
  const { sessionId, userId } = context.caller;
  const id = asked === 'current' ? sessionId : asked;
  const found = house.sessions.find(context.project.id, userId, id);
  if (found === undefined) throw new AppwriteError('user_session_not_found');
  return found;
}

function viewed(context: RequestContext, session: SessionRow): Answer {
  const current = session.id === context.caller.sessionId;
  return { status: 200, body: sessionJson(session, { current, secret: '' }) };
}

function deleteSession(house: House, context: RequestContext): Answer {
  const session = ownSession(house, context);
  house.sessions.close(session);
  const current = session.id === context.caller.sessionId;
  const payload = sessionJson(session, { current, secret: '' });
  const { userId } = context.caller;
  publishSession(context, { userId, sessionId: session.id, action: 'delete', payload });
  return { status: 204, ...(current ? { headers: clearSession(context) } : {}) };
}

function listSessions(house: House, context: RequestContext): Answer {
  const { userId, sessionId } = context.caller;
  const sessions = house.sessions
    .list(context.project.id, userId)
    .map((row) => sessionJson(row, { current: row.id === sessionId, secret: '' }));
  return { status: 200, body: { total: sessions.length, sessions } };
}

function deleteSessions(house: House, context: RequestContext): Answer {
  const { userId } = context.caller;
  const closed = house.sessions.list(context.project.id, userId);
  house.sessions.closeAll(context.project.id, userId, '');
  for (const session of closed) {
    const payload = sessionJson(session, { current: false, secret: '' });
    publishSession(context, { userId, sessionId: session.id, action: 'delete', payload });
  }
  return { status: 204, headers: clearSession(context) };
}

const bodyText = (context: RequestContext, name: string): string => {
  const value = context.body[name];
  return typeof value === 'string' ? value : '';
};

function logInRoutes(house: House): Route[] {
  return [
    {
      method: 'POST',
      path: '/account/sessions/email',
      scope: 'sessions.write',
      rateLimit: {
        limit: 10,
        windowSeconds: HOUR_SECONDS,
        key: (context) => bodyText(context, 'email').toLowerCase(),
        resetOnSuccess: true,
      },
      handler: (context) => createEmailSession(house, context),
    },
    {
      method: 'POST',
      path: '/account/sessions/token',
      scope: 'sessions.write',
      rateLimit: {
        limit: 10,
        windowSeconds: HOUR_SECONDS,
        key: (context) => `${context.ip}\n${bodyText(context, 'userId')}`,
        resetOnSuccess: true,
      },
      handler: (context) => createTokenSession(house, context),
    },
  ];
}

export function sessionRoutes(house: House): Route[] {
  const deletions = { limit: 100, windowSeconds: HOUR_SECONDS } as const;
  return [
    ...logInRoutes(house),
    {
      method: 'GET',
      path: '/account/sessions',
      scope: 'account',
      handler: (context) => listSessions(house, context),
    },
    {
      method: 'DELETE',
      path: '/account/sessions',
      scope: 'account',
      rateLimit: { ...deletions, key: (context) => context.ip },
      handler: (context) => deleteSessions(house, context),
    },
    {
      method: 'GET',
      path: '/account/sessions/:sessionId',
      scope: 'account',
      handler: (context) => viewed(context, ownSession(house, context)),
    },
    {
      method: 'PATCH',
      path: '/account/sessions/:sessionId',
      scope: 'account',
      rateLimit: { limit: 10, windowSeconds: HOUR_SECONDS, key: (context) => context.ip },
      handler(context) {
        const lifeSeconds = context.project.settings.sessionDurationSeconds;
        return viewed(context, house.sessions.extend(ownSession(house, context), lifeSeconds));
      },
    },
    {
      method: 'DELETE',
      path: '/account/sessions/:sessionId',
      scope: 'account',
      rateLimit: { ...deletions, key: (context) => context.ip },
      handler: (context) => deleteSession(house, context),
    },
  ];
}
