/**
 * Which origins may talk to a project, and which count as the same site as the API.
 * Used by CORS, session cookies and realtime.
 */
import { isIP } from 'node:net';
import type { Project } from './types.ts';

/** Host name of an `Origin` header without port; '' if it has none (`null`, garbage). */
export function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname.toLowerCase() : '';
}

/** Platforms are exact host names or `*.example.com`. Every port of localhost is allowed. */
export function originAllowed(
  project: Project | undefined,
  origin: string,
  apiHosts: ReadonlySet<string>,
): boolean {
  const host = originHost(origin);
  if (host === 'localhost' || apiHosts.has(host)) return true;
  if (project === undefined || host === '') return false;
  return project.platforms.some(
    (platform) =>
      platform === host || (platform.startsWith('*.') && host.endsWith(platform.slice(1))),
  );
}

export function unknownOriginMessage(origin: string): string {
  return (
    `Invalid Origin. Register your new client (${originHost(origin)}) as a new Web platform on ` +
    'your project console dashboard'
  );
}

/**
 * The part of a host name that cookies may be shared under; '' for addresses and bare names.
 * Two labels, which is right for `shop.localhost` and common domains; names under public
 * suffixes of several labels (`co.kr`) are not known here.
 */
export function registrableDomain(host: string): string {
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return '';
  const labels = host.split('.').filter((label) => label !== '');
  return labels.length < 2 ? '' : labels.slice(-2).join('.');
}

export function sameSite(first: string, second: string): boolean {
  const domain = registrableDomain(first);
  return domain !== '' && domain === registrableDomain(second);
}
