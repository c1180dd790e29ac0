/**
 * Backups off the machine: who can open them elsewhere, and where their copies go. Guarantees: a
 * bucket is taken only after it was tried, and only once there is a recovery key; its secret is in the
 * agent's own folder and in no answer or line; what is copied is proven and sealed to that key; a
 * backup on the disk never waits for its copy, and is never touched by it.
 */
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import type {
  BucketGiven,
  CopyView,
  OffsiteAnswer,
  OffsiteRequest,
  OffsiteState,
} from '#schemas/contract/agent-offsite.ts';
import type { Shelf } from '../backup/shelf.ts';
import { within } from '../deadline.ts';
import { AgentFailure } from '../failure.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import { SavedDocument } from '../vault/saved.ts';
import { Bucket } from './bucket.ts';
import { Copier } from './copier.ts';
import { offsiteCodeOf } from './failure.ts';
import { nothing, offsiteRecord } from './record.ts';
import type { OffsiteRecord } from './record.ts';
import { tryBucket } from './upload.ts';

/** A page waits for it. */
const tryWithinMs = 40_000;
const closeWithinMs = 3_000;

export interface OffsiteOptions {
  readonly dataDir: string;
  readonly runtimeId: string;
  readonly shelf: Shelf;
  /** Where everything is a process of one machine. */
  readonly mayBeLoopback: boolean;
  /** Nothing is copied where nothing is made. */
  readonly isAlone: boolean;
  readonly now: () => number;
  readonly log: Log;
  /** Others in tests alone. */
  readonly retryAfterMs?: readonly number[];
  readonly stallAfterMs?: number;
}

export class Offsite {
  readonly #options: OffsiteOptions;
  readonly #saved: SavedDocument;
  #record: OffsiteRecord = nothing;
  #copier: Copier | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: OffsiteOptions) {
    this.#options = options;
    this.#saved = new SavedDocument(join(options.dataDir, 'offsite.json'), () => this.#record);
  }

  async load(): Promise<void> {
    this.#record = (await this.#saved.read(offsiteRecord)) ?? nothing;
    this.#begin();
  }

  /** To which everything is sealed from now on, beside the tenant's own key. */
  recipient(): string | null {
    return this.#record.key?.recipient ?? null;
  }

  state(): OffsiteState {
    const { key, bucket, owedSinceMs } = this.#record;
    const newest = this.#options.shelf.kept().find((one) => one.recoverable);
    return {
      keyAtMs: key?.atMs ?? null,
      bucketAtMs: bucket?.atMs ?? null,
      newest: newest === undefined ? null : this.viewOf(newest),
      owedSinceMs,
    };
  }

  /** Null: it does not belong there. */
  viewOf({ backupId, recoverable, provenAtMs }: KeptBackup): CopyView | null {
    if (this.#record.bucket === null || !recoverable) return null;
    const copy = this.#record.copies.find((one) => one.backupId === backupId);
    if (copy === undefined) return { state: 'waiting', code: null, atMs: provenAtMs };
    return { state: copy.state, code: copy.code, atMs: copy.atMs };
  }

  /** A backup was proven. */
  copy(): void {
    this.#copier?.kick();
  }

  /** One request at a time. Throws `AgentFailure`. */
  take(request: OffsiteRequest): Promise<OffsiteAnswer> {
    const taken = this.#turn.then(async () => {
      await this.#take(request);
      return this.#answer();
    });
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  /** Ends what is under way; the next start begins it anew. */
  async close(): Promise<void> {
    const ending = this.#copier?.end() ?? Promise.resolve();
    await within(ending, closeWithinMs, 'copies').catch(() => undefined);
  }

  async #take(request: OffsiteRequest): Promise<void> {
    const atMs = this.#options.now();
    switch (request.do) {
      case 'look':
        return;
      case 'set_key': {
        const { recipient } = request;
        demandRecipient(recipient);
        if (recipient === this.recipient()) return;
        await this.#change((before) => ({ ...before, key: { recipient, atMs } }));
        return;
      }
      case 'set_bucket':
        return this.#setBucket(request.bucket, atMs);
      case 'remove_bucket':
        await this.#change((before) => ({ ...nothing, key: before.key }));
    }
  }

  async #setBucket(asked: BucketGiven, atMs: number): Promise<void> {
    if (this.#record.key === null) throw new AgentFailure('recovery_key_missing');
    const given = { ...asked, endpoint: new URL(asked.endpoint).origin };
    const signal = AbortSignal.timeout(tryWithinMs);
    const trying = tryBucket(this.#bucketOf(given), this.#folderIn(given), signal);
    await trying.catch((error: unknown) => {
      const code = offsiteCodeOf(error);
      this.#options.log('bucket_not_taken', { code });
      throw new AgentFailure(code);
    });
    await this.#change((before) => {
      const known = before.bucket?.given;
      // Another pair of keys for the same place: what is there is still ours to keep in order.
      const copies = known !== undefined && isSamePlace(known, given) ? before.copies : [];
      return { ...before, bucket: { given, atMs }, copies, owedSinceMs: null };
    });
  }

  /** On the disk before it is answered; what was under way to another place ends first. */
  async #change(change: (before: OffsiteRecord) => OffsiteRecord): Promise<void> {
    await this.#copier?.end();
    const before = this.#record;
    this.#record = change(before);
    try {
      await this.#saved.save();
    } catch (error) {
      this.#record = before;
      throw error;
    } finally {
      this.#begin();
    }
    this.#options.log('offsite_changed', {
      hasKey: this.#record.key !== null,
      hasBucket: this.#record.bucket !== null,
    });
  }

  #begin(): void {
    const { bucket } = this.#record;
    const { shelf, isAlone, now, log, retryAfterMs } = this.#options;
    this.#copier = null;
    if (bucket === null || isAlone) return;
    this.#copier = new Copier({
      ...{ shelf, now, log },
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      bucket: this.#bucketOf(bucket.given),
      folder: this.#folderIn(bucket.given),
      copies: () => this.#record.copies,
      note: async (changes) => {
        this.#record = { ...this.#record, ...changes };
        await this.#saved.save().catch((error: unknown) => {
          log('offsite_not_stored', { kind: errorKind(error) });
        });
      },
      owedSinceMs: () => this.#record.owedSinceMs,
    });
    this.#copier.kick();
  }

  #bucketOf(given: BucketGiven): Bucket {
    const { mayBeLoopback, stallAfterMs } = this.#options;
    const stall = stallAfterMs === undefined ? {} : { stallAfterMs };
    return new Bucket({ given, mayBeLoopback, ...stall });
  }

  #folderIn({ prefix }: BucketGiven): string {
    return [prefix, this.#options.runtimeId].filter((part) => part !== '').join('/');
  }

  #answer(): OffsiteAnswer {
    const { bucket } = this.#record;
    if (bucket === null) return { state: this.state(), recipient: this.recipient(), bucket: null };
    const { given } = bucket;
    const { endpoint, region, bucket: name } = given;
    return {
      state: this.state(),
      recipient: this.recipient(),
      bucket: {
        ...{ endpoint, region, bucket: name },
        prefix: this.#folderIn(given),
        keyIdEnd: given.accessKeyId.slice(-4),
      },
    };
  }
}

/** Its letters are a sum of themselves: a mistyped one would seal for nobody. */
function demandRecipient(recipient: string): void {
  try {
    new Encrypter().addRecipient(recipient);
  } catch {
    throw new AgentFailure('body_invalid');
  }
}

const isSamePlace = (one: BucketGiven, other: BucketGiven): boolean =>
  one.endpoint === other.endpoint && one.bucket === other.bucket && one.prefix === other.prefix;
