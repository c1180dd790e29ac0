/**
 * Decides who is calling, once per request. Order as on the server: a session (of the project,
 * or of the console in admin mode), a JWT instead of it, a key over both.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { checkKey, type IdentityParts } from '../account/identity.ts';
import { GUEST_ROLES, rolesOfUser } from '../account/roles.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { verifyJwt } from '../kernel/jwt.ts';
import { ADMIN_SCOPES, CONSOLE_SCOPES, GUEST_SCOPES, USER_SCOPES } from '../kernel/scopes.ts';
import type { Caller, Project } from '../kernel/types.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import type { UserRow } from '../users/user-store.ts';
import { sentSecret } from './cookies.ts';

export const GUEST: Caller = {
  kind: 'guest',
  roles: GUEST_ROLES,
  scopes: GUEST_SCOPES,
  privileged: false,
  userId: '',
  sessionId: '',
  label: 'User',
};

export interface AuthRequest {
  readonly headers: IncomingHttpHeaders;
  readonly project: Project;
  /** Host name the request was sent to. */
  readonly host: string;
  /** `GET /projects/:projectId`, for the one refusal that differs by route. */
  readonly route: string;
}

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** The caller behind a key; undefined if the key is not one of ours. */
function keyCaller(parts: IdentityParts, request: AuthRequest, key: string): Caller | undefined {
  const { project } = request;
  const check = checkKey(parts, project.id, key);
  switch (check.kind) {
    case 'foreign':
      return undefined;
    case 'expired':
      throw new AppwriteError('project_key_expired');
    case 'unknown':
      if (project.id === CONSOLE_PROJECT && request.route === 'GET /projects/:projectId') {
        throw new AppwriteError('project_id_missing');
      }
      throw new AppwriteError('user_unauthorized');
    case 'valid':
      return {
        kind: 'key',
        roles: ['any', 'applications'],
        scopes: check.scopes,
        privileged: true,
        userId: '',
        sessionId: '',
        label: `app.${project.id}@service.${request.host}`,
      };
  }
}

function userCaller(parts: IdentityParts, user: UserRow, sessionId: string): Caller {
  return {
    kind: 'user',
    roles: rolesOfUser(user, parts.teams),
    scopes: user.project_id === CONSOLE_PROJECT ? CONSOLE_SCOPES : USER_SCOPES,
    privileged: false,
    userId: user.id,
    sessionId,
    label: user.email ?? 'User',
  };
}

/** A user who is blocked is told so on every call. */
function liveUser(parts: IdentityParts, projectId: string, userId: string): UserRow | undefined {
  const user = parts.users.find(projectId, userId);
  if (user === undefined) return undefined;
  if (user.status !== 1) throw new AppwriteError('user_blocked');
  return user;
}

function sessionCaller(parts: IdentityParts, project: Project, secret: string): Caller | undefined {
  if (secret === '') return undefined;
  const session = parts.sessions.resolve(project.id, secret);
  if (session === undefined) return undefined;
  const user = liveUser(parts, project.id, session.user_id);
  if (user === undefined) return undefined;
  parts.users.noteAccess(user);
  return userCaller(parts, user, session.id);
}

/** Bad tokens are refused; the token of a closed session is a guest's. */
function jwtCaller(parts: IdentityParts, project: Project, token: string): Caller | undefined {
  const result = verifyJwt(parts.jwtSecret, token, parts.clock.now());
  if (!result.ok) {
    throw new AppwriteError('user_jwt_invalid', `Failed to verify JWT. ${result.reason}`);
  }
  const { userId, sessionId } = result.payload;
  if (typeof userId !== 'string') return undefined;
  if (typeof sessionId === 'string' && sessionId !== '') {
    if (parts.sessions.find(project.id, userId, sessionId) === undefined) return undefined;
  }
  const user = liveUser(parts, project.id, userId);
  if (user === undefined) return undefined;
  parts.users.noteAccess(user);
  return userCaller(parts, user, '');
}

function adminCaller(parts: IdentityParts, headers: IncomingHttpHeaders): Caller | undefined {
  const { secret } = sentSecret(headers, CONSOLE_PROJECT);
  const session = secret === '' ? undefined : parts.sessions.resolve(CONSOLE_PROJECT, secret);
  const user = session && liveUser(parts, CONSOLE_PROJECT, session.user_id);
  if (session === undefined || user === undefined) return undefined;
  return {
    kind: 'admin',
    roles: ['any', 'users', `user:${user.id}`],
    scopes: ADMIN_SCOPES,
    privileged: true,
    userId: user.id,
    sessionId: session.id,
    label: user.email ?? 'User',
  };
}

export function resolveCaller(parts: IdentityParts, request: AuthRequest): Caller {
  const { headers, project } = request;
  const key = header(headers, 'x-appwrite-key');
  const byKey = key === '' ? undefined : keyCaller(parts, request, key);
  if (byKey !== undefined) return byKey;
  if (header(headers, 'x-appwrite-mode') === 'admin' && project.id !== CONSOLE_PROJECT) {
    return adminCaller(parts, headers) ?? GUEST;
  }
  const sent = sentSecret(headers, project.id);
  const token = header(headers, 'x-appwrite-jwt');
  if (token !== '') {
    if (sent.fromCookie) throw new AppwriteError('user_jwt_and_cookie_set');
    return jwtCaller(parts, project, token) ?? GUEST;
  }
  return sessionCaller(parts, project, sent.secret) ?? GUEST;
}

const ROLE_NAMES = { guest: 'guests', user: 'users', key: 'applications', admin: 'admin' } as const;

/** Throws general_unauthorized_scope unless the caller holds one of the scopes. */
export function requireScope(caller: Caller, scope: string | readonly string[]): void {
  if (scope === '') return;
  const wanted = typeof scope === 'string' ? [scope] : scope;
  if (wanted.some((name) => caller.scopes.has(name))) return;
  throw new AppwriteError(
    'general_unauthorized_scope',
    `${caller.label} (role: ${ROLE_NAMES[caller.kind]}) missing scopes (${JSON.stringify(wanted)})`,
  );
}
