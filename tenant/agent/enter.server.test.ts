/**
 * The owner opens the runtime, and nobody else does: the real OpenClaw gateway, the real agent, a
 * real Chromium with several profiles. One tenant for the whole file, the tests follow in order.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RealBrowser, Tab } from './testing/browser.ts';
import { startBrowser } from './testing/browser.ts';
import { until } from './testing/processes.ts';
import type { ReferrerPolicy, Site } from './testing/site.ts';
import { createSite } from './testing/site.ts';
import type { Steps } from './testing/steps.ts';
import { createSteps } from './testing/steps.ts';
import type { World } from './testing/world.ts';
import { createWorld, publicOrigin, siteOrigin } from './testing/world.ts';

const enterEndpoint = `${publicOrigin}/agent/v1/enter`;
const evilOrigin = 'http://evil.localhost:19398';
const connectedWord = '연결됨';
const waitMs = 60_000;
/** Until a person presses reload. */
const patienceMs = 30_000;

let world: World;
let steps: Steps;
let site: Site;
let evilSite: Site;
let browser: RealBrowser;
let owner: BrowserContext;
let tab: Tab;
const secrets: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  steps = createSteps(world);
  const login = await steps.startLogin();
  const linked = await steps.paste(login, await steps.decide(login, 'continue'));
  expect(linked.body).toEqual({ status: 'linked' });
  site = await createSite(siteOrigin);
  evilSite = await createSite(evilOrigin);
  browser = await startBrowser();
  owner = await browser.profile();
  tab = await browser.tab(owner);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([site.close(), evilSite.close()]);
  await world.end();
}, 60_000);

async function ticketOf(userId: string): Promise<string> {
  const ticket = await world.mint('enter', { subject: userId });
  secrets.push(ticket);
  return ticket;
}

interface Click {
  readonly ticket: string;
  readonly from?: Site;
  readonly policy?: ReferrerPolicy;
}

/** Presses the button on a page of a site, and waits for what comes of it. */
async function click(page: Page, { ticket, from = site, policy = 'strict-origin' }: Click) {
  await page.goto(from.offer({ endpoint: enterEndpoint, ticket, policy }));
  const answered = page.waitForResponse((response) => response.url() === enterEndpoint);
  await page.getByRole('button').click();
  const status = (await answered).status();
  await page.waitForLoadState('load');
  return status;
}

/**
 * The Control UI says that it is connected, and there is a place to write. Whoever uses the machine
 * for containers at the same time changes its network, Chromium then drops what it is loading, and
 * a person reloads. What the agent or the gateway answered is judged at the end of the file.
 */
async function connected(page: Page): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const options = { timeout: patienceMs };
    const word = page.getByText(connectedWord, { exact: true }).waitFor(options);
    const place = page.locator('textarea').waitFor(options);
    return Promise.all([word, place]).then(
      () => true,
      () => false,
    );
  };
  await until('the Control UI', waitMs * 2, async () => {
    if (await isThere()) return true;
    await page.reload();
    return null;
  });
}

async function keepCookie(): Promise<void> {
  const cookies = await owner.cookies(publicOrigin);
  secrets.push(...cookies.map((cookie) => cookie.value));
  expect(cookies).toMatchObject([{ name: 'runtime-session', httpOnly: true, sameSite: 'Lax' }]);
}

async function codeOn(page: Page): Promise<string> {
  return page.locator('code').innerText();
}

/** Tries to open the Control UI's socket from the page that is open. */
async function socketFrom(page: Page): Promise<string> {
  return page.evaluate(
    async (address) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(address);
        socket.onopen = () => resolve('opened');
        socket.onerror = () => resolve('refused');
      }),
    `${publicOrigin.replace('http:', 'ws:')}/ui`,
  );
}

function timesLogged(event: string): number {
  return world.agentOutput().split(`"event":"${event}"`).length - 1;
}

describe('the owner', () => {
  it('lands in the Control UI with one click, and is paired without hands', async () => {
    const ticket = await ticketOf('user-owner');
    const startedMs = performance.now();
    expect(await click(tab.page, { ticket })).toBe(303);
    await connected(tab.page);
    world.timings['enterMs'] = Math.round(performance.now() - startedMs);
    expect(tab.page.url()).toMatch(`${publicOrigin}/ui/`);
    await keepCookie();
    expect((await steps.state()).sessions).toEqual(['user-owner']);
    expect(timesLogged('device_let_in')).toBe(1);
  });

  it('has used the ticket up: it opens nothing in another browser', async () => {
    const { page } = await browser.tab(await browser.profile());
    expect(await click(page, { ticket: secrets[0] ?? '' })).toBe(401);
    expect(await codeOn(page)).toBe('ticket_replayed');
    expect((await page.goto(`${publicOrigin}/ui/`))?.status()).toBe(401);
  });

  it('talks to the agent, on the own login', async () => {
    const words = tab.page.locator('textarea');
    await words.fill('Reply with exactly: moonlight-42');
    await words.press('Enter');
    // In the conversation: the same words may stand in what is read aloud to those who cannot see.
    const answer = tab.page.getByRole('paragraph').filter({ hasText: /^moonlight-42$/ });
    await answer.waitFor({ timeout: 120_000 });
  }, 180_000);

  it('comes back without being paired again, also after a restart of the agent', async () => {
    await tab.page.reload();
    await connected(tab.page);
    const socket = tab.sockets.at(-1);
    await world.restartAgent();
    await until('a new socket', waitMs, async () => (tab.sockets.at(-1) === socket ? null : true));
    await connected(tab.page);
    expect(timesLogged('device_let_in')).toBe(1);
  });
});

describe('another browser', () => {
  it('gets a page instead, with the copied address of the owner, and no socket', async () => {
    const { page } = await browser.tab(await browser.profile());
    for (const address of [tab.page.url(), `${publicOrigin}/ui/`]) {
      const response = await page.goto(address);
      expect(response?.status()).toBe(401);
      expect(await codeOn(page)).toBe('session_missing');
      expect(await page.getByRole('link').first().getAttribute('href')).toBe(`${siteOrigin}/`);
    }
    expect(await socketFrom(page)).toBe('refused');
  });
});

describe('a page of somebody else', () => {
  it('cannot put this browser into another one’s session', async () => {
    const page = await owner.newPage();
    const ticket = await ticketOf('user-mallory');
    expect(await click(page, { ticket, from: evilSite })).toBe(403);
    expect(await codeOn(page)).toBe('origin_refused');
    expect(await click(page, { ticket, from: evilSite, policy: 'no-referrer' })).toBe(403);
    // Neither can a page of the site that does not say who it is.
    expect(await click(page, { ticket, policy: 'no-referrer' })).toBe(403);
    expect((await steps.state()).sessions).toEqual(['user-owner']);
    await page.close();
  });

  it('cannot open the socket in the owner’s browser, nor frame the Control UI', async () => {
    const page = await owner.newPage();
    await page.goto(evilSite.offer({ endpoint: enterEndpoint, ticket: '', policy: 'no-referrer' }));
    expect(await socketFrom(page)).toBe('refused');
    const framed = page.waitForResponse((response) => response.url() === `${publicOrigin}/ui/`);
    await page.evaluate(`document.body.append(
      Object.assign(document.createElement('iframe'), { src: '${publicOrigin}/ui/' }))`);
    expect((await framed).status()).toBe(403);
    await page.close();
  });
});

it('the gateway’s other doors are no addresses here, with the session or without', async () => {
  const paths = [
    '/',
    '/api/v1/admin/rpc',
    '/tools/invoke',
    '/v1/models',
    '/v1/chat/completions',
    '/sessions/main/history',
    '/hooks/x',
    '/__openclaw__/canvas/',
    '/readyz',
    '/ui/..%2ftools/invoke',
    '/ui/%252e%252e/tools/invoke',
  ];
  const statuses = await tab.page.evaluate(async (all) => {
    const ask = async (path: string, method: string): Promise<number> =>
      (await fetch(path, { method, redirect: 'manual' })).status;
    return Promise.all(all.flatMap((path) => [ask(path, 'GET'), ask(path, 'POST')]));
  }, paths);
  expect(statuses.filter((status) => status !== 404)).toEqual([]);
});

describe('who may no longer', () => {
  it('is cut off in the open tab, refused on reload, and unpaired', async () => {
    const socket = tab.sockets.at(-1);
    expect(socket?.isClosed()).toBe(false);
    const opened = timesLogged('ui_connected');
    const answer = await world.call('access', { allow: ['user-other'] });
    expect(answer.body).toEqual({ ended: 1 });
    await until('the cut', waitMs, async () => (socket?.isClosed() === true ? true : null));
    expect((await steps.state()).sessions).toEqual([]);
    // The stale tab tries again by itself, and gets nowhere.
    await until('a try', waitMs, async () => (tab.sockets.at(-1) === socket ? null : true));
    await tab.page.getByText(connectedWord, { exact: true }).waitFor({ state: 'hidden' });
    expect(timesLogged('ui_connected')).toBe(opened);
    const reloaded = await tab.page.reload();
    expect(reloaded?.status()).toBe(401);
    expect(await codeOn(tab.page)).toBe('session_missing');
    expect(world.agentOutput()).toContain('"event":"devices_removed","removed":1');
    expect((await world.call('access', { allow: ['user-other'] })).body).toEqual({ ended: 0 });
  });

  it('comes in again with a new ticket, as a new device', async () => {
    expect(await click(tab.page, { ticket: await ticketOf('user-owner') })).toBe(303);
    await connected(tab.page);
    await keepCookie();
    expect(timesLogged('device_let_in')).toBe(2);
  });
});

it('who leaves takes everything along', async () => {
  await tab.page.goto(`${publicOrigin}/agent/leave`);
  await tab.page.getByRole('button').first().click();
  await tab.page.getByText('나갔습니다').waitFor();
  const stored = await tab.page.evaluate<number[]>(
    'indexedDB.databases().then((all) => [localStorage.length, all.length])',
  );
  expect(stored).toEqual([0, 0]);
  expect(await owner.cookies(publicOrigin)).toEqual([]);
  expect((await tab.page.goto(`${publicOrigin}/ui/`))?.status()).toBe(401);
});

it('neither the agent nor the gateway ever failed the browser', () => {
  // The gateway asks Gravatar for the owner's picture, which is not to be had here.
  const failures = browser.troubles.filter((one) => /^5\d\d /.test(one));
  expect(failures.filter((one) => !/^502 [^ ]+\/avatar/.test(one))).toEqual([]);
});

it('no ticket, no cookie and no token ever stood in an address or in the log', () => {
  expect(secrets.length).toBeGreaterThan(3);
  expect(browser.addresses.length).toBeGreaterThan(100);
  const said = [...browser.addresses, world.agentOutput()].join('\n');
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  expect(browser.addresses.filter((address) => /token|ticket|eyJ/i.test(address))).toEqual([]);
});
