/**
 * What the agent remembers about logins across its own restarts. Guarantees: nothing secret is
 * written (attempt ids, endings, a random salt); a login that was running when the agent died reads
 * as `lost`; `loginId` is the same for as long as the same login stands, and no profile id (which
 * holds the customer's e-mail) can be read or guessed out of it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { EndedAttempt } from '#schemas/contract/agent.ts';
import { endedAttempt } from '#schemas/contract/agent.ts';
import type { AuthStatus } from '#schemas/wire/openclaw.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import { codexFactOf, codexProfileIds } from '../state/codex.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';

const stored = z.object({
  /** Stays on the tenant, so that an account cannot be found by trying e-mail addresses. */
  salt: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  /** The last attempt that made a login, or may have made one. */
  linkedBy: z.nullable(z.string()),
  running: z.nullable(z.object({ attemptId: z.string(), mayLink: z.boolean() })),
  ended: z.nullable(endedAttempt),
});
type Stored = z.infer<typeof stored>;

export interface LoginRecordOptions {
  readonly dataDir: string;
  readonly log: Log;
}

export class LoginRecord {
  readonly #path: string;
  readonly #log: Log;
  #state: Stored = newState();
  #writing: Promise<void> = Promise.resolve();

  constructor({ dataDir, log }: LoginRecordOptions) {
    this.#path = join(dataDir, 'codex.json');
    this.#log = log;
  }

  async load(): Promise<void> {
    const found = parseState(await readOwnFile(this.#path));
    if (found === null) {
      // The salt must be there before anybody sees an id made with it.
      await this.#store();
      return;
    }
    this.#state = found;
    const { running } = found;
    if (running === null) return;
    const { attemptId, mayLink } = running;
    await this.end({ attemptId, ending: 'lost', code: null }, mayLink);
  }

  get ended(): EndedAttempt | null {
    return this.#state.ended;
  }

  /** `mayLink`: OpenClaw may finish this login without another word from us. */
  async begin(attemptId: string, mayLink: boolean): Promise<void> {
    this.#state = { ...this.#state, running: { attemptId, mayLink } };
    await this.#store();
  }

  /** `mayHaveLinked`: whether a login was made is not known; then what was proven is proven anew. */
  async end(ended: EndedAttempt, mayHaveLinked: boolean): Promise<void> {
    const linkedBy =
      ended.ending === 'linked' || mayHaveLinked ? ended.attemptId : this.#state.linkedBy;
    this.#state = { ...this.#state, linkedBy, running: null, ended };
    await this.#store();
  }

  /** Null when there is no login. A refreshed token changes nothing here. */
  loginIdOf(status: AuthStatus): string | null {
    if (codexFactOf(status).status === 'none') return null;
    const { salt, linkedBy } = this.#state;
    const hash = createHash('sha256');
    for (const part of [salt, linkedBy ?? '', ...codexProfileIds(status)]) {
      hash.update(`${part.length}:${part}`);
    }
    return hash.digest('base64url').slice(0, 32);
  }

  /** In order, and without failing the login: a full disk costs the memory of it, nothing else. */
  async #store(): Promise<void> {
    const content = JSON.stringify(this.#state);
    this.#writing = this.#writing
      .then(async () => replaceFile(this.#path, content))
      .catch((error: unknown) => {
        this.#log('codex_record_not_stored', { kind: errorKind(error) });
      });
    await this.#writing;
  }
}

function newState(): Stored {
  const salt = randomBytes(16).toString('hex');
  return { salt, linkedBy: null, running: null, ended: null };
}

function parseState(content: string | null): Stored | null {
  if (content === null) return null;
  try {
    const parsed = stored.safeParse(JSON.parse(content));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
