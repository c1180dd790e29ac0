/** What an agent and its bootstrap make of a restore: ordered while it runs, done by a start. */
import type { RestoreReport, RestoreRequest } from '#schemas/contract/agent-restore.ts';
import type { Clock } from '#ports/system.ts';

export class MemoryRestores {
  /** What the next order meets. */
  problem: RestoreReport['problem'] = null;
  #report: RestoreReport | null = null;
  #startsBefore = 0;
  readonly #clock: Clock;
  readonly #deployer: { readonly startCalls: number };

  constructor(clock: Clock, deployer: { readonly startCalls: number }) {
    this.#clock = clock;
    this.#deployer = deployer;
  }

  take({ restoreId, backupId, step }: RestoreRequest): RestoreReport {
    const known = this.look();
    if (step === 'order') {
      const { problem } = this;
      const code = problem === null ? 'ordered' : 'failed';
      return this.#note({ restoreId, backupId, code, problem, atMs: 0 });
    }
    if (known?.code === 'ordered' && step === 'drop')
      return this.#note({ ...known, code: 'dropped' });
    if (known?.code === 'swapped') {
      return this.#note({ ...known, code: step === 'keep' ? 'kept' : 'return_ordered' });
    }
    return known ?? { restoreId, backupId, code: 'dropped', problem: null, atMs: 0 };
  }

  /** With what a start since the order has done. */
  look(): RestoreReport | null {
    const known = this.#report;
    if (known === null || this.#deployer.startCalls === this.#startsBefore) return known;
    if (known.code === 'ordered') return this.#note({ ...known, code: 'swapped' });
    if (known.code === 'return_ordered') return this.#note({ ...known, code: 'returned' });
    return known;
  }

  #note(report: RestoreReport): RestoreReport {
    this.#report = { ...report, atMs: this.#clock.now().getTime() };
    this.#startsBefore = this.#deployer.startCalls;
    return this.#report;
  }
}
