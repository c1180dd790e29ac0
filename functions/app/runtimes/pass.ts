/** What a member's browser needs to call a runtime's agent directly: where, and a ticket for once. */
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import type { BrowserScope } from '#schemas/contract/agent.ts';
import type { RuntimesDeps } from './deps.ts';

/** From the click to the call: seconds as a rule. */
const usualLifeSeconds = 60;

export interface Pass {
  readonly endpoint: string;
  readonly ticket: string;
  readonly ticketExpiresAt: string;
}

interface Wanted {
  readonly userId: string;
  readonly scope: BrowserScope;
  /** Left out: a minute. */
  readonly lifeSeconds?: number;
  /** The login that it may finish. */
  readonly attempt?: string;
}

export const passFor = async (
  { tickets, scheme }: Pick<RuntimesDeps, 'tickets' | 'scheme'>,
  { id: runtimeId, host }: { readonly id: string; readonly host: string },
  { userId: subject, scope, lifeSeconds = usualLifeSeconds, ...bound }: Wanted,
): Promise<Pass> => {
  const { token, expiresAt } = await tickets.mint({
    ...{ runtimeId, subject, scope, lifeSeconds },
    ...bound,
  });
  return {
    endpoint: `${scheme}://${host}${agentBasePath}${agentRoutes[scope]}`,
    ticket: token,
    ticketExpiresAt: expiresAt.toISOString(),
  };
};
