/**
 * Makes commits survive the loss of power. SQLite writes a commit to its write-ahead log without
 * waiting for the disk; `reach` resolves once everything written before it is on the disk. All
 * callers of one turn of the event loop, and all that come while the disk is busy, share one
 * fdatasync (group commit). A disk that answers at once is waited for in place; while it does not,
 * a thread waits and the event loop goes on. After a failed sync nobody can know what the disk
 * holds: every later call fails too, until the server is started again.
 */
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';

/** Pages in the log before SQLite copies them into the database. */
export const CHECKPOINT_PAGES = 2000;
/** Header of a frame plus a page; a last commit may go beyond the limit. */
const FRAME_BYTES = 24 + 4096;
const LOG_BYTES = (CHECKPOINT_PAGES + 100) * FRAME_BYTES;

/** Handing a sync to a thread and back takes seven futex calls, often longer than the sync. */
const QUICK_MS = 1;

/** Syncing a file that does not grow is two to four times faster: no journal of the file system. */
function preallocate(fd: number): void {
  const missing = LOG_BYTES - fstatSync(fd).size;
  if (missing <= 0) return;
  try {
    // Zeros after the last frame end the log for SQLite, as what a crash leaves there does.
    writeSync(fd, Buffer.alloc(missing), 0, missing, LOG_BYTES - missing);
  } catch {
    // A full disk costs the speed only; writes will say it where it matters.
  }
}

/** Until the next start nothing more is acknowledged. */
export class DiskFailed extends Error {}

interface Round {
  /** Writes counted before the sync began. */
  readonly mark: number;
  readonly done: Promise<void>;
}

export class WalSync {
  readonly #fd: number;
  #written: () => number;
  #synced: number;
  #running: Round | undefined;
  #next: Promise<void> | undefined;
  #failed: DiskFailed | undefined;
  #closed = false;
  /** The last sync was; a disk that stalls holds up the event loop once. */
  #quick = false;

  /** `written` grows with every write; what it counts now must be on the disk already. */
  constructor(logFile: string, written: () => number) {
    this.#fd = openSync(logFile, 'r+');
    this.#written = written;
    this.#synced = written() - 1;
    preallocate(this.#fd);
  }

  /** Undefined if nothing waits for the disk. */
  reach(): Promise<void> | undefined {
    if (this.#closed) return this.#running?.done;
    const mark = this.#written();
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (mark <= this.#synced) return undefined;
    if (this.#running === undefined) return this.#begin();
    if (mark <= this.#running.mark) return this.#running.done;
    return (this.#next ??= this.#running.done.then(() => {
      this.#next = undefined;
      return this.#running?.done ?? this.#begin();
    }));
  }

  /** Begins when this turn has handled all it has: they share it. */
  #begin(): Promise<void> {
    let begun = (): void => undefined;
    const done = new Promise<void>((resolve, reject) => {
      begun = () => {
        const mark = this.#written();
        this.#running = { mark, done };
        this.#sync((error) => {
          this.#running = undefined;
          if (this.#closed) closeSync(this.#fd);
          if (error === null) {
            this.#synced = mark;
            resolve();
            return;
          }
          this.#failed = new DiskFailed('the log could not be synced', { cause: error });
          reject(this.#failed);
        });
      };
    });
    this.#running = { mark: Infinity, done };
    setImmediate(begun);
    return done;
  }

  #sync(settle: (error: unknown) => void): void {
    const startedAtMs = performance.now();
    const done = (error: unknown): void => {
      this.#quick = performance.now() - startedAtMs < QUICK_MS;
      settle(error);
    };
    if (!this.#quick) {
      fdatasync(this.#fd, done);
      return;
    }
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      done(error);
      return;
    }
    done(null);
  }

  /** Before the database is closed; a round that was promised is still made. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const last = this.#written();
    this.#written = () => last;
    if (this.#running === undefined) closeSync(this.#fd);
  }
}
