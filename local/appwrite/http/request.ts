/** Small readings of a raw request: path, host, project, address, response format. */
import { isIP } from 'node:net';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';

export interface SplitUrl {
  /** Path below `/v1`, undefined outside of it. */
  readonly path: string | undefined;
  /** Without `?`. */
  readonly search: string;
}

export function splitUrl(url: string): SplitUrl {
  const mark = url.indexOf('?');
  const full = mark < 0 ? url : url.slice(0, mark);
  const search = mark < 0 ? '' : url.slice(mark + 1);
  if (!full.startsWith('/v1/')) return { path: undefined, search };
  const path = full.slice(3);
  return { path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path, search };
}

/** Host name without port, lower-case; IPv6 without brackets. */
export function hostName(host: string | undefined): string {
  const text = (host ?? '').toLowerCase();
  if (text.startsWith('[')) return text.slice(1, text.indexOf(']'));
  const colon = text.lastIndexOf(':');
  return colon < 0 ? text : text.slice(0, colon);
}

/** The project asked for; without one, the console's. */
export function projectId(headers: IncomingHttpHeaders, search: string): string {
  const header = headers['x-appwrite-project'];
  if (typeof header === 'string' && header !== '') return header;
  if (!search.includes('project=')) return CONSOLE_PROJECT;
  return new URLSearchParams(search).get('project') ?? CONSOLE_PROJECT;
}

export const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.');

/** X-Forwarded-For is believed from this machine only, where a proxy in front would run. */
export function clientIp(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const forwarded = request.headers['x-forwarded-for'];
  if (typeof forwarded === 'string' && isLoopback(peer)) {
    const first = forwarded.split(',', 1)[0]?.trim() ?? '';
    if (isIP(first) !== 0) return first;
  }
  return peer;
}

export function isSecure(request: IncomingMessage): boolean {
  return request.headers['x-forwarded-proto'] === 'https';
}

function newer(first: string, second: string): boolean {
  const a = first.split('.').map(Number);
  const b = second.split('.').map(Number);
  for (let index = 0; index < 3; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** What SDKs made for a newer server are told; '' for the others and for nonsense. */
export function formatWarning(format: string | string[] | undefined, version: string): string {
  if (typeof format !== 'string' || !/^\d+\.\d+\.\d+$/.test(format)) return '';
  if (!newer(format, version)) return '';
  return (
    `The current SDK is built for Appwrite ${format}. However, the current Appwrite server ` +
    `version is ${version}. Please downgrade your SDK to match the Appwrite version: ` +
    'https://appwrite.io/docs/sdks'
  );
}
