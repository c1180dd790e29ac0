/**
 * A function behind its own host name: every path, method and body goes to it unchanged, also
 * OPTIONS; the caller is always anonymous, so `execute` must hold `any` or `guests`; the answer
 * goes back verbatim, except that an empty body with a status of 400 or more becomes a page.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyBudget, readWithin } from '../http/budget.ts';
import { clientIp } from '../http/request.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { meets } from '../kernel/permissions.ts';
import { requireTarget } from '../functions/execution-routes.ts';
import type { ExecutionOutcome, ExecutionRequest } from '../functions/executor.ts';
import { keptRequestHeaders } from '../functions/headers.ts';
import { MAX_REQUEST_BYTES } from '../runtime/contract.ts';
import { answerHeaders } from '../runtime/wire.ts';
import type { HeaderPair } from '../runtime/wire.ts';
import type { DomainTarget, DomainsOptions } from './domains.ts';
import { errorPage } from './page.ts';

const ANONYMOUS = ['any', 'guests'];

const tooLarge = (): AppwriteError =>
  new AppwriteError('general_bad_request', 'The request is too large.', 413);

function send(response: ServerResponse, outcome: ExecutionOutcome): void {
  const { result, execution } = outcome;
  const headers: Record<string, string[]> = {};
  for (const { name, value } of result.headers) (headers[name] ??= []).push(value);
  headers['x-appwrite-execution-id'] = [execution.id];
  const replaced = result.statusCode >= 400 && result.body.length === 0;
  if (replaced) headers['content-type'] = ['text/html; charset=utf-8'];
  const body = replaced ? Buffer.from(pageFor(outcome)) : result.body;
  for (const [name, values] of Object.entries(headers)) {
    response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  }
  if (result.statusCode !== 204 && result.statusCode !== 304) {
    response.setHeader('content-length', body.length);
  }
  response.writeHead(result.statusCode);
  response.end(body);
}

function pageFor({ result }: ExecutionOutcome): string {
  const timedOut = result.outcome === 'gave_up';
  const type = timedOut ? 'function_synchronous_timeout' : 'general_unknown';
  const message = 'The function answered with an error and no text.';
  return errorPage(result.statusCode, type, message);
}

export function createFunctionDomain(
  options: DomainsOptions,
): (request: IncomingMessage, response: ServerResponse, target: DomainTarget) => Promise<void> {
  const { services, repositories, executor } = options;
  const limits = { maxBytes: MAX_REQUEST_BYTES, budget: new BodyBudget() };

  function refuseBadKey(request: IncomingMessage, projectId: string): void {
    const key = request.headers['x-appwrite-key'];
    if (typeof key !== 'string' || key === '') return;
    if (services.identity.keyScopes(projectId, key) !== undefined) return;
    throw new AppwriteError('user_unauthorized', 'The given API key is not valid.', 403);
  }

  return async (request, response, at) => {
    const found = repositories.functions.get(at.projectId, at.resourceId);
    if (found?.data.enabled !== true) throw new AppwriteError('rule_not_found');
    refuseBadKey(request, at.projectId);
    const target = requireTarget(repositories, found);
    if (!meets(ANONYMOUS, found.data.execute)) {
      throw new AppwriteError('function_execute_permission_missing');
    }
    const body = await readWithin(request, limits, tooLarge);
    const address = clientIp(request);
    const callerHeaders = answerHeaders(request.rawHeaders);
    const call: ExecutionRequest = {
      trigger: 'http',
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      callerHeaders,
      body,
      userId: '',
      sessionId: '',
      clientIp: address,
      giveUpMs: executor.syncLimitMs,
    };
    const draft = executor.draft(target, {
      status: 'processing',
      requestMethod: call.method,
      requestPath: call.target,
      requestHeaders: kept(callerHeaders, address),
    });
    const outcome = await executor.runDraft(target, draft, call);
    executor.publish(outcome.execution, 'create');
    await services.store.durable();
    send(response, outcome);
  };
}

function kept(headers: readonly HeaderPair[], address: string): HeaderPair[] {
  return keptRequestHeaders([...headers, { name: 'x-appwrite-client-ip', value: address }]);
}
