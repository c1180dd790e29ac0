/**
 * The customer's way into the Control UI: a ticket becomes a session, and a session reaches `/ui`
 * and its socket, nothing else. Guarantees: every request and every socket is judged anew by host,
 * origin and session; whoever loses the right is out before `access` is answered; a person gets a
 * page, a program gets a code.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AgentErrorCode, NavigatedScope } from '#schemas/contract/agent.ts';
import { accessRequest, agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import type { AgentConfig } from '../config.ts';
import { within } from '../deadline.ts';
import type { Exports } from '../export/exports.ts';
import { AgentFailure, failureOf } from '../failure.ts';
import { readBody, readFormField } from '../http/body.ts';
import type { Answer } from '../http/server.ts';
import type { Log } from '../log.ts';
import { errorKind } from '../log.ts';
import type { TicketDesk } from '../tickets/verify.ts';
import { dropCookie, readCookie, setCookie } from './cookie.ts';
import type { Devices } from './devices.ts';
import type { Opening, Reply } from './frames.ts';
import { isForPerson, isOwnOrNavigation, securityHeaders } from './headers.ts';
import type { Page, Reader } from './pages.ts';
import { leavePage, leftPage, refusalPage } from './pages.ts';
import { UiProxy } from './proxy.ts';
import { relay } from './relay.ts';
import type { Session, Sessions } from './sessions.ts';
import { isSocketTarget, uiTarget } from './target.ts';

const enterPath = `${agentBasePath}${agentRoutes.enter}`;
const exportPath = `${agentBasePath}${agentRoutes.export}`;
export const leavePath = '/agent/leave';
const uiEntry = '/ui/';
const sweepEveryMs = 15_000;
const maxSockets = 64;
/** How long `access` waits for a gateway that is away; it is told later, by the sweep. */
const settleTimeoutMs = 8_000;
const clearEverything = '"cache", "cookies", "storage"';
const userIdPattern = /^[A-Za-z0-9._-]{1,64}$/;

export interface EntranceOptions {
  readonly config: AgentConfig;
  readonly sessions: Sessions;
  readonly devices: Devices;
  /** Who reads the log goes with the right to be inside. */
  readonly watchers: { endAllBut(allowed: ReadonlySet<string>): number };
  readonly tickets: TicketDesk;
  readonly exports: Exports;
  readonly log: Log;
  /** For what strangers can cause. */
  readonly refusals: Log;
}

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #proxy: UiProxy;
  readonly #cutters = new Set<() => void>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(options: EntranceOptions) {
    this.#options = options;
    this.#proxy = new UiProxy(options.config);
    this.#sweeping = setInterval(() => void this.#sweep(), sweepEveryMs);
    this.#sweeping.unref();
  }

  owns(target: string): boolean {
    const own: readonly string[] = [enterPath, exportPath, leavePath];
    return own.includes(target) || uiTarget(target) !== null;
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#refuse(error, request, response);
    }
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (!isSocketTarget(request.url) || !this.#isOwnHost(request)) {
      socket.destroy();
      return;
    }
    // A browser always says where a socket's page comes from, and cookies ride along regardless.
    if (this.#options.config.mode === 'export') {
      this.#turnAway(socket, 'runtime_suspended');
      return;
    }
    if (request.headers.origin !== this.#options.config.publicOrigin) {
      this.#turnAway(socket, 'origin_refused');
      return;
    }
    const session = this.#find(request);
    if (session === null) {
      this.#turnAway(socket, 'session_missing');
      return;
    }
    if (this.#cutters.size >= maxSockets) {
      this.#turnAway(socket, 'internal');
      return;
    }
    this.#connect({ request, socket, head }, session);
  }

  /** Ids of users with a living session. */
  userIds(): readonly string[] {
    return this.#options.sessions.userIds();
  }

  async access(request: IncomingMessage): Promise<Answer> {
    const { sessions, devices, watchers, log } = this.#options;
    const { allow } = await readBody(request, accessRequest);
    const allowed = new Set(allow);
    const unwatched = watchers.endAllBut(allowed);
    const ended = unwatched + (await sessions.end(({ userId }) => !allowed.has(userId)));
    await devices.revokeAllBut(allowed);
    await within(devices.settle(), settleTimeoutMs, 'devices').catch(() => undefined);
    log('access_narrowed', { ended });
    return { status: 200, body: { ended } };
  }

  close(): void {
    clearInterval(this.#sweeping);
    for (const cut of this.#cutters) cut();
    this.#proxy.close();
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isOwnHost(request)) throw new AgentFailure('not_found');
    const target = request.url ?? '';
    const { method } = request;
    if (target === enterPath || target === exportPath) {
      if (method !== 'POST') throw new AgentFailure('not_found');
      if (target === enterPath) await this.#enter(request, response);
      else await this.#export(request, response);
    } else if (this.#options.config.mode === 'export') {
      throw new AgentFailure('runtime_suspended');
    } else if (target === leavePath && method === 'GET') {
      this.#show(response, 200, leavePage(leavePath, this.#reader(request)));
    } else if (target === leavePath && method === 'POST') {
      await this.#leave(request, response);
    } else {
      await this.#open(request, response);
    }
  }

  /**
   * A form posted by a page of somebody else would put this browser into that person's session; the
   * site's pages therefore say who they are, and nobody else's may.
   */
  async #enter(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { config, sessions, log } = this.#options;
    const sub = await this.#spend(request, 'enter');
    if (config.mode === 'export') throw new AgentFailure('runtime_suspended');
    const former = this.#find(request);
    if (former !== null) await sessions.end(({ key }) => key === former.key);
    const id = await sessions.begin(sub);
    log('session_started', { replaced: former !== null });
    response.writeHead(303, {
      ...securityHeaders(config),
      'set-cookie': setCookie(config.publicScheme, id),
      'cache-control': 'no-store',
      'content-length': 0,
      location: uiEntry,
    });
    response.end();
  }

  async #export(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { config, exports, log } = this.#options;
    await this.#spend(request, 'export');
    log('export_asked');
    await exports.answer(response, securityHeaders(config));
  }

  /** The user of the form's ticket, which came from a page of the site. */
  async #spend(request: IncomingMessage, scope: NavigatedScope): Promise<string> {
    const { config, tickets } = this.#options;
    if (request.headers.origin !== config.siteOrigin) throw new AgentFailure('origin_refused');
    const ticket = await readFormField(request, 'ticket');
    const bearer = ticket === null || ticket === '' ? undefined : `Bearer ${ticket}`;
    const { sub } = await tickets.spend(bearer, scope);
    if (!userIdPattern.test(sub)) throw new AgentFailure('ticket_invalid');
    return sub;
  }

  async #leave(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { config, sessions, devices, log } = this.#options;
    if (request.headers.origin !== config.publicOrigin) throw new AgentFailure('origin_refused');
    const session = this.#find(request);
    if (session !== null) {
      const deviceId = sessions.deviceOf(session.key);
      await sessions.end(({ key }) => key === session.key);
      // Its key goes with the storage: the browser comes back as a new one.
      if (deviceId !== null) await devices.revoke(deviceId);
      void devices.settle();
      log('session_left');
    }
    response.setHeader('clear-site-data', clearEverything);
    response.setHeader('set-cookie', dropCookie(config.publicScheme));
    this.#show(response, 200, leftPage(this.#reader(request)));
  }

  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { config, sessions } = this.#options;
    const { origin } = request.headers;
    const isForeign = origin !== undefined && origin !== config.publicOrigin;
    if (isForeign || !isOwnOrNavigation(request.headers)) throw new AgentFailure('origin_refused');
    const session = this.#find(request);
    if (session === null) throw new AgentFailure('session_missing');
    const release = sessions.hang(session.key, () => response.destroy());
    if (release === null) throw new AgentFailure('internal');
    try {
      await this.#proxy.pass({ request, response, target: request.url ?? '' });
    } finally {
      release();
    }
  }

  #connect(upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer }, session: Session) {
    const { config, sessions, devices } = this.#options;
    let release: (() => void) | null = null;
    const cut = relay(upgrade, config, {
      opening: ({ deviceId }) => {
        if (!devices.isRevoked(deviceId)) return sessions.isAlive(session.key);
        void devices.settle();
        return false;
      },
      reply: (reply, opening) => this.#hear(session, reply, opening),
      activity: () => sessions.use(session.key),
      ended: () => {
        release?.();
        this.#cutters.delete(cut);
      },
    });
    this.#cutters.add(cut);
    release = sessions.hang(session.key, cut);
    if (release === null) cut();
  }

  #turnAway(socket: Duplex, code: AgentErrorCode): void {
    this.#options.refusals('socket_refused', { code });
    turnAway(socket, new AgentFailure(code));
  }

  #hear(session: Session, reply: Reply, opening: Opening): void {
    const { sessions, devices, log, refusals } = this.#options;
    if (reply.kind === 'connected') {
      sessions.bind(session.key, opening.deviceId);
      log('ui_connected');
      void devices.noteConnected(opening.deviceId, session).catch((error: unknown) => {
        log('device_not_noted', { kind: errorKind(error) });
      });
    } else if (reply.kind === 'unpaired' && reply.deviceId === opening.deviceId) {
      void devices.letIn(session, reply);
    } else {
      refusals('ui_refused', { code: reply.kind === 'refused' ? reply.code : 'foreign_device' });
    }
  }

  async #sweep(): Promise<void> {
    const { sessions, devices, log } = this.#options;
    try {
      const expired = await sessions.endExpired();
      if (expired > 0) log('sessions_expired', { count: expired });
      await devices.settle();
    } catch (error) {
      log('sweep_broke', { kind: errorKind(error) });
    }
  }

  #find(request: IncomingMessage): Session | null {
    const { config, sessions } = this.#options;
    return sessions.find(readCookie(config.publicScheme, request.headers.cookie));
  }

  #isOwnHost(request: IncomingMessage): boolean {
    return request.headers.host?.toLowerCase() === this.#options.config.publicHost;
  }

  #reader(request: IncomingMessage): Reader {
    const { siteOrigin } = this.#options.config;
    return { siteOrigin, acceptLanguage: request.headers['accept-language'] };
  }

  #refuse(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const failure = failureOf(error);
    if (failure !== error) this.#options.refusals('enter_broke', { kind: errorKind(error) });
    else this.#options.refusals('enter_refused', { code: failure.code });
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    if (!request.complete) response.setHeader('connection', 'close');
    const page = isForPerson(request.headers)
      ? refusalPage(failure.code, this.#reader(request))
      : { html: JSON.stringify(failure.toBody()), headers: jsonHeaders };
    this.#show(response, failure.httpStatus, page);
  }

  #show(response: ServerResponse, status: number, { html, headers }: Page): void {
    const bytes = Buffer.from(html);
    const common = securityHeaders(this.#options.config);
    response.writeHead(status, { ...common, ...headers, 'content-length': bytes.length });
    response.end(bytes);
  }
}

const jsonHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
};

/** In the agent's own words, so that the proof from outside can tell them from somebody else's. */
function turnAway(socket: Duplex, failure: AgentFailure): void {
  const body = JSON.stringify(failure.toBody());
  const head = [
    `HTTP/1.1 ${failure.httpStatus} Refused`,
    ...Object.entries(jsonHeaders).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
