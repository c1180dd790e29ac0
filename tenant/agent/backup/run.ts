/**
 * Backups as the control plane asks for them. Guarantees: one at a time; an id makes at most one,
 * also across restarts (one cut off by a restart reads `interrupted`); only a proven one is kept;
 * every run ends within its budget; what leaves here is ids, times, sizes and codes.
 */
import { join } from 'node:path';
import type { BackupReport, BackupState } from '#schemas/contract/agent-backup.ts';
import { backupReport } from '#schemas/contract/agent-backup.ts';
import { within } from '../deadline.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import { ReportFile } from '../smoke/report-file.ts';
import { problemOf } from './failure.ts';
import type { MakeParts } from './make.ts';
import { makeBackup } from './make.ts';

/** 16 GiB through one gzip at 40 MB/s, copied, hashed and restored: far from it on any sane disk. */
const budgetMs = 45 * 60_000;

/** The stack gives the agent 10 s to end; what is left then is cleared by the next start. */
const closeWithinMs = 7_000;

export interface BackupsOptions extends MakeParts {
  readonly dataDir: string;
  readonly log: Log;
}

export class Backups {
  readonly #options: BackupsOptions;
  readonly #file: ReportFile<BackupReport>;
  readonly #ending = new AbortController();
  #last: BackupReport | null = null;
  #running: Promise<void> | null = null;

  constructor(options: BackupsOptions) {
    this.#options = options;
    this.#file = new ReportFile(join(options.dataDir, 'backup.json'), backupReport);
  }

  async load(): Promise<void> {
    const { shelf, scratch, now, log } = this.#options;
    await shelf.load();
    const last = await this.#file.load(now());
    this.#last = last?.code === 'interrupted' ? { ...last, step: null } : last;
    // Ours may have been cut off beside a started scratch runtime: the restored state must go.
    this.#running = scratch
      .clear()
      .catch((error: unknown) => log('scratch_not_cleared', { kind: errorKind(error) }))
      .then(() => {
        this.#running = null;
      });
  }

  state(): BackupState {
    return { last: this.#last, kept: [...this.#options.shelf.kept()] };
  }

  /** Starts one, or finds the one this id has made; while another runs, that one is answered. */
  async begin(backupId: string): Promise<BackupReport> {
    const last = this.#last;
    if (last !== null && (last.backupId === backupId || last.code === 'running')) return last;
    await this.#running;
    const startedAtMs = this.#options.now();
    const started: BackupReport = {
      ...{ backupId, origin: 'runtime', code: 'running', step: 'copying' },
      ...{ startedAtMs, finishedAtMs: null },
    };
    this.#last = started;
    try {
      await this.#file.store(started);
    } catch (error) {
      this.#last = last;
      throw error;
    }
    this.#running = this.#finish(started).finally(() => {
      this.#running = null;
    });
    return started;
  }

  /** Ends what runs; its report reads `interrupted` after the next start. */
  async close(): Promise<void> {
    this.#ending.abort();
    await within(this.#running ?? Promise.resolve(), closeWithinMs, 'backup').catch(
      () => undefined,
    );
  }

  /** Never rejects. */
  async #finish(started: BackupReport): Promise<void> {
    const { shelf, log, now } = this.#options;
    const { backupId } = started;
    const code = await this.#make(started).catch((error: unknown) => {
      log('backup_broke', { backup: backupId, kind: errorKind(causeOf(error)) });
      return problemOf(error);
    });
    await shelf.dropDrafts().catch((error: unknown) => {
      log('drafts_not_dropped', { kind: errorKind(error) });
    });
    if (this.#ending.signal.aborted) return;
    const report: BackupReport = { ...started, code, step: null, finishedAtMs: now() };
    this.#last = report;
    log('backup_ended', { backup: backupId, code });
    await this.#file.store(report).catch((error: unknown) => {
      log('backup_not_stored', { kind: errorKind(error) });
    });
  }

  async #make(started: BackupReport): Promise<'proven'> {
    const { backupId } = started;
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(budgetMs)]);
    const step = (step: BackupReport['step']): void => {
      this.#last = { ...started, step };
    };
    const backup = await makeBackup(this.#options, { backupId, signal, step });
    await this.#options.shelf.put(backup);
    return 'proven';
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
