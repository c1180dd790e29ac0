/**
 * Projects, their API keys and platforms. All of them are held in memory as well, because every
 * request needs one; this process is the only writer, so the copy is always right.
 * Secrets of keys are kept readable, as the console shows them.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { newId, newSecret } from '../kernel/ids.ts';
import { jsonColumn, listColumn } from '../kernel/lists.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { Project, ProjectSettings, ServerClock, Store } from '../kernel/types.ts';
import {
  CONSOLE_PROJECT,
  type KeyRow,
  type NewKey,
  type NewPlatform,
  type PlatformRow,
  type ProjectRow,
} from './records.ts';
import { loadSettings } from './settings.ts';

export { CONSOLE_PROJECT };

const INSERT_PROJECT = `
  INSERT INTO projects (id, name, team_id, settings, created_at, updated_at)
  VALUES (?, ?, ?, '{}', ?, ?)`;

const INSERT_KEY = `
  INSERT INTO project_keys (project_id, id, name, scopes, expires_at, secret, created_at,
    updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`;

const INSERT_PLATFORM = `
  INSERT INTO platforms (project_id, id, type, name, key, hostname, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`;

export interface NewProject {
  readonly id: string;
  readonly name: string;
  /** Organization it belongs to. */
  readonly teamId: string;
}

interface HeldKey {
  readonly row: KeyRow;
  readonly scopes: ReadonlySet<string>;
}

type Taken = 'project_already_exists' | 'key_already_exists';

function onlyOnce<T>(taken: Taken, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppwriteError(taken);
    throw error;
  }
}

export class ProjectStore {
  readonly #store: Store;
  readonly #clock: ServerClock;
  readonly #projects = new Map<string, Project>();
  readonly #keys = new Map<string, HeldKey>();

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
    for (const row of store.prepare('SELECT id FROM projects').all()) {
      this.#refresh(String(row['id']));
    }
  }

  get(projectId: string): Project | undefined {
    return this.#projects.get(projectId);
  }

  row(projectId: string): ProjectRow | undefined {
    const byId = this.#store.prepare('SELECT * FROM projects WHERE id = ?');
    return byId.get(projectId) as ProjectRow | undefined;
  }

  /** Throws project_already_exists. */
  create({ id, name, teamId }: NewProject): void {
    const at = this.#now();
    onlyOnce('project_already_exists', () => {
      this.#store.prepare(INSERT_PROJECT).run(id, name, teamId, at, at);
    });
    this.#refresh(id);
  }

  rename(projectId: string, name: string): void {
    this.#store
      .prepare('UPDATE projects SET name = ?, updated_at = ? WHERE id = ?')
      .run(name, this.#now(), projectId);
    this.#refresh(projectId);
  }

  configure(projectId: string, change: (settings: ProjectSettings) => ProjectSettings): void {
    const project = this.#projects.get(projectId);
    if (project === undefined) throw new AppwriteError('project_not_found');
    this.#store
      .prepare('UPDATE projects SET settings = ?, updated_at = ? WHERE id = ?')
      .run(JSON.stringify(change(project.settings)), this.#now(), projectId);
    this.#refresh(projectId);
  }

  remove(projectId: string): void {
    this.#store.transaction(() => {
      this.#store.prepare('DELETE FROM project_keys WHERE project_id = ?').run(projectId);
      this.#store.prepare('DELETE FROM platforms WHERE project_id = ?').run(projectId);
      this.#store.prepare('DELETE FROM projects WHERE id = ?').run(projectId);
    });
    this.#refresh(projectId);
  }

  /** Throws key_already_exists. */
  createKey(projectId: string, key: NewKey): KeyRow {
    const at = this.#now();
    const secret = key.secret ?? `standard_${newSecret(256)}`;
    const what = [key.id, key.name, JSON.stringify(key.scopes), key.expiresAt, secret] as const;
    const row: unknown = onlyOnce('key_already_exists', () =>
      this.#store.prepare(INSERT_KEY).get(projectId, ...what, at, at),
    );
    this.#refresh(projectId);
    return row as KeyRow;
  }

  /** A key of this very project, with its scopes. */
  keyBySecret(projectId: string, secret: string): HeldKey | undefined {
    const key = this.#keys.get(secret);
    return key?.row.project_id === projectId ? key : undefined;
  }

  keys(projectId: string): KeyRow[] {
    const rows: unknown = this.#store
      .prepare('SELECT * FROM project_keys WHERE project_id = ? ORDER BY seq')
      .all(projectId);
    return rows as KeyRow[];
  }

  replaceKey(key: KeyRow, change: Pick<NewKey, 'name' | 'scopes' | 'expiresAt'>): KeyRow {
    const { name, scopes, expiresAt } = change;
    const row = this.#store
      .prepare(
        `UPDATE project_keys SET name = ?, scopes = ?, expires_at = ?, updated_at = ?
           WHERE seq = ? RETURNING *`,
      )
      .get(name, JSON.stringify(scopes), expiresAt, this.#now(), key.seq);
    this.#refresh(key.project_id);
    return (row as KeyRow | undefined) ?? key;
  }

  removeKey(key: KeyRow): void {
    this.#store.prepare('DELETE FROM project_keys WHERE seq = ?').run(key.seq);
    this.#refresh(key.project_id);
  }

  createPlatform(projectId: string, platform: NewPlatform): PlatformRow {
    const at = this.#now();
    const { type, name, key, hostname } = platform;
    const id = platform.id === '' ? newId() : platform.id;
    const row: unknown = this.#store
      .prepare(INSERT_PLATFORM)
      .get(projectId, id, type, name, key, hostname, at, at);
    this.#refresh(projectId);
    return row as PlatformRow;
  }

  platforms(projectId: string): PlatformRow[] {
    const rows: unknown = this.#store
      .prepare('SELECT * FROM platforms WHERE project_id = ? ORDER BY seq')
      .all(projectId);
    return rows as PlatformRow[];
  }

  replacePlatform(
    platform: PlatformRow,
    change: Pick<NewPlatform, 'name' | 'key' | 'hostname'>,
  ): PlatformRow {
    const { name, key, hostname } = change;
    const row = this.#store
      .prepare(
        `UPDATE platforms SET name = ?, key = ?, hostname = ?, updated_at = ?
           WHERE seq = ? RETURNING *`,
      )
      .get(name, key, hostname, this.#now(), platform.seq);
    this.#refresh(platform.project_id);
    return (row as PlatformRow | undefined) ?? platform;
  }

  removePlatform(platform: PlatformRow): void {
    this.#store.prepare('DELETE FROM platforms WHERE seq = ?').run(platform.seq);
    this.#refresh(platform.project_id);
  }

  #now(): string {
    return formatTime(this.#clock.now());
  }

  /** Reads a project again after a write to it. */
  #refresh(projectId: string): void {
    for (const [secret, key] of this.#keys) {
      if (key.row.project_id === projectId) this.#keys.delete(secret);
    }
    const row = this.row(projectId);
    if (row === undefined) {
      this.#projects.delete(projectId);
      return;
    }
    const hosts = this.platforms(projectId).map((platform) => platform.hostname.toLowerCase());
    this.#projects.set(projectId, {
      id: row.id,
      name: row.name,
      platforms: hosts.filter((host) => host !== ''),
      settings: loadSettings(jsonColumn(row.settings, {})),
    });
    for (const key of this.keys(projectId)) {
      this.#keys.set(key.secret, { row: key, scopes: new Set(listColumn(key.scopes)) });
    }
  }
}
