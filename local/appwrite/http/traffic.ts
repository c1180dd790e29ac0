/**
 * Who answers a request: the API under its own host names, the domain handler under all others,
 * and the realtime handler for WebSocket upgrades.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DomainHandler, RealtimeHandler, ServerSettings } from '../kernel/types.ts';
import { AppwriteError, asAppwriteError, errorBody } from '../kernel/errors.ts';
import type { Mailbox } from '../messaging/mailbox.ts';
import type { Dispatch } from './dispatch.ts';
import { sendErrorPage } from '../proxy/page.ts';
import { hostName, splitUrl } from './request.ts';

/** Names under which the API itself answers. */
export function apiHostsOf(settings: ServerSettings): ReadonlySet<string> {
  return new Set(['127.0.0.1', '::1', 'localhost', settings.host, ...settings.apiDomains]);
}

const under = (host: string, domain: string): boolean => host.endsWith(`.${domain}`);

function answerUnknownDomain(response: ServerResponse): void {
  const message = 'This domain is not connected to any resource.';
  sendErrorPage(response, new AppwriteError('rule_not_found', message));
}

export interface Traffic {
  readonly apiHosts: ReadonlySet<string>;
  readonly settings: ServerSettings;
  readonly dispatch: Dispatch;
  readonly domains: DomainHandler;
  readonly realtime: RealtimeHandler;
  readonly mailbox: Mailbox;
}

async function route(
  traffic: Traffic,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const host = hostName(request.headers.host);
  const { settings } = traffic;
  if (!traffic.apiHosts.has(host) && host !== '') {
    if (await traffic.domains.handle(request, response, host)) return;
    if (under(host, settings.functionsDomain) || under(host, settings.sitesDomain)) {
      answerUnknownDomain(response);
      return;
    }
  }
  // Under our own names only: a foreign one that leads here must not read mail.
  if (traffic.apiHosts.has(host) && (await traffic.mailbox.handle(request, response))) return;
  await traffic.dispatch(request, response);
}

function upgrade(traffic: Traffic, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (splitUrl(request.url ?? '').path === '/realtime') {
    traffic.realtime.upgrade(request, socket, head);
    return;
  }
  socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
}

export function connect(server: Server, traffic: Traffic, report: (error: unknown) => void): void {
  server.on('request', (request, response) => {
    route(traffic, request, response).catch((error: unknown) => {
      // The caller hung up in the middle of a body: nobody is left to answer.
      if (response.destroyed) return;
      const known = asAppwriteError(error, report);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      response.writeHead(known.code, { 'content-type': 'application/json; charset=UTF-8' });
      response.end(JSON.stringify(errorBody(known)));
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(traffic, request, socket, head);
  });
}
