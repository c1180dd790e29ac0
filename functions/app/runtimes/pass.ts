/** Where a browser calls a runtime's agent directly. */
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import type { BrowserScope } from '#schemas/contract/agent.ts';
import type { RuntimesDeps } from './deps.ts';

export const agentEndpoint = (
  { scheme }: Pick<RuntimesDeps, 'scheme'>,
  { host }: { readonly host: string },
  scope: BrowserScope,
): string => `${scheme}://${host}${agentBasePath}${agentRoutes[scope]}`;
