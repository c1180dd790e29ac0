/** What a page does by itself, in a browser and without the product behind it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { chromiumPath } from '#local/cli/test.ts';
import { buildAll } from '#local/supervisor/product.ts';
import { openContext } from '#tests/gallery/scenes.ts';
import { serveSite } from '#tests/gallery/site.ts';
import type { SiteServer } from '#tests/gallery/site.ts';
import { focusAfter, focusNow, openKeptPage } from './focus.ts';

let browser: Browser;
let site: SiteServer;
beforeAll(async () => {
  await buildAll();
  site = await serveSite();
  browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const openEnglish = (): Promise<BrowserContext> =>
  openContext(browser, { locale: 'en', scheme: 'light', width: 1280 });

describe('the place of the keyboard', () => {
  const moves = [
    ['what had it is gone: the open step', 'act', `act.remove()`, 'first'],
    ['nothing is open: the page itself', 'act', `first.remove()`, 'main'],
    ['a menu is shut around it: its handle', 'entry', `entry.parentElement.open = false`, 'handle'],
    ['in a dialog: the dialog', 'ask', `ask.remove()`, 'box'],
    ['another thing has it: left alone', 'act', `other.focus(); act.remove()`, 'other'],
  ] as const;
  it.each(moves)('%s', async (_, from, change, to) => {
    const page = await openKeptPage(browser);
    if (from === 'ask') await page.evaluate('box.showModal()');
    await focusAfter(page, from, change);
    await expect.poll(() => focusNow(page)).toBe(to);
    await page.close();
  });

  it('comes back to what was disabled for the time of a call', async () => {
    const page = await openKeptPage(browser);
    await focusAfter(page, 'act', 'act.disabled = true');
    await page.evaluate('act.disabled = false');
    expect(await focusNow(page)).toBe('act');
    await page.close();
  });

  it('goes on with the steps while nobody moved it', async () => {
    const page = await openKeptPage(browser);
    const next = `first.removeAttribute('data-place'); second.dataset.place = 'now'`;
    expect(await focusAfter(page, 'act', 'act.remove()')).toBe('first');
    await page.evaluate(next);
    expect(await focusNow(page)).toBe('second');
    await page.close();
  });

  it('is nowhere when somebody pressed on nothing', async () => {
    const page = await openKeptPage(browser);
    await page.locator('#act').focus();
    await page.locator('#ground').click();
    await page.evaluate('act.remove()');
    expect(await focusNow(page)).not.toBe('first');
    await page.close();
  });
});

describe('where the API is', () => {
  const answers = (page: Page, turns: readonly ((route: Route) => Promise<void>)[]) => {
    let asked = 0;
    return page.route('**/config.json', async (route) => {
      const turn = turns[Math.min(asked, turns.length - 1)];
      asked += 1;
      await turn?.(route);
    });
  };
  const withStatus = (status: number) => (route: Route) => route.fulfill({ status, body: '' });

  it('is asked for again until it is told, and the page goes on', async () => {
    const context = await openEnglish();
    const page = await context.newPage();
    await page.clock.install();
    await answers(page, [(route) => route.abort(), withStatus(503), (route) => route.continue()]);
    await page.goto(site.url);
    const notice = page.getByTestId('error-message');
    await notice.waitFor();
    const again = async (): Promise<void> => {
      const answered = page.waitForResponse('**/config.json');
      await page.clock.runFor(5_000);
      await answered;
    };
    await again();
    await notice.waitFor();
    await again();
    await page.getByTestId('login-email').waitFor();
    expect(await notice.count()).toBe(0);
    await context.close();
  });

  it('may be told after an invitation was opened: it is looked at then', async () => {
    const context = await openEnglish();
    const page = await context.newPage();
    const told = Promise.withResolvers<undefined>();
    await answers(page, [
      async (route) => {
        await told.promise;
        await route.continue();
      },
    ]);
    await page.goto(`${site.url}/#join=a-token-of-a-link`);
    await page.getByTestId('signup-form').waitFor();
    const looked = page.waitForRequest('**/v1/functions/signup/executions');
    told.resolve(undefined);
    expect((await looked).postData()).toContain('a-token-of-a-link');
    await context.close();
  });

  it('is not asked for again where there is no such file: that is said instead', async () => {
    const context = await openEnglish();
    const page = await context.newPage();
    await answers(page, [withStatus(404)]);
    await page.goto(site.url);
    await page.getByTestId('config-problem').waitFor();
    await context.close();
  });
});

it('a part of a step that did not come is asked for again, and looks as it should', async () => {
  const context = await openEnglish();
  const page = await context.newPage();
  let asked = 0;
  await page.route('**/assets/OrderForm.*.css', async (route) => {
    asked += 1;
    await (asked === 1 ? route.abort('connectionreset') : route.continue());
  });
  const told = page.getByRole('alert').filter({ hasText: 'every few seconds' });
  await page.goto(`${site.url}/gallery?scene=flow.checkout-idle`);
  await told.waitFor();
  await page.getByTestId('checkout-submit').waitFor();
  expect(await told.count()).toBe(0);
  const sheet = page.locator('link[rel="stylesheet"][href*="/OrderForm."]');
  const isApplied = (link: object): boolean => (link as { sheet: object | null }).sheet !== null;
  await expect.poll(() => sheet.evaluate(isApplied)).toBe(true);
  expect(asked).toBe(2);
  await context.close();
});

it("an operator's oldest task is as old as the server's clock says", async () => {
  const context = await openEnglish();
  const ageBy = async (aheadMs: number): Promise<string> => {
    const page = await context.newPage();
    await page.route('**/config.json', async (route) => {
      const date = new Date(Date.now() + aheadMs).toUTCString();
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), date } });
    });
    const read = page.waitForResponse('**/config.json');
    await page.goto(`${site.url}/gallery`);
    await read;
    // Within the page, whose clock is set by then.
    await page.getByRole('link', { name: 'operator.overview', exact: true }).click();
    const text = await page.getByTestId('overview-tasks').innerText();
    await page.close();
    return text;
  };
  expect(await ageBy(0)).toContain('26');
  // A minute more: an HTTP date is without its fraction of a second, and hours are counted down.
  expect(await ageBy(3 * 3_600_000 + 60_000)).toContain('29');
  await context.close();
});
