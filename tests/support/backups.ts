/** What an agent makes of backups: each has ended by the time somebody looks again. */
import type { BackupReport, BackupState, KeptBackup } from '#schemas/contract/agent-backup.ts';
import type { Clock } from '#ports/system.ts';

const keptAtMost = 11;

export class MemoryBackups {
  /** What the next ones end with. */
  code: BackupReport['code'] = 'proven';
  /** Ids that were asked for. */
  readonly calls: string[] = [];
  /** Newest first, proven ones only. */
  kept: KeptBackup[] = [];
  #last: BackupReport | null = null;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(backupId: string): BackupReport {
    this.calls.push(backupId);
    if (this.#last?.backupId === backupId) return this.#last;
    const running = { code: 'running', step: 'copying', finishedAtMs: null } as const;
    this.#last = {
      backupId,
      origin: 'runtime',
      startedAtMs: this.#clock.now().getTime(),
      ...running,
    };
    return this.#last;
  }

  look(): BackupState {
    this.#finish();
    return { last: this.#last, kept: [...this.kept] };
  }

  #finish(): void {
    if (this.#last?.code !== 'running') return;
    const { backupId, startedAtMs: madeAtMs } = this.#last;
    const provenAtMs = this.#clock.now().getTime();
    const { code } = this;
    this.#last = { ...this.#last, code, step: null, finishedAtMs: provenAtMs };
    if (code !== 'proven') return;
    const made = { backupId, madeAtMs, provenAtMs, sizeBytes: 1, digest: 'a'.repeat(64) };
    const about = { origin: 'runtime', openclawVersion: '2026.9.6' } as const;
    const kept: KeptBackup = { ...made, ...about, recoverable: false, offsite: null };
    this.kept = [kept, ...this.kept].slice(0, keptAtMost);
  }
}
