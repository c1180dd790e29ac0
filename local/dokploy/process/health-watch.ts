/**
 * Docker's health state of one container: starting → healthy | unhealthy.
 * Guarantees: failures count at the file's own pace (interval, start_period, retries). Until the
 * first success it looks more often, so a quick service is not kept waiting for a long interval;
 * a healthy service whose test is a program is looked at every ten seconds at most.
 */
import { fetchedUrl, probe } from './health.ts';
import type { ContainerSpec } from './spec.ts';

const eagerIntervalMs = 500;
/** A test that is a program costs a process each time: while all is well it is run less often. */
const calmIntervalMs = 10_000;

export type Health = 'none' | 'starting' | 'healthy' | 'unhealthy';

export class HealthWatch {
  state: Health;
  readonly #spec: ContainerSpec;
  readonly #env: Readonly<Record<string, string>>;
  readonly #changed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #round = 0;
  #startedAt = 0;
  #countedAt = 0;
  #failures = 0;

  constructor(spec: ContainerSpec, marker: Readonly<Record<string, string>>, changed: () => void) {
    this.#spec = spec;
    this.#env = { ...spec.env, ...marker };
    this.#changed = changed;
    this.state = spec.healthcheck === null ? 'none' : 'starting';
  }

  start(): void {
    this.stop();
    if (this.#spec.healthcheck === null) return;
    this.state = 'starting';
    this.#failures = 0;
    this.#startedAt = Date.now();
    this.#countedAt = this.#startedAt;
    this.#schedule(this.#round, Math.min(100, this.#spec.healthcheck.intervalMs));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#round += 1;
  }

  #schedule(round: number, delayMs: number): void {
    this.#timer = setTimeout(() => void this.#look(round), delayMs);
  }

  async #look(round: number): Promise<void> {
    const check = this.#spec.healthcheck;
    if (check === null || round !== this.#round) return;
    const context = { cwd: this.#spec.cwd, env: this.#env, timeoutMs: check.timeoutMs };
    const passed = check.test !== null && (await probe(check.test, context).catch(() => false));
    if (round !== this.#round) return;
    if (passed) this.#passed();
    else this.#failed(check);
    this.#schedule(round, this.#pauseMs(check));
  }

  #pauseMs(check: NonNullable<ContainerSpec['healthcheck']>): number {
    if (this.state === 'starting') return Math.min(check.intervalMs, eagerIntervalMs);
    const settled = this.state === 'healthy' && this.#failures === 0;
    const isProgram = check.test !== null && fetchedUrl(check.test) === undefined;
    return settled && isProgram ? Math.max(check.intervalMs, calmIntervalMs) : check.intervalMs;
  }

  #passed(): void {
    this.#failures = 0;
    if (this.state === 'healthy') return;
    this.state = 'healthy';
    this.#changed();
  }

  /** A failure counts once an interval, and not before the start period has passed. */
  #failed(check: NonNullable<ContainerSpec['healthcheck']>): void {
    const now = Date.now();
    const dueMs = this.state === 'starting' ? check.intervalMs : 0;
    const inStartPeriod = this.state === 'starting' && now - this.#startedAt < check.startPeriodMs;
    if (inStartPeriod || now - this.#countedAt < dueMs) return;
    this.#countedAt = now;
    this.#failures += 1;
    if (this.#failures < check.retries || this.state === 'unhealthy') return;
    this.state = 'unhealthy';
    this.#changed();
  }
}
