/**
 * The gateway's configuration, as data. Guarantees: pure; no secret of any kind is in it; what
 * guards the tenant's boundary is ours and replaces whatever stands there, everything else of an
 * existing file is the customer's and survives.
 */
import type { AgentConfig } from '../config.ts';
import {
  agentGatewayScopes,
  agentIdentity,
  identityHeader,
  ownerIdentity,
  requiredProxyHeaders,
} from '../openclaw/identity.ts';
import { redactPatterns } from './redaction.ts';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** Every ChatGPT plan with Codex may use it; the newer tiers depend on the account. */
export const defaultModel = 'openai/gpt-5.5';
export const uiBasePath = '/ui';
const maxLogFileBytes = 10 * 1024 * 1024;

/** Keys below `gateway` that could open a second way in; nobody may set them. */
const forbiddenGatewayKeys = [
  'allowRealIpFallback',
  'customBindHost',
  'http',
  'publicOrigin',
  'remote',
  'tailscale',
  'tls',
] as const;

/** The section that decides who gets in. Replaced as a whole, never merged. */
export function gatewaySection(config: AgentConfig): JsonObject {
  const trustedProxy: JsonObject = {
    userHeader: identityHeader,
    requiredHeaders: [...requiredProxyHeaders],
    allowUsers: [agentIdentity, ownerIdentity],
  };
  // Processes on one machine have no address of their own. Any local process could then pose as
  // the agent; on a tenant server the two have separate network identities and this stays unset.
  if (config.gatewayBind === 'loopback') trustedProxy['allowLoopback'] = true;
  const section: JsonObject = {
    mode: 'local',
    bind: config.gatewayBind,
    port: config.gatewayPort,
    trustedProxies: [config.agentAddress],
    auth: {
      mode: 'trusted-proxy',
      trustedProxy,
      identityScopes: { [agentIdentity]: [...agentGatewayScopes] },
    },
    controlUi: {
      enabled: true,
      basePath: uiBasePath,
      allowedOrigins: [config.publicOrigin],
      automaticallyFetchFavicons: false,
      communityInvite: false,
    },
    nodes: { pairing: { autoApproveLocal: false, sshVerify: false } },
    terminal: { enabled: false },
    cliAgents: { enabled: false },
  };
  // The gateway refuses to start with a public origin on plain http.
  if (config.publicScheme === 'https') section['publicOrigin'] = config.publicOrigin;
  return section;
}

/** The file to write, given what is there now. Applying it twice changes nothing. */
export function renderConfig(config: AgentConfig, existing: JsonObject): JsonObject {
  const gateway = { ...objectAt(existing, 'gateway') };
  for (const key of forbiddenGatewayKeys) Reflect.deleteProperty(gateway, key);
  return {
    ...existing,
    gateway: { ...gateway, ...gatewaySection(config) },
    models: withEmbeddedRuntime(objectAt(existing, 'models')),
    agents: withPrimaryModel(objectAt(existing, 'agents')),
    plugins: withoutAdminRpc(objectAt(existing, 'plugins')),
    update: { ...objectAt(existing, 'update'), checkOnStart: false },
    logging: {
      file: `${config.openclawStateDir}/logs/gateway.log`,
      maxFileBytes: maxLogFileBytes,
      ...objectAt(existing, 'logging'),
      redactPatterns: redactPatterns(objectAt(existing, 'logging')['redactPatterns']),
    },
  };
}

/** With the runtime unset, an `openai/*` model makes the gateway install a plugin at start. */
function withEmbeddedRuntime(models: JsonObject): JsonObject {
  const providers = objectAt(models, 'providers');
  const openai = objectAt(providers, 'openai');
  return {
    ...models,
    providers: { ...providers, openai: { ...openai, agentRuntime: { id: 'openclaw' } } },
  };
}

function withPrimaryModel(agents: JsonObject): JsonObject {
  const defaults = objectAt(agents, 'defaults');
  const model = defaults['model'];
  if (typeof model === 'string' || typeof objectAt(defaults, 'model')['primary'] === 'string') {
    return agents;
  }
  return {
    ...agents,
    defaults: { ...defaults, model: { ...objectAt(defaults, 'model'), primary: defaultModel } },
  };
}

/** Full operator rights over plain HTTP: off, whoever switched it on. */
function withoutAdminRpc(plugins: JsonObject): JsonObject {
  const entries = objectAt(plugins, 'entries');
  const adminRpc = objectAt(entries, 'admin-http-rpc');
  return {
    ...plugins,
    entries: { ...entries, 'admin-http-rpc': { ...adminRpc, enabled: false } },
  };
}

export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : {};
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
