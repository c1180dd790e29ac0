/**
 * Users of all projects. An id and an e-mail address belong to one user of a project at most;
 * that is kept by unique indexes, so two sign-ups at once cannot both win.
 */
import type { StatementSync } from 'node:sqlite';
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { ServerClock, Store } from '../kernel/types.ts';

export const USERS_SCHEMA = `
CREATE TABLE IF NOT EXISTS users (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  phone TEXT,
  password TEXT,
  password_updated_at TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 1,
  labels TEXT NOT NULL DEFAULT '[]',
  prefs TEXT NOT NULL DEFAULT '{}',
  email_verified INTEGER NOT NULL DEFAULT 0,
  phone_verified INTEGER NOT NULL DEFAULT 0,
  accessed_at TEXT NOT NULL DEFAULT '',
  target_id TEXT NOT NULL,
  target_updated_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id),
  UNIQUE (project_id, email),
  UNIQUE (project_id, phone)
) STRICT;
`;

export interface UserRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly password: string | null;
  readonly password_updated_at: string;
  readonly status: number;
  readonly labels: string;
  readonly prefs: string;
  readonly email_verified: number;
  readonly phone_verified: number;
  readonly accessed_at: string;
  readonly target_id: string;
  readonly target_updated_at: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly passwordHash: string | null;
}

/** Columns that may be changed, with their stored form. */
export type UserChange = Partial<
  Pick<
    UserRow,
    | 'name'
    | 'email'
    | 'phone'
    | 'password'
    | 'password_updated_at'
    | 'status'
    | 'labels'
    | 'prefs'
    | 'email_verified'
    | 'phone_verified'
    | 'target_updated_at'
  >
>;

const DAY_MS = 86_400_000;

const INSERT = `
  INSERT INTO users (project_id, id, name, email, phone, password, password_updated_at,
    target_id, target_updated_at, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`;

export class UserStore {
  readonly #store: Store;
  readonly #clock: ServerClock;
  readonly #byId: StatementSync;
  readonly #byEmail: StatementSync;

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
    this.#byId = store.prepare('SELECT * FROM users WHERE project_id = ? AND id = ?');
    this.#byEmail = store.prepare('SELECT * FROM users WHERE project_id = ? AND email = ?');
  }

  /** Throws user_already_exists for a taken id, address or number. */
  create(projectId: string, user: NewUser): UserRow {
    const now = formatTime(this.#clock.now());
    const identity = [projectId, user.id, user.name, user.email, user.phone] as const;
    const secret = [user.passwordHash, user.passwordHash === null ? '' : now] as const;
    try {
      const insert = this.#store.prepare(INSERT);
      const row: unknown = insert.get(...identity, ...secret, newId(), now, now, now);
      return row as UserRow;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('user_already_exists');
      throw error;
    }
  }

  find(projectId: string, userId: string): UserRow | undefined {
    return this.#byId.get(projectId, userId) as UserRow | undefined;
  }

  findByEmail(projectId: string, email: string): UserRow | undefined {
    return this.#byEmail.get(projectId, email) as UserRow | undefined;
  }

  /** Whose e-mail address this target is. */
  findByTarget(projectId: string, targetId: string): UserRow | undefined {
    return this.#store
      .prepare('SELECT * FROM users WHERE project_id = ? AND target_id = ?')
      .get(projectId, targetId) as UserRow | undefined;
  }

  /** Throws user_not_found. */
  get(projectId: string, userId: string): UserRow {
    const found = this.find(projectId, userId);
    if (found === undefined) throw new AppwriteError('user_not_found');
    return found;
  }

  update(user: UserRow, change: UserChange): UserRow {
    const sets = Object.keys(change).map((name) => `${name} = ?`);
    const row = this.#store
      .prepare(`UPDATE users SET ${sets.join(', ')}, updated_at = ? WHERE seq = ? RETURNING *`)
      .get(...Object.values(change), formatTime(this.#clock.now()), user.seq);
    if (row === undefined) throw new AppwriteError('user_not_found');
    return row as unknown as UserRow;
  }

  /** Notes the visit, at most once a day. */
  noteAccess(user: UserRow): void {
    const nowMs = this.#clock.now();
    if (user.accessed_at !== '' && nowMs - Date.parse(user.accessed_at) < DAY_MS) return;
    this.#store
      .prepare('UPDATE users SET accessed_at = ? WHERE seq = ?')
      .run(formatTime(nowMs), user.seq);
  }

  count(projectId: string): number {
    const counted = this.#store.prepare('SELECT count(*) AS n FROM users WHERE project_id = ?');
    return Number(counted.get(projectId)?.['n'] ?? 0);
  }

  remove(user: UserRow): void {
    this.#store.prepare('DELETE FROM users WHERE seq = ?').run(user.seq);
  }

  forgetProject(projectId: string): void {
    this.#store.prepare('DELETE FROM users WHERE project_id = ?').run(projectId);
  }
}
