/**
 * The account of the caller: sign-up, JWTs, and the routes of profile and sessions. Nothing here
 * sends mail, so recovery, verification and magic links do not exist.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { customId, email, optional, password, range, required, text } from '../kernel/params.ts';
import type { Answer, Lifecycle, Module, RequestContext, Route } from '../kernel/types.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import { hashPassword } from '../users/password.ts';
import { refuseByPolicy, rememberPassword } from '../users/password-rules.ts';
import { accountJson } from '../users/user-json.ts';
import type { House } from './house.ts';
import { profileRoutes, secretRoutes } from './profile.ts';
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
    routes: [
      ...credentialRoutes(house),
      ...secretRoutes(house),
      ...profileRoutes(house),
      ...sessionRoutes(house),
    ],
    forgetProject(projectId) {
      house.sessions.forgetProject(projectId);
    },
  };
}
