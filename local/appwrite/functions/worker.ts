/**
 * Runs executions nobody waits for: asynchronous calls, row events, cron minutes and scheduled
 * calls. A bounded number runs at a time, the rest waits in a bounded queue. Nothing is retried and
 * nothing is replayed after a restart, as on the real server: what was under way is then `failed`.
 */
import type { Change, Services } from '../kernel/types.ts';
import { MINUTE_MS, isDue, minuteOf } from './cron.ts';
import { wakes } from './events.ts';
import { ASYNC_GRACE_MS } from './executor.ts';
import type {
  ExecutionRequest,
  Executor,
  StoredExecution,
  StoredFunction,
  Target,
} from './executor.ts';
import type { Condition } from './listing.ts';
import type { Repositories } from './repositories.ts';

const MAX_RUNNING = 32;
const MAX_QUEUED = 10_000;

export interface WorkerOptions {
  readonly services: Services;
  readonly repositories: Repositories;
  readonly executor: Executor;
}

const HAS_SCHEDULE: Condition = { sql: "json_extract(doc, '$.schedule') <> ''", values: [] };

interface Job {
  readonly target: Target;
  readonly execution: StoredExecution;
  readonly request: ExecutionRequest;
}

export class Worker {
  readonly #options: WorkerOptions;
  readonly #queue: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  #cancelTimer: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;
  #lastMinute = 0;
  readonly #listening = new Map<string, readonly Target[]>();
  #listeningVersion = -1;
  #started = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  start(): void {
    const { services } = this.#options;
    this.#failInterrupted();
    this.#started = true;
    this.#lastMinute = minuteOf(services.clock.now());
    this.#unsubscribe = services.changes.subscribe((change) => this.#onChange(change));
    this.rearm();
  }

  /** Takes nothing more; what runs ends with its process, which the pool stops. */
  async stop(settle: () => Promise<void>): Promise<void> {
    this.#started = false;
    this.#unsubscribe();
    this.#cancelTimer();
    this.#queue.length = 0;
    await settle();
    await Promise.all(this.#running);
  }

  #failInterrupted(): void {
    const { repositories } = this.#options;
    const interrupted = repositories.executions.where({
      sql: "json_extract(doc, '$.status') IN ('waiting', 'processing')",
      values: [],
    });
    for (const execution of interrupted) {
      this.#fail(execution, 'The server ended before this execution did.');
    }
  }

  run(target: Target, execution: StoredExecution, request: ExecutionRequest): void {
    if (!this.#started || this.#queue.length >= MAX_QUEUED) {
      this.#fail(execution, 'Too many executions are waiting.');
      return;
    }
    this.#queue.push({ target, execution, request });
    this.#fill();
  }

  /** Without having run; who waits for it hears of it. */
  #fail(execution: StoredExecution, errors: string): void {
    const { executor } = this.#options;
    const change = { status: 'failed', responseStatusCode: 500, errors, pending: null } as const;
    executor.publish(executor.change(execution, change), 'update');
  }

  #fill(): void {
    while (this.#running.size < MAX_RUNNING) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      const done = this.#work(job).finally(() => {
        this.#running.delete(done);
        this.#fill();
      });
      this.#running.add(done);
    }
  }

  async #work(job: Job): Promise<void> {
    const { executor } = this.#options;
    const started = executor.change(job.execution, { status: 'processing' });
    executor.publish(started, 'update');
    const { execution } = await executor.run(job.target, started, job.request);
    executor.publish(execution, 'update');
  }

  /** Enabled functions with a finished active deployment that also meet `condition`. */
  #targets(condition: Condition): readonly Target[] {
    const { functions, deployments } = this.#options.repositories;
    const sql = `${condition.sql} AND json_extract(doc, '$.enabled') = 1`;
    return functions.where({ sql, values: condition.values }).flatMap((one: StoredFunction) => {
      const deployment = deployments.get(one.projectId, one.data.deploymentId);
      return deployment?.data.status === 'ready' ? [{ function: one, deployment }] : [];
    });
  }

  /** Asked for every row written, so remembered until a function or deployment changes. */
  #listeningIn(projectId: string): readonly Target[] {
    const { functions, deployments } = this.#options.repositories;
    const version = functions.version + deployments.version;
    if (version !== this.#listeningVersion) this.#listening.clear();
    this.#listeningVersion = version;
    const known = this.#listening.get(projectId);
    if (known !== undefined) return known;
    const found = this.#targets({
      sql: "json_array_length(doc, '$.events') > 0 AND project_id = ?",
      values: [projectId],
    });
    this.#listening.set(projectId, found);
    return found;
  }

  #onChange(change: Change): void {
    const listening = this.#listeningIn(change.projectId);
    if (listening.length === 0) return;
    const [event] = change.functionEvents;
    if (event === undefined) return;
    for (const target of listening) {
      if (!wakes(target.function.data.events, change.functionEvents)) continue;
      this.#start(target, {
        trigger: 'event',
        callerHeaders: [
          { name: 'user-agent', value: `Appwrite/${this.#options.services.settings.version}` },
          { name: 'content-type', value: 'application/json' },
        ],
        body: Buffer.from(JSON.stringify(change.payload)),
        userId: change.userId,
        event,
      });
    }
  }

  #start(
    target: Target,
    reason: Pick<ExecutionRequest, 'trigger' | 'callerHeaders' | 'body' | 'userId' | 'event'>,
  ): void {
    const execution = this.#options.executor.create(target, {
      trigger: reason.trigger,
      status: 'waiting',
      requestMethod: 'POST',
      requestPath: '/',
    });
    this.#options.executor.publish(execution, 'create');
    this.run(target, execution, {
      ...reason,
      method: 'POST',
      target: '/',
      sessionId: '',
      giveUpMs: target.function.data.timeout * 1000 + ASYNC_GRACE_MS,
    });
  }

  /** Sets the timer to the next minute, or to the scheduled call that is due before it. */
  rearm(): void {
    if (!this.#started) return;
    const { clock } = this.#options.services;
    this.#cancelTimer();
    const nowMs = clock.now();
    const dueMs = Math.min(minuteOf(nowMs) + MINUTE_MS, this.#nextScheduledMs());
    this.#cancelTimer = clock.after(Math.max(0, dueMs - nowMs), () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#options.services.clock.now();
    const minute = minuteOf(nowMs);
    if (minute > this.#lastMinute) {
      this.#lastMinute = minute;
      this.#runCron(minute);
    }
    this.#runScheduled(nowMs);
    this.rearm();
  }

  /** A minute the server slept through is not made up for. */
  #runCron(minute: number): void {
    for (const target of this.#targets(HAS_SCHEDULE)) {
      if (!isDue(target.function.data.schedule, minute)) continue;
      this.#start(target, {
        trigger: 'schedule',
        callerHeaders: [],
        body: Buffer.alloc(0),
        userId: '',
        event: '',
      });
    }
  }

  #scheduled(): readonly StoredExecution[] {
    return this.#options.repositories.executions.where({
      sql: "json_extract(doc, '$.status') = 'scheduled'",
      values: [],
    });
  }

  #nextScheduledMs(): number {
    const due = this.#scheduled().map(({ data }) => data.pending?.dueAtMs ?? Infinity);
    return Math.min(Infinity, ...due);
  }

  #runScheduled(nowMs: number): void {
    for (const execution of this.#scheduled()) {
      const pending = execution.data.pending;
      if (pending === null || pending.dueAtMs > nowMs) continue;
      const [target] = this.#targets({
        sql: "project_id = ? AND 'functions/' || id = ?",
        values: [execution.projectId, execution.parentId],
      });
      if (target === undefined) {
        this.#fail(execution, 'The function has no deployment.');
        continue;
      }
      this.run(target, execution, {
        trigger: 'schedule',
        method: execution.data.requestMethod,
        target: execution.data.requestPath,
        callerHeaders: pending.headers,
        body: Buffer.from(pending.body),
        userId: pending.userId,
        sessionId: '',
        event: '',
        giveUpMs: target.function.data.timeout * 1000 + ASYNC_GRACE_MS,
      });
    }
  }
}
