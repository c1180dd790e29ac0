/**
 * Cross-origin rules. A preflight is always answered and echoes any origin; the real request of
 * an unknown origin is refused, unless it carries an API key.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { AppwriteError } from '../kernel/errors.ts';
import { originAllowed, unknownOriginMessage } from '../kernel/origin.ts';
import type { Project } from '../kernel/types.ts';

const ALLOWED_HEADERS = [
  'Origin',
  'Cookie',
  'Set-Cookie',
  'X-Requested-With',
  'Content-Type',
  'Access-Control-Allow-Origin',
  'Access-Control-Request-Headers',
  'Accept',
  'X-Appwrite-Project',
  'X-Appwrite-Key',
  'X-Appwrite-Dev-Key',
  'X-Appwrite-Locale',
  'X-Appwrite-Mode',
  'X-Appwrite-JWT',
  'X-Appwrite-Response-Format',
  'X-Appwrite-Timeout',
  'X-Appwrite-ID',
  'X-Appwrite-Timestamp',
  'X-Appwrite-Session',
  'X-Appwrite-Organization',
  'X-SDK-Version',
  'X-SDK-Name',
  'X-SDK-Language',
  'X-SDK-Platform',
  'X-SDK-GraphQL',
  'X-SDK-Profile',
  'Range',
  'Cache-Control',
  'Expires',
  'Pragma',
  'Content-Range',
  'X-Fallback-Cookies',
  'X-Forwarded-For',
  'X-Forwarded-User-Agent',
].join(', ');

/** Sent with every answer; what only a preflight is about stays out of the others. */
export const BASE_CORS: Readonly<Record<string, string>> = {
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-Appwrite-Session, X-Fallback-Cookies',
};

export const PREFLIGHT_CORS: Readonly<Record<string, string>> = {
  ...BASE_CORS,
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': ALLOWED_HEADERS,
  'access-control-max-age': '86400',
};

export interface CorsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly project: Project | undefined;
  readonly apiHosts: ReadonlySet<string>;
}

/** Whether the answer may name the origin. */
export function corsOrigin({ headers, project, apiHosts }: CorsRequest): string | undefined {
  const { origin } = headers;
  if (origin === undefined || origin === '') return undefined;
  return originAllowed(project, origin, apiHosts) ? origin : undefined;
}

/** Throws general_unknown_origin. */
export function refuseForeignOrigin(request: CorsRequest): void {
  const { origin } = request.headers;
  if (origin === undefined || origin === '' || corsOrigin(request) !== undefined) return;
  if (request.headers['x-appwrite-key'] !== undefined) return;
  throw new AppwriteError('general_unknown_origin', unknownOriginMessage(origin));
}
