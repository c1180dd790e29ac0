/**
 * The agent beside the real OpenClaw gateway and the stand-in of the issuer, from the first boot to
 * a passed smoke. Needs OpenClaw installed (`.local/openclaw`, or OPENCLAW_INSTALL_DIR). One tenant
 * for the whole file, and the tests follow its life in order.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SmokeReport, StateAnswer, VerifyAnswer } from '#schemas/contract/agent.ts';
import {
  agentError,
  codexStartAnswer,
  stateAnswer,
  verifyAnswer,
} from '#schemas/contract/agent.ts';
import { until } from './testing/processes.ts';
import type { Answer, World } from './testing/world.ts';
import { createWorld, runtimeId, siteOrigin } from './testing/world.ts';

const versionFloor = '2026.5.18';
const nonce = 'Nonce0123456789abcdef';
let world: World;

beforeAll(async () => {
  world = await createWorld();
}, 120_000);
afterAll(async () => world.end(), 60_000);

async function state(): Promise<StateAnswer> {
  return stateAnswer.parse((await world.call('state')).body);
}

async function verify(floor = versionFloor): Promise<Record<string, string>> {
  const { body } = await world.call('verify', { versionFloor: floor });
  const { rungs }: VerifyAnswer = verifyAnswer.parse(body);
  return Object.fromEntries(
    rungs.map(({ rung, result, reason }) => [rung, reason === '' ? result : `${result}:${reason}`]),
  );
}

interface Login {
  readonly attempt: string;
  readonly authorizeUrl: string;
}

async function startLogin(): Promise<Login> {
  const answer = await world.call('codex:start');
  expect([answer.status, answer.body]).toMatchObject([200, {}]);
  const { attemptId, authorizeUrl } = codexStartAnswer.parse(answer.body);
  return { attempt: attemptId, authorizeUrl };
}

/** What the person's browser ends up with after the issuer's page. */
async function decide(login: Login, decision: 'continue' | 'deny'): Promise<string> {
  const response = await fetch(login.authorizeUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ decision, account: 'demo' }).toString(),
  });
  return response.headers.get('location') ?? '';
}

async function paste(login: Login, callbackUrl: string): Promise<Answer> {
  return world.call('codex:callback', { callbackUrl }, { attempt: login.attempt });
}

function refusal({ status, body }: Answer): [number, string, boolean | undefined] {
  const { error } = agentError.parse(body);
  return [status, error.code, error.loginEnded];
}

async function turnKnobs(knobs: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${world.openaiUrl}/_ctl/knobs`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(knobs),
  });
  expect(response.status).toBe(200);
}

async function turnCount(): Promise<number> {
  const control = (await (await fetch(`${world.openaiUrl}/_ctl`)).json()) as { turns: unknown[] };
  return control.turns.length;
}

async function finishedSmoke(smokeId: string): Promise<SmokeReport> {
  return until(`smoke ${smokeId}`, 180_000, async () => {
    const { smoke } = await state();
    return smoke?.smokeId === smokeId && smoke.finishedAtMs !== null ? smoke : null;
  });
}

it('says that the gateway is starting, while it is', () => {
  expect(stateAnswer.parse(world.firstState.body)).toMatchObject({
    runtimeId,
    gateway: { status: 'starting', version: null },
    codex: { status: 'unknown' },
  });
});

it('says what stands after the boot, and nothing about a login', async () => {
  expect(await state()).toMatchObject({
    gateway: { status: 'ready', version: '2026.9.6' },
    codex: { status: 'none', attemptId: null },
    smoke: null,
  });
});

it('climbs every rung but the login, which is pending', async () => {
  expect(await verify()).toEqual({
    ready_json: 'pass',
    websocket_handshake: 'pass',
    version_floor: 'pass',
    tokenless_refused: 'pass',
    foreign_origin_refused: 'pass',
    security_audit: 'pass',
    model_auth: 'pending:no_login',
  });
});

it('does not climb a floor above the running version', async () => {
  expect(await verify('2026.9.7')).toMatchObject({ version_floor: 'fail:version_below_floor' });
});

it('names every wrong paste, and the login stands through all of them', async () => {
  const login = await startLogin();
  const good = await decide(login, 'continue');
  const denied = await decide(login, 'deny');
  const otherState = good.replace(/state=[0-9a-f]+/, `state=${'0'.repeat(32)}`);
  const wrong = [
    [login.authorizeUrl, 'codex_pasted_authorize_url'],
    [good.slice(0, -10), 'codex_callback_truncated'],
    [otherState, 'codex_wrong_attempt'],
    [denied, 'codex_access_denied'],
    ['https://evil.example/auth/callback?code=a', 'codex_callback_malformed'],
  ] as const;
  for (const [pasted, code] of wrong) {
    expect(refusal(await paste(login, pasted))).toEqual([422, code, false]);
  }
  expect((await state()).codex).toMatchObject({ status: 'linking', attemptId: login.attempt });
  const answer = await paste(login, good);
  expect([answer.status, answer.body]).toEqual([200, { status: 'linked' }]);
  expect((await state()).codex).toMatchObject({ status: 'ok', attemptId: null });
  expect(await verify()).toMatchObject({ model_auth: 'pass' });
  // A second click, or a browser that sends again.
  expect((await paste(login, good)).body).toEqual({ status: 'linked' });
});

it('knows one attempt at a time: a new start ends the old one', async () => {
  const old = await startLogin();
  const callback = await decide(old, 'continue');
  const current = await startLogin();
  expect(current.attempt).not.toBe(old.attempt);
  expect(refusal(await paste(old, callback))).toEqual([404, 'codex_attempt_unknown', true]);
  expect(refusal(await paste(current, callback))).toEqual([422, 'codex_wrong_attempt', false]);
});

it('ends the login when the issuer refuses the code, and can start again', async () => {
  const login = await startLogin();
  const good = await decide(login, 'continue');
  const bad = good.replace(/code=[^&]+/, 'code=ac_unknown');
  expect(refusal(await paste(login, bad))).toEqual([422, 'codex_code_rejected', true]);
  expect(refusal(await paste(login, good))).toEqual([404, 'codex_attempt_unknown', true]);
  expect((await state()).codex).toMatchObject({ status: 'ok', attemptId: null });
});

it('says when the issuer is out of order', async () => {
  await turnKnobs({ tokenStatus: 503 });
  const login = await startLogin();
  const answer = await paste(login, await decide(login, 'continue'));
  await turnKnobs({ tokenStatus: 0 });
  expect(refusal(answer)).toEqual([502, 'codex_upstream_unavailable', true]);
});

it('takes a callback from the page of the site, across origins', async () => {
  const login = await startLogin();
  const callbackUrl = await decide(login, 'continue');
  const ticket = await world.mint('codex:callback', { attempt: login.attempt });
  const response = await fetch(`${world.agentUrl}/agent/v1/codex/callback`, {
    method: 'POST',
    headers: {
      origin: siteOrigin,
      authorization: `Bearer ${ticket}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ callbackUrl }),
  });
  expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin);
  expect(await response.json()).toEqual({ status: 'linked' });
});

it('takes a login that the gateway itself has finished for what it is', async () => {
  const login = await startLogin();
  const callbackUrl = await decide(login, 'continue');
  // On one machine OpenClaw's own listener gets the browser's request.
  expect((await fetch(callbackUrl)).status).toBe(200);
  expect((await paste(login, callbackUrl)).body).toEqual({ status: 'linked' });
  expect((await state()).codex).toMatchObject({ status: 'ok', attemptId: null });
});

it('passes the smoke with one whole turn, once for each id', async () => {
  const before = await turnCount();
  const started = await world.call('smoke', { smokeId: 'smoke-first', nonce });
  expect([started.status, started.body]).toMatchObject([202, { smoke: { code: 'running' } }]);
  const busy = await world.call('smoke', { smokeId: 'smoke-other', nonce });
  expect(refusal(busy)).toEqual([409, 'smoke_busy', undefined]);
  const report = await finishedSmoke('smoke-first');
  expect(report).toMatchObject({
    code: 'passed',
    nonceMatched: true,
    provider: 'openai',
    model: 'gpt-5.5',
  });
  const again = await world.call('smoke', { smokeId: 'smoke-first', nonce });
  expect(again.body).toEqual({ smoke: report });
  // The model check and the turn.
  expect(await turnCount()).toBe(before + 2);
}, 190_000);

it('says why a smoke failed', async () => {
  await turnKnobs({ modelStatus: 401 });
  await world.call('smoke', { smokeId: 'smoke-refused', nonce });
  const report = await finishedSmoke('smoke-refused');
  await turnKnobs({ modelStatus: 0 });
  expect(report).toMatchObject({ code: 'auth', nonceMatched: false, provider: '', model: '' });
}, 190_000);

it('keeps burnt tickets and reports through a restart, and calls a cut-off smoke so', async () => {
  const ticket = await world.mint('state');
  expect((await world.post('state', {}, ticket)).status).toBe(200);
  await turnKnobs({ modelLatencyMs: 5_000 });
  await world.call('smoke', { smokeId: 'smoke-cut-off', nonce });
  await world.restartAgent();
  await turnKnobs({ modelLatencyMs: 0 });
  expect(refusal(await world.post('state', {}, ticket))).toEqual([
    401,
    'ticket_replayed',
    undefined,
  ]);
  const { smoke } = await state();
  expect(smoke).toMatchObject({ smokeId: 'smoke-cut-off', code: 'interrupted' });
});

it('says that the gateway is gone, and finds it and the login when it is back', async () => {
  expect((await state()).gateway.status).toBe('ready');
  await world.stopGateway();
  const gone = await until('gone', 10_000, async () => {
    const seen = await state();
    return seen.gateway.status === 'unreachable' ? seen : null;
  });
  expect(gone.codex.status).toBe('unknown');
  expect(refusal(await world.call('codex:start'))).toEqual([503, 'gateway_unreachable', undefined]);
  expect(await verify()).toMatchObject({
    ready_json: 'fail:gateway_unreachable',
    websocket_handshake: 'fail:gateway_unreachable',
    tokenless_refused: 'fail:gateway_unreachable',
    foreign_origin_refused: 'fail:gateway_unreachable',
  });
  await world.startGateway();
  const back = await until('back', 10_000, async () => {
    const seen = await state();
    return seen.gateway.status === 'ready' ? seen : null;
  });
  expect(back.codex.status).toBe('ok');
}, 120_000);

it('keeps codes, tokens, e-mails and nonces out of its log and its files', async () => {
  const folder = join(world.folder, 'agent');
  const files = await readdir(folder);
  const contents = await Promise.all(
    files.map(async (name) => readFile(join(folder, name), 'utf8')),
  );
  const written = [world.agentOutput(), ...contents].join('\n');
  expect(written).toContain('codex_login_ended');
  expect(written).not.toMatch(/codex-canary|ac_unknown|code_challenge|Nonce0123/);
});
