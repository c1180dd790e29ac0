/**
 * The agent's only door. Guarantees: nothing is answered but the contract's routes, the health check
 * and what the entrance owns; every route spends a ticket before its body is read; heads, bodies,
 * connections and times are bounded; a browser of another origin is refused, and CORS exists for the
 * routes a page of the site fetches only.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { importBudgetMs, recoveryKeyHeader } from '#schemas/contract/agent-export.ts';
import type { AgentScope, NavigatedScope, TicketClaims } from '#schemas/contract/agent.ts';
import {
  agentBasePath,
  agentRoutes,
  agentScopes,
  navigatedScopes,
} from '#schemas/contract/agent.ts';
import { AgentFailure, failureOf } from '../failure.ts';
import { errorKind } from '../log.ts';
import type { Log } from '../log.ts';
import type { TicketDesk } from '../tickets/verify.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}
/** Takes the answer over, head and all, and ends it by itself. */
export interface Streamed {
  readonly stream: (response: ServerResponse) => void;
}
export type Handler = (
  request: IncomingMessage,
  claims: TicketClaims,
) => Promise<Answer | Streamed>;

/** What comes by navigation and by cookie, not by bearer: the entrance judges it by itself. */
export interface DoorEntrance {
  owns(target: string): boolean;
  /** Never rejects. */
  respond(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends the socket, or takes it over. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What a browser comes to by navigation is answered by the entrance. */
export type HandledScope = Exclude<AgentScope, NavigatedScope>;

export interface DoorOptions {
  readonly tickets: TicketDesk;
  readonly handlers: Readonly<Record<HandledScope, Handler>>;
  readonly entrance: DoorEntrance;
  /** The only origin whose pages may call, and only `fetchedScopes`. */
  readonly siteOrigin: string;
  readonly log: Log;
  /** For refusals, which anybody can cause: a log with a quota. */
  readonly refusals: Log;
}

/** Called by pages of the site with `fetch`; all others have no business in a browser. */
const fetchedScopes: ReadonlySet<HandledScope> = new Set([
  'codex:device',
  'codex:callback',
  'watch',
  'import',
  'offsite',
]);
const healthPath = '/agent/healthz';
/** A Control UI's first load asks for 66 files, its tabs keep sockets open. */
const maxConnections = 256;
const preflightMaxAgeSeconds = 600;
/** How long a body may take that is no archive. */
const bodyWithinMs = 10_000;

const isHandled = (scope: AgentScope): scope is HandledScope =>
  !navigatedScopes.some((one) => one === scope);

const scopeOfPath: ReadonlyMap<string, HandledScope> = new Map(
  agentScopes.filter(isHandled).map((scope) => [`${agentBasePath}${agentRoutes[scope]}`, scope]),
);

export function createDoor(options: DoorOptions): Server {
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 5_000,
      // Of an import, the longest there is; `hurry` bounds all others.
      requestTimeout: importBudgetMs + bodyWithinMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 5_000,
      requireHostHeader: true,
    },
    (request, response) => void respond(request, response, options),
  );
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = 100;
  server.on('upgrade', (request, socket, head) => {
    options.entrance.upgrade(request, socket, head);
  });
  return server;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: DoorOptions,
): Promise<void> {
  const path = request.url ?? '';
  const calm = hurry(request);
  if (options.entrance.owns(path)) {
    await options.entrance.respond(request, response);
    return;
  }
  const scope = scopeOfPath.get(path);
  try {
    if (path === healthPath && request.method === 'GET') {
      send(response, { status: 200, body: { ok: true } });
      return;
    }
    if (scope === undefined) throw new AgentFailure('not_found');
    guardOrigin(request, response, { scope, siteOrigin: options.siteOrigin });
    if (request.method === 'OPTIONS' && fetchedScopes.has(scope)) {
      answerPreflight(response);
      return;
    }
    if (request.method !== 'POST') throw new AgentFailure('not_found');
    const claims = await options.tickets.spend(request.headers.authorization, scope);
    // Bounded by itself, in bytes and time.
    if (scope === 'import') calm();
    const answer = await options.handlers[scope](request, claims);
    if ('stream' in answer) {
      options.log('request_answered', { scope, status: 200 });
      if (!response.destroyed) answer.stream(response);
      return;
    }
    // `state` is polled and changes nothing.
    if (scope !== 'state') options.log('request_answered', { scope, status: answer.status });
    send(response, answer);
  } catch (error) {
    refuse({ request, response, error, scope: scope ?? 'none', log: options.refusals });
  }
}

/** Whoever sends slowly is cut off; answers how to let it take its time. */
function hurry(request: IncomingMessage): () => void {
  const timer = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, bodyWithinMs);
  const calm = (): void => clearTimeout(timer);
  request.once('close', calm);
  return calm;
}

interface Refusal {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly error: unknown;
  readonly scope: string;
  readonly log: Log;
}

function refuse({ request, response, error, scope, log }: Refusal): void {
  const failure = failureOf(error);
  if (failure !== error) log('request_broke', { scope, kind: errorKind(error) });
  else if (failure.code !== 'not_found') log('request_refused', { scope, code: failure.code });
  // What is left of an unread body is not worth reading.
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, { status: failure.httpStatus, body: failure.toBody() });
}

/** A browser always names its origin on a cross-origin call; the control plane never does. */
function guardOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  { scope, siteOrigin }: { readonly scope: HandledScope; readonly siteOrigin: string },
): void {
  const { origin } = request.headers;
  const isFetched = fetchedScopes.has(scope);
  if (isFetched) response.setHeader('vary', 'Origin');
  if (origin === undefined) return;
  if (!isFetched || origin !== siteOrigin) throw new AgentFailure('origin_refused');
  response.setHeader('access-control-allow-origin', siteOrigin);
}

function answerPreflight(response: ServerResponse): void {
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader(
    'access-control-allow-headers',
    `authorization, content-type, ${recoveryKeyHeader}`,
  );
  response.setHeader('access-control-max-age', preflightMaxAgeSeconds);
  response.writeHead(204).end();
}

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(bytes);
}
