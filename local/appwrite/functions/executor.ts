/**
 * Runs one execution and keeps its record: every run that starts ends as `completed` (status
 * below 500) or `failed`, with logs, errors and duration, and readers of the execution hear of it.
 */
import { newId } from '../kernel/ids.ts';
import { rolesFor } from '../kernel/permissions.ts';
import type { Json, Services } from '../kernel/types.ts';
import type { ExecutorStyle } from '../runtime/contract.ts';
import type { RuntimePool } from '../runtime/pool.ts';
import type { RuntimeResult, RuntimeSpec } from '../runtime/process.ts';
import type { HeaderPair } from '../runtime/wire.ts';
import type { Deployments } from './deployments.ts';
import type { Stored } from './documents.ts';
import {
  injectedHeaders,
  keptRequestHeaders,
  keptResponseHeaders,
  mergeHeaders,
} from './headers.ts';
import { executionDefaults } from './model.ts';
import type {
  DeploymentRecord,
  ExecutionRecord,
  FunctionRecord,
  PendingRequest,
  Trigger,
} from './model.ts';
import { presentExecution } from './present.ts';
import { functionParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';
import { runtimeEnv } from './environment.ts';

export type StoredFunction = Stored<FunctionRecord>;
export type StoredExecution = Stored<ExecutionRecord>;

export interface Target {
  readonly function: StoredFunction;
  readonly deployment: Stored<DeploymentRecord>;
}

export interface ExecutionRequest {
  readonly trigger: Trigger;
  readonly method: string;
  readonly target: string;
  readonly callerHeaders: readonly HeaderPair[];
  readonly body: Buffer;
  readonly userId: string;
  readonly sessionId: string;
  /** Project the session belongs to; the console's for an operator. */
  readonly clientIp?: string;
  readonly event?: string;
  /** When the server stops waiting for the runtime. */
  readonly giveUpMs: number;
}

export interface ExecutionOutcome {
  readonly execution: StoredExecution;
  readonly result: RuntimeResult;
}

interface Performed {
  readonly change: Partial<ExecutionRecord>;
  readonly result: RuntimeResult;
}

/** How long anyone waits for a synchronous call or a domain; 30 s on the reference. */
export const SYNC_LIMIT_MS = 30_000;
/** Beyond the function's own timeout, for executions nobody waits for. */
export const ASYNC_GRACE_MS = 15_000;
const KEY_GRACE_SECONDS = 60;
/** A function that runs every minute makes 1,440 a day; older ones go. */
const KEPT_EXECUTIONS = 5_000;
const TRIM_EVERY = 100;

export interface ExecutorOptions {
  readonly services: Services;
  readonly repositories: Repositories;
  readonly deployments: Deployments;
  readonly pool: RuntimePool;
  readonly style: ExecutorStyle;
  readonly syncLimitMs: number;
  /** Folder for compiled code, see RuntimeSpec. */
  readonly compileCache: string;
}

export class Executor {
  readonly #options: ExecutorOptions;
  #created = 0;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  get syncLimitMs(): number {
    return this.#options.syncLimitMs;
  }

  /** An execution that is not on record. */
  draft(target: Target, change: Partial<ExecutionRecord>): StoredExecution {
    const nowMs = this.#options.services.clock.now();
    return {
      projectId: target.function.projectId,
      parentId: functionParent(target.function.id),
      id: newId(),
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      data: { ...executionDefaults(), deploymentId: target.deployment.id, ...change },
    };
  }

  create(target: Target, change: Partial<ExecutionRecord>): StoredExecution {
    return this.record(this.draft(target, change));
  }

  record(execution: StoredExecution): StoredExecution {
    const { executions } = this.#options.repositories;
    this.#created += 1;
    if (this.#created % TRIM_EVERY === 0) {
      executions.trim(execution.projectId, execution.parentId, KEPT_EXECUTIONS);
    }
    return executions.insert(execution);
  }

  /** Runs it; `execution` must be on record. Never rejects for what the function does. */
  async run(
    target: Target,
    execution: StoredExecution,
    request: ExecutionRequest,
  ): Promise<ExecutionOutcome> {
    const { change, result } = await this.#perform(target, execution.id, request);
    return { execution: this.change(execution, change), result };
  }

  /**
   * Runs a draft while its caller waits and puts it on record when it has ended, once, as the
   * reference does; not if its function was deleted meanwhile.
   */
  async runDraft(
    target: Target,
    draft: StoredExecution,
    request: ExecutionRequest,
  ): Promise<ExecutionOutcome> {
    const { change, result } = await this.#perform(target, draft.id, request);
    const ended = { ...draft, data: { ...draft.data, ...change } };
    const { functions } = this.#options.repositories;
    const there = functions.get(draft.projectId, target.function.id) !== undefined;
    return { execution: there ? this.record(ended) : ended, result };
  }

  async #perform(
    target: Target,
    executionId: string,
    request: ExecutionRequest,
  ): Promise<Performed> {
    const startedAtMs = performance.now();
    const headers = this.#headers(target, executionId, request);
    const result = await this.#options.pool.execute(target.deployment.id, this.#spec(target), {
      id: executionId,
      method: request.method,
      target: request.target,
      headers,
      body: request.body,
      timeoutSeconds: target.function.data.timeout,
      giveUpMs: request.giveUpMs,
      logging: target.function.data.logging,
    });
    const duration = (performance.now() - startedAtMs) / 1000;
    const change: Partial<ExecutionRecord> = {
      status: result.statusCode >= 500 ? 'failed' : 'completed',
      requestHeaders: keptRequestHeaders(headers),
      responseStatusCode: result.statusCode,
      responseHeaders: keptResponseHeaders(result.headers),
      logs: result.logs,
      errors: result.errors,
      duration,
      pending: null,
    };
    return { change, result };
  }

  /** Merges into the record; a record deleted meanwhile stays deleted. */
  change(execution: StoredExecution, change: Partial<ExecutionRecord>): StoredExecution {
    const { projectId, id } = execution;
    const updated = this.#options.repositories.executions.update(projectId, id, change);
    return updated ?? { ...execution, data: { ...execution.data, ...change } };
  }

  #headers(target: Target, executionId: string, request: ExecutionRequest): HeaderPair[] {
    const { identity } = this.#options.services;
    const { projectId, data } = target.function;
    const lifeSeconds = data.timeout + KEY_GRACE_SECONDS;
    const { userId, sessionId } = request;
    const injected = injectedHeaders({
      executionId,
      key: identity.ephemeralKey(projectId, data.scopes, lifeSeconds),
      trigger: request.trigger,
      userId,
      userJwt:
        sessionId === '' ? '' : identity.userJwt(projectId, { userId, sessionId }, lifeSeconds),
      ...(request.clientIp === undefined ? {} : { clientIp: request.clientIp }),
      ...(request.event === undefined ? {} : { event: request.event }),
    });
    return mergeHeaders(request.callerHeaders, injected);
  }

  #spec(target: Target): RuntimeSpec {
    const { deployments, repositories, services, style, compileCache } = this.#options;
    return {
      folder: deployments.folder(target.deployment),
      entrypoint: target.deployment.data.entrypoint || target.function.data.entrypoint,
      env: runtimeEnv(services, repositories, target.function, target.deployment.id),
      style,
      compileCache,
    };
  }

  /** Tells the readers of an execution; on 1.9.6 they see its logs there, too. */
  publish(execution: StoredExecution, action: 'create' | 'update'): void {
    const { projectId, id, parentId } = execution;
    const functionId = parentId.slice(functionParent('').length);
    const payload: Json = presentExecution(execution, functionId, { logs: true });
    this.#options.services.changes.publish({
      projectId,
      events: executionEvents(functionId, id, action),
      functionEvents: [],
      channels: executionChannels(projectId, functionId, id, action),
      roles: rolesFor('read', execution.data.permissions),
      payload,
      userId: '',
    });
  }
}

function executionEvents(functionId: string, id: string, action: string): readonly string[] {
  const of = (f: string, e: string): string[] => [
    `functions.${f}.executions.${e}.${action}`,
    `functions.${f}.executions.${e}`,
    `functions.${f}`,
  ];
  const every = [of(functionId, id), of(functionId, '*'), of('*', id), of('*', '*')];
  return [...new Set(every.flat())];
}

function executionChannels(
  projectId: string,
  functionId: string,
  id: string,
  action: string,
): readonly string[] {
  const acted = ['executions', `executions.${id}`, `functions.${functionId}`];
  return [
    'console',
    `projects.${projectId}`,
    ...acted,
    ...acted.map((channel) => `${channel}.${action}`),
  ];
}

export function pendingRequest(request: ExecutionRequest, dueAtMs: number): PendingRequest {
  return {
    dueAtMs,
    body: request.body.toString(),
    headers: request.callerHeaders,
    userId: request.userId,
  };
}
