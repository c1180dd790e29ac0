/** Settings of a runtime on a tenant server, for unit tests. */
import type { AgentConfig } from '../config.ts';

export const serverSettings: AgentConfig = {
  runtimeId: 'rt_1',
  publicOrigin: 'https://acme.runtimes.example',
  publicHost: 'acme.runtimes.example',
  publicScheme: 'https',
  siteOrigin: 'https://site.example',
  controlPlaneKeys: { keys: [] },
  gatewayUrl: 'ws://openclaw:18789',
  gatewayBind: 'lan',
  gatewayPort: 18_789,
  agentAddress: '172.30.1.10',
  listenAddress: '0.0.0.0',
  listenPort: 8080,
  dataDir: '/data',
  openclawStateDir: '/home/node/.openclaw',
  backupDir: '/backups',
  scratchDir: '/scratch',
  scratchStateDir: '/home/node/.openclaw',
  scratchUrl: 'ws://172.30.1.12:18789',
  codexAuthorizeOrigin: null,
  expectedImage: 'ghcr.io/openclaw/openclaw:2026.9.6',
  mode: 'run',
  stateOrder: null,
};

export const processSettings: AgentConfig = {
  ...serverSettings,
  publicOrigin: 'http://acme.runtimes.localhost:9000',
  publicHost: 'acme.runtimes.localhost:9000',
  publicScheme: 'http',
  gatewayUrl: 'ws://127.0.0.1:19001',
  gatewayBind: 'loopback',
  gatewayPort: 19_001,
  agentAddress: '127.0.0.1',
  listenAddress: '127.0.0.1',
};
