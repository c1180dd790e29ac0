import { expect, it } from 'vitest';
import { ConfigError, parseConfig } from './config.ts';

const x = 'A'.repeat(43);
const complete = {
  RUNTIME_ID: 'rt_1',
  RUNTIME_HOST: 'acme.runtimes.example',
  RUNTIME_SCHEME: 'https',
  SITE_ORIGIN: 'https://site.example',
  CONTROL_PLANE_KEYS: JSON.stringify({ keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: 'k1' }] }),
  GATEWAY_URL: 'ws://openclaw:18789',
  GATEWAY_BIND: 'lan',
  GATEWAY_PORT: '18789',
  AGENT_ADDRESS: '172.30.1.10',
  AGENT_PORT: '8080',
  AGENT_DATA_DIR: '/data',
  OPENCLAW_STATE_DIR: '/home/node/.openclaw',
  BACKUP_DIR: '/backups',
  SCRATCH_DIR: '/scratch',
  SCRATCH_URL: 'ws://10.130.7.4:18789',
};

function problem(changes: Record<string, string | undefined>): string {
  try {
    parseConfig({ ...complete, ...changes });
    return 'accepted';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

it('reads a complete environment', () => {
  expect(parseConfig(complete)).toMatchObject({
    publicOrigin: 'https://acme.runtimes.example',
    listenAddress: '0.0.0.0',
    listenPort: 8080,
    codexAuthorizeOrigin: null,
  });
});

it('listens on loopback only, where the gateway does', () => {
  const changes = { GATEWAY_BIND: 'loopback', AGENT_ADDRESS: '127.0.0.1' };
  expect(parseConfig({ ...complete, ...changes }).listenAddress).toBe('127.0.0.1');
});

it('takes an empty optional variable for an absent one', () => {
  expect(parseConfig({ ...complete, CODEX_AUTHORIZE_ORIGIN: '' }).codexAuthorizeOrigin).toBeNull();
});

it.each([
  [{ RUNTIME_ID: undefined }, 'settings refused: RUNTIME_ID is missing'],
  [{ AGENT_PORT: '70000' }, 'settings refused: AGENT_PORT is malformed'],
  [{ SITE_ORIGIN: 'https://site.example/' }, 'settings refused: SITE_ORIGIN must be an origin'],
  [{ SITE_ORIGIN: '*' }, 'settings refused: SITE_ORIGIN must be an origin'],
  [{ AGENT_ADDRESS: 'agent' }, 'settings refused: AGENT_ADDRESS must be an IP address'],
  [{ CONTROL_PLANE_KEYS: '{' }, 'settings refused: CONTROL_PLANE_KEYS must be JSON'],
  [{ CONTROL_PLANE_KEYS: '{"keys":[]}' }, 'settings refused: CONTROL_PLANE_KEYS is malformed'],
])('names what is wrong in one line: %j', (changes, message) => {
  expect(problem(changes)).toContain(message);
});

it('takes two keys at once, and refuses two of one name', () => {
  const key = (kid: string) => ({ kty: 'OKP', crv: 'Ed25519', x, kid });
  const keys = (...kids: string[]) => ({
    CONTROL_PLANE_KEYS: JSON.stringify({ keys: kids.map(key) }),
  });
  expect(problem(keys('2026-10', '2026-11'))).toBe('accepted');
  expect(problem(keys('2026-11', '2026-11'))).toBe(
    'settings refused: CONTROL_PLANE_KEYS must be of different kid',
  );
});

it('refuses a private key, and does not repeat it', () => {
  const key = { kty: 'OKP', crv: 'Ed25519', x, kid: 'k1', d: 'private-canary' };
  const message = problem({ CONTROL_PLANE_KEYS: JSON.stringify({ keys: [key] }) });
  expect(message).toBe('settings refused: CONTROL_PLANE_KEYS is malformed');
});
