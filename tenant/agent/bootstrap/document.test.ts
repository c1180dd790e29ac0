import { describe, expect, it } from 'vitest';
import { processSettings, serverSettings } from '../testing/settings.ts';
import type { JsonObject } from './document.ts';
import { gatewaySection, renderConfig } from './document.ts';
import { loginPatterns } from './redaction.ts';

/** They are tried in `redaction.test.ts`, and name what they mask. */
function withoutPatterns(document: JsonObject): JsonObject {
  const { redactPatterns, ...logging } = document['logging'] as JsonObject;
  expect(redactPatterns).toContain(loginPatterns[0]);
  return { ...document, logging };
}

describe('a new configuration', () => {
  it('is exactly this on a tenant server', () => {
    expect(withoutPatterns(renderConfig(serverSettings, {}))).toMatchInlineSnapshot(`
      {
        "agents": {
          "defaults": {
            "model": {
              "primary": "openai/gpt-5.5",
            },
          },
        },
        "gateway": {
          "auth": {
            "identityScopes": {
              "tenant-agent": [
                "operator.admin",
                "operator.pairing",
                "operator.read",
                "operator.write",
              ],
            },
            "mode": "trusted-proxy",
            "trustedProxy": {
              "allowUsers": [
                "tenant-agent",
                "owner",
              ],
              "requiredHeaders": [
                "x-forwarded-proto",
                "x-forwarded-host",
              ],
              "userHeader": "x-tenant-user",
            },
          },
          "bind": "lan",
          "cliAgents": {
            "enabled": false,
          },
          "controlUi": {
            "allowedOrigins": [
              "https://acme.runtimes.example",
            ],
            "automaticallyFetchFavicons": false,
            "basePath": "/ui",
            "communityInvite": false,
            "enabled": true,
          },
          "mode": "local",
          "nodes": {
            "pairing": {
              "autoApproveLocal": false,
              "sshVerify": false,
            },
          },
          "port": 18789,
          "publicOrigin": "https://acme.runtimes.example",
          "terminal": {
            "enabled": false,
          },
          "trustedProxies": [
            "172.30.1.10",
          ],
        },
        "logging": {
          "file": "/home/node/.openclaw/logs/gateway.log",
          "maxFileBytes": 10485760,
        },
        "models": {
          "providers": {
            "openai": {
              "agentRuntime": {
                "id": "openclaw",
              },
            },
          },
        },
        "plugins": {
          "entries": {
            "admin-http-rpc": {
              "enabled": false,
            },
          },
        },
        "update": {
          "checkOnStart": false,
        },
      }
    `);
  });

  it('trusts loopback only where gateway and agent are processes of one machine', () => {
    expect(gatewaySection(serverSettings)).not.toHaveProperty('auth.trustedProxy.allowLoopback');
    expect(gatewaySection(processSettings)).toMatchObject({
      bind: 'loopback',
      trustedProxies: ['127.0.0.1'],
      auth: { trustedProxy: { allowLoopback: true } },
    });
  });

  it('names no public origin on plain http, which the gateway would refuse', () => {
    expect(gatewaySection(processSettings)).not.toHaveProperty('publicOrigin');
  });

  it('holds no secret and no place for one', () => {
    const text = JSON.stringify(withoutPatterns(renderConfig(serverSettings, {})));
    expect(text).not.toMatch(/token|password|secret|apiKey/i);
  });
});

describe('an existing configuration', () => {
  const customer = {
    messages: { ackReactionScope: 'all' },
    channels: { telegram: { enabled: true } },
    agents: { defaults: { model: { primary: 'openai/gpt-6-sol' }, timeoutSeconds: 60 } },
    models: { providers: { local: { baseUrl: 'http://x' }, openai: { models: [] } } },
    plugins: { entries: { memory: { enabled: true } } },
    gateway: { reload: { mode: 'hybrid' } },
    logging: { level: 'debug' },
  };

  it("keeps the customer's parts", () => {
    const rendered = renderConfig(serverSettings, customer);
    expect(rendered).toMatchObject({ ...customer, gateway: { reload: { mode: 'hybrid' } } });
  });

  it('changes nothing when rendered again', () => {
    const once = renderConfig(serverSettings, customer);
    expect(renderConfig(serverSettings, once)).toEqual(once);
  });

  it('loses every second way in, whoever opened it', () => {
    const opened = renderConfig(serverSettings, {
      gateway: {
        bind: 'lan',
        auth: {
          mode: 'token',
          token: 'x',
          password: 'y',
          identityScopes: { mallory: ['operator.admin'] },
          trustedProxy: { deviceAutoApprove: { enabled: true } },
        },
        controlUi: { allowedOrigins: ['*'], allowInsecureAuth: true },
        trustedProxies: ['0.0.0.0/0'],
        allowRealIpFallback: true,
        tailscale: { mode: 'funnel' },
        http: { endpoints: { responses: { enabled: true } } },
        nodes: { pairing: { autoApproveLocal: true } },
        terminal: { enabled: true },
      },
      plugins: { entries: { 'admin-http-rpc': { enabled: true } } },
    });
    expect(opened['gateway']).toEqual(gatewaySection(serverSettings));
    expect(opened).toHaveProperty('plugins.entries.admin-http-rpc.enabled', false);
  });

  it('survives shapes that make no sense', () => {
    const odd = { gateway: [], models: 'x', agents: null, plugins: { entries: 7 } };
    expect(renderConfig(serverSettings, odd)).toEqual(renderConfig(serverSettings, {}));
  });

  it('keeps a model named in the short form', () => {
    const short = { agents: { defaults: { model: 'openai/gpt-6-sol' } } };
    expect(renderConfig(serverSettings, short)).toMatchObject(short);
  });
});
