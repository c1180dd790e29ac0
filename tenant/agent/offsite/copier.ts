/**
 * Brings to one bucket what belongs there, in the background. Guarantees: one upload at a time; a try
 * that fails is made again a few times, later and later, then with the next backup; what was under way
 * when the agent ended is begun anew; what the retention lets go of goes only after that.
 */
import type { KeptBackup } from '#schemas/contract/agent-backup.ts';
import type { OffsiteCode } from '#schemas/contract/agent-offsite.ts';
import type { Shelf } from '../backup/shelf.ts';
import type { Log } from '../log.ts';
import type { Bucket } from './bucket.ts';
import { offsiteCodeOf } from './failure.ts';
import type { CopyRecord, OffsiteRecord } from './record.ts';
import { objectOf, upload } from './upload.ts';
import { outdatedOf, wantedOf } from './wanted.ts';

const minuteMs = 60_000;
const retriesAfterMs = [2 * minuteMs, 15 * minuteMs, 90 * minuteMs] as const;
/** 5 GB at 1 MB/s and read back. */
const uploadWithinMs = 180 * minuteMs;
/** Far more than are kept: of those that could not be removed the oldest are forgotten. */
const maxCopies = 64;

export interface CopierOptions {
  readonly bucket: Bucket;
  /** In which its objects are. */
  readonly folder: string;
  readonly shelf: Shelf;
  readonly copies: () => readonly CopyRecord[];
  readonly owedSinceMs: () => number | null;
  /** Never rejects. */
  readonly note: (changes: Partial<OffsiteRecord>) => Promise<void>;
  readonly now: () => number;
  readonly log: Log;
  /** Others in tests alone. */
  readonly retryAfterMs?: readonly number[];
}

export class Copier {
  readonly #options: CopierOptions;
  readonly #ending = new AbortController();
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #isAsked = false;
  #wake: () => void = () => undefined;

  constructor(options: CopierOptions) {
    this.#options = options;
  }

  /** There may be something to copy. */
  kick(): void {
    this.#isAsked = true;
    this.#wake();
    if (this.#isWorking || this.#ending.signal.aborted) return;
    this.#isWorking = true;
    this.#working = this.#work();
  }

  async end(): Promise<void> {
    this.#ending.abort();
    this.#wake();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { retryAfterMs = retriesAfterMs } = this.#options;
    let tries = 0;
    try {
      while (!this.#ending.signal.aborted) {
        if (this.#isAsked) tries = 0;
        this.#isAsked = false;
        const isDone = await this.#copyAll();
        const waitMs = this.#nextMs(isDone, retryAfterMs[tries]);
        if (waitMs === undefined) return;
        tries += 1;
        // Who fails for all at once is not asked by all at once.
        await this.#rest(waitMs * (1 + Math.random() / 4));
      }
    } finally {
      this.#isWorking = false;
    }
  }

  /** Undefined: nothing more is to be done until somebody asks. */
  #nextMs(isDone: boolean, retryMs: number | undefined): number | undefined {
    if (this.#isAsked) return 0;
    return isDone ? undefined : retryMs;
  }

  /** Whether all that belongs there is there. */
  async #copyAll(): Promise<boolean> {
    const { shelf, copies, note, owedSinceMs } = this.#options;
    let code: OffsiteCode | null = null;
    for (const backup of wantedOf(shelf.kept(), copies())) {
      code = (await this.#copyOne(backup)) ?? code;
      if (this.#ending.signal.aborted) return false;
      // What the next one would meet, too; a size is its own.
      if (code !== null && code !== 'bucket_too_large') break;
    }
    if (code !== null) return false;
    if (owedSinceMs() !== null) await note({ owedSinceMs: null });
    await this.#letGo();
    return true;
  }

  async #copyOne(backup: KeptBackup): Promise<OffsiteCode | null> {
    const { bucket, folder, shelf, log } = this.#options;
    const { backupId } = backup;
    const object = objectOf(folder, backup);
    const limits = [this.#ending.signal, AbortSignal.timeout(uploadWithinMs)];
    try {
      await this.#noteCopy(backup, { object, state: 'copying', code: null });
      const file = shelf.archiveOf(backupId);
      await upload(bucket, { backup, object, file, signal: AbortSignal.any(limits) });
      await this.#noteCopy(backup, { object, state: 'copied', code: null });
      log('backup_copied', { backup: backupId });
      return null;
    } catch (error) {
      // Reads as under way until the next start, which begins it anew.
      if (this.#ending.signal.aborted) return null;
      const code = offsiteCodeOf(error);
      const owedSinceMs = this.#options.owedSinceMs() ?? this.#options.now();
      await this.#noteCopy(backup, { object, state: 'failed', code }, { owedSinceMs });
      log('backup_not_copied', { backup: backupId, code });
      return code;
    }
  }

  async #noteCopy(
    { backupId, origin, madeAtMs }: KeptBackup,
    told: Pick<CopyRecord, 'object' | 'state' | 'code'>,
    more: Pick<Partial<OffsiteRecord>, 'owedSinceMs'> = {},
  ): Promise<void> {
    const { copies, note, now } = this.#options;
    const others = copies().filter((one) => one.backupId !== backupId);
    const copy: CopyRecord = { ...{ backupId, origin, madeAtMs }, ...told, atMs: now() };
    const newestFirst = [...others, copy].toSorted((one, other) => other.madeAtMs - one.madeAtMs);
    await note({ copies: newestFirst.slice(0, maxCopies), ...more });
  }

  async #letGo(): Promise<void> {
    const { bucket, copies, note, shelf, log } = this.#options;
    const outdated = outdatedOf(copies(), wantedOf(shelf.kept(), copies()));
    for (const { backupId, object } of outdated) {
      try {
        await bucket.remove(object, this.#ending.signal);
      } catch (error) {
        log('copy_not_removed', { backup: backupId, code: offsiteCodeOf(error) });
        return;
      }
      await note({ copies: copies().filter((one) => one.backupId !== backupId) });
    }
  }

  async #rest(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, durationMs);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#ending.signal.aborted || this.#isAsked) this.#wake();
    });
  }
}
