/**
 * HTTP side of the API.
 * Guarantees: the key is checked before anything is read or done; bodies end at 1 MB; every
 * failure has the form the real one gives it; an internal error never shows a stack.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { CommandFailed } from '../deploy/deployer.ts';
import { fault, type FaultPlan } from '../faults.ts';
import { composeOperations } from './composes.ts';
import { deploymentOperations } from './deployments.ts';
import { domainOperations } from './domains.ts';
import {
  type Answer,
  ApiError,
  errorAnswer,
  unauthorizedAnswer,
  validationAnswer,
} from './errors.ts';
import type { Operation, Operations, World } from './operation.ts';
import { projectOperations } from './projects.ts';

const bodyLimitBytes = 1024 * 1024;

const operations: Operations = {
  ...projectOperations,
  ...composeOperations,
  ...deploymentOperations,
  ...domainOperations,
};

export interface HandlerOptions {
  readonly apiKey: string;
  readonly faults: FaultPlan;
  readonly world: World;
  readonly log: (event: string, fields: Record<string, string | number>) => void;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHandler(options: HandlerOptions): Handler {
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const name = /^\/api\/([\w.]+)$/.exec(url.pathname)?.[1] ?? '';
    const keyed = sameSecret(request.headers['x-api-key'], options.apiKey);
    if (url.pathname.startsWith('/_ctl/')) {
      const done = keyed ? control(request, url, options) : unauthorizedAnswer;
      send(response, await Promise.resolve(done).catch(() => controlFailed));
      return;
    }
    const slow = options.faults.take('slow', name);
    if (slow !== undefined) await delay(slow.delayMs);
    const answer = await answerFor({ request, url, name, keyed }, options);
    if (answer.status >= 500)
      options.log('call_failed', { operation: name, status: answer.status });
    if (keyed && options.faults.take('answer_lost', name) !== undefined) {
      response.destroy();
      return;
    }
    send(response, answer);
  };
}

interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly name: string;
  readonly keyed: boolean;
}

async function answerFor(call: Call, options: HandlerOptions): Promise<Answer> {
  const { request, name } = call;
  if (!call.keyed || options.faults.take('key_limited', name)) return unauthorizedAnswer;
  if (options.faults.take('forbidden', name))
    return errorAnswer('UNAUTHORIZED', 'UNAUTHORIZED', name);
  if (options.faults.take('server_error', name)) {
    return { status: 500, text: 'Internal Server Error', contentType: 'text/plain' };
  }
  const version = name === 'settings.getDokployVersion' && options.faults.take('version', name);
  if (version) return { status: 200, json: version.version };
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined || operation.method !== request.method) {
    return errorAnswer('NOT_FOUND', 'Not found');
  }
  const input = operation.method === 'GET' ? queryInput(call.url) : await bodyInput(call);
  if ('answer' in input) return input.answer;
  const { localeError } = z.locales.en();
  const parsed = z.safeParse(operation.input, input.value, { error: localeError });
  if (!parsed.success) return validationAnswer(parsed.error, name);
  return run({ operation, name, input: parsed.data, world: options.world });
}

async function run(use: {
  operation: Operation;
  name: string;
  input: unknown;
  world: World;
}): Promise<Answer> {
  try {
    return { status: 200, json: await use.operation.run(use.input as never, use.world) };
  } catch (error) {
    if (error instanceof ApiError) return errorAnswer(error.code, error.message, use.name);
    const known = error instanceof CommandFailed || use.name === 'compose.getConvertedCompose';
    const message = known && error instanceof Error ? error.message : 'Internal server error';
    return errorAnswer('INTERNAL_SERVER_ERROR', message, use.name);
  }
}

type Input = { readonly value: unknown } | { readonly answer: Answer };

function queryInput(url: URL): Input {
  return { value: Object.fromEntries(url.searchParams) };
}

async function bodyInput(call: Call): Promise<Input> {
  const contentType = call.request.headers['content-type'] ?? '';
  if (!contentType.startsWith('application/json')) {
    // The missing quotation mark is the real one's.
    const message = `Unsupported content-type "${contentType.split(';')[0] ?? ''}`;
    return { answer: errorAnswer('UNSUPPORTED_MEDIA_TYPE', message, call.name) };
  }
  const body = await readBody(call.request);
  if (body === undefined) {
    return { answer: { status: 413, text: 'Body exceeded 1mb limit', contentType: 'text/plain' } };
  }
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return { answer: { status: 400, text: 'Invalid JSON' } };
  }
}

/** undefined when the body is larger than the limit; the rest is read and thrown away. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= bodyLimitBytes) chunks.push(chunk);
    if (sizeBytes > 16 * bodyLimitBytes) break;
  }
  return sizeBytes > bodyLimitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

const controlFailed = errorAnswer('INTERNAL_SERVER_ERROR', 'not done, or not completely');

/**
 * `/_ctl/faults`: GET lists, POST adds, DELETE clears. `POST /_ctl/prune`: tonight's clean-up.
 * `POST /_ctl/purge`: nothing that was ever started from this data folder is left.
 */
async function control(
  request: IncomingMessage,
  url: URL,
  { faults, world }: HandlerOptions,
): Promise<Answer> {
  if (url.pathname === '/_ctl/prune' && request.method === 'POST') {
    return { status: 200, json: { pruned: await world.backend.prune() } };
  }
  if (url.pathname === '/_ctl/purge' && request.method === 'POST') {
    return { status: 200, json: { purged: await world.backend.purge() } };
  }
  if (url.pathname !== '/_ctl/faults') return errorAnswer('NOT_FOUND', 'Not found');
  if (request.method === 'DELETE') faults.clear();
  if (request.method === 'POST') {
    const body = await readBody(request);
    const parsed = z.safeParse(fault, parseJson(body ?? ''));
    if (!parsed.success) return validationAnswer(parsed.error, '_ctl/faults');
    if (!faults.add(parsed.data)) return errorAnswer('BAD_REQUEST', 'the fault plan is full');
  }
  return { status: 200, json: { faults: faults.list() } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const body = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  response.statusCode = answer.status;
  const contentType = answer.text === undefined ? 'application/json' : undefined;
  const shown = answer.contentType ?? contentType;
  if (shown !== undefined) response.setHeader('content-type', shown);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

function sameSecret(given: string | string[] | undefined, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}
