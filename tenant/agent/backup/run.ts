/**
 * Backups as the control plane asks for them. Guarantees: one at a time; an id makes at most one,
 * also across restarts (one cut off by a restart reads `interrupted`); only a proven one is kept;
 * every run ends within its budget; what leaves here is ids, times, sizes and codes.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BackupReport, BackupState, KeptBackup } from '#schemas/contract/agent-backup.ts';
import { backupReport } from '#schemas/contract/agent-backup.ts';
import { within } from '../deadline.ts';
import { AgentFailure } from '../failure.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import type { Offsite } from '../offsite/offsite.ts';
import { ReportFile } from '../smoke/report-file.ts';
import { problemOf } from './failure.ts';
import type { MakeParts, Making } from './make.ts';
import { makeBackup, makeImport } from './make.ts';

/** 16 GiB through one gzip at 40 MB/s, copied, hashed and restored: far from it on any sane disk. */
const budgetMs = 45 * 60_000;

/** The stack gives the agent 10 s to end; what is left then is cleared by the next start. */
const closeWithinMs = 7_000;

export interface BackupsOptions extends MakeParts {
  readonly dataDir: string;
  /** Without a scratch runtime, and so without backups: what is kept is told, nothing is made. */
  readonly isAlone: boolean;
  readonly log: Log;
  /** Copies off the machine: told of each proven one, and asked how its copy stands. */
  readonly offsite: Pick<Offsite, 'copy' | 'viewOf'>;
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
    if (this.#options.isAlone) return;
    // Ours may have been cut off beside a started scratch runtime: the restored state must go.
    this.#running = scratch
      .clear()
      .catch((error: unknown) => log('scratch_not_cleared', { kind: errorKind(error) }))
      .then(() => {
        this.#running = null;
      });
  }

  state(): BackupState {
    const { shelf, offsite } = this.#options;
    const kept = shelf.kept().map((one) => ({ ...one, offsite: offsite.viewOf(one) }));
    return { last: this.#last, kept };
  }

  isBusy(): boolean {
    return this.#last?.code === 'running';
  }

  /** Starts one, or finds the one this id has made; while another runs, that one is answered. */
  async begin(backupId: string): Promise<BackupReport> {
    const last = this.#last;
    if (last !== null && (last.backupId === backupId || last.code === 'running')) return last;
    await this.#running;
    if (this.#last?.code === 'running') return this.#last;
    const started = await this.#start({ backupId, origin: 'runtime', step: 'copying' });
    this.#run(this.#finish(started, async (making) => makeBackup(this.#options, making)));
    return started;
  }

  /**
   * One of what `receive` writes into the file that it is given. Answers when all of it is there.
   * Throws `backup_busy`, or what `receive` throws.
   */
  async beginImport(
    receive: (file: string, ending: AbortSignal) => Promise<void>,
  ): Promise<BackupReport> {
    if (this.isBusy()) throw new AgentFailure('backup_busy');
    const backupId = `import-${randomBytes(9).toString('base64url')}`;
    const started = await this.#start({ backupId, origin: 'import', step: 'receiving' });
    const upload = this.#options.shelf.draftOf(`${backupId}.upload`);
    const { promise: received, resolve, reject } = Promise.withResolvers<BackupReport>();
    const make = async (making: Making): Promise<KeptBackup> => {
      await receive(upload, making.signal);
      making.step('unpacking');
      resolve(this.#last ?? started);
      return makeImport(this.#options, { ...making, upload });
    };
    this.#run(this.#finish(started, make, reject));
    return received;
  }

  async #start(about: Pick<BackupReport, 'backupId' | 'origin' | 'step'>): Promise<BackupReport> {
    const last = this.#last;
    const startedAtMs = this.#options.now();
    const started: BackupReport = { ...about, code: 'running', startedAtMs, finishedAtMs: null };
    this.#last = started;
    try {
      // The last one's report is still on its way to the disk, it may be.
      await this.#running;
      await this.#file.store(started);
    } catch (error) {
      this.#last = last;
      throw error;
    }
    return started;
  }

  #run(work: Promise<void>): void {
    const before = this.#running;
    const running = Promise.all([before, work]).then(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
  }

  /** Ends what runs; its report reads `interrupted` after the next start. */
  async close(): Promise<void> {
    this.#ending.abort();
    await within(this.#running ?? Promise.resolve(), closeWithinMs, 'backup').catch(
      () => undefined,
    );
  }

  /** Never rejects; `failed` hears why it came to nothing, once nothing of it is left. */
  async #finish(
    started: BackupReport,
    make: (making: Making) => Promise<KeptBackup>,
    failed: (error: unknown) => void = () => undefined,
  ): Promise<void> {
    const { shelf, log, now } = this.#options;
    const { backupId } = started;
    let trouble: unknown = null;
    const code = await this.#make(started, make).catch((error: unknown) => {
      trouble = error;
      log('backup_broke', { backup: backupId, kind: errorKind(causeOf(error)) });
      return problemOf(error);
    });
    await shelf.dropDrafts().catch((error: unknown) => {
      log('drafts_not_dropped', { kind: errorKind(error) });
    });
    if (trouble !== null) failed(trouble);
    if (this.#ending.signal.aborted) return;
    const report: BackupReport = { ...started, code, step: null, finishedAtMs: now() };
    this.#last = report;
    log('backup_ended', { backup: backupId, code });
    await this.#file.store(report).catch((error: unknown) => {
      log('backup_not_stored', { kind: errorKind(error) });
    });
  }

  async #make(
    started: BackupReport,
    make: (making: Making) => Promise<KeptBackup>,
  ): Promise<'proven'> {
    const { backupId } = started;
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(budgetMs)]);
    const step = (step: BackupReport['step']): void => {
      this.#last = { ...started, step };
    };
    const { shelf, offsite } = this.#options;
    await shelf.put(await make({ backupId, signal, step }));
    offsite.copy();
    return 'proven';
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
