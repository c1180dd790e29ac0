/**
 * `req` as a function sees it, with the runtime's own habits kept: query values stay encoded,
 * what follows a second `?` is lost, `body` is parsed only for JSON and everything else is text.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { CONTROL_PREFIX, HEADER_TARGET } from './contract.ts';
import type { ExecutorStyle } from './contract.ts';

export interface FunctionRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly url: string;
  readonly queryString: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBinary: Buffer;
  readonly bodyText: string;
  readonly bodyRaw: string;
  readonly bodyJson: unknown;
  readonly body: unknown;
}

export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly style: ExecutorStyle;
}

export function functionHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(CONTROL_PREFIX)) continue;
    seen[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  // The connection is kept for the next call, which is none of the function's business.
  if (seen['connection'] !== undefined) seen['connection'] = 'close';
  return seen;
}

/** Later values win; nothing is decoded unless the recorded stand-in is imitated. */
export function parseQuery(queryString: string, style: ExecutorStyle): Record<string, string> {
  if (style === 'recorded') return Object.fromEntries(new URLSearchParams(queryString));
  const query: Record<string, string> = {};
  for (const part of queryString.split('&')) {
    const at = part.indexOf('=');
    const name = at < 0 ? part : part.slice(0, at);
    if (name !== '') query[name] = at < 0 ? '' : part.slice(at + 1);
  }
  return query;
}

function splitHost(hostHeader: string, scheme: string): { host: string; port: number } {
  const [host = '', port] = hostHeader.split(':');
  return { host, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port) };
}

function fullUrl(scheme: string, at: { host: string; port: number }, target: string): string {
  const usual = scheme === 'https' ? 443 : 80;
  return `${scheme}://${at.host}${at.port === usual ? '' : `:${String(at.port)}`}${target}`;
}

export function createRequest(wire: WireRequest): FunctionRequest {
  const given = wire.headers[HEADER_TARGET];
  const target = typeof given === 'string' ? decodeURIComponent(given) : wire.target;
  const [path = '', queryString = ''] = target.split('?');
  const headers = functionHeaders(wire.headers);
  const scheme = headers['x-forwarded-proto'] ?? 'http';
  const at = splitHost(headers['host'] ?? '', scheme);
  const isJson = (headers['content-type'] ?? '').toLowerCase().startsWith('application/json');
  return {
    method: wire.method,
    scheme,
    ...at,
    path,
    url: fullUrl(scheme, at, path + (queryString === '' ? '' : `?${queryString}`)),
    queryString,
    query: parseQuery(queryString, wire.style),
    headers,
    bodyBinary: wire.body,
    get bodyText() {
      return this.bodyBinary.toString();
    },
    get bodyRaw() {
      return this.bodyText;
    },
    get bodyJson(): unknown {
      return JSON.parse(this.bodyText) as unknown;
    },
    get body(): unknown {
      if (!isJson) return this.bodyText;
      return this.bodyBinary.length > 0 ? this.bodyJson : {};
    },
  };
}
