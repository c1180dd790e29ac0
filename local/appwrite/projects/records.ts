/** Projects, keys and platforms as stored. */

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
