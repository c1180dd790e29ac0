/**
 * Every state of the site, from fixtures: clean by axe, in the light on a wide window and in the dark
 * at 320 px, where nothing may be cut off at the side; a step's first screen on a phone holds all
 * but its last lines; every other one in Korean, the rest in English; nothing that the page's own
 * policy refuses. `npm run gallery` looks at all combinations, and at all rules in each.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumPath } from '#local/cli/test.ts';
import { buildAll } from '#local/supervisor/product.ts';
import {
  axeFindings,
  axeFindingsOfLook,
  listenForErrors,
  overflowOf,
  painted,
  scrollOf,
} from '#tests/gallery/look.ts';
import { fileOf, findSights, openContext, show } from '#tests/gallery/scenes.ts';
import { serveSite } from '#tests/gallery/site.ts';
import type { SiteServer } from '#tests/gallery/site.ts';

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

/** Of a step on a phone of 390 × 844: the lines that name what comes after it, in wider fonts too. */
const mostBelowPx = 160;

// A page waits for its answers more than it computes: side by side they take little longer than one.
it.concurrent.each([
  ['ko', 0],
  ['en', 1],
] as const)('every state is clean and fits, %s', async (locale, turn) => {
  const context = await openContext(browser, { locale, scheme: 'light', width: 1280 });
  const page = await context.newPage();
  const errors = listenForErrors(page);
  const findings: string[] = [];
  const sights = await findSights(page, site.url);
  for (const sight of sights.filter((_, index) => index % 2 === turn)) {
    const note = (lines: readonly string[]) =>
      findings.push(...lines.map((line) => `${locale} ${fileOf(sight)}: ${line}`));
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1280, height: 900 });
    await show(page, site.url, sight);
    note(await axeFindings(page));
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 320, height: 800 });
    note(await axeFindingsOfLook(page));
    const over = await overflowOf(page);
    if (over > 0) note([`${over} px wider than 320 px`]);
    if (sight.shows !== null || !sight.scene.startsWith('flow.')) continue;
    await page.setViewportSize({ width: 390, height: 844 });
    await painted(page);
    const below = await scrollOf(page);
    if (below > mostBelowPx) note([`${below} px below the first screen of a phone`]);
  }
  await context.close();
  expect(findings).toEqual([]);
  expect(errors).toEqual([]);
});

it('a page of which nothing is written does not wait to be painted', async () => {
  const context = await openContext(browser, { locale: 'ko', scheme: 'light', width: 390 });
  // The patience of `boot.js` never runs out here, so it must not be what begins.
  await context.addInitScript('globalThis.setTimeout = () => 0');
  const page = await context.newPage();
  expect((await findSights(page, site.url)).length).toBeGreaterThan(0);
  await context.close();
});
