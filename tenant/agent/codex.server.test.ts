/**
 * The Codex login, both ways and in every way it can fail, with the real OpenClaw gateway and the
 * stand-in of the issuer. Needs OpenClaw installed (`.local/openclaw`, or OPENCLAW_INSTALL_DIR). One
 * tenant for the whole file, and the tests follow its life in order.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './testing/processes.ts';
import type { Steps } from './testing/steps.ts';
import { createSteps, refusal } from './testing/steps.ts';
import type { World } from './testing/world.ts';
import { createWorld, siteOrigin } from './testing/world.ts';

let world: World;
let steps: Steps;

beforeAll(async () => {
  world = await createWorld();
  steps = createSteps(world);
  await steps.turnKnobs({ deviceIntervalSeconds: 1 });
}, 120_000);
afterAll(async () => world.end(), 60_000);

async function ended(attemptId: string) {
  return until(`the end of ${attemptId}`, 30_000, async () => {
    const { codex } = await steps.state();
    return codex.ended?.attemptId === attemptId ? codex : null;
  });
}

describe('a device code', () => {
  it('ends in a login without a word from the browser', async () => {
    const device = await steps.startDevice();
    expect(new URL(device.verificationUrl).pathname).toBe('/codex/device');
    expect(device.userCode).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    expect(device.expiresAtMs - Date.now()).toBeGreaterThan(14 * 60_000);
    expect((await steps.state()).codex).toMatchObject({
      status: 'linking',
      attemptId: device.attemptId,
      attemptExpiresAtMs: device.expiresAtMs,
      loginId: null,
    });
    await steps.typeCode(device, 'continue');
    expect(await ended(device.attemptId)).toMatchObject({
      status: 'ok',
      attemptId: null,
      loginId: expect.stringMatching(/^[A-Za-z0-9_-]{32}$/) as string,
      ended: { attemptId: device.attemptId, ending: 'linked', code: null },
    });
  });

  it('is given to a page of the site, and to nobody with a ticket of the control plane', async () => {
    const response = await fetch(`${world.agentUrl}/agent/v1/codex/device`, {
      method: 'POST',
      headers: {
        origin: siteOrigin,
        authorization: `Bearer ${await world.mint('codex:device')}`,
      },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(siteOrigin);
    const control = await world.call('codex:device', {}, { subject: 'control-plane' });
    expect(refusal(control)).toEqual([401, 'ticket_invalid', undefined]);
  });

  it('shares its one place with the paste, and the newer start wins', async () => {
    const device = await steps.startDevice();
    const login = await steps.startLogin();
    expect(await ended(device.attemptId)).toMatchObject({
      attemptId: login.attempt,
      ended: { attemptId: device.attemptId, ending: 'replaced', code: null },
    });
    const next = await steps.startDevice();
    expect(await ended(login.attempt)).toMatchObject({
      attemptId: next.attemptId,
      ended: { attemptId: login.attempt, ending: 'replaced' },
    });
    const callback = 'http://localhost:1455/auth/callback?code=a&state=b';
    const pasted = await steps.paste({ attempt: next.attemptId, authorizeUrl: '' }, callback);
    expect(refusal(pasted)).toEqual([422, 'codex_wrong_attempt', false]);
    await steps.typeCode(next, 'continue');
    expect((await ended(next.attemptId)).ended).toMatchObject({ ending: 'linked' });
  });

  it('is named as switched off where the issuer does not allow it', async () => {
    await steps.turnKnobs({ deviceCodeOff: true });
    const answer = await steps.refusedDevice();
    await steps.turnKnobs({ deviceCodeOff: false });
    expect(refusal(answer)).toEqual([422, 'codex_device_disabled', true]);
  });
});

const failures = [
  [403, 'firewall', 'codex_blocked', 502],
  [403, 'unsupported_country_region_territory', 'codex_unsupported_region', 422],
  [403, 'access_denied', 'codex_access_denied', 422],
  [400, 'invalid_grant', 'codex_code_rejected', 422],
  [429, 'rate_limit_exceeded', 'codex_rate_limited', 503],
  [429, 'firewall', 'codex_rate_limited', 503],
  [503, 'server_error', 'codex_upstream_unavailable', 502],
  [502, 'firewall', 'codex_upstream_unavailable', 502],
] as const;

describe.each(failures)('an issuer that answers %i %s', (status, refusalReason, code, http) => {
  it(`ends a paste as ${code}`, async () => {
    const login = await steps.startLogin();
    const callback = await steps.decide(login, 'continue');
    await steps.turnKnobs({ tokenStatus: status, refusalReason });
    const answer = await steps.paste(login, callback);
    await steps.turnKnobs({ tokenStatus: 0 });
    expect(refusal(answer)).toEqual([http, code, true]);
    expect((await steps.state()).codex).toMatchObject({
      attemptId: null,
      ended: { attemptId: login.attempt, ending: 'failed', code },
    });
  });

  it(`refuses a device code as ${code}`, async () => {
    await steps.turnKnobs({ deviceStatus: status, refusalReason });
    const answer = await steps.refusedDevice();
    await steps.turnKnobs({ deviceStatus: 0 });
    expect(refusal(answer)).toEqual([http, code, true]);
  });

  it(`ends a device code that was agreed to as ${code}`, async () => {
    const device = await steps.startDevice();
    await steps.turnKnobs({ tokenStatus: status, refusalReason });
    await steps.typeCode(device, 'continue');
    const { ended: end } = await ended(device.attemptId);
    await steps.turnKnobs({ tokenStatus: 0 });
    expect(end).toEqual({ attemptId: device.attemptId, ending: 'failed', code });
  });
});

it('says so when the issuer falls ill while it is asked about a device code', async () => {
  const device = await steps.startDevice();
  await steps.turnKnobs({ devicePollStatus: 503, refusalReason: 'server_error' });
  const { ended: end } = await ended(device.attemptId);
  await steps.turnKnobs({ devicePollStatus: 0 });
  expect(end).toMatchObject({ ending: 'failed', code: 'codex_upstream_unavailable' });
});

it('says so when the issuer does not answer in time', async () => {
  const login = await steps.startLogin();
  const callback = await steps.decide(login, 'continue');
  await steps.turnKnobs({ tokenLatencyMs: 40_000 });
  const answer = await steps.paste(login, callback);
  await steps.turnKnobs({ tokenLatencyMs: 0 });
  expect(refusal(answer)).toEqual([502, 'codex_upstream_unavailable', true]);
}, 60_000);

describe('the id of a login', () => {
  const link = async (account: string): Promise<string> => {
    const login = await steps.startLogin();
    const answer = await steps.paste(login, await steps.decide(login, 'continue', account));
    expect(answer.body).toEqual({ status: 'linked' });
    return (await steps.state()).codex.loginId ?? '';
  };

  it('changes with every login and account, and with nothing else', async () => {
    const first = await link('demo');
    const again = await link('demo');
    const other = await link('team');
    expect(new Set([first, again, other]).size).toBe(3);
    // A login that came to nothing.
    await steps.startLogin();
    const { attempt } = await steps.startLogin();
    expect((await steps.state()).codex).toMatchObject({ attemptId: attempt, loginId: other });
    await world.restartAgent();
    expect((await steps.state()).codex.loginId).toBe(other);
  });

  it('stays when the token is refreshed', async () => {
    // Both accounts, for OpenClaw keeps the earlier one and chooses.
    await steps.turnKnobs({ tokenLifeSeconds: 1 });
    await link('team');
    const before = await link('demo');
    await steps.turnKnobs({ tokenLifeSeconds: 864_000 });
    const counted = async (): Promise<number> => {
      const control = await (await fetch(`${world.openaiUrl}/_ctl`)).json();
      return (
        (control as { requests: Record<string, number> }).requests['POST /oauth/token 200'] ?? 0
      );
    };
    const exchanges = await counted();
    // A profile that failed a moment ago rests; meanwhile OpenClaw answers without asking anybody.
    let tries = 0;
    const { codex } = await until('a check that passes', 80_000, async () => {
      tries += 1;
      const checkId = `check-refresh-${tries}`;
      expect((await world.call('check', { checkId })).status).toBe(202);
      const seen = await until('the end of the check', 30_000, async () => {
        const state = await steps.state();
        return state.check?.finishedAtMs == null ? null : state;
      });
      return seen.check?.code === 'passed' ? seen : null;
    });
    expect(await counted()).toBeGreaterThan(exchanges);
    expect(codex.loginId).toBe(before);
    // The login that was not used, and so not refreshed, would stay expired.
    await link('team');
    await link('demo');
  }, 150_000);
});

describe('a login that is cut off', () => {
  it('reads as lost after the agent was killed, with the old login as it was', async () => {
    const { loginId } = (await steps.state()).codex;
    const login = await steps.startLogin();
    const callback = await steps.decide(login, 'continue');
    await world.restartAgent('kill');
    expect((await steps.state()).codex).toMatchObject({
      status: 'ok',
      attemptId: null,
      loginId,
      ended: { attemptId: login.attempt, ending: 'lost', code: null },
    });
    expect(refusal(await steps.paste(login, callback))).toEqual([
      404,
      'codex_attempt_unknown',
      true,
    ]);
  });

  it('reads as lost with a device code too, and what was proven has to be proven again', async () => {
    const { loginId } = (await steps.state()).codex;
    const device = await steps.startDevice();
    await world.restartAgent('kill');
    const { codex } = await steps.state();
    expect(codex.ended).toEqual({ attemptId: device.attemptId, ending: 'lost', code: null });
    expect(codex.loginId).not.toBe(loginId);
  });

  it('starts again in one call', async () => {
    const login = await steps.startLogin();
    const answer = await steps.paste(login, await steps.decide(login, 'continue'));
    expect(answer.body).toEqual({ status: 'linked' });
  });
});

it('keeps codes, tokens and e-mails out of what the agent says and writes', async () => {
  const said = `${world.agentOutput()}${JSON.stringify(await steps.state())}`;
  expect(said).toContain('codex_login_ended');
  const secrets = await secretsOfAll();
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});

it('keeps them out of what the gateway says, which the deployer shows', async () => {
  const said = world.gatewayOutput();
  // A login does print both lines.
  expect(said).toContain('Auth profile: ');
  expect(said).toContain('Open this URL in your LOCAL browser');
  const secrets = [...(await secretsOfAll()), ...steps.states(), ...steps.userCodes()];
  expect(steps.states().length).toBeGreaterThan(10);
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});

/** The e-mail addresses of the stand-in's accounts carry the canary. */
async function secretsOfAll(): Promise<readonly string[]> {
  const issued = await steps.issued();
  expect(issued.length).toBeGreaterThan(10);
  return [...issued, 'codex-canary', '@example.test'];
}
