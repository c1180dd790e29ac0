import { expect, it } from 'vitest';
import { processSettings, serverSettings } from '../testing/settings.ts';
import { isForPerson, isOwnOrNavigation, toBrowser, toGateway } from './headers.ts';

const identity = {
  host: 'acme.runtimes.example',
  'x-forwarded-for': '192.0.2.2',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'acme.runtimes.example',
  'x-tenant-user': 'owner',
  'x-openclaw-scopes': 'operator.read,operator.write,operator.approvals,operator.questions',
};

it('tells the gateway who is asking, whatever the browser says', () => {
  const forged = {
    host: 'evil.example',
    accept: 'text/html',
    authorization: 'Bearer x',
    cookie: 'runtime-session=x',
    forwarded: 'for=127.0.0.1',
    'proxy-authorization': 'Basic x',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'gopher',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-port': '1',
    'x-forwarded-user': 'tenant-agent',
    'x-real-ip': '127.0.0.1',
    'x-tenant-user': 'tenant-agent',
    x_tenant_user: 'tenant-agent',
    'x-openclaw-scopes': 'operator.admin',
    'x-openclaw-token': 'x',
    'tailscale-user-login': 'x',
    'content-length': '7',
    'transfer-encoding': 'chunked',
    upgrade: 'h2c',
    connection: 'x-tenant-user, x-openclaw-scopes',
  };
  expect(toGateway(forged, serverSettings)).toEqual({ accept: 'text/html', ...identity });
});

it('lets the gateway set no cookie, no scope of a worker and no way of its own', () => {
  const headers = {
    'content-type': 'text/html',
    'content-security-policy': "default-src 'self'",
    'content-encoding': 'br',
    'set-cookie': ['a=b; Domain=runtimes.example'],
    'service-worker-allowed': '/',
    'alt-svc': 'h3=":443"',
    'clear-site-data': '"cookies"',
    'strict-transport-security': 'max-age=0',
    connection: 'close, x-hop',
    'x-hop': '1',
    'transfer-encoding': 'chunked',
  };
  const kept = {
    'content-type': 'text/html',
    'content-security-policy': "default-src 'self'",
    'content-encoding': 'br',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  const secure = { ...kept, 'strict-transport-security': 'max-age=31536000' };
  expect(toBrowser(headers, serverSettings)).toEqual(secure);
  expect(toBrowser(headers, processSettings)).toEqual(kept);
});

it('takes links from anywhere, and parts of a page from its own origin only', () => {
  const from = (site: string, mode: string, dest: string): boolean =>
    isOwnOrNavigation({ 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest });
  expect(isOwnOrNavigation({})).toBe(true);
  expect(from('same-origin', 'cors', 'empty')).toBe(true);
  expect(from('none', 'navigate', 'document')).toBe(true);
  expect(from('cross-site', 'navigate', 'document')).toBe(true);
  expect(from('cross-site', 'navigate', 'iframe')).toBe(false);
  expect(from('same-site', 'no-cors', 'script')).toBe(false);
  expect(from('cross-site', 'cors', 'empty')).toBe(false);
});

it('knows for whom an answer is', () => {
  expect(isForPerson({ 'sec-fetch-dest': 'document' })).toBe(true);
  expect(isForPerson({ accept: 'text/html,*/*;q=0.8' })).toBe(true);
  expect(isForPerson({ 'sec-fetch-dest': 'script', accept: 'text/html' })).toBe(false);
  expect(isForPerson({ accept: '*/*' })).toBe(false);
  expect(isForPerson({})).toBe(false);
});
