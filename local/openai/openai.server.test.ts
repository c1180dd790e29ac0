import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { fetch as proxyFetch, ProxyAgent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as wire from '#schemas/wire/codex.ts';
import { STAND_IN_SENTENCE } from './model.ts';
import type { OpenAi } from './openai.ts';
import { createOpenAi } from './openai.ts';

let folder: string;
let openAi: OpenAi;
let nowMs: number;
let gateway: ProxyAgent;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'openai-test-'));
  nowMs = Date.now();
  await start();
});

afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<void> {
  openAi = await createOpenAi({ port: 0, proxyPort: 0, dataDir: folder, now: () => nowMs });
  const ca = readFileSync(openAi.caPath, 'utf8');
  gateway = new ProxyAgent({ uri: openAi.proxy, requestTls: { ca } });
}

async function stop(): Promise<void> {
  await gateway.destroy();
  await openAi.close();
}

interface Login {
  readonly query: URLSearchParams;
  readonly verifier: string;
}

function newLogin(change: Record<string, string> = {}): Login {
  const verifier = randomBytes(48).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: wire.CODEX_CLIENT_ID,
    redirect_uri: wire.CODEX_REDIRECT_URI,
    scope: 'openid profile email offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
    originator: 'openclaw',
    ...change,
  });
  return { query, verifier };
}

/** Presses a button of the authorize page in the person's browser; answers where it leads. */
async function decide({ query }: Login, form: Record<string, string>): Promise<URL> {
  const response = await fetch(`${openAi.listening}/oauth/authorize?${query.toString()}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(form),
  });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '');
}

/** As the gateway does it: TLS through the proxy. */
async function token(form: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const response = await proxyFetch(`${wire.CODEX_AUTH_ORIGIN}/oauth/token`, {
    method: 'POST',
    dispatcher: gateway,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: wire.CODEX_CLIENT_ID, ...form }).toString(),
  });
  return { status: response.status, body: await response.json() };
}

function exchangeForm(callback: URL, verifier: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code: callback.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: wire.CODEX_REDIRECT_URI,
  };
}

async function signIn(account = 'demo'): Promise<wire.CodexTokenAnswer> {
  const login = newLogin();
  const callback = await decide(login, { decision: 'continue', account });
  const { status, body } = await token(exchangeForm(callback, login.verifier));
  expect(status).toBe(200);
  return wire.codexTokenAnswer.parse(body);
}

const refresh = async (refresh_token: string) =>
  token({ grant_type: 'refresh_token', refresh_token });

async function turn(access: string, text: string): Promise<{ status: number; body: string }> {
  const request = {
    model: 'gpt-6-astra',
    stream: true,
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'context only' }] },
    ],
  };
  const response = await proxyFetch(`${wire.CODEX_MODEL_ORIGIN}/backend-api/codex/responses`, {
    method: 'POST',
    dispatcher: gateway,
    headers: {
      authorization: `Bearer ${access}`,
      'content-type': 'application/json',
      'content-encoding': 'zstd',
    },
    body: zstdCompressSync(JSON.stringify(request)),
  });
  return { status: response.status, body: await response.text() };
}

/** The text of a stream, put together from its deltas, and the type of its last event. */
function readStream(body: string): { text: string; last: string } {
  const events = [...body.matchAll(/^data: (.*)$/gm)].map(
    ([, data]) => JSON.parse(data ?? '') as { type: string; delta?: string },
  );
  return {
    text: events.map((event) => event.delta ?? '').join(''),
    last: events.at(-1)?.type ?? '',
  };
}

const turnKnobs = async (change: unknown): Promise<Response> =>
  fetch(`${openAi.listening}/_ctl/knobs`, { method: 'PATCH', body: JSON.stringify(change) });

describe('signing in by pasting the address', () => {
  it('ends in a turn that obeys, on the login it was made with', async () => {
    const tokens = await signIn();
    const [, payload = ''] = tokens.access_token.split('.');
    const claims = wire.codexAccessClaims.parse(
      JSON.parse(Buffer.from(payload, 'base64url').toString()),
    );
    expect(claims[wire.CODEX_PROFILE_CLAIM]?.email).toContain('codex-canary');
    const { status, body } = await turn(tokens.access_token, '[Mon] Reply with exactly: n-42 ok');
    expect(status).toBe(200);
    expect(readStream(body)).toEqual({ text: 'n-42 ok', last: 'response.completed' });
    expect(readStream((await turn(tokens.access_token, 'Hello')).body).text).toBe(
      STAND_IN_SENTENCE,
    );
  });

  it('shows the page and says that the next one will not load', async () => {
    const { query } = newLogin();
    const shown = await fetch(`${openAi.listening}/oauth/authorize?${query.toString()}`);
    const html = await shown.text();
    expect(html).toContain('data-testid="continue"');
    expect(html).toContain('The next page will not load');
  });

  it('hands the state back, also with a refusal', async () => {
    const denied = await decide(newLogin(), { decision: 'deny' });
    expect(Object.fromEntries(denied.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
    });
    const agreed = await decide(newLogin(), { decision: 'continue' });
    expect(wire.codexCallbackQuery.parse(Object.fromEntries(agreed.searchParams))).toHaveProperty(
      'code',
    );
  });

  it.each([
    ['another client', { client_id: 'app_other' }],
    ['a foreign redirect address', { redirect_uri: 'http://evil.example/auth/callback' }],
    ['no challenge', { code_challenge: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
  ])('redirects nowhere for %s', async (_name, change) => {
    const { query } = newLogin(change);
    const address = `${openAi.listening}/oauth/authorize?${query.toString()}`;
    const body = new URLSearchParams({ decision: 'continue' });
    const pressed = await fetch(address, { method: 'POST', redirect: 'manual', body });
    expect(pressed.status).toBe(400);
    expect((await fetch(address)).status).toBe(400);
  });

  it('spends a code once, even when the exchange fails', async () => {
    const login = newLogin();
    const callback = await decide(login, { decision: 'continue' });
    const wrong = exchangeForm(callback, newLogin().verifier);
    expect(await token(wrong)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const right = exchangeForm(callback, login.verifier);
    expect(await token(right)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('forgets a code after ten minutes', async () => {
    const login = newLogin();
    const callback = await decide(login, { decision: 'continue' });
    nowMs += 10 * 60_000 + 1;
    expect(await token(exchangeForm(callback, login.verifier))).toMatchObject({ status: 400 });
  });
});

describe('tokens', () => {
  it('rotate, and a spent refresh token is named as such', async () => {
    const first = await signIn();
    const second = wire.codexTokenAnswer.parse((await refresh(first.refresh_token)).body);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(await refresh(first.refresh_token)).toMatchObject({
      status: 401,
      body: { error: { code: 'refresh_token_reused' } },
    });
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('survive a restart', async () => {
    const tokens = await signIn();
    await stop();
    await start();
    expect((await turn(tokens.access_token, 'Reply with OK.')).status).toBe(200);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  it('expire, are revoked, and are refused when made up', async () => {
    const tokens = await signIn();
    expect((await turn('made.up.token', 'x')).status).toBe(401);
    const [head = '', , tail = ''] = tokens.access_token.split('.');
    const forged = Buffer.from('{"session_id":"x"}').toString('base64url');
    expect((await turn(`${head}.${forged}.${tail}`, 'x')).status).toBe(401);
    await fetch(`${openAi.listening}/_ctl/revoke`, { method: 'POST', body: '{"what":"access"}' });
    expect((await turn(tokens.access_token, 'x')).status).toBe(401);
    nowMs += 2000;
    const renewed = wire.codexTokenAnswer.parse((await refresh(tokens.refresh_token)).body);
    expect((await turn(renewed.access_token, 'x')).status).toBe(200);
    nowMs += (renewed.expires_in + 1) * 1000;
    expect((await turn(renewed.access_token, 'x')).status).toBe(401);
  });
});

describe('device codes', () => {
  const call = async (path: string, body: unknown) =>
    proxyFetch(`${wire.CODEX_AUTH_ORIGIN}/api/accounts/deviceauth/${path}`, {
      method: 'POST',
      dispatcher: gateway,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const type = async (form: Record<string, string>) =>
    fetch(`${openAi.listening}/codex/device`, { method: 'POST', body: new URLSearchParams(form) });

  it('are polled until the person agrees, then exchanged once', async () => {
    const started = await call('usercode', { client_id: wire.CODEX_CLIENT_ID });
    const device = wire.codexDeviceCodeAnswer.parse(await started.json());
    const poll = async () =>
      call('token', { device_auth_id: device.device_auth_id, user_code: device.user_code });
    expect((await poll()).status).toBe(403);
    expect((await type({ user_code: 'AAAA-AAAA', decision: 'continue' })).status).toBe(400);
    const typed = { user_code: device.user_code.toLowerCase(), decision: 'continue' };
    expect((await type({ ...typed, account: 'team' })).status).toBe(200);
    const granted = wire.codexDeviceTokenAnswer.parse(await (await poll()).json());
    expect((await poll()).status).toBe(404);
    const exchanged = await token({
      grant_type: 'authorization_code',
      code: granted.authorization_code,
      code_verifier: granted.code_verifier,
      redirect_uri: wire.CODEX_DEVICE_CALLBACK,
    });
    const tokens = wire.codexTokenAnswer.parse(exchanged.body);
    expect((await turn(tokens.access_token, 'Reply with OK.')).status).toBe(200);
  });

  it('can be switched off', async () => {
    await turnKnobs({ deviceCodeOff: true });
    expect((await call('usercode', { client_id: wire.CODEX_CLIENT_ID })).status).toBe(404);
  });
});

describe('refusals', () => {
  const ask = async (path: string, body: string, type: string) => {
    const response = await proxyFetch(`${wire.CODEX_AUTH_ORIGIN}${path}`, {
      method: 'POST',
      dispatcher: gateway,
      headers: { 'content-type': type },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const everywhere = async () =>
    Promise.all([
      ask('/oauth/token', 'grant_type=refresh_token', 'application/x-www-form-urlencoded'),
      ask(
        '/api/accounts/deviceauth/usercode',
        JSON.stringify({ client_id: wire.CODEX_CLIENT_ID }),
        'application/json',
      ),
      ask(
        '/api/accounts/deviceauth/token',
        JSON.stringify({ device_auth_id: 'da', user_code: 'AAAA-AAAA' }),
        'application/json',
      ),
    ]);

  it.each([
    [429, 'rate_limit_exceeded', /"code":"rate_limit_exceeded"/],
    [403, 'unsupported_country_region_territory', /"message":"Country, region, or territory not/],
    [403, 'access_denied', /^\{"error":"access_denied","error_description":/],
    [403, 'firewall', /^<!doctype html>/],
    [503, 'server_error', /"code":"server_error"/],
  ])('%i for %s, at every door of the issuer', async (status, refusalReason, said) => {
    await turnKnobs({
      tokenStatus: status,
      deviceStatus: status,
      devicePollStatus: status,
      refusalReason,
    });
    for (const answer of await everywhere()) {
      expect(answer).toEqual({ status, text: expect.stringMatching(said) as string });
    }
  });

  it('has no reason that nobody has seen', async () => {
    expect((await turnKnobs({ refusalReason: 'bad_mood' })).status).toBe(400);
  });
});

describe('doors and knobs', () => {
  it('reaches no other host, and counts the attempts', async () => {
    const away = proxyFetch('https://telemetry.example/', { dispatcher: gateway });
    await expect(away).rejects.toThrow();
    const state = (await (await fetch(`${openAi.listening}/_ctl`)).json()) as {
      refusedHosts: Record<string, number>;
    };
    expect(state.refusedHosts).toEqual({ 'telemetry.example': 1 });
  });

  it('keeps the control calls off the proxy and away from web pages', async () => {
    const behind = `${wire.CODEX_AUTH_ORIGIN}/_ctl/issued`;
    expect((await proxyFetch(behind, { dispatcher: gateway })).status).toBe(404);
    const headers = { origin: 'http://evil.example' };
    expect((await fetch(`${openAi.listening}/_ctl/issued`, { headers })).status).toBe(403);
  });

  it('fails turns and refreshes as told, and refuses unknown knobs', async () => {
    const tokens = await signIn();
    for (const status of [401, 403, 429, 500]) {
      await turnKnobs({ modelStatus: status });
      expect((await turn(tokens.access_token, 'x')).status).toBe(status);
    }
    await turnKnobs({ modelStatus: 0, modelCutsOff: true });
    expect(readStream((await turn(tokens.access_token, 'x')).body).last).not.toBe(
      'response.completed',
    );
    await turnKnobs({ refreshRefusedWith: 'refresh_token_invalidated' });
    expect(await refresh(tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { error: { code: 'refresh_token_invalidated' } },
    });
    expect((await turnKnobs({ modelStatus: 99 })).status).toBe(400);
    expect((await turnKnobs({ unheardOf: true })).status).toBe(400);
  });
});
