/**
 * The gateway's configuration for a host of the customer's own, as data. Guarantees: pure; nothing of
 * this platform is in it; a token that only its owner knows takes the place of the agent, and what
 * `renderConfig` would set on a runtime again is all that is taken away.
 */
import type { JsonObject } from '../bootstrap/document.ts';
import { objectAt } from '../bootstrap/document.ts';

/** Published on the host's loopback only; see `compose.ts`. */
export const barePort = 18_789;
const bareOrigins = [`http://127.0.0.1:${barePort}`, `http://localhost:${barePort}`];

/** Below `gateway`: what bootstrap writes for the agent in front of it. */
const ofThePlatform = [
  ...['trustedProxies', 'publicOrigin', 'nodes', 'cliAgents', 'auth', 'controlUi'],
] as const;

export function bareConfig(existing: JsonObject): JsonObject {
  const gateway = { ...objectAt(existing, 'gateway') };
  for (const key of ofThePlatform) Reflect.deleteProperty(gateway, key);
  return {
    ...existing,
    gateway: {
      ...gateway,
      mode: 'local',
      bind: 'lan',
      port: barePort,
      // The token itself comes from the environment, made by whoever restores it.
      auth: { mode: 'token' },
      controlUi: { enabled: true, allowedOrigins: [...bareOrigins] },
      terminal: { enabled: false },
    },
  };
}
