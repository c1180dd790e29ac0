/** What users change about themselves: name, preferences, password, e-mail address, status. */
import { clearSession } from '../http/cookies.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { email, object, optional, password, required, text } from '../kernel/params.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import { hashPassword, passwordMatches } from '../users/password.ts';
import { refuseByPolicy, refuseRecent, rememberPassword } from '../users/password-rules.ts';
import { accountJson } from '../users/user-json.ts';
import type { UserChange, UserRow } from '../users/user-store.ts';
import type { House } from './house.ts';
import { publishUser } from './publish.ts';

const HOUR_SECONDS = 3600;
const NAME_CHARS = 128;

const self = (house: House, context: RequestContext): UserRow =>
  house.users.get(context.project.id, context.caller.userId);

function update(house: House, context: RequestContext, change: UserChange, detail: string): Answer {
  const user = house.users.update(self(house, context), change);
  publishUser(context, user, { action: 'update', detail });
  return { status: 200, body: accountJson(user) };
}

async function changePassword(house: House, context: RequestContext): Promise<Answer> {
  const secret = required(context.body, 'password', password);
  const old = optional(context.body, 'oldPassword', text(256), '');
  const user = self(house, context);
  if (user.password !== null && !(await passwordMatches(old, user.password))) {
    throw new AppwriteError('user_invalid_credentials');
  }
  refuseByPolicy(context.project, secret, user);
  await refuseRecent(house, context.project, user.id, secret);
  const hash = await hashPassword(secret);
  const at = formatTime(context.services.clock.now());
  const change = { password: hash, password_updated_at: at };
  const answer = update(house, context, change, 'password');
  rememberPassword(house, context.project, user.id, hash);
  if (context.project.settings.sessionInvalidation) {
    house.sessions.closeAll(context.project.id, user.id, context.caller.sessionId);
  }
  return answer;
}

async function changeEmail(house: House, context: RequestContext): Promise<Answer> {
  const address = required(context.body, 'email', email);
  const secret = required(context.body, 'password', password);
  const user = self(house, context);
  if (user.password !== null && !(await passwordMatches(secret, user.password))) {
    throw new AppwriteError('user_invalid_credentials');
  }
  const at = formatTime(context.services.clock.now());
  // An account without a password gets the one given here.
  const password_ =
    user.password === null ? { password: await hashPassword(secret), password_updated_at: at } : {};
  const change = { email: address, email_verified: 0, target_updated_at: at, ...password_ };
  try {
    return update(house, context, change, 'email');
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppwriteError('user_target_already_exists');
    throw error;
  }
}

function blockSelf(house: House, context: RequestContext): Answer {
  const answer = update(house, context, { status: 0 }, 'status');
  return { ...answer, headers: clearSession(context) };
}

export function profileRoutes(house: House): Route[] {
  return [
    {
      method: 'GET',
      path: '/account',
      scope: 'account',
      handler: (context) => ({ status: 200, body: accountJson(self(house, context)) }),
    },
    {
      method: 'PATCH',
      path: '/account/name',
      scope: 'account',
      handler: (context) =>
        update(house, context, { name: required(context.body, 'name', text(NAME_CHARS)) }, 'name'),
    },
    {
      method: 'GET',
      path: '/account/prefs',
      scope: 'account',
      handler: (context) => ({ status: 200, body: accountJson(self(house, context))['prefs'] }),
    },
    {
      method: 'PATCH',
      path: '/account/prefs',
      scope: 'account',
      handler(context) {
        const prefs = JSON.stringify(required(context.body, 'prefs', object));
        return update(house, context, { prefs }, 'prefs');
      },
    },
    {
      method: 'PATCH',
      path: '/account/status',
      scope: 'account',
      handler: (context) => blockSelf(house, context),
    },
    {
      method: 'GET',
      path: '/account/logs',
      scope: 'account',
      handler: () => ({ status: 200, body: { total: 0, logs: [] } }),
    },
    {
      method: 'GET',
      path: '/account/identities',
      scope: 'account',
      handler: () => ({ status: 200, body: { total: 0, identities: [] } }),
    },
  ];
}

export function secretRoutes(house: House): Route[] {
  return [
    {
      method: 'PATCH',
      path: '/account/password',
      scope: 'account',
      rateLimit: {
        limit: 10,
        windowSeconds: HOUR_SECONDS,
        key: (context) => context.caller.userId,
      },
      handler: (context) => changePassword(house, context),
    },
    {
      method: 'PATCH',
      path: '/account/email',
      scope: 'account',
      handler: (context) => changeEmail(house, context),
    },
  ];
}
