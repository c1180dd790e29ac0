/** Who knocks: the project a socket is for, why it may be turned away, the user of its session. */
import type { IncomingMessage } from 'node:http';
import { sentSecret } from '../http/cookies.ts';
import { originAllowed, unknownOriginMessage } from '../kernel/origin.ts';
import type { Services } from '../kernel/types.ts';

const CONSOLE = 'console';

export interface Visitor {
  readonly projectId: string;
  readonly search: URLSearchParams;
}

export function visitorOf(request: IncomingMessage): Visitor {
  const at = (request.url ?? '').indexOf('?');
  const search = new URLSearchParams(at < 0 ? '' : (request.url ?? '').slice(at + 1));
  const header = request.headers['x-appwrite-project'];
  const named = search.get('project') ?? (typeof header === 'string' ? header : '');
  return { projectId: named === '' ? CONSOLE : named, search };
}

/** The reason, or undefined for whoever may come in. */
export function refusalOf(
  services: Services,
  request: IncomingMessage,
  { projectId }: Visitor,
): string | undefined {
  const project = services.identity.project(projectId);
  if (project === undefined && projectId !== CONSOLE) return 'Missing or unknown project ID';
  const { origin } = request.headers;
  if (origin === undefined || origin === '') return undefined;
  const { host, apiDomains } = services.settings;
  const own = new Set(['localhost', '127.0.0.1', host, ...apiDomains]);
  return originAllowed(project, origin, own) ? undefined : unknownOriginMessage(origin);
}

/** '' for a guest. */
export function userOf(services: Services, request: IncomingMessage, projectId: string): string {
  const { secret } = sentSecret(request.headers, projectId);
  if (secret === '') return '';
  return services.identity.session(projectId, secret)?.userId ?? '';
}
