import { expect, it } from 'vitest';
import { gatewaySection, renderConfig } from '../bootstrap/document.ts';
import type { JsonObject } from '../bootstrap/document.ts';
import { serverSettings } from '../testing/settings.ts';
import { driftReason } from './drift.ts';

function snapshotWith(
  changes: JsonObject,
  plugins: JsonObject = {},
): Parameters<typeof driftReason>[1] {
  const config = renderConfig(serverSettings, {});
  const gateway = { ...(config['gateway'] as JsonObject), ...changes };
  return { valid: true, config: { gateway, plugins } };
}

it('is silent about what bootstrap wrote, and about the rest of the section', () => {
  expect(driftReason(serverSettings, snapshotWith({ reload: { mode: 'hybrid' } }))).toBe('');
});

it.each<[string, JsonObject]>([
  ['gateway_auth_differs', { auth: { mode: 'none' } }],
  ['trusted_proxies_differ', { trustedProxies: ['10.0.0.0/8'] }],
  ['control_ui_differs', { controlUi: { enabled: true, allowedOrigins: ['*'] } }],
  ['pairing_differs', { nodes: { pairing: { autoApproveLocal: true } } }],
  ['terminal_differs', { terminal: { enabled: true } }],
  ['gateway_exposed', { tailscale: { mode: 'funnel' } }],
  ['gateway_exposed', { http: { endpoints: {} } }],
])('says %s', (reason, changes) => {
  expect(driftReason(serverSettings, snapshotWith(changes))).toBe(reason);
});

it('says when somebody else was let in, or given rights', () => {
  const auth = gatewaySection(serverSettings)['auth'] as JsonObject;
  const proxy = auth['trustedProxy'] as JsonObject;
  const more = { ...auth, trustedProxy: { ...proxy, allowUsers: ['tenant-agent', 'owner', 'x'] } };
  const higher = { ...auth, identityScopes: { owner: ['operator.admin'] } };
  for (const changed of [more, higher]) {
    const snapshot = snapshotWith({ auth: changed });
    expect(driftReason(serverSettings, snapshot)).toBe('gateway_auth_differs');
  }
});

it('says when the admin plugin was switched on, or the file is broken', () => {
  const entries = { entries: { 'admin-http-rpc': { enabled: true } } };
  const snapshot = snapshotWith({}, entries);
  expect(driftReason(serverSettings, snapshot)).toBe('admin_http_rpc_enabled');
  expect(driftReason(serverSettings, { ...snapshot, valid: false })).toBe('config_invalid');
});
