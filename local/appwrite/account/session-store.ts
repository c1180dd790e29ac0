/**
 * Sessions and one-time tokens. Only hashes of their secrets are kept, so the database file
 * cannot be used to log in. A session past its time counts as gone at once.
 */
import type { StatementSync } from 'node:sqlite';
import { newId, newSecret, secretHash } from '../kernel/ids.ts';
import { isJsonObject, parseJson } from '../kernel/params.ts';
import { formatTime } from '../kernel/time.ts';
import type { ServerClock, Store } from '../kernel/types.ts';

export const SESSIONS_SCHEMA = `
CREATE TABLE IF NOT EXISTS sessions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  provider TEXT NOT NULL,
  provider_uid TEXT NOT NULL,
  factor TEXT NOT NULL,
  ip TEXT NOT NULL,
  expires_ms INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (project_id, user_id);
CREATE TABLE IF NOT EXISTS session_agents (
  session_seq INTEGER PRIMARY KEY REFERENCES sessions (seq) ON DELETE CASCADE,
  user_agent TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS user_tokens (
  id TEXT PRIMARY KEY,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS user_tokens_by_user ON user_tokens (project_id, user_id);
`;

export interface SessionRow {
  readonly seq: number;
  readonly id: string;
  readonly user_id: string;
  readonly secret_hash: string;
  readonly provider: string;
  readonly provider_uid: string;
  readonly factor: string;
  readonly ip: string;
  readonly expires_ms: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Null: it was opened by a caller that told none. */
  readonly user_agent: string | null;
}

export interface NewSession {
  readonly userId: string;
  readonly provider: 'email' | 'server' | 'token' | 'anonymous';
  readonly providerUid: string;
  readonly factor: string;
  readonly ip: string;
  /** '' where the caller is no browser. */
  readonly userAgent: string;
  readonly lifeSeconds: number;
  /** 0 = no limit; otherwise the oldest sessions beyond it are dropped. */
  readonly limit: number;
}

export interface OpenedSession {
  readonly row: SessionRow;
  /** What cookies and X-Appwrite-Session carry; shown once. */
  readonly secret: string;
}

export interface NewToken {
  readonly chars: number;
  readonly lifeSeconds: number;
}

export interface CreatedToken {
  readonly id: string;
  readonly secret: string;
  readonly expiresMs: number;
}

const SECRET_CHARS = 256;

interface SecretParts {
  readonly id: string;
  readonly secret: string;
}

/** The wire form: base64 of `{"id":user,"secret":…}`. */
export function packSecret(userId: string, secret: string): string {
  return Buffer.from(JSON.stringify({ id: userId, secret })).toString('base64');
}

export function unpackSecret(packed: string): SecretParts | undefined {
  if (packed.length > 2048) return undefined;
  const parsed = parseJson(Buffer.from(packed, 'base64').toString('utf8'));
  if (!isJsonObject(parsed)) return undefined;
  const { id, secret } = parsed;
  return typeof id === 'string' && typeof secret === 'string' ? { id, secret } : undefined;
}

const INSERT = `
  INSERT INTO sessions (project_id, id, user_id, secret_hash, provider, provider_uid, factor,
    ip, expires_ms, created_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`;

const DROP_OLDEST = `
  DELETE FROM sessions WHERE project_id = ?1 AND user_id = ?2 AND seq NOT IN
    (SELECT seq FROM sessions WHERE project_id = ?1 AND user_id = ?2 ORDER BY seq DESC LIMIT ?3)`;

const LIVE = `
  SELECT sessions.*, session_agents.user_agent FROM sessions
  LEFT JOIN session_agents ON session_seq = seq
  WHERE project_id = ? AND user_id = ? AND expires_ms > ?`;

export class SessionStore {
  readonly #store: Store;
  readonly #clock: ServerClock;
  readonly #bySecret: StatementSync;
  readonly #byId: StatementSync;

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
    this.#bySecret = store.prepare(`${LIVE} AND secret_hash = ?`);
    this.#byId = store.prepare(`${LIVE} AND id = ?`);
  }

  /** Drops what is past its time; nobody can use it, it only takes room. */
  sweep(): void {
    const nowMs = this.#clock.now();
    this.#store.prepare('DELETE FROM sessions WHERE expires_ms <= ?').run(nowMs);
    this.#store.prepare('DELETE FROM user_tokens WHERE expires_ms <= ?').run(nowMs);
  }

  open(projectId: string, session: NewSession): OpenedSession {
    const secret = newSecret(SECRET_CHARS);
    const nowMs = this.#clock.now();
    const now = formatTime(nowMs);
    const { userId, provider, providerUid, factor, ip } = session;
    const who = [projectId, newId(), userId, secretHash(secret)] as const;
    const how = [provider, providerUid, factor, ip] as const;
    const expiresMs = nowMs + session.lifeSeconds * 1000;
    const user_agent = session.userAgent === '' ? null : session.userAgent;
    const row: unknown = this.#store.transaction(() => {
      const made = this.#store.prepare(INSERT).get(...who, ...how, expiresMs, now, now);
      if (user_agent !== null) {
        const note = this.#store.prepare('INSERT INTO session_agents VALUES (?, ?)');
        note.run(Number(made?.['seq']), user_agent);
      }
      if (session.limit > 0) {
        this.#store.prepare(DROP_OLDEST).run(projectId, userId, session.limit);
      }
      return { ...made, user_agent };
    });
    return { row: row as SessionRow, secret: packSecret(userId, secret) };
  }

  /** The live session a secret belongs to. */
  resolve(projectId: string, packed: string): SessionRow | undefined {
    const parts = unpackSecret(packed);
    if (parts === undefined) return undefined;
    const hash = secretHash(parts.secret);
    const found = this.#bySecret.get(projectId, parts.id, this.#clock.now(), hash);
    return found as SessionRow | undefined;
  }

  find(projectId: string, userId: string, sessionId: string): SessionRow | undefined {
    const found = this.#byId.get(projectId, userId, this.#clock.now(), sessionId);
    return found as SessionRow | undefined;
  }

  list(projectId: string, userId: string): SessionRow[] {
    const live = this.#store.prepare(`${LIVE} ORDER BY seq`);
    const rows: unknown = live.all(projectId, userId, this.#clock.now());
    return rows as SessionRow[];
  }

  extend(session: SessionRow, lifeSeconds: number): SessionRow {
    const nowMs = this.#clock.now();
    const row = this.#store
      .prepare('UPDATE sessions SET expires_ms = ?, updated_at = ? WHERE seq = ? RETURNING *')
      .get(nowMs + lifeSeconds * 1000, formatTime(nowMs), session.seq);
    return row === undefined ? session : { ...session, ...row };
  }

  close(session: SessionRow): void {
    this.#store.prepare('DELETE FROM sessions WHERE seq = ?').run(session.seq);
  }

  /** Closes all sessions of a user but the given one ('' = really all). */
  closeAll(projectId: string, userId: string, exceptId: string): void {
    this.#store
      .prepare('DELETE FROM sessions WHERE project_id = ? AND user_id = ? AND id <> ?')
      .run(projectId, userId, exceptId);
  }

  createToken(projectId: string, userId: string, wanted: NewToken): CreatedToken {
    const id = newId();
    const secret = newSecret(wanted.chars);
    const expiresMs = this.#clock.now() + wanted.lifeSeconds * 1000;
    this.#store
      .prepare('INSERT INTO user_tokens VALUES (?, ?, ?, ?, ?)')
      .run(id, projectId, userId, secretHash(secret), expiresMs);
    return { id, secret, expiresMs };
  }

  /** True once for a right and live secret. */
  useToken(projectId: string, userId: string, secret: string): boolean {
    const row = this.#store
      .prepare(
        `DELETE FROM user_tokens WHERE project_id = ? AND user_id = ? AND secret_hash = ?
           RETURNING expires_ms`,
      )
      .get(projectId, userId, secretHash(secret));
    return row !== undefined && Number(row['expires_ms']) > this.#clock.now();
  }

  forgetUser(projectId: string, userId: string): void {
    this.closeAll(projectId, userId, '');
    this.#store
      .prepare('DELETE FROM user_tokens WHERE project_id = ? AND user_id = ?')
      .run(projectId, userId);
  }

  forgetProject(projectId: string): void {
    this.#store.prepare('DELETE FROM sessions WHERE project_id = ?').run(projectId);
    this.#store.prepare('DELETE FROM user_tokens WHERE project_id = ?').run(projectId);
  }
}
