/**
 * Which headers pass between a browser and the gateway. Guarantees: pure; a browser says nothing to
 * the gateway but what is listed here, so no header of identity, address, scope or login can be
 * forged whatever its spelling; the gateway, which is the tenant's, can set no cookie (not for this
 * host, not for its neighbours) and widen nothing beyond `/ui`.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { AgentConfig } from '../config.ts';
import { ownerHeaders } from '../openclaw/identity.ts';

const passedOn = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'pragma',
  'range',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'user-agent',
] as const;

const keptFromBrowser = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'proxy-connection',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const transportSecurity = 'max-age=31536000';

/** Host stays the public one: the gateway compares it with the Origin. */
export function toGateway(headers: IncomingHttpHeaders, config: AgentConfig): OutgoingHttpHeaders {
  const passed = passedOn.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(passed), host: config.publicHost, ...ownerHeaders(config) };
}

export function toBrowser(headers: IncomingHttpHeaders, config: AgentConfig): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const passed = Object.entries(headers).filter(
    ([name]) => !keptFromBrowser.has(name) && !named.includes(name),
  );
  return { ...Object.fromEntries(passed), ...securityHeaders(config) };
}

/** On every answer of this host to a browser. */
export function securityHeaders(config: AgentConfig): Readonly<Record<string, string>> {
  const common = { 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };
  if (config.publicScheme !== 'https') return common;
  return { ...common, 'strict-transport-security': transportSecurity };
}

/**
 * Whether a browser says that this is a page being opened, or part of one of our own pages. A page
 * of another site, and of a neighbouring runtime, may link here and do nothing else.
 */
export function isOwnOrNavigation(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

/** Whether a person will look at the answer. */
export function isForPerson(headers: IncomingHttpHeaders): boolean {
  const destination = headers['sec-fetch-dest'];
  if (destination !== undefined) return destination === 'document';
  return /\btext\/html\b/.test(headers.accept ?? '');
}
