/**
 * How the agent presents itself to the gateway. Guarantees: the only place that names the identity;
 * the forwarded address is one of the documentation range, so the gateway never takes the agent for
 * a local client, not even where both sit on loopback.
 */
import type { AgentConfig } from '../config.ts';

/** Gets its scopes from `gateway.auth.identityScopes`; no device, no token. */
export const agentIdentity = 'tenant-agent';
export const identityHeader = 'x-tenant-user';
export const requiredProxyHeaders = ['x-forwarded-proto', 'x-forwarded-host'] as const;

export const agentGatewayScopes = [
  'operator.admin',
  'operator.pairing',
  'operator.read',
  'operator.write',
] as const;

/**
 * Whoever has a session in the Control UI, to the gateway: it keeps one profile for it and shows the
 * name. One word for all, so that no id of a person reaches the tenant's software.
 */
export const ownerIdentity = 'owner';

/**
 * All a browser may have, whatever it asks for. The same on every request: a device that once came
 * without it would be asked to be paired anew.
 */
export const ownerScopes = [
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.questions',
] as const;

/** TEST-NET-1 (RFC 5737): must be there, must not be loopback, belongs to nobody. */
const forwardedFor = '192.0.2.1';
/** Of browsers; a pending device that came from elsewhere is not one the agent has let through. */
export const ownerAddress = '192.0.2.2';

export type HeaderMap = Readonly<Record<string, string>>;

/** What every proxied request carries, before an identity is added. */
export function proxyHeaders(config: AgentConfig): HeaderMap {
  return {
    'x-forwarded-for': forwardedFor,
    'x-forwarded-proto': config.publicScheme,
    'x-forwarded-host': config.publicHost,
  };
}

export function identityHeaders(config: AgentConfig): HeaderMap {
  return { ...proxyHeaders(config), [identityHeader]: agentIdentity };
}

/** What every request of a browser carries, over whatever it said itself. */
export function ownerHeaders(config: AgentConfig): HeaderMap {
  return {
    ...proxyHeaders(config),
    'x-forwarded-for': ownerAddress,
    [identityHeader]: ownerIdentity,
    'x-openclaw-scopes': ownerScopes.join(','),
  };
}
