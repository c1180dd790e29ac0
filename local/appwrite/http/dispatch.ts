/**
 * From a raw request to an answer: project, origin, route, caller, scope, limit, handler.
 * Every failure becomes an error body; nothing about unexpected ones leaves the process but
 * one log line.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { IdentityParts } from '../account/identity.ts';
import { AppwriteError, SERVER_VERSION, asAppwriteError, errorBody } from '../kernel/errors.ts';
import type { Answer, HttpMethod, Project, Route, Services } from '../kernel/types.ts';
import { requireScope, resolveCaller } from './auth.ts';
import { readBody } from './body.ts';
import { BodyBudget } from './budget.ts';
import { Context } from './context.ts';
import { BASE_CORS, PREFLIGHT_CORS, corsOrigin, refuseForeignOrigin } from './cors.ts';
import { createLimiter, rateLimitExceeded } from './limits.ts';
import { HTML_TYPE, notFoundPage } from './pages.ts';
import { clientIp, formatWarning, hostName, isSecure, projectId, splitUrl } from './request.ts';
import { createRouter, type Match } from './router.ts';

export interface DispatchParts {
  readonly routes: readonly Route[];
  readonly services: Services;
  readonly identity: IdentityParts;
  readonly apiHosts: ReadonlySet<string>;
  /** False switches rate limits off (headers too), as `_APP_OPTIONS_ABUSE=disabled` does. */
  readonly rateLimits: boolean;
  readonly report: (error: unknown) => void;
}

type HeaderMap = Record<string, string | readonly string[]>;
export type Dispatch = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const SERVICE_OF: Readonly<Record<string, string>> = {
  account: 'account',
  databases: 'databases',
  functions: 'functions',
  health: 'health',
  locale: 'locale',
  messaging: 'messaging',
  sites: 'sites',
  tablesdb: 'databases',
  teams: 'teams',
  users: 'users',
};

function send(response: ServerResponse, answer: Answer, headers: HeaderMap): void {
  if (response.headersSent || response.destroyed) return;
  Object.assign(headers, answer.headers);
  const { body } = answer;
  if (body === undefined) {
    if (answer.status !== 204) headers['content-length'] = '0';
    response.writeHead(answer.status, headers as Record<string, string | string[]>).end();
    return;
  }
  const plain = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = plain ? body : JSON.stringify(body);
  headers['content-type'] ??= plain
    ? 'text/plain; charset=UTF-8'
    : 'application/json; charset=UTF-8';
  headers['content-length'] = String(Buffer.byteLength(payload));
  response.writeHead(answer.status, headers as Record<string, string | string[]>).end(payload);
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const headers: HeaderMap = { server: 'Appwrite', ...PREFLIGHT_CORS };
  const { origin } = request.headers;
  if (origin !== undefined) headers['access-control-allow-origin'] = origin;
  send(response, { status: 204 }, headers);
  request.resume();
}

function refuseDisabledService(path: string, project: Project, privileged: boolean): void {
  const service = SERVICE_OF[path.slice(1).split('/', 1)[0] ?? ''];
  if (service === undefined || privileged) return;
  if (project.settings.services[service] === false) {
    throw new AppwriteError('general_service_disabled');
  }
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly search: string;
  readonly project: Project | undefined;
  readonly budget: BodyBudget;
}

async function contextOf(parts: DispatchParts, incoming: Incoming, match: Match): Promise<Context> {
  const { request, path, search } = incoming;
  const { headers } = request;
  const project = incoming.project;
  if (project === undefined) throw new AppwriteError('project_not_found');
  const host = hostName(headers.host);
  const route = `${match.route.method} ${match.route.path}`;
  const caller = resolveCaller(parts.identity, { headers, project, host, route });
  requireScope(caller, match.route.scope);
  refuseDisabledService(path, project, caller.privileged);
  const { body, files } = await readBody(request, incoming.budget);
  const format = headers['x-appwrite-response-format'];
  return new Context({
    method: match.route.method,
    path,
    search,
    params: match.params,
    headers,
    body,
    files,
    project,
    caller,
    ip: clientIp(request),
    host,
    secure: isSecure(request),
    format: typeof format === 'string' ? format : '',
    services: parts.services,
  });
}

export function createDispatch(parts: DispatchParts): Dispatch {
  const router = createRouter(parts.routes);
  const limiter = createLimiter(parts.services.clock);
  const budget = new BodyBudget();

  const answerOf = async (
    incoming: Incoming,
    match: Match,
    headers: HeaderMap,
  ): Promise<Answer> => {
    const { route } = match;
    const context = await contextOf(parts, incoming, match);
    if (route.rateLimit === undefined || !parts.rateLimits) return route.handler(context);
    const name = `${route.method} ${route.path}`;
    const state = limiter.take(name, route.rateLimit, context);
    Object.assign(headers, state.headers);
    if (state.exceeded) throw rateLimitExceeded();
    const answer = await route.handler(context);
    if (answer.status < 400) state.reset();
    return answer;
  };

  const failed = (error: unknown): Answer => {
    const known = asAppwriteError(error, parts.report);
    const answer = { status: known.code, body: errorBody(known) };
    // Nobody reads the rest of a body that is too large.
    return known.code === 413 ? { ...answer, headers: { connection: 'close' } } : answer;
  };

  return async (request, response) => {
    const { path, search } = splitUrl(request.url ?? '/');
    if (request.method === 'OPTIONS') {
      answerPreflight(request, response);
      return;
    }
    const headers: HeaderMap = { server: 'Appwrite', ...BASE_CORS };
    const project = parts.services.identity.project(projectId(request.headers, search));
    const cors = { headers: request.headers, project, apiHosts: parts.apiHosts };
    const allowed = corsOrigin(cors);
    if (allowed !== undefined) headers['access-control-allow-origin'] = allowed;
    const warning = formatWarning(request.headers['x-appwrite-response-format'], SERVER_VERSION);
    if (warning !== '') headers['x-appwrite-warning'] = warning;
    const method = (request.method ?? 'GET') as HttpMethod;
    const match = path === undefined ? undefined : router.find(method, path);
    if (match === undefined || path === undefined) {
      const page = notFoundPage('Not found', 'The requested route was not found.');
      send(response, { status: 404, body: page }, { ...headers, 'content-type': HTML_TYPE });
      request.resume();
      return;
    }
    try {
      refuseForeignOrigin(cors);
      const answer = await answerOf({ request, path, search, project, budget }, match, headers);
      // Nobody learns of a write that the loss of power could still undo.
      const durable = parts.services.store.durable();
      if (durable !== undefined) await durable;
      send(response, answer, headers);
    } catch (error) {
      // The caller hung up in the middle of a body: nobody is left to answer.
      if (response.destroyed) return;
      send(response, failed(error), headers);
    }
    // What a refusal left unread must not be taken for the next request.
    if (!request.readableEnded) request.resume();
  };
}
