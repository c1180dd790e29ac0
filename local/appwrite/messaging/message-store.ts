/**
 * Providers, messages, and the mailbox: what would have left this machine. A mail is kept for the
 * user it was for, never with an address; whose account is deleted has no mail any more.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { isUniqueViolation } from '../kernel/store.ts';
import { formatTime } from '../kernel/time.ts';
import type { ServerClock, Store } from '../kernel/types.ts';

export const MESSAGING_SCHEMA = `
CREATE TABLE IF NOT EXISTS messaging_providers (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  type TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  credentials TEXT NOT NULL,
  options TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS messaging_messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  id TEXT NOT NULL,
  users TEXT NOT NULL,
  targets TEXT NOT NULL,
  data TEXT NOT NULL,
  status TEXT NOT NULL,
  delivered_at TEXT,
  delivery_errors TEXT NOT NULL DEFAULT '[]',
  delivered_total INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE TABLE IF NOT EXISTS mailbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  content TEXT NOT NULL,
  is_html INTEGER NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS mailbox_by_user ON mailbox (project_id, user_id);
CREATE TRIGGER IF NOT EXISTS mailbox_of_the_deleted AFTER DELETE ON users BEGIN
  DELETE FROM mailbox WHERE project_id = OLD.project_id AND user_id = OLD.id;
END;
`;

export interface ProviderRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly type: string;
  readonly enabled: number;
  readonly credentials: string;
  readonly options: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export type MessageStatus = 'draft' | 'processing' | 'sent' | 'failed';

export interface MessageRow {
  readonly seq: number;
  readonly project_id: string;
  readonly id: string;
  readonly users: string;
  readonly targets: string;
  readonly data: string;
  readonly status: MessageStatus;
  readonly delivered_at: string | null;
  readonly delivery_errors: string;
  readonly delivered_total: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface MailRow {
  readonly seq: number;
  readonly project_id: string;
  readonly message_id: string;
  readonly user_id: string;
  readonly subject: string;
  readonly content: string;
  readonly is_html: number;
  readonly at: string;
}

export interface Ending {
  readonly status: 'sent' | 'failed';
  readonly errors: readonly string[];
  readonly deliveredTotal: number;
  /** Null: it was given up before anybody was tried. */
  readonly tried: boolean;
}

/** The mailbox keeps the newest; it is for looking, not for keeping. */
const MAILS_AT_MOST = 2000;

export class MessageStore {
  readonly #store: Store;
  readonly #clock: ServerClock;

  constructor(store: Store, clock: ServerClock) {
    this.#store = store;
    this.#clock = clock;
  }

  get #now(): string {
    return formatTime(this.#clock.now());
  }

  createProvider(
    projectId: string,
    given: Pick<ProviderRow, 'id' | 'name' | 'provider' | 'enabled' | 'credentials' | 'options'>,
  ): ProviderRow {
    const { id, name, provider, enabled, credentials, options } = given;
    try {
      const row: unknown = this.#store
        .prepare(
          `INSERT INTO messaging_providers (project_id, id, name, provider, type, enabled,
             credentials, options, created_at, updated_at)
           VALUES (?, ?, ?, ?, 'email', ?, ?, ?, ?, ?) RETURNING *`,
        )
        .get(
          ...[projectId, id, name, provider, enabled, credentials, options],
          ...[this.#now, this.#now],
        );
      return row as ProviderRow;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('provider_already_exists');
      throw error;
    }
  }

  /** Throws provider_not_found. */
  provider(projectId: string, id: string): ProviderRow {
    const row: unknown = this.#store
      .prepare('SELECT * FROM messaging_providers WHERE project_id = ? AND id = ?')
      .get(projectId, id);
    if (row === undefined) throw new AppwriteError('provider_not_found');
    return row as ProviderRow;
  }

  enableProvider(projectId: string, id: string, enabled: boolean): ProviderRow {
    this.#store
      .prepare(
        'UPDATE messaging_providers SET enabled = ?, updated_at = ? WHERE project_id = ? AND id = ?',
      )
      .run(enabled ? 1 : 0, this.#now, projectId, id);
    return this.provider(projectId, id);
  }

  removeProvider(projectId: string, id: string): void {
    this.provider(projectId, id);
    this.#store
      .prepare('DELETE FROM messaging_providers WHERE project_id = ? AND id = ?')
      .run(projectId, id);
  }

  hasProvider(projectId: string): boolean {
    const found = this.#store
      .prepare('SELECT 1 FROM messaging_providers WHERE project_id = ? AND enabled = 1 LIMIT 1')
      .get(projectId);
    return found !== undefined;
  }

  createMessage(
    projectId: string,
    given: Pick<MessageRow, 'id' | 'users' | 'targets' | 'data' | 'status'>,
  ): MessageRow {
    const { id, users, targets, data, status } = given;
    try {
      const row: unknown = this.#store
        .prepare(
          `INSERT INTO messaging_messages (project_id, id, users, targets, data, status,
             created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
        )
        .get(projectId, id, users, targets, data, status, this.#now, this.#now);
      return row as MessageRow;
    } catch (error) {
      if (isUniqueViolation(error)) throw new AppwriteError('message_already_exists');
      throw error;
    }
  }

  findMessage(projectId: string, id: string): MessageRow | undefined {
    return this.#store
      .prepare('SELECT * FROM messaging_messages WHERE project_id = ? AND id = ?')
      .get(projectId, id) as MessageRow | undefined;
  }

  /** Throws message_not_found. */
  message(projectId: string, id: string): MessageRow {
    const row = this.findMessage(projectId, id);
    if (row === undefined) throw new AppwriteError('message_not_found');
    return row;
  }

  /** What a worker that was stopped has left to do. */
  processing(): readonly MessageRow[] {
    return this.#store
      .prepare(`SELECT * FROM messaging_messages WHERE status = 'processing' ORDER BY seq`)
      .all() as unknown as MessageRow[];
  }

  end(message: MessageRow, ending: Ending): void {
    this.#store
      .prepare(
        `UPDATE messaging_messages SET status = ?, delivery_errors = ?, delivered_total = ?,
           delivered_at = ?, updated_at = ? WHERE seq = ?`,
      )
      .run(
        ending.status,
        JSON.stringify(ending.errors),
        ending.deliveredTotal,
        ending.tried ? this.#now : null,
        this.#now,
        message.seq,
      );
  }

  removeMessage(message: MessageRow): void {
    this.#store.prepare('DELETE FROM messaging_messages WHERE seq = ?').run(message.seq);
  }

  keep(mail: Omit<MailRow, 'seq' | 'at'>): void {
    const { project_id, message_id, user_id, subject, content, is_html } = mail;
    this.#store
      .prepare(
        `INSERT INTO mailbox (project_id, message_id, user_id, subject, content, is_html, at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(project_id, message_id, user_id, subject, content, is_html, this.#now);
    this.#store
      .prepare('DELETE FROM mailbox WHERE seq <= (SELECT max(seq) FROM mailbox) - ?')
      .run(MAILS_AT_MOST);
  }

  /** Newest first. */
  mails(limit: number): readonly MailRow[] {
    return this.#store
      .prepare('SELECT * FROM mailbox ORDER BY seq DESC LIMIT ?')
      .all(limit) as unknown as MailRow[];
  }

  mail(seq: number): MailRow | undefined {
    return this.#store.prepare('SELECT * FROM mailbox WHERE seq = ?').get(seq) as
      MailRow | undefined;
  }

  forgetProject(projectId: string): void {
    for (const table of ['messaging_providers', 'messaging_messages', 'mailbox']) {
      this.#store.prepare(`DELETE FROM ${table} WHERE project_id = ?`).run(projectId);
    }
  }
}
