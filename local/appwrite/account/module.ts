/**
 * The account of the caller: sign-up, profile, password, preferences, JWTs. Nothing here sends
 * mail, so recovery, verification and magic links do not exist.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import {
  customId,
  email,
  object,
  optional,
  password,
  range,
  required,
  text,
} from '../kernel/params.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { Answer, Lifecycle, Module, RequestContext, Route } from '../kernel/types.ts';
import { clearSession } from '../http/cookies.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import { hashPassword, passwordMatches } from '../users/password.ts';
import { refuseByPolicy, refuseRecent, rememberPassword } from '../users/password-rules.ts';
import { accountJson } from '../users/user-json.ts';
import type { UserChange, UserRow } from '../users/user-store.ts';
import type { House } from './house.ts';
import { publishUser } from './publish.ts';
import { requireMethod, sessionRoutes } from './sessions.ts';

const HOUR_SECONDS = 3600;
const MAX_JWT_SECONDS = 3600;
const DEFAULT_JWT_SECONDS = 900;
const NAME_CHARS = 128;

/** The console takes one account; everyone else is let in by the project's own limit. */
function refuseBeyondLimit(house: House, context: RequestContext): void {
  const { project } = context;
  const limit = project.id === CONSOLE_PROJECT ? 1 : project.settings.userLimit;
  if (limit > 0 && house.users.count(project.id) >= limit) {
    throw new AppwriteError('user_count_exceeded');
  }
}

async function create(house: House, context: RequestContext): Promise<Answer> {
  requireMethod(context, 'email-password', 'Email / Password');
  const { body, project } = context;
  const id = idOrNew(required(body, 'userId', customId));
  const address = required(body, 'email', email);
  const secret = required(body, 'password', password);
  const name = optional(body, 'name', text(NAME_CHARS, 0), '');
  refuseBeyondLimit(house, context);
  const owner = { id, name, email: address, phone: null };
  refuseByPolicy(project, secret, owner);
  const passwordHash = await hashPassword(secret);
  // Counted again: others may have signed up while the hash was made.
  refuseBeyondLimit(house, context);
  const user = house.users.create(project.id, { ...owner, passwordHash });
  rememberPassword(house, project, id, passwordHash);
  publishUser(context, user, { action: 'create' });
  return { status: 201, body: accountJson(user) };
}

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

function createJwt(context: RequestContext): Answer {
  const duration = optional(
    context.body,
    'duration',
    range(0, MAX_JWT_SECONDS),
    DEFAULT_JWT_SECONDS,
  );
  const { userId, sessionId } = context.caller;
  const { identity } = context.services;
  const jwt = identity.userJwt(context.project.id, { userId, sessionId }, duration);
  return { status: 201, body: { jwt } };
}

function blockSelf(house: House, context: RequestContext): Answer {
  const answer = update(house, context, { status: 0 }, 'status');
  return { ...answer, headers: clearSession(context) };
}

function profileRoutes(house: House): Route[] {
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

function credentialRoutes(house: House): Route[] {
  return [
    {
      method: 'POST',
      path: '/account',
      scope: 'sessions.write',
      rateLimit: { limit: 10, windowSeconds: HOUR_SECONDS, key: (context) => context.ip },
      handler: (context) => create(house, context),
    },
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
    {
      method: 'POST',
      path: '/account/jwts',
      scope: 'account',
      rateLimit: { limit: 120, windowSeconds: 60, key: (context) => context.caller.userId },
      handler: createJwt,
    },
  ];
}

const SWEEP_EVERY_MS = 3_600_000;

/** Expired sessions and tokens go at the start and every hour. */
function sweeper(house: House): Lifecycle {
  let cancel: () => void = () => undefined;
  const sweep = (): void => {
    house.sessions.sweep();
    cancel = house.services.clock.after(SWEEP_EVERY_MS, sweep);
  };
  return {
    start: sweep,
    async stop() {
      cancel();
    },
  };
}

export function createAccount(house: House): Module {
  return {
    schema: '',
    lifecycle: sweeper(house),
    routes: [...credentialRoutes(house), ...profileRoutes(house), ...sessionRoutes(house)],
    forgetProject(projectId) {
      house.sessions.forgetProject(projectId);
    },
  };
}
