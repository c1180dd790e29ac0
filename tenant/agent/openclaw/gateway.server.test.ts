/** What the agent makes of a gateway that is starting, silent, broken or hostile. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { authStatus } from '#schemas/wire/openclaw.ts';
import { CodexLogin } from '../codex/attempts.ts';
import { LoginRecord } from '../codex/record.ts';
import type { BackupState } from '#schemas/contract/agent-backup.ts';
import { noOffsite } from '#schemas/contract/agent-offsite.ts';
import type { AgentConfig } from '../config.ts';
import { Check } from '../smoke/check.ts';
import { Smoke } from '../smoke/run.ts';
import { Usage } from '../state/usage.ts';
import { Turnstile } from '../smoke/turnstile.ts';
import { Facts } from '../state/facts.ts';
import type { AskedCall, FakeGateway, GivenAnswer } from '../testing/gateway.ts';
import { createFakeGateway, hello } from '../testing/gateway.ts';
import { until } from '../testing/processes.ts';
import { processSettings } from '../testing/settings.ts';
import { climb } from '../verify/ladder.ts';
import { Gateway } from './gateway.ts';

let fake: FakeGateway;
let config: AgentConfig;
let gateway: Gateway;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  fake = await createFakeGateway();
  config = { ...processSettings, gatewayUrl: fake.url, gatewayPort: fake.port };
  gateway = new Gateway(config);
});
afterEach(async () => {
  await gateway.close();
  await fake.close();
  await rm(folder, { recursive: true });
});

const log = (): void => undefined;
const now = Date.now;
const starting = { code: 'UNAVAILABLE', message: 'starting', retryable: true };
const authOk = { providers: [{ provider: 'openai', status: 'ok' }] };

function newLogin(record = new LoginRecord({ dataDir: folder, log })): CodexLogin {
  return new CodexLogin({ gateway, record, authorizeOrigin: null, now, log });
}

function newFacts(): Facts {
  const turnstile = new Turnstile();
  const record = new LoginRecord({ dataDir: folder, log });
  const smoke = new Smoke({ gateway, record, dataDir: folder, turnstile, now, log });
  const check = new Check({ gateway, dataDir: folder, turnstile, now, log });
  const codexLogin = newLogin(record);
  const entered = (): string[] => [];
  const usage = new Usage({ gateway, dataDir: folder, now });
  const backup = (): BackupState => ({ last: null, kept: [] });
  const restores = { report: () => Promise.resolve(null) };
  const offsite = { state: () => noOffsite };
  const parts = {
    gateway,
    codexLogin,
    record,
    smoke,
    check,
    usage,
    backup,
    restores,
    offsite,
    entered,
    now,
  };
  return new Facts({ runtimeId: 'rt_1', mode: 'run', exported: () => null, ...parts });
}

/** Says hello to anybody, then answers by method. */
function answering(answers: Record<string, GivenAnswer>): (call: AskedCall) => GivenAnswer {
  return ({ method }) =>
    method === 'connect' ? { payload: hello } : (answers[method] ?? { error: { code: 'X' } });
}

async function verdicts(): Promise<Record<string, string>> {
  const { rungs } = await climb({ config, gateway, now }, '2026.5.18');
  return Object.fromEntries(rungs.map(({ rung, result, reason }) => [rung, `${result}:${reason}`]));
}

describe('the connection', () => {
  it('presents the identity and a forwarded address that is not loopback', async () => {
    await gateway.shared();
    expect(fake.asked[0]?.headers).toMatchObject({
      'x-tenant-user': 'tenant-agent',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': config.publicHost,
    });
    expect(fake.asked[0]?.headers['authorization']).toBeUndefined();
  });

  it('is shared by all who ask at once, and made again after a loss', async () => {
    const [one, two] = await Promise.all([gateway.shared(), gateway.shared()]);
    expect(one.connection).toBe(two.connection);
    fake.cut();
    await one.connection.closed;
    const next = await gateway.shared();
    expect(next.connection).not.toBe(one.connection);
    expect(fake.asked).toHaveLength(2);
  });

  it.each([
    ['no JSON', { raw: '<html>' }],
    ['no frame', { raw: '{"type":"hello"}' }],
    ['another protocol', { payload: { ...hello, protocol: 5 } }],
    ['no hello', { payload: {} }],
  ])('does not take %s for an answer', async (_name, answer) => {
    fake.answer = () => answer;
    await expect(gateway.shared()).rejects.toMatchObject({ reason: 'nonsense' });
  });

  it('ends a call that is never answered, and does not use that socket again', async () => {
    fake.answer = ({ method }) => (method === 'connect' ? { payload: hello } : null);
    const { connection } = await gateway.shared();
    const asking = gateway.call('models.authStatus', {}, authStatus, { timeoutMs: 50 });
    await expect(asking).rejects.toMatchObject({ reason: 'timeout' });
    expect(connection.isOpen).toBe(false);
  });
});

describe('state', () => {
  it('says starting while the gateway says so', async () => {
    fake.answer = () => ({ error: starting });
    expect((await newFacts().read()).gateway).toEqual({ status: 'starting', version: null });
  });

  it('asks once for many readers', async () => {
    fake.answer = answering({ 'models.authStatus': { payload: authOk } });
    const facts = newFacts();
    const all = await Promise.all(Array.from({ length: 10 }, async () => facts.read()));
    expect(all.map((one) => one.codex.status)).toEqual(Array.from({ length: 10 }, () => 'ok'));
    const methods = fake.asked.map((call) => call.method).toSorted();
    expect(methods).toEqual(['connect', 'models.authStatus', 'system.info']);
  });

  it('takes words it does not know for unknown', async () => {
    const odd = { providers: [{ provider: 'openai', status: 'perfect' }] };
    fake.answer = answering({ 'models.authStatus': { payload: odd } });
    expect((await newFacts().read()).codex.status).toBe('unknown');
  });

  it('is not blocked by a gateway that falls silent, and does not flap', async () => {
    fake.answer = answering({ 'models.authStatus': { payload: authOk } });
    const facts = newFacts();
    await facts.read();
    fake.answer = () => null;
    const later = await until('a question in the open', 5_000, async () => {
      const reading = facts.read();
      const asked = fake.asked.length > 2;
      return asked ? { reading, sinceMs: performance.now() } : null;
    });
    expect((await later.reading).gateway.status).toBe('ready');
    expect(performance.now() - later.sinceMs).toBeLessThan(5_000);
  }, 15_000);
});

describe('verify', () => {
  it('fails where the gateway lets anybody in', async () => {
    fake.answer = answering({ 'models.authStatus': { payload: { providers: [] } } });
    expect(await verdicts()).toMatchObject({
      websocket_handshake: 'pass:',
      tokenless_refused: 'fail:tokenless_accepted',
      foreign_origin_refused: 'fail:foreign_origin_accepted',
      security_audit: 'fail:gateway_refused',
      model_auth: 'pending:no_login',
    });
  });

  it('does not take a refusal for another reason as proof', async () => {
    fake.answer = () => ({ error: { code: 'INVALID_REQUEST', message: 'bad frame' } });
    expect(await verdicts()).toMatchObject({
      tokenless_refused: 'fail:refused_for_other_reason',
      foreign_origin_refused: 'fail:refused_for_other_reason',
      version_floor: 'fail:version_unknown',
    });
  });

  it.each([
    ['a page', { status: 200, type: 'text/html', body: '<html>ready</html>' }, 'not_json'],
    [
      'a page that calls itself JSON',
      { status: 200, type: 'application/json', body: '<' },
      'not_json',
    ],
    ['not ready', { status: 200, type: 'application/json', body: '{"ready":false}' }, 'not_ready'],
    [
      'ready with a 503',
      { status: 503, type: 'application/json', body: '{"ready":true}' },
      'not_ready',
    ],
    ['elsewhere', { status: 302, type: 'text/plain', body: '' }, 'not_json'],
  ])('does not take %s for health', async (_name, readyz, reason) => {
    fake.readyz = readyz;
    expect(await verdicts()).toMatchObject({ ready_json: `fail:${reason}` });
  });
});

describe('a login', () => {
  const step = { id: 's', type: 'text' };
  const query =
    'state=0123456789abcdef&redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback';
  const offering = (externalUrl: string): Record<string, GivenAnswer> => ({
    'models.authLogin': { payload: { done: false, step: { ...step, externalUrl } } },
  });

  it('never sends the customer to a page of the gateway’s choosing', async () => {
    const refused = [
      `https://auth.openai.com.evil.example/oauth/authorize?${query}`,
      `http://auth.openai.com/oauth/authorize?${query}`,
      `https://auth.openai.com/elsewhere?${query}`,
      'https://auth.openai.com/oauth/authorize?state=0123456789abcdef&redirect_uri=https%3A%2F%2Fevil',
      'javascript:alert(1)',
    ];
    for (const url of refused) {
      fake.answer = answering(offering(url));
      await expect(newLogin().start()).rejects.toMatchObject({ code: 'gateway_refused' });
    }
  });

  it('says busy when another login holds the only slot', async () => {
    const busy = { ...starting, details: { code: 'SETUP_ADMISSION_BUSY' } };
    fake.answer = answering({ 'models.authLogin': { error: busy } });
    await expect(newLogin().start()).rejects.toMatchObject({ code: 'codex_busy' });
  });

  it('says busy when it was started too often', async () => {
    const limited = { ...starting, details: { method: 'models.authLogin', limit: '30 per 60s' } };
    fake.answer = answering({ 'models.authLogin': { error: limited } });
    await expect(newLogin().start()).rejects.toMatchObject({ code: 'codex_busy' });
  });

  it('says starting while the gateway does', async () => {
    fake.answer = () => ({ error: starting });
    await expect(newLogin().start()).rejects.toMatchObject({ code: 'gateway_starting' });
  });

  it('is over when its connection is lost, and says so', async () => {
    fake.answer = answering(offering(`https://auth.openai.com/oauth/authorize?${query}`));
    const login = newLogin();
    const { attemptId } = await login.start();
    expect(login.view()).toMatchObject({ attemptId });
    fake.cut();
    await until('the loss to be seen', 2_000, async () => (login.view() === null ? true : null));
    const late = login.finish(attemptId, 'http://localhost:1455/auth/callback?code=a');
    await expect(late).rejects.toMatchObject({ code: 'codex_attempt_unknown', loginEnded: true });
  });

  it('is started once for two clicks', async () => {
    fake.answer = answering(offering(`https://auth.openai.com/oauth/authorize?${query}`));
    const login = newLogin();
    const [one, two] = await Promise.all([login.start(), login.start()]);
    expect(one).toEqual(two);
    await login.close();
  });

  it('that ends between a step and our word on it ends as it did', async () => {
    const device = {
      ...{ id: 'd', type: 'progress', deviceCode: { code: 'ABCD-EFGH' } },
      externalUrl: 'https://auth.openai.com/codex/device',
    };
    const answeredStep = z.object({ answer: z.optional(z.object({ stepId: z.string() })) });
    const over = { code: 'INVALID_REQUEST', message: 'wizard not running' };
    const next = (params: unknown): GivenAnswer => {
      switch (answeredStep.parse(params).answer?.stepId) {
        case 'd':
          return { payload: { done: false, step: { id: 'p', type: 'progress' } } };
        case undefined:
          return { payload: { done: true, status: 'done' } };
        default:
          return { error: over };
      }
    };
    fake.answer = ({ method, params }) => {
      if (method === 'models.authLogin') return { payload: { done: false, step: device } };
      return method === 'wizard.next' ? next(params) : { payload: hello };
    };
    const record = new LoginRecord({ dataDir: folder, log });
    const { attemptId } = await newLogin(record).startDevice();
    const { ended } = await until('its end', 2_000, () =>
      Promise.resolve(record.ended === null ? null : { ended: record.ended }),
    );
    expect(ended).toEqual({ attemptId, ending: 'linked', code: null });
  });

  it('does not follow a wizard that never ends', async () => {
    const note = { done: false, step: { id: 'n', type: 'note' } };
    fake.answer = answering({
      'models.authLogin': { payload: note },
      'wizard.next': { payload: note },
    });
    await expect(newLogin().start()).rejects.toMatchObject({ code: 'gateway_refused' });
    expect(fake.asked.length).toBeLessThan(30);
  });
});
