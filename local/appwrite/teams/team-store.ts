/**
 * Teams and memberships of all projects. A user is a member of a team at most once, kept by a
 * unique index; `total` of a team is always the count of its memberships, never a second truth.
 */
import type { StatementSync } from 'node:sqlite';
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

const INSERT_TEAM = `
  INSERT INTO teams (project_id, id, name, created_at, updated_at) VALUES (?, ?, ?, ?, ?)
  RETURNING *`;

const UPDATE_TEAM = `
  UPDATE teams SET name = coalesce(?, name), prefs = coalesce(?, prefs), updated_at = ?
  WHERE seq = ? RETURNING *`;

const INSERT_MEMBER = `
  INSERT INTO memberships (project_id, id, team_id, user_id, roles, confirmed, invited_at,
    joined_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?) RETURNING *`;

export class TeamStore {
  readonly #store: Store;
  readonly #clock: ServerClock;
  readonly #ofUser: StatementSync;

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
    this.#ofUser = store.prepare(
      'SELECT * FROM memberships WHERE project_id = ? AND user_id = ? ORDER BY seq',
    );
  }

  #now(): string {
    return formatTime(this.#clock.now());
  }

  /** Throws team_already_exists. */
  create(projectId: string, team: { readonly id: string; readonly name: string }): TeamRow {
    const at = this.#now();
    try {
      const insert = this.#store.prepare(INSERT_TEAM);
      const row: unknown = insert.get(projectId, team.id, team.name, at, at);
      return row as TeamRow;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('team_already_exists');
      throw error;
    }
  }

  find(projectId: string, teamId: string): TeamRow | undefined {
    const byId = this.#store.prepare('SELECT * FROM teams WHERE project_id = ? AND id = ?');
    return byId.get(projectId, teamId) as TeamRow | undefined;
  }

  total(projectId: string, teamId: string): number {
    const counted = this.#store.prepare(
      'SELECT count(*) AS n FROM memberships WHERE project_id = ? AND team_id = ?',
    );
    return Number(counted.get(projectId, teamId)?.['n'] ?? 0);
  }

  update(team: TeamRow, change: TeamChange): TeamRow {
    const row = this.#store
      .prepare(UPDATE_TEAM)
      .get(change.name ?? null, change.prefs ?? null, this.#now(), team.seq);
    if (row === undefined) throw new AppwriteError('team_not_found');
    return row as unknown as TeamRow;
  }

  /** With all its memberships, which are returned. */
  remove(team: TeamRow): MembershipRow[] {
    return this.#store.transaction(() => {
      const gone: unknown = this.#store
        .prepare('DELETE FROM memberships WHERE project_id = ? AND team_id = ? RETURNING *')
        .all(team.project_id, team.id);
      this.#store.prepare('DELETE FROM teams WHERE seq = ?').run(team.seq);
      return gone as MembershipRow[];
    });
  }

  /** A confirmed member; throws membership_already_confirmed if there is one. */
  join(team: TeamRow, userId: string, roles: readonly string[]): MembershipRow {
    const at = this.#now();
    const who = [team.project_id, newId(), team.id, userId, JSON.stringify(roles)] as const;
    try {
      const row: unknown = this.#store.prepare(INSERT_MEMBER).get(...who, at, at, at, at);
      return row as MembershipRow;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('membership_already_confirmed');
      throw error;
    }
  }

  membership(projectId: string, membershipId: string): MembershipRow | undefined {
    const byId = this.#store.prepare('SELECT * FROM memberships WHERE project_id = ? AND id = ?');
    return byId.get(projectId, membershipId) as MembershipRow | undefined;
  }

  membershipOf(projectId: string, teamId: string, userId: string): MembershipRow | undefined {
    const byUser = this.#store.prepare(
      'SELECT * FROM memberships WHERE project_id = ? AND team_id = ? AND user_id = ?',
    );
    return byUser.get(projectId, teamId, userId) as MembershipRow | undefined;
  }

  membershipsOf(projectId: string, userId: string): MembershipRow[] {
    const rows: unknown = this.#ofUser.all(projectId, userId);
    return rows as MembershipRow[];
  }

  setRoles(membership: MembershipRow, roles: readonly string[]): MembershipRow {
    const row = this.#store
      .prepare('UPDATE memberships SET roles = ?, updated_at = ? WHERE seq = ? RETURNING *')
      .get(JSON.stringify(roles), this.#now(), membership.seq);
    if (row === undefined) throw new AppwriteError('membership_not_found');
    return row as unknown as MembershipRow;
  }

  leave(membership: MembershipRow): void {
    this.#store.prepare('DELETE FROM memberships WHERE seq = ?').run(membership.seq);
  }

  /** Takes a user out of all teams; the memberships that were are returned. */
  forgetUser(projectId: string, userId: string): MembershipRow[] {
    const rows: unknown = this.#store
      .prepare('DELETE FROM memberships WHERE project_id = ? AND user_id = ? RETURNING *')
      .all(projectId, userId);
    return rows as MembershipRow[];
  }

  forgetProject(projectId: string): void {
    this.#store.prepare('DELETE FROM memberships WHERE project_id = ?').run(projectId);
    this.#store.prepare('DELETE FROM teams WHERE project_id = ?').run(projectId);
  }
}

export interface TeamChange {
  readonly name?: string;
  readonly prefs?: string;
}
