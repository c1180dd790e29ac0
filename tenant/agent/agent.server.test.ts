/**
 * The agent beside the real OpenClaw gateway and the stand-in of the issuer, from the first boot to
 * a passed smoke. Needs OpenClaw installed (`.local/openclaw`, or OPENCLAW_INSTALL_DIR). One tenant
 * for the whole file, and the tests follow its life in order.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckReport, SmokeReport, VerifyAnswer } from '#schemas/contract/agent.ts';
import { stateAnswer, verifyAnswer } from '#schemas/contract/agent.ts';
import { loginPatterns, redactPatterns } from './bootstrap/redaction.ts';
import { backUpAndLookInside } from './testing/backup.ts';
import { until } from './testing/processes.ts';
import type { Steps } from './testing/steps.ts';
import { createSteps, refusal } from './testing/steps.ts';
import type { World } from './testing/world.ts';
import { createWorld, openclawHome, runtimeId, siteOrigin } from './testing/world.ts';

const versionFloor = '2026.5.18';
const nonce = 'Nonce0123456789abcdef';
let world: World;
let steps: Steps;

beforeAll(async () => {
  world = await createWorld();
  steps = createSteps(world);
}, 120_000);
afterAll(async () => world.end(), 60_000);

async function verify(floor = versionFloor): Promise<Record<string, string>> {
  const { body } = await world.call('verify', { versionFloor: floor });
  const { rungs }: VerifyAnswer = verifyAnswer.parse(body);
  return Object.fromEntries(
    rungs.map(({ rung, result, reason }) => [rung, reason === '' ? result : `${result}:${reason}`]),
  );
}

async function turnCount(): Promise<number> {
  const control = (await (await fetch(`${world.openaiUrl}/_ctl`)).json()) as { turns: unknown[] };
  return control.turns.length;
}

async function finishedSmoke(smokeId: string): Promise<SmokeReport> {
  return until(`smoke ${smokeId}`, 180_000, async () => {
    const { smoke } = await steps.state();
    return smoke?.smokeId === smokeId && smoke.finishedAtMs !== null ? smoke : null;
  });
}

async function finishedCheck(checkId: string): Promise<CheckReport> {
  return until(`check ${checkId}`, 180_000, async () => {
    const { check } = await steps.state();
    return check?.checkId === checkId && check.finishedAtMs !== null ? check : null;
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
  expect(await steps.state()).toMatchObject({
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
  const login = await steps.startLogin();
  const good = await steps.decide(login, 'continue');
  const denied = await steps.decide(login, 'deny');
  const otherState = good.replace(/state=[0-9a-f]+/, `state=${'0'.repeat(32)}`);
  const wrong = [
    [login.authorizeUrl, 'codex_pasted_authorize_url'],
    [good.slice(0, -10), 'codex_callback_truncated'],
    [otherState, 'codex_wrong_attempt'],
    [denied, 'codex_access_denied'],
    ['https://evil.example/auth/callback?code=a', 'codex_callback_malformed'],
  ] as const;
  for (const [pasted, code] of wrong) {
    expect(refusal(await steps.paste(login, pasted))).toEqual([422, code, false]);
  }
  expect((await steps.state()).codex).toMatchObject({
    status: 'linking',
    attemptId: login.attempt,
  });
  const answer = await steps.paste(login, good);
  expect([answer.status, answer.body]).toEqual([200, { status: 'linked' }]);
  expect((await steps.state()).codex).toMatchObject({ status: 'ok', attemptId: null });
  expect(await verify()).toMatchObject({ model_auth: 'pass' });
  // A second click, or a browser that sends again.
  expect((await steps.paste(login, good)).body).toEqual({ status: 'linked' });
});

it('knows one attempt at a time: a new start ends the old one', async () => {
  const old = await steps.startLogin();
  const callback = await steps.decide(old, 'continue');
  const current = await steps.startLogin();
  expect(current.attempt).not.toBe(old.attempt);
  expect(refusal(await steps.paste(old, callback))).toEqual([404, 'codex_attempt_unknown', true]);
  expect(refusal(await steps.paste(current, callback))).toEqual([
    422,
    'codex_wrong_attempt',
    false,
  ]);
});

it('ends the login when the issuer refuses the code, and can start again', async () => {
  const login = await steps.startLogin();
  const good = await steps.decide(login, 'continue');
  const bad = good.replace(/code=[^&]+/, 'code=ac_unknown');
  expect(refusal(await steps.paste(login, bad))).toEqual([422, 'codex_code_rejected', true]);
  expect(refusal(await steps.paste(login, good))).toEqual([404, 'codex_attempt_unknown', true]);
  expect((await steps.state()).codex).toMatchObject({ status: 'ok', attemptId: null });
});

it('says when the issuer is out of order', async () => {
  await steps.turnKnobs({ tokenStatus: 503 });
  const login = await steps.startLogin();
  const answer = await steps.paste(login, await steps.decide(login, 'continue'));
  await steps.turnKnobs({ tokenStatus: 0 });
  expect(refusal(answer)).toEqual([502, 'codex_upstream_unavailable', true]);
});

it('takes a callback from the page of the site, across origins', async () => {
  const login = await steps.startLogin();
  const callbackUrl = await steps.decide(login, 'continue');
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
  const login = await steps.startLogin();
  const callbackUrl = await steps.decide(login, 'continue');
  // On one machine OpenClaw's own listener gets the browser's request.
  expect((await fetch(callbackUrl)).status).toBe(200);
  expect((await steps.paste(login, callbackUrl)).body).toEqual({ status: 'linked' });
  expect((await steps.state()).codex).toMatchObject({ status: 'ok', attemptId: null });
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

it('names the login that the smoke was made with, and another login makes it worthless', async () => {
  const { codex, smoke } = await steps.state();
  expect(smoke).toMatchObject({ smokeId: 'smoke-first', loginId: codex.loginId });
  expect(codex.loginId).toMatch(/^[A-Za-z0-9_-]{32}$/);
  const login = await steps.startLogin();
  await steps.paste(login, await steps.decide(login, 'continue'));
  const after = await steps.state();
  expect(after.smoke?.loginId).toBe(codex.loginId);
  expect(after.codex.loginId).not.toBe(codex.loginId);
});

it('checks the model cheaply, once for each id, and never beside a smoke', async () => {
  const before = await turnCount();
  const started = await world.call('check', { checkId: 'check-first' });
  expect([started.status, started.body]).toMatchObject([202, { check: { code: 'running' } }]);
  expect(refusal(await world.call('check', { checkId: 'check-other' }))[1]).toBe('smoke_busy');
  expect(refusal(await world.call('smoke', { smokeId: 'smoke-other', nonce }))[1]).toBe(
    'smoke_busy',
  );
  const report = await finishedCheck('check-first');
  expect(report).toMatchObject({ checkId: 'check-first', code: 'passed' });
  const again = await world.call('check', { checkId: 'check-first' });
  expect(again.body).toEqual({ check: report });
  // One small request, no agent turn.
  expect(await turnCount()).toBe(before + 1);
  await world.call('smoke', { smokeId: 'smoke-beside', nonce });
  expect(refusal(await world.call('check', { checkId: 'check-other' }))[1]).toBe('smoke_busy');
  await finishedSmoke('smoke-beside');
}, 190_000);

it.each([
  [401, 'auth'],
  [403, 'auth'],
])(
  'says why a check failed: %i',
  async (modelStatus, code) => {
    await steps.turnKnobs({ modelStatus });
    await world.call('check', { checkId: `check-${modelStatus}` });
    const report = await finishedCheck(`check-${modelStatus}`);
    await steps.turnKnobs({ modelStatus: 0 });
    expect(report.code).toBe(code);
  },
  190_000,
);

it('says why a smoke failed', async () => {
  await steps.turnKnobs({ modelStatus: 401 });
  await world.call('smoke', { smokeId: 'smoke-refused', nonce });
  const report = await finishedSmoke('smoke-refused');
  await steps.turnKnobs({ modelStatus: 0 });
  expect(report).toMatchObject({ code: 'auth', nonceMatched: false, provider: '', model: '' });
}, 190_000);

it('keeps burnt tickets and reports through a restart, and calls a cut-off smoke so', async () => {
  const ticket = await world.mint('state');
  expect((await world.post('state', {}, ticket)).status).toBe(200);
  await steps.turnKnobs({ modelLatencyMs: 5_000 });
  await world.call('smoke', { smokeId: 'smoke-cut-off', nonce });
  await world.restartAgent();
  await steps.turnKnobs({ modelLatencyMs: 0 });
  expect(refusal(await world.post('state', {}, ticket))).toEqual([
    401,
    'ticket_replayed',
    undefined,
  ]);
  const { smoke } = await steps.state();
  expect(smoke).toMatchObject({ smokeId: 'smoke-cut-off', code: 'interrupted' });
  await steps.turnKnobs({ modelLatencyMs: 5_000 });
  await world.call('check', { checkId: 'check-cut-off' });
  await world.restartAgent('kill');
  await steps.turnKnobs({ modelLatencyMs: 0 });
  expect((await steps.state()).check).toMatchObject({
    checkId: 'check-cut-off',
    code: 'interrupted',
  });
});

it('says that a login has expired, and that a new one repairs it', async () => {
  const relink = async (): Promise<void> => {
    const login = await steps.startLogin();
    await steps.paste(login, await steps.decide(login, 'continue'));
  };
  await steps.turnKnobs({ tokenLifeSeconds: 1, refreshRefusedWith: 'refresh_token_reused' });
  await relink();
  await world.call('check', { checkId: 'check-expired' });
  expect((await finishedCheck('check-expired')).code).toBe('auth');
  expect((await steps.state()).codex.status).toBe('expired');
  expect(await verify()).toMatchObject({ model_auth: 'fail:login_expired', version_floor: 'pass' });
  await steps.turnKnobs({ tokenLifeSeconds: 864_000, refreshRefusedWith: '' });
  await relink();
  expect(await verify()).toMatchObject({ model_auth: 'pass' });
}, 190_000);

it('backs up the living runtime, and proves it on a gateway started on what came back', async () => {
  await backUpAndLookInside(world, steps);
}, 300_000);

it('passes the security audit of OpenClaw itself, but for what this mode always has', async () => {
  const printed = await world.openclaw('security', 'audit', '--json');
  const { findings } = JSON.parse(printed.slice(printed.indexOf('{'))) as {
    findings: { checkId: string; severity: string }[];
  };
  const serious = findings.filter(({ severity }) => severity !== 'info');
  expect(serious.map(({ checkId }) => checkId)).toEqual([
    'gateway.trusted_proxy_auth',
    // Gateway and agent are processes of one machine here; on a tenant server it is not set.
    'gateway.trusted_proxy_allow_loopback',
  ]);
}, 120_000);

it('says that the gateway is gone, and finds it and the login when it is back', async () => {
  expect((await steps.state()).gateway.status).toBe('ready');
  await world.stopGateway();
  // What was said a moment ago does not outlive the socket it was said on.
  expect(await steps.state()).toMatchObject({
    gateway: { status: 'unreachable' },
    codex: { status: 'unknown' },
  });
  expect(refusal(await world.call('codex:start'))).toEqual([503, 'gateway_unreachable', undefined]);
  expect(await verify()).toMatchObject({
    ready_json: 'fail:gateway_unreachable',
    websocket_handshake: 'fail:gateway_unreachable',
    tokenless_refused: 'fail:gateway_unreachable',
    foreign_origin_refused: 'fail:gateway_unreachable',
  });
  // Somebody with a shell in the gateway's container opens it a little.
  const path = join(world.folder, 'openclaw', 'openclaw.json');
  const written = JSON.parse(await readFile(path, 'utf8')) as { gateway: Record<string, unknown> };
  written.gateway['terminal'] = { enabled: true };
  await writeFile(path, JSON.stringify(written));
  await world.startGateway();
  const back = await until('back', 10_000, async () => {
    const seen = await steps.state();
    return seen.gateway.status === 'ready' ? seen : null;
  });
  expect(back.codex.status).toBe('ok');
  expect(await verify()).toMatchObject({
    ready_json: 'pass',
    security_audit: 'fail:terminal_differs',
  });
  await world.bootstrap();
  await until('the gateway to take back its configuration', 30_000, async () => {
    return (await verify())['security_audit'] === 'pass' ? true : null;
  });
}, 180_000);

it('lists every pattern that this OpenClaw masks by itself', async () => {
  const dist = join(openclawHome, 'node_modules/openclaw/dist');
  const files = await readdir(dist);
  const name = files.find((file) => /^redact-[\w-]{8}\.mjs$/.test(file)) ?? '';
  const module = (await import(pathToFileURL(join(dist, name)).href)) as Record<string, unknown>;
  const lists = Object.values(module).map((exported) => {
    if (typeof exported !== 'function' || exported.length > 0) return null;
    try {
      return (exported as () => unknown)();
    } catch {
      return null;
    }
  });
  const builtIn = lists.find(
    (list) => Array.isArray(list) && list.includes('(ghp_[A-Za-z0-9]{10,})'),
  );
  expect(redactPatterns(undefined)).toEqual([...loginPatterns, ...(builtIn as string[])]);
});

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
