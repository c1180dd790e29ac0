/**
 * Teams and memberships of all projects. A user is a member of a team at most once, kept by a
 * unique index; `total` of a team is always the count of its memberships, never a second truth.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { ServerClock, Store } from '../kernel/types.ts';

export const TEAMS_SCHEMA = `
CREATE TABLE IF NOT EXISTS teams (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  prefs TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS memberships (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  team_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  roles TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  invited_at TEXT NOT NULL,
  joined_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (project_id, team_id, user_id)
) STRICT;
CREATE INDEX IF NOT EXISTS memberships_by_user ON memberships (project_id, user_id);
`;

export interface TeamRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly name: string;
  readonly prefs: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface MembershipRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly team_id: string;
  readonly user_id: string;
  readonly roles: string;
  readonly confirmed: number;
  readonly invited_at: string;
  readonly joined_at: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface TeamStore {
  create(projectId: string, team: { readonly id: string; readonly name: string }): TeamRow;
  find(projectId: string, teamId: string): TeamRow | undefined;
  total(projectId: string, teamId: string): number;
  update(team: TeamRow, change: { readonly name?: string; readonly prefs?: string }): TeamRow;
  /** With all its memberships, which are returned. */
  remove(team: TeamRow): MembershipRow[];
  /** A confirmed member; throws membership_already_confirmed if there is one. */
  join(team: TeamRow, userId: string, roles: readonly string[]): MembershipRow;
  membership(projectId: string, membershipId: string): MembershipRow | undefined;
  membershipOf(projectId: string, teamId: string, userId: string): MembershipRow | undefined;
  membershipsOf(projectId: string, userId: string): MembershipRow[];
  setRoles(membership: MembershipRow, roles: readonly string[]): MembershipRow;
  leave(membership: MembershipRow): void;
  /** Takes a user out of all teams; the memberships that were are returned. */
  forgetUser(projectId: string, userId: string): MembershipRow[];
  forgetProject(projectId: string): void;
}

export function createTeamStore(store: Store, clock: ServerClock): TeamStore {
  const insertTeam = store.prepare(
    'INSERT INTO teams (project_id, id, name, created_at, updated_at) VALUES (?, ?, ?, ?, ?) RETURNING *',
  );
  const teamById = store.prepare('SELECT * FROM teams WHERE project_id = ? AND id = ?');
  const counted = store.prepare(
    'SELECT count(*) AS n FROM memberships WHERE project_id = ? AND team_id = ?',
  );
  const updated = store.prepare(
    `UPDATE teams SET name = coalesce(?, name), prefs = coalesce(?, prefs), updated_at = ?
       WHERE seq = ? RETURNING *`,
  );
  const removedTeam = store.prepare('DELETE FROM teams WHERE seq = ?');
  const membersGone = store.prepare(
    'DELETE FROM memberships WHERE project_id = ? AND team_id = ? RETURNING *',
  );
  const insertMember = store.prepare(
    `INSERT INTO memberships (project_id, id, team_id, user_id, roles, confirmed, invited_at,
       joined_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?) RETURNING *`,
  );
  const memberById = store.prepare('SELECT * FROM memberships WHERE project_id = ? AND id = ?');
  const memberByUser = store.prepare(
    'SELECT * FROM memberships WHERE project_id = ? AND team_id = ? AND user_id = ?',
  );
  const ofUser = store.prepare(
    'SELECT * FROM memberships WHERE project_id = ? AND user_id = ? ORDER BY seq',
  );
  const rolesSet = store.prepare(
    'UPDATE memberships SET roles = ?, updated_at = ? WHERE seq = ? RETURNING *',
  );
  const left = store.prepare('DELETE FROM memberships WHERE seq = ?');
  const userGone = store.prepare(
    'DELETE FROM memberships WHERE project_id = ? AND user_id = ? RETURNING *',
  );
  const now = (): string => formatTime(clock.now());

  return {
    create(projectId, team) {
      const at = now();
      try {
        const row: unknown = insertTeam.get(projectId, team.id, team.name, at, at);
        return row as TeamRow;
      } catch (error) {
        if (isUniqueViolation(error)) throw new AppwriteError('team_already_exists');
        throw error;
      }
    },
    find: (projectId, teamId) => teamById.get(projectId, teamId) as TeamRow | undefined,
    total: (projectId, teamId) => Number(counted.get(projectId, teamId)?.['n'] ?? 0),
    update(team, change) {
      const row = updated.get(change.name ?? null, change.prefs ?? null, now(), team.seq);
      if (row === undefined) throw new AppwriteError('team_not_found');
      return row as unknown as TeamRow;
    },
    remove: (team) =>
      store.transaction(() => {
        const gone: unknown = membersGone.all(team.project_id, team.id);
        removedTeam.run(team.seq);
        return gone as MembershipRow[];
      }),
    join(team, userId, roles) {
      const at = now();
      const who = [team.project_id, newId(), team.id, userId, JSON.stringify(roles)] as const;
      try {
        const row: unknown = insertMember.get(...who, at, at, at, at);
        return row as MembershipRow;
      } catch (error) {
        if (isUniqueViolation(error)) throw new AppwriteError('membership_already_confirmed');
        throw error;
      }
    },
    membership: (projectId, id) => memberById.get(projectId, id) as MembershipRow | undefined,
    membershipOf: (projectId, teamId, userId) =>
      memberByUser.get(projectId, teamId, userId) as MembershipRow | undefined,
    membershipsOf(projectId, userId) {
      const rows: unknown = ofUser.all(projectId, userId);
      return rows as MembershipRow[];
    },
    setRoles(membership, roles) {
      const row = rolesSet.get(JSON.stringify(roles), now(), membership.seq);
      if (row === undefined) throw new AppwriteError('membership_not_found');
      return row as unknown as MembershipRow;
    },
    leave: (membership) => void left.run(membership.seq),
    forgetUser(projectId, userId) {
      const rows: unknown = userGone.all(projectId, userId);
      return rows as MembershipRow[];
    },
    forgetProject(projectId) {
      store.prepare('DELETE FROM memberships WHERE project_id = ?').run(projectId);
      store.prepare('DELETE FROM teams WHERE project_id = ?').run(projectId);
    },
  };
}
