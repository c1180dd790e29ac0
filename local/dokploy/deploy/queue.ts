/**
 * The deployment queue: in memory, one job at a time per server, first come first served.
 * Guarantees: a job never rejects into nowhere; a restart forgets all jobs, as the real one does.
 */
import type { Compose } from '../store.ts';

export interface Job {
  /** `job-1`, `job-2` … since the start of this process. */
  readonly id: string;
  readonly compose: Compose;
  readonly title: string;
  readonly description: string;
  readonly type: 'deploy' | 'redeploy';
  readonly timestamp: number;
  processedOn?: number;
  state: 'waiting' | 'active';
}

export type NewJob = Pick<Job, 'compose' | 'title' | 'description' | 'type'>;

const maxJobs = 1_000;

export class DeploymentQueue {
  readonly #run: (job: Job) => Promise<void>;
  #jobs: Job[] = [];
  #sequence = 0;
  #closed = false;
  readonly #active = new Set<Promise<void>>();

  constructor(run: (job: Job) => Promise<void>) {
    this.#run = run;
  }

  /** false when the queue is full. */
  add(input: NewJob): boolean {
    if (this.#closed || this.#jobs.length >= maxJobs) return false;
    this.#sequence += 1;
    const id = `job-${this.#sequence}`;
    this.#jobs.push({ ...input, id, timestamp: Date.now(), state: 'waiting' });
    this.#advance(partitionOf(input.compose));
    return true;
  }

  /** Newest first. */
  list(): readonly Job[] {
    return [...this.#jobs].reverse();
  }

  dropWaiting(composeId: string): void {
    this.#jobs = this.#jobs.filter(
      (job) => job.state === 'active' || job.compose.composeId !== composeId,
    );
  }

  /** Drops what waits and returns when the active jobs have ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#jobs = this.#jobs.filter((job) => job.state === 'active');
    await Promise.allSettled(this.#active);
  }

  #advance(partition: string): void {
    const mine = this.#jobs.filter((job) => partitionOf(job.compose) === partition);
    const next = mine[0];
    if (this.#closed || next === undefined || mine.some((job) => job.state === 'active')) return;
    next.state = 'active';
    next.processedOn = Date.now();
    const work = this.#run(next)
      .catch(() => undefined)
      .finally(() => {
        this.#active.delete(work);
        this.#jobs = this.#jobs.filter((job) => job !== next);
        this.#advance(partition);
      });
    this.#active.add(work);
  }
}

function partitionOf(compose: Compose): string {
  return compose.serverId ?? 'local';
}
