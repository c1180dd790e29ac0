/**
 * Credentials that come with or without an HTTP request: session secrets, user JWTs, project
 * keys, and the ephemeral keys that executions get.
 */
import { signJwt, verifyJwt } from '../kernel/jwt.ts';
import type { ProjectStore } from '../projects/project-store.ts';
import type { Identity, ServerClock } from '../kernel/types.ts';
import type { TeamStore } from '../teams/team-store.ts';
import { accountJson } from '../users/user-json.ts';
import type { UserStore } from '../users/user-store.ts';
import { GUEST_ROLES, rolesOfUser } from './roles.ts';
import type { SessionStore } from './session-store.ts';

export interface IdentityParts {
  readonly clock: ServerClock;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly teams: TeamStore;
  readonly projects: ProjectStore;
  readonly jwtSecret: string;
}

/** `expired` and `unknown` are refused; `foreign` is no key of ours, the caller is a guest. */
export type KeyCheck =
  | { readonly kind: 'valid'; readonly scopes: ReadonlySet<string> }
  | { readonly kind: 'expired' | 'unknown' | 'foreign' };

function ephemeral(parts: IdentityParts, projectId: string, token: string): KeyCheck {
  const result = verifyJwt(parts.jwtSecret, token, parts.clock.now());
  if (!result.ok) return { kind: 'expired' };
  const { payload } = result;
  if (payload['projectId'] !== projectId) return { kind: 'foreign' };
  const scopes = payload['scopes'];
  if (!Array.isArray(scopes)) return { kind: 'foreign' };
  return { kind: 'valid', scopes: new Set(scopes.filter((scope) => typeof scope === 'string')) };
}

/** What an `X-Appwrite-Key` is worth for this project. */
export function checkKey(parts: IdentityParts, projectId: string, key: string): KeyCheck {
  if (key.startsWith('standard_')) {
    const held = parts.projects.keyBySecret(projectId, key);
    if (held === undefined) return { kind: 'unknown' };
    const { row, scopes } = held;
    const expired = row.expires_at !== '' && Date.parse(row.expires_at) < parts.clock.now();
    return expired ? { kind: 'expired' } : { kind: 'valid', scopes };
  }
  const at = key.indexOf('_');
  const prefix = key.slice(0, at);
  if (prefix !== 'ephemeral' && prefix !== 'dynamic') return { kind: 'foreign' };
  return ephemeral(parts, projectId, key.slice(at + 1));
}

export function createIdentity(parts: IdentityParts): Identity {
  const { clock, users, sessions, teams, projects, jwtSecret } = parts;
  const expiry = (lifeSeconds: number): number => clock.now() + lifeSeconds * 1000;
  return {
    rolesOf(projectId, userId) {
      const user = userId === '' ? undefined : users.find(projectId, userId);
      return user === undefined ? GUEST_ROLES : rolesOfUser(user, teams);
    },
    session(projectId, secret) {
      const session = sessions.resolve(projectId, secret);
      if (session === undefined) return undefined;
      const user = users.find(projectId, session.user_id);
      if (user?.status !== 1) return undefined;
      return { userId: session.user_id, sessionId: session.id };
    },
    ephemeralKey: (projectId, scopes, lifeSeconds) =>
      `ephemeral_${signJwt(jwtSecret, { projectId, scopes }, expiry(lifeSeconds))}`,
    userJwt: (_projectId, user, lifeSeconds) =>
      signJwt(jwtSecret, { userId: user.userId, sessionId: user.sessionId }, expiry(lifeSeconds)),
    account(projectId, userId) {
      const user = users.find(projectId, userId);
      return user === undefined ? undefined : accountJson(user);
    },
    project: (projectId) => projects.get(projectId),
    keyScopes(projectId, key) {
      const check = checkKey(parts, projectId, key);
      return check.kind === 'valid' ? check.scopes : undefined;
    },
  };
}
