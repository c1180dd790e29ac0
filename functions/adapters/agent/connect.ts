/** The tenants' agents and their tickets, from the environment of a function. */
import type { TenantAgent, Tickets } from '#ports/runtime.ts';
import { agentEnv } from '#adapters/system/runtime-env.ts';
import { system } from '#adapters/system/system.ts';
import { createTenantAgent } from './client.ts';
import { createTickets, publicKeySet } from './tickets.ts';

export interface AgentPorts {
  readonly agent: TenantAgent;
  readonly tickets: Tickets;
  readonly scheme: 'http' | 'https';
  /** Public keys, for the tenant's environment. */
  readonly controlPlaneKeys: string;
}

export const connectAgents = (): AgentPorts => {
  const { signingKey, scheme, address } = agentEnv();
  const tickets = createTickets(signingKey, system);
  const settings = address === undefined ? { scheme } : { scheme, address };
  return {
    agent: createTenantAgent(settings, tickets),
    tickets,
    scheme,
    controlPlaneKeys: publicKeySet(signingKey),
  };
};
