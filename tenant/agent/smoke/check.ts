/**
 * The cheap question whether the model behind the login still answers: `openclaw.setup.verify`, one
 * small request, no agent turn.
 * Guarantees: one at a time, never beside a smoke; a check id asks at most once, also across
 * restarts (one cut off by a restart reads `interrupted`); only a code leaves this function.
 */
import { join } from 'node:path';
import type { CheckReport, SmokeCode } from '#schemas/contract/agent.ts';
import { checkReport } from '#schemas/contract/agent.ts';
import { setupVerify } from '#schemas/wire/openclaw.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import type { Gateway } from '../openclaw/gateway.ts';
import { problemOfError, verifyProblem } from './outcome.ts';
import { ReportFile } from './report-file.ts';
import type { Turnstile } from './turnstile.ts';

/** OpenClaw tries for 124 s before it says `rate_limit`. */
const checkBudgetMs = 150_000;

export interface CheckOptions {
  readonly gateway: Gateway;
  readonly dataDir: string;
  readonly turnstile: Turnstile;
  readonly now: () => number;
  readonly log: Log;
}

export class Check {
  readonly #options: CheckOptions;
  readonly #file: ReportFile<CheckReport>;
  #report: CheckReport | null = null;

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#file = new ReportFile(join(options.dataDir, 'check.json'), checkReport);
  }

  async load(): Promise<void> {
    this.#report = await this.#file.load(this.#options.now());
  }

  report(): CheckReport | null {
    return this.#report;
  }

  /** Starts the check, or finds the one this id has started. Throws `smoke_busy`. */
  async begin(checkId: string): Promise<CheckReport> {
    const last = this.#report;
    if (last?.checkId === checkId) return last;
    const leave = this.#options.turnstile.enter();
    const startedAtMs = this.#options.now();
    const started: CheckReport = { checkId, code: 'running', startedAtMs, finishedAtMs: null };
    this.#report = started;
    try {
      await this.#file.store(started);
    } catch (error) {
      this.#report = last;
      leave();
      throw error;
    }
    void this.#finish(started).finally(leave);
    return started;
  }

  /** Never rejects. */
  async #finish(started: CheckReport): Promise<void> {
    const code = await this.#ask().catch((error: unknown) => {
      this.#options.log('check_broke', { kind: errorKind(error) });
      return problemOfError(error);
    });
    const report: CheckReport = { ...started, code, finishedAtMs: this.#options.now() };
    this.#report = report;
    this.#options.log('check_ended', { check: started.checkId, code });
    await this.#file.store(report).catch((error: unknown) => {
      this.#options.log('check_not_stored', { kind: errorKind(error) });
    });
  }

  async #ask(): Promise<SmokeCode> {
    const { connection } = await this.#options.gateway.openOwn();
    try {
      const options = { timeoutMs: checkBudgetMs };
      const checked = await connection.call('openclaw.setup.verify', {}, setupVerify, options);
      return checked.ok ? 'passed' : verifyProblem(checked.status);
    } finally {
      connection.close();
    }
  }
}
