/**
 * Whose browser may be in the Control UI. Guarantees: an id is known by its hash only, in memory and
 * on the volume; a session ends after twelve hours, or when nothing was asked for three quarters of
 * an hour; what hangs on it (sockets, open answers) is cut the moment it ends; an ended one stays
 * ended across a restart, and a living one lives on, so that a new agent throws nobody out.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { maxSessions } from '#schemas/contract/agent.ts';
import { SavedDocument } from '../vault/saved.ts';

export const sessionLifeMs = 12 * 3_600_000;
export const sessionIdleMs = 45 * 60_000;
/** Browsers and profiles one person uses at once; a ninth ends the one unused for longest. */
export const maxSessionsOfUser = 8;
/** A first load asks for 66 things at once. */
const maxHanging = 128;
/** Use is noted on the volume this coarsely; a restart may end a session so much too early. */
const noteUseEveryMs = 5 * 60_000;

const session = z.object({
  key: z.string().check(z.maxLength(64)),
  userId: z.string().check(z.maxLength(64)),
  startedAtMs: z.number(),
  usedAtMs: z.number(),
});
const savedSessions = z.object({ sessions: z.array(session).check(z.maxLength(maxSessions)) });

export interface Session {
  /** SHA-256 of the id; the id itself is the browser's. */
  readonly key: string;
  readonly userId: string;
  readonly startedAtMs: number;
}

interface Living extends Session {
  usedAtMs: number;
  notedAtMs: number;
  /** The one device that connected in this session, or was let in by its ticket. */
  deviceId: string | null;
  readonly hanging: Set<() => void>;
}

export interface SessionsOptions {
  readonly path: string;
  readonly now: () => number;
}

export class Sessions {
  readonly #now: () => number;
  readonly #saved: SavedDocument;
  readonly #living = new Map<string, Living>();
  /** Something ended and may still stand on the volume: the disk was full, say. */
  #isEndOwed = false;

  constructor({ path, now }: SessionsOptions) {
    this.#now = now;
    this.#saved = new SavedDocument(path, () => ({
      sessions: [...this.#living.values()].map(({ key, userId, startedAtMs, usedAtMs }) => {
        return { key, userId, startedAtMs, usedAtMs };
      }),
    }));
  }

  async load(): Promise<void> {
    const saved = await this.#saved.read(savedSessions);
    for (const one of saved?.sessions ?? []) {
      const living = livingOf(one, one.usedAtMs);
      if (this.#lives(living)) this.#living.set(one.key, living);
    }
  }

  /** The id for the browser; it is on the volume, as a hash, when this is answered. */
  async begin(userId: string): Promise<string> {
    const id = randomBytes(32).toString('base64url');
    const nowMs = this.#now();
    this.#endOldest((one) => one.userId === userId, maxSessionsOfUser - 1);
    this.#endOldest(() => true, maxSessions - 1);
    const key = keyOf(id);
    this.#living.set(key, livingOf({ key, userId, startedAtMs: nowMs }, nowMs));
    await this.#saved.save();
    return id;
  }

  /** Null when there is no such session, or it has ended. Finding it is using it. */
  find(id: string | null): Session | null {
    const found = id === null ? undefined : this.#living.get(keyOf(id));
    if (found === undefined) return null;
    if (!this.#lives(found)) {
      void this.end((one) => one.key === found.key).catch(() => undefined);
      return null;
    }
    this.use(found.key);
    return found;
  }

  use(key: string): void {
    const found = this.#living.get(key);
    if (found === undefined || !this.#lives(found)) return;
    found.usedAtMs = this.#now();
    if (found.usedAtMs - found.notedAtMs < noteUseEveryMs) return;
    found.notedAtMs = found.usedAtMs;
    // Not noted: after a restart it looks older than it is.
    void this.#saved.save().catch(() => undefined);
  }

  isAlive(key: string): boolean {
    const found = this.#living.get(key);
    return found !== undefined && this.#lives(found);
  }

  /** The device this session is bound to. */
  deviceOf(key: string): string | null {
    return this.#living.get(key)?.deviceId ?? null;
  }

  /** A session is one browser's, and that is one device: false when it has another one. */
  bind(key: string, deviceId: string): boolean {
    const found = this.#living.get(key);
    if (found === undefined || !this.#lives(found)) return false;
    found.deviceId ??= deviceId;
    return found.deviceId === deviceId;
  }

  /**
   * Hangs something on a session: `cut` is called when it ends. The answer takes it off again; null
   * when the session has ended, or too much hangs on it.
   */
  hang(key: string, cut: () => void): (() => void) | null {
    const found = this.#living.get(key);
    if (found === undefined || !this.#lives(found)) return null;
    if (found.hanging.size >= maxHanging) return null;
    found.hanging.add(cut);
    return () => void found.hanging.delete(cut);
  }

  /** Ends all that match, at once, and answers how many when that is on the volume. */
  async end(matches: (one: Session) => boolean): Promise<number> {
    const ended = [...this.#living.values()].filter(matches);
    ended.forEach((one) => this.#cut(one));
    if (ended.length > 0) this.#isEndOwed = true;
    if (this.#isEndOwed) {
      await this.#saved.save();
      this.#isEndOwed = false;
    }
    return ended.length;
  }

  async endExpired(): Promise<number> {
    return this.end((one) => !this.isAlive(one.key));
  }

  /** Each once. */
  userIds(): string[] {
    const alive = [...this.#living.values()].filter((one) => this.#lives(one));
    return [...new Set(alive.map((one) => one.userId))];
  }

  #endOldest(matches: (one: Living) => boolean, keep: number): void {
    const oldestFirst = [...this.#living.values()]
      .filter(matches)
      .sort((a, b) => a.usedAtMs - b.usedAtMs);
    oldestFirst.slice(0, Math.max(0, oldestFirst.length - keep)).forEach((one) => this.#cut(one));
  }

  #cut(one: Living): void {
    this.#living.delete(one.key);
    for (const cut of one.hanging) cut();
    one.hanging.clear();
  }

  #lives({ startedAtMs, usedAtMs }: Living): boolean {
    const nowMs = this.#now();
    // A clock set back must not lengthen a life: what began in the future has no age to trust.
    if (nowMs < startedAtMs - noteUseEveryMs) return false;
    return nowMs - startedAtMs < sessionLifeMs && nowMs - usedAtMs < sessionIdleMs;
  }
}

function livingOf({ key, userId, startedAtMs }: Session, usedAtMs: number): Living {
  const fresh = { deviceId: null, hanging: new Set<() => void>() };
  return { key, userId, startedAtMs, usedAtMs, notedAtMs: usedAtMs, ...fresh };
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
