/**
 * Takes the orders of a restore while the runtime runs; `bootstrap` carries them out. Guarantees: an
 * order is taken only for a backup that is there, unchanged, and for which there is room; one restore
 * at a time, also across restarts; asking again changes nothing.
 */
import type {
  RestoreProblem,
  RestoreReport,
  RestoreRequest,
} from '#schemas/contract/agent-restore.ts';
import { clearBeside } from '../bootstrap/exchange.ts';
import { readRestore, writeRestore } from '../bootstrap/restore-record.ts';
import { restoreProblemOf } from '../bootstrap/restore.ts';
import type { Log } from '../log.ts';
import { measureState } from './copy.ts';
import { demandRoom } from './room.ts';
import type { Shelf } from './shelf.ts';
import { hashOfFile } from './tree.ts';

const hashBudgetMs = 50_000;
const unfinished: ReadonlySet<string> = new Set([
  ...['ordered', 'swapping', 'swapped', 'return_ordered', 'returning'],
]);

export interface RestoresOptions {
  readonly dataDir: string;
  readonly stateDir: string;
  readonly shelf: Shelf;
  readonly now: () => number;
  readonly log: Log;
}

export class Restores {
  readonly #options: RestoresOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RestoresOptions) {
    this.#options = options;
  }

  report(): Promise<RestoreReport | null> {
    return readRestore(this.#options.dataDir, this.#options.now());
  }

  /** One request at a time. */
  take(request: RestoreRequest): Promise<RestoreReport> {
    const taken = this.#turn.then(() => this.#take(request));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  async #take({ restoreId, backupId, step }: RestoreRequest): Promise<RestoreReport> {
    const known = await this.report();
    if (step === 'order') {
      if (known !== null && (unfinished.has(known.code) || known.restoreId === restoreId)) {
        return known;
      }
      const problem = await this.#problemOf(backupId);
      const code = problem === null ? 'ordered' : 'failed';
      return this.#note({ restoreId, backupId, code, problem, atMs: this.#options.now() });
    }
    if (known?.restoreId !== restoreId) {
      const nothing = { restoreId, backupId, code: 'dropped', problem: null } as const;
      return known ?? { ...nothing, atMs: this.#options.now() };
    }
    return this.#decide(known, step);
  }

  async #decide(known: RestoreReport, step: 'drop' | 'keep' | 'return'): Promise<RestoreReport> {
    const atMs = this.#options.now();
    if (step === 'drop' && known.code === 'ordered') {
      return this.#note({ ...known, code: 'dropped', atMs });
    }
    if (known.code !== 'swapped') return known;
    if (step === 'return') return this.#note({ ...known, code: 'return_ordered', atMs });
    if (step !== 'keep') return known;
    const kept = await this.#note({ ...known, code: 'kept', atMs });
    // Cut off here, the next start does it.
    await clearBeside(this.#options.stateDir);
    return kept;
  }

  async #note(report: RestoreReport): Promise<RestoreReport> {
    await writeRestore(this.#options.dataDir, report);
    this.#options.log('restore_noted', { restore: report.restoreId, code: report.code });
    return report;
  }

  async #problemOf(backupId: string): Promise<RestoreProblem | null> {
    const { shelf, stateDir } = this.#options;
    const kept = shelf.kept().find((one) => one.backupId === backupId);
    if (kept === undefined) return 'backup_missing';
    try {
      const bytes = (await measureState(stateDir)).reduce((sum, entry) => sum + entry.bytes, 0);
      await demandRoom(stateDir, bytes + kept.sizeBytes);
      const signal = AbortSignal.timeout(hashBudgetMs);
      const digest = await hashOfFile(shelf.archiveOf(backupId), signal);
      return digest === kept.digest ? null : 'archive_broken';
    } catch (error) {
      return restoreProblemOf(error);
    }
  }
}
