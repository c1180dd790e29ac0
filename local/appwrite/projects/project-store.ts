/**
 * Projects, their API keys and platforms. All projects are held in memory as well, because every
 * request needs one; this process is the only writer, so the copy is always right.
 * Secrets of keys are kept readable, as the console shows them.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { newId, newSecret } from '../kernel/ids.ts';
import { jsonColumn, listColumn } from '../kernel/lists.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { Project, ProjectSettings, ServerClock, Store } from '../kernel/types.ts';
import { DEFAULT_SETTINGS, loadSettings } from './settings.ts';

export const PROJECTS_SCHEMA = `
CREATE TABLE IF NOT EXISTS projects (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  team_id TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS project_keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  secret TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS platforms (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  hostname TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
`;

export const CONSOLE_PROJECT = 'console';

export interface ProjectRow {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly team_id: string;
  readonly settings: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface KeyRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  /** '' = never. */
  readonly expires_at: string;
  readonly secret: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface PlatformRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly key: string;
  readonly hostname: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
  /** Given for the key a caller brings along; otherwise made. */
  readonly secret?: string;
}

export interface NewPlatform {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly key: string;
  readonly hostname: string;
}

export interface ProjectStore {
  get(projectId: string): Project | undefined;
  row(projectId: string): ProjectRow | undefined;
  create(project: { readonly id: string; readonly name: string; readonly teamId: string }): Project;
  rename(projectId: string, name: string): void;
  configure(projectId: string, change: (settings: ProjectSettings) => ProjectSettings): void;
  remove(projectId: string): void;
  createKey(projectId: string, key: NewKey): KeyRow;
  keyBySecret(projectId: string, secret: string): KeyRow | undefined;
  keys(projectId: string): KeyRow[];
  replaceKey(key: KeyRow, change: Pick<NewKey, 'name' | 'scopes' | 'expiresAt'>): KeyRow;
  removeKey(key: KeyRow): void;
  createPlatform(projectId: string, platform: NewPlatform): PlatformRow;
  platforms(projectId: string): PlatformRow[];
  replacePlatform(
    row: PlatformRow,
    change: Pick<NewPlatform, 'name' | 'key' | 'hostname'>,
  ): PlatformRow;
  removePlatform(row: PlatformRow): void;
}

/** Scopes of a key as a set, made once per key text. */
const scopeSets = new WeakMap<KeyRow, ReadonlySet<string>>();

export function keyScopes(key: KeyRow): ReadonlySet<string> {
  const known = scopeSets.get(key) ?? new Set(listColumn(key.scopes));
  scopeSets.set(key, known);
  return known;
}

export function createProjectStore(store: Store, clock: ServerClock): ProjectStore {
  const projects = new Map<string, Project>();
  const keysBySecret = new Map<string, KeyRow>();
  const now = (): string => formatTime(clock.now());
  const platformRows = store.prepare('SELECT * FROM platforms WHERE project_id = ? ORDER BY seq');
  const rowById = store.prepare('SELECT * FROM projects WHERE id = ?');
  const keyRows = store.prepare('SELECT * FROM project_keys WHERE project_id = ? ORDER BY seq');

  const rowOf = (projectId: string): ProjectRow | undefined =>
    rowById.get(projectId) as ProjectRow | undefined;
  const platforms = (projectId: string): PlatformRow[] => {
    const rows: unknown = platformRows.all(projectId);
    return rows as PlatformRow[];
  };
  const keys = (projectId: string): KeyRow[] => {
    const rows: unknown = keyRows.all(projectId);
    return rows as KeyRow[];
  };
  /** Reads the project again after a write to it. */
  const refresh = (projectId: string): void => {
    const row = rowOf(projectId);
    for (const [secret, key] of keysBySecret) {
      if (key.project_id === projectId) keysBySecret.delete(secret);
    }
    if (row === undefined) {
      projects.delete(projectId);
      return;
    }
    projects.set(projectId, {
      id: row.id,
      name: row.name,
      platforms: platforms(projectId)
        .map((platform) => platform.hostname.toLowerCase())
        .filter((host) => host !== ''),
      settings: loadSettings(jsonColumn(row.settings, {})),
    });
    for (const key of keys(projectId)) keysBySecret.set(key.secret, key);
  };
  const changed = <T>(projectId: string, work: () => T): T => {
    const result = work();
    refresh(projectId);
    return result;
  };
  const insertOnce = <T>(
    work: () => T,
    taken: 'project_already_exists' | 'key_already_exists',
  ): T => {
    try {
      return work();
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError(taken);
      throw error;
    }
  };

  for (const row of store.prepare('SELECT id FROM projects').all()) refresh(String(row['id']));

  return {
    get: (projectId) => projects.get(projectId),
    row: rowOf,
    create({ id, name, teamId }) {
      const at = now();
      insertOnce(() => {
        store
          .prepare(
            `INSERT INTO projects (id, name, team_id, settings, created_at, updated_at)
               VALUES (?, ?, ?, ?, ?, ?)`,
          )
          .run(id, name, teamId, '{}', at, at);
      }, 'project_already_exists');
      refresh(id);
      return projects.get(id) ?? { id, name, platforms: [], settings: DEFAULT_SETTINGS };
    },
    rename: (projectId, name) => {
      changed(projectId, () =>
        store
          .prepare('UPDATE projects SET name = ?, updated_at = ? WHERE id = ?')
          .run(name, now(), projectId),
      );
    },
    configure(projectId, change) {
      const project = projects.get(projectId);
      if (project === undefined) throw new AppwriteError('project_not_found');
      const settings = JSON.stringify(change(project.settings));
      changed(projectId, () =>
        store
          .prepare('UPDATE projects SET settings = ?, updated_at = ? WHERE id = ?')
          .run(settings, now(), projectId),
      );
    },
    remove(projectId) {
      changed(projectId, () => {
        store.transaction(() => {
          store.prepare('DELETE FROM project_keys WHERE project_id = ?').run(projectId);
          store.prepare('DELETE FROM platforms WHERE project_id = ?').run(projectId);
          store.prepare('DELETE FROM projects WHERE id = ?').run(projectId);
        });
      });
    },
    createKey(projectId, key) {
      const at = now();
      const secret = key.secret ?? `standard_${newSecret(256)}`;
      return changed(projectId, () =>
        insertOnce(() => {
          const row: unknown = store
            .prepare(
              `INSERT INTO project_keys (project_id, id, name, scopes, expires_at, secret,
                 created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
            )
            .get(
              projectId,
              key.id,
              key.name,
              JSON.stringify(key.scopes),
              key.expiresAt,
              secret,
              at,
              at,
            );
          return row as KeyRow;
        }, 'key_already_exists'),
      );
    },
    keyBySecret(projectId, secret) {
      const key = keysBySecret.get(secret);
      return key?.project_id === projectId ? key : undefined;
    },
    keys,
    replaceKey(key, change) {
      return changed(key.project_id, () => {
        const row = store
          .prepare(
            `UPDATE project_keys SET name = ?, scopes = ?, expires_at = ?, updated_at = ?
               WHERE seq = ? RETURNING *`,
          )
          .get(change.name, JSON.stringify(change.scopes), change.expiresAt, now(), key.seq);
        return (row as KeyRow | undefined) ?? key;
      });
    },
    removeKey: (key) => {
      changed(key.project_id, () =>
        store.prepare('DELETE FROM project_keys WHERE seq = ?').run(key.seq),
      );
    },
    createPlatform(projectId, platform) {
      const at = now();
      return changed(projectId, () => {
        const { id, type, name, key, hostname } = platform;
        const row: unknown = store
          .prepare(
            `INSERT INTO platforms (project_id, id, type, name, key, hostname, created_at,
               updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
          )
          .get(projectId, id === '' ? newId() : id, type, name, key, hostname, at, at);
        return row as PlatformRow;
      });
    },
    platforms,
    replacePlatform(row, change) {
      return changed(row.project_id, () => {
        const made = store
          .prepare(
            `UPDATE platforms SET name = ?, key = ?, hostname = ?, updated_at = ?
               WHERE seq = ? RETURNING *`,
          )
          .get(change.name, change.key, change.hostname, now(), row.seq);
        return (made as PlatformRow | undefined) ?? row;
      });
    },
    removePlatform: (row) => {
      changed(row.project_id, () =>
        store.prepare('DELETE FROM platforms WHERE seq = ?').run(row.seq),
      );
    },
  };
}
