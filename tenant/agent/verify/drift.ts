/**
 * Compares what the gateway runs with what `bootstrap` wrote. Guarantees: pure; the first section
 * that differs is named by a stable reason. OpenClaw's own `security audit` is a command of its CLI
 * and is not offered over RPC; this is the part of it the agent can see: its live configuration.
 */
import type { ConfigSnapshot } from '#schemas/wire/openclaw.ts';
import { isDeepStrictEqual } from 'node:util';
import { gatewaySection } from '../bootstrap/document.ts';
import type { AgentConfig } from '../config.ts';

const strictSections = [
  ['mode', 'gateway_mode_differs'],
  ['bind', 'gateway_bind_differs'],
  ['trustedProxies', 'trusted_proxies_differ'],
  ['auth', 'gateway_auth_differs'],
  ['controlUi', 'control_ui_differs'],
  ['nodes', 'pairing_differs'],
  ['terminal', 'terminal_differs'],
  ['cliAgents', 'cli_agents_differ'],
] as const;

const absentSections = ['http', 'remote', 'tailscale', 'allowRealIpFallback'] as const;

/** '' when nothing differs. */
export function driftReason(config: AgentConfig, snapshot: ConfigSnapshot): string {
  if (!snapshot.valid) return 'config_invalid';
  const live = snapshot.config.gateway ?? {};
  const wanted = gatewaySection(config);
  const drifted = strictSections.find(([key]) => !isDeepStrictEqual(live[key], wanted[key]));
  if (drifted !== undefined) return drifted[1];
  const extra = absentSections.find((key) => live[key] !== undefined && live[key] !== false);
  if (extra !== undefined) return 'gateway_exposed';
  return isAdminRpcOn(snapshot) ? 'admin_http_rpc_enabled' : '';
}

function isAdminRpcOn(snapshot: ConfigSnapshot): boolean {
  const entries = snapshot.config.plugins?.['entries'];
  const entry = propertyOf(entries, 'admin-http-rpc');
  return propertyOf(entry, 'enabled') === true;
}

function propertyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
