/**
 * Routes of executions: start (synchronous, asynchronous, scheduled), list, get, delete. Who may
 * start one is the function's `execute`; who sees one is whoever started it as a user.
 */
import { AppwriteError } from '../kernel/errors.ts';
import * as params from '../kernel/params.ts';
import { formatPermission, meets } from '../kernel/permissions.ts';
import { formatTime } from '../kernel/time.ts';
import type { Answer, Caller, RequestContext, Route } from '../kernel/types.ts';
import { requireFunction } from './crud.ts';
import { MINUTE_MS } from './cron.ts';
import type {
  Executor,
  ExecutionRequest,
  StoredExecution,
  StoredFunction,
  Target,
} from './executor.ts';
import { ASYNC_GRACE_MS, pendingRequest } from './executor.ts';
import { keptRequestHeaders, readCallerHeaders } from './headers.ts';
import { parseListing } from './listing.ts';
import type { Condition } from './listing.ts';
import { presentExecution } from './present.ts';
import { functionParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';
import type { Worker } from './worker.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'] as const;
const MAX_BODY_CHARS = 10_485_760;
const MAX_PATH_CHARS = 2_048;
const READ_SCOPES = ['executions.read', 'execution.read'];
const WRITE_SCOPES = ['executions.write', 'execution.write'];
const LIST_ATTRIBUTES = [
  'trigger',
  'status',
  'responseStatusCode',
  'duration',
  'requestMethod',
  'requestPath',
  'deploymentId',
  'scheduledAt',
];

export interface ExecutionRoutes {
  readonly repositories: Repositories;
  readonly executor: Executor;
  readonly worker: Worker;
}

/** The function with its active, built deployment, or the refusal that says what is missing. */
export function requireTarget(repositories: Repositories, found: StoredFunction): Target {
  const missing = 'Deployment not found. Create a deployment before trying to execute a function';
  const deployment = repositories.deployments.get(found.projectId, found.data.deploymentId);
  if (deployment === undefined) throw new AppwriteError('deployment_not_found', missing);
  if (deployment.data.status !== 'ready') throw new AppwriteError('build_not_ready');
  return { function: found, deployment };
}

function phpJson(value: readonly string[]): string {
  return JSON.stringify(value).replaceAll('/', '\\/');
}

export function refuseExecute(caller: Caller, execute: readonly string[]): void {
  if (caller.privileged || meets(caller.roles, execute)) return;
  const [first] = execute;
  if (first === undefined) {
    throw new AppwriteError('user_unauthorized', "No permissions provided for action 'execute'");
  }
  throw new AppwriteError(
    'user_unauthorized',
    `Missing "execute" permission for role "${execute.join('","')}". Only ` +
      `"${phpJson(caller.roles)}" scopes are allowed and "${phpJson(execute)}" was given.`,
  );
}

interface Plan {
  readonly request: ExecutionRequest;
  readonly async: boolean;
  readonly dueAtMs: number | undefined;
}

function readPlan(context: RequestContext, giveUpMs: number): Plan {
  const { body, caller } = context;
  const async = params.optional(body, 'async', params.boolean, false);
  const dueAtMs = params.optional(body, 'scheduledAt', params.datetime, undefined);
  const method: string = params.optional(body, 'method', params.oneOf(METHODS), 'POST');
  const request: ExecutionRequest = {
    trigger: dueAtMs === undefined ? 'http' : 'schedule',
    method: method === '' ? 'POST' : method,
    target: params.optional(body, 'path', params.text(MAX_PATH_CHARS, 0), '/') || '/',
    callerHeaders: readCallerHeaders(body),
    body: Buffer.from(params.optional(body, 'body', params.text(MAX_BODY_CHARS, 0), '')),
    userId: caller.userId,
    sessionId: caller.sessionId,
    clientIp: context.ip,
    giveUpMs,
    ...(async ? { event: '' } : {}),
  };
  return { request, async, dueAtMs };
}

function checkSchedule(plan: Plan, nowMs: number): void {
  if (plan.dueAtMs === undefined) return;
  if (!plan.async) {
    throw new AppwriteError(
      'general_bad_request',
      'Scheduled executions must run asynchronously. Set scheduledAt to a future date, or set ' +
        'async to true.',
    );
  }
  if (plan.dueAtMs < nowMs + MINUTE_MS) {
    const reason = 'Execution schedule must be a valid date, and at least 1 minute from now';
    throw new AppwriteError('general_bad_request', reason);
  }
}

class ExecutionHandlers {
  readonly #options: ExecutionRoutes;

  constructor(options: ExecutionRoutes) {
    this.#options = options;
  }

  /** A disabled function does not exist for clients and still runs for keys. */
  #find(context: RequestContext): StoredFunction {
    const id = context.params['functionId'] ?? '';
    const found = requireFunction(this.#options.repositories, context.project.id, id);
    if (!found.data.enabled && !context.caller.privileged) {
      throw new AppwriteError('function_not_found');
    }
    return found;
  }

  async #create(context: RequestContext): Promise<Answer> {
    const plan = readPlan(context, this.#options.executor.syncLimitMs);
    checkSchedule(plan, context.services.clock.now());
    const target = requireTarget(this.#options.repositories, this.#find(context));
    refuseExecute(context.caller, target.function.data.execute);
    const draft = this.#options.executor.draft(target, {
      permissions: ownPermissions(context.caller),
      trigger: plan.request.trigger,
      status: plan.dueAtMs !== undefined ? 'scheduled' : plan.async ? 'waiting' : 'processing',
      requestMethod: plan.request.method,
      requestPath: plan.request.target,
      requestHeaders: keptRequestHeaders([
        ...plan.request.callerHeaders,
        { name: 'x-appwrite-client-ip', value: context.ip },
      ]),
      scheduledAt: plan.dueAtMs === undefined ? null : formatTime(plan.dueAtMs),
      pending: plan.dueAtMs === undefined ? null : pendingRequest(plan.request, plan.dueAtMs),
    });
    if (!plan.async) return this.#runNow(context, target, { draft, request: plan.request });
    const execution = this.#options.executor.record(draft);
    this.#options.executor.publish(execution, 'create');
    if (plan.dueAtMs === undefined) {
      const giveUpMs = target.function.data.timeout * 1000 + ASYNC_GRACE_MS;
      this.#options.worker.run(target, execution, { ...plan.request, giveUpMs });
    } else this.#options.worker.rearm();
    return { status: 202, body: show(context, target.function, execution) };
  }

  async #runNow(
    context: RequestContext,
    target: Target,
    job: { readonly draft: StoredExecution; readonly request: ExecutionRequest },
  ): Promise<Answer> {
    const { executor } = this.#options;
    const { execution, result } = await executor.runDraft(target, job.draft, job.request);
    executor.publish(execution, 'create');
    if (
      result.outcome === 'gave_up' &&
      target.function.data.timeout * 1000 >= job.request.giveUpMs
    ) {
      throw new AppwriteError('function_synchronous_timeout');
    }
    const headers = [...result.headers, { name: 'x-appwrite-execution-id', value: execution.id }];
    const answer = { body: result.body.toString(), headers };
    return { status: 201, body: show(context, target.function, execution, answer) };
  }

  #list(context: RequestContext): Answer {
    const found = this.#find(context);
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const scope = { projectId: context.project.id, parentId: functionParent(found.id) };
    const page = this.#options.repositories.executions.list(scope, listing, [
      readable(context.caller),
    ]);
    const executions = page.documents.map((document) => show(context, found, document));
    return { status: 200, body: { total: page.total, executions } };
  }

  #get(context: RequestContext): Answer {
    const found = this.#find(context);
    const execution = this.#findExecution(context, found);
    const allowed = ownPermissions(context.caller);
    const mayRead = execution.data.permissions.some((permission) => allowed.includes(permission));
    if (!context.caller.privileged && !mayRead) throw new AppwriteError('execution_not_found');
    return { status: 200, body: show(context, found, execution) };
  }

  #findExecution(context: RequestContext, found: StoredFunction): StoredExecution {
    const id = context.params['executionId'] ?? '';
    const execution = this.#options.repositories.executions.get(context.project.id, id);
    if (execution?.parentId !== functionParent(found.id)) {
      throw new AppwriteError('execution_not_found');
    }
    return execution;
  }

  #remove(context: RequestContext): Answer {
    // Users may start and read executions; to them the function itself is not there.
    if (!context.caller.privileged) throw new AppwriteError('function_not_found');
    const execution = this.#findExecution(context, this.#find(context));
    if (execution.data.status === 'waiting' || execution.data.status === 'processing') {
      throw new AppwriteError('execution_in_progress');
    }
    this.#options.repositories.executions.remove(execution.projectId, execution.id);
    return { status: 204 };
  }

  routes(): readonly Route[] {
    const all = '/functions/:functionId/executions';
    const one = `${all}/:executionId`;
    const [read, write] = [READ_SCOPES, WRITE_SCOPES];
    return [
      { method: 'POST', path: all, scope: write, handler: (context) => this.#create(context) },
      { method: 'GET', path: all, scope: read, handler: (context) => this.#list(context) },
      { method: 'GET', path: one, scope: read, handler: (context) => this.#get(context) },
      { method: 'DELETE', path: one, scope: write, handler: (context) => this.#remove(context) },
    ];
  }
}

export function createExecutionRoutes(options: ExecutionRoutes): readonly Route[] {
  return new ExecutionHandlers(options).routes();
}

/**
 * The reference names the owner `functionId`; SDKs newer than it read `resourceId`. Who says to be
 * an SDK is told both, everybody else exactly what the reference answers.
 */
function show(
  context: RequestContext,
  of: StoredFunction,
  execution: StoredExecution,
  answer?: { readonly body: string; readonly headers: unknown },
): unknown {
  const view = { logs: context.caller.privileged, ...(answer === undefined ? {} : { answer }) };
  const shown = presentExecution(execution, of.id, view);
  if (context.headers['x-sdk-name'] === undefined) return shown;
  return { ...shown, resourceId: of.id, resourceType: 'functions' };
}

/** Only a project's own user can read an execution later; keys and operators read them all. */
function ownPermissions(caller: Caller): readonly string[] {
  if (caller.kind !== 'user' || caller.userId === '') return [];
  return [formatPermission('read', `user:${caller.userId}`)];
}

function readable(caller: Caller): Condition | undefined {
  if (caller.privileged) return undefined;
  const values = ownPermissions(caller);
  const sql = `EXISTS (SELECT 1 FROM json_each(doc, '$.permissions') WHERE value IN (${
    values.length === 0 ? 'NULL' : '?'
  }))`;
  return { sql, values };
}
