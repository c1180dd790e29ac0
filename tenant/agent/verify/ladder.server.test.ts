/**
 * Every rung fails where it should, and says why: a gateway is given one fault at a time. That the
 * real one passes them all is tried in agent.server.test.ts.
 */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outsideRungs, verifyRungs } from '#schemas/contract/agent.ts';
import type { JsonObject } from '../bootstrap/document.ts';
import { renderConfig } from '../bootstrap/document.ts';
import type { AgentConfig } from '../config.ts';
import { Gateway } from '../openclaw/gateway.ts';
import { identityHeader } from '../openclaw/identity.ts';
import type { AskedCall, FakeGateway, GivenAnswer } from '../testing/gateway.ts';
import { createFakeGateway, healthyReadyz, hello } from '../testing/gateway.ts';
import { processSettings } from '../testing/settings.ts';
import { climb } from './ladder.ts';

const now = Date.now;
const unidentified = { code: 'UNAUTHORIZED', message: '', details: { code: 'AUTH_UNAUTHORIZED' } };
const foreign = {
  code: 'INVALID_REQUEST',
  message: '',
  details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED' },
};
const healthy: Record<string, string> = {
  ready_json: 'pass',
  websocket_handshake: 'pass',
  version_floor: 'pass',
  tokenless_refused: 'pass',
  foreign_origin_refused: 'pass',
  security_audit: 'pass',
  model_auth: 'pass',
};

let fake: FakeGateway;
let config: AgentConfig;
let gateway: Gateway;

beforeEach(async () => {
  fake = await createFakeGateway();
  place(fake.url);
  fake.answer = sound({});
});
afterEach(async () => {
  await gateway.close();
  await fake.close();
});

function place(gatewayUrl: string): void {
  config = { ...processSettings, gatewayUrl };
  gateway = new Gateway(config);
}

interface Faults {
  readonly hello?: object;
  readonly stranger?: GivenAnswer;
  readonly foreign?: GivenAnswer;
  readonly gatewayChanges?: JsonObject;
  readonly config?: GivenAnswer;
  readonly auth?: GivenAnswer;
}

/** A sound gateway, but for what is named. */
function sound(faults: Faults): (call: AskedCall) => GivenAnswer {
  const rendered = renderConfig(config, {});
  const section = { ...(rendered['gateway'] as JsonObject), ...faults.gatewayChanges };
  const snapshot = { valid: true, config: { ...rendered, gateway: section } };
  return ({ method, headers }) => {
    if (method === 'config.get') return faults.config ?? { payload: snapshot };
    if (method === 'models.authStatus') return faults.auth ?? { payload: login('ok') };
    if (method !== 'connect') return { error: { code: 'INVALID_REQUEST' } };
    if (headers[identityHeader] === undefined) return faults.stranger ?? { error: unidentified };
    if (headers.origin !== undefined) return faults.foreign ?? { error: foreign };
    return { payload: faults.hello ?? hello };
  };
}

function login(status: string): object {
  return { providers: [{ provider: 'openai', status }] };
}

async function rungs(floor = '2026.5.18'): Promise<Record<string, string>> {
  const { rungs: climbed } = await climb({ config, gateway, now }, floor);
  return Object.fromEntries(
    climbed.map(({ rung, result, reason }) => [
      rung,
      reason === '' ? result : `${result}:${reason}`,
    ]),
  );
}

it('passes a sound gateway, on every rung that is ours', async () => {
  expect(await rungs()).toEqual(healthy);
  const ours = verifyRungs.filter((rung) => !(outsideRungs as readonly string[]).includes(rung));
  expect(Object.keys(healthy)).toEqual(ours);
});

describe('one fault fails its own rung, and no other', () => {
  it.each<[string, Faults, string]>([
    ['websocket_handshake', { hello: withScopes(['operator.read']) }, 'scopes_missing'],
    ['version_floor', { hello: withVersion('2026.5.17') }, 'version_below_floor'],
    ['version_floor', { hello: withVersion('2026.5.18-beta.1') }, 'version_below_floor'],
    ['version_floor', { hello: withVersion('latest') }, 'version_unreadable'],
    ['tokenless_refused', { stranger: { payload: hello } }, 'tokenless_accepted'],
    ['tokenless_refused', { stranger: { error: { code: 'BUSY' } } }, 'refused_for_other_reason'],
    ['foreign_origin_refused', { foreign: { payload: hello } }, 'foreign_origin_accepted'],
    ['foreign_origin_refused', { foreign: { error: unidentified } }, 'refused_for_other_reason'],
    ['security_audit', { config: { payload: { valid: false, config: {} } } }, 'config_invalid'],
    ['security_audit', { gatewayChanges: { auth: { mode: 'none' } } }, 'gateway_auth_differs'],
    [
      'security_audit',
      { gatewayChanges: { trustedProxies: ['0.0.0.0/0'] } },
      'trusted_proxies_differ',
    ],
    ['security_audit', { gatewayChanges: { bind: 'custom' } }, 'gateway_bind_differs'],
    ['security_audit', { gatewayChanges: { terminal: { enabled: true } } }, 'terminal_differs'],
    ['security_audit', { gatewayChanges: { tailscale: { mode: 'funnel' } } }, 'gateway_exposed'],
    ['security_audit', { config: { error: { code: 'INVALID_REQUEST' } } }, 'gateway_refused'],
    ['security_audit', { config: { payload: 'odd' } }, 'gateway_nonsense'],
    ['model_auth', { auth: { payload: login('expired') } }, 'login_expired'],
    ['model_auth', { auth: { payload: login('splendid') } }, 'login_unknown'],
  ])('%s: %j', async (rung, faults, reason) => {
    fake.answer = sound(faults);
    expect(await rungs()).toEqual({ ...healthy, [rung]: `fail:${reason}` });
  });

  it('model_auth: a login that will die soon still passes, and none at all is pending', async () => {
    fake.answer = sound({ auth: { payload: login('expiring') } });
    expect(await rungs()).toEqual(healthy);
    fake.answer = sound({ auth: { payload: { providers: [] } } });
    expect(await rungs()).toEqual({ ...healthy, model_auth: 'pending:no_login' });
  });

  it.each([
    ['a page', { ...healthyReadyz, type: 'text/html', body: '<html>OK</html>' }, 'not_json'],
    ['JSON of another kind', { ...healthyReadyz, body: '{"status":"ok"}' }, 'not_json'],
    ['not ready yet', { ...healthyReadyz, status: 503, body: '{"ready":false}' }, 'not_ready'],
    [
      'a body without end',
      { ...healthyReadyz, body: `{"ready":true,"x":"${'y'.repeat(20_000)}"}` },
      'not_json',
    ],
  ])('ready_json: %s', async (_name, readyz, reason) => {
    fake.readyz = readyz;
    expect(await rungs()).toEqual({ ...healthy, ready_json: `fail:${reason}` });
  });
});

describe('where there is no gateway', () => {
  let page: Server;
  beforeEach(async () => {
    page = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>It works!</html>');
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    await gateway.close();
    place(`ws://127.0.0.1:${(page.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    page.closeAllConnections();
    await new Promise((resolve) => page.close(resolve));
  });

  const nothing = {
    websocket_handshake: 'fail:gateway_unreachable',
    version_floor: 'fail:version_unknown',
    tokenless_refused: 'fail:gateway_unreachable',
    foreign_origin_refused: 'fail:gateway_unreachable',
    security_audit: 'fail:gateway_unreachable',
    model_auth: 'fail:gateway_unreachable',
  };

  it('but a page with status 200, every rung fails', async () => {
    expect(await rungs()).toEqual({ ready_json: 'fail:not_json', ...nothing });
  });

  it('and nothing at all, every rung fails', async () => {
    page.closeAllConnections();
    await new Promise((resolve) => page.close(resolve));
    expect(await rungs()).toEqual({ ready_json: 'fail:gateway_unreachable', ...nothing });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
  });
});

it('a gateway that falls silent fails what it does not answer, within the time of a rung', async () => {
  const answer = sound({});
  fake.answer = (call) => (call.method === 'config.get' ? null : answer(call));
  const startedMs = performance.now();
  expect(await rungs()).toEqual({ ...healthy, security_audit: 'fail:gateway_timeout' });
  expect(performance.now() - startedMs).toBeLessThan(12_000);
}, 20_000);

it('a gateway that is still starting is said to be, not to be broken', async () => {
  const error = { code: 'UNAVAILABLE', message: 'starting', retryable: true };
  fake.answer = () => ({ error });
  expect(await rungs()).toMatchObject({
    websocket_handshake: 'fail:gateway_starting',
    tokenless_refused: 'fail:gateway_starting',
    foreign_origin_refused: 'fail:gateway_starting',
    security_audit: 'fail:gateway_starting',
  });
});

function withScopes(scopes: readonly string[]): object {
  return { ...hello, auth: { role: 'operator', scopes } };
}

function withVersion(version: string): object {
  return { ...hello, server: { version } };
}
