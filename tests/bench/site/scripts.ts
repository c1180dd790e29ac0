/**
 * How much script a browser fetches, as it came over the wire: bodies as they were encoded, from the
 * browser's own record, with nothing cached before. What was asked for before the step was there
 * counts, whether it had arrived or not.
 */
import type { BrowserContext, Page } from 'playwright-core';
import * as z from 'zod';

export interface Scripts {
  readonly bytes: number;
  readonly files: number;
}

const entries = z.object({
  shownMs: z.number(),
  scripts: z.array(z.object({ startMs: z.number(), bytes: z.number() })),
});

/** Notes the moment; runs before anything of the page, as text: the types here know no document. */
const watchFor = (testId: string): string => `
  globalThis.shownMs = Infinity;
  const look = () => {
    if (document.querySelector('[data-testid="${testId}"]') === null) return;
    globalThis.shownMs = performance.now();
    watch.disconnect();
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { childList: true, subtree: true });`;

const readEntries = `({
  shownMs: Math.min(globalThis.shownMs ?? Infinity, 1e9),
  scripts: performance.getEntriesByType('resource')
    .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
    .map(({ startTime, encodedBodySize }) => ({ startMs: startTime, bytes: encodedBodySize })),
})`;

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

const read = async (page: Page): Promise<Scripts> => {
  const { shownMs, scripts } = entries.parse(await page.evaluate(readEntries));
  const counted = scripts.filter(({ startMs }) => startMs <= shownMs).map(({ bytes }) => bytes);
  return { bytes: sum(counted), files: counted.length };
};

/** All of it, until nothing is asked for any more. */
export const scriptsAtRest = async (context: BrowserContext, url: string): Promise<Scripts> => {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForLoadState('networkidle');
  return read(page);
};

export const scriptsUntil = async (
  context: BrowserContext,
  url: string,
  testId: string,
): Promise<Scripts> => {
  const page = await context.newPage();
  await page.addInitScript(watchFor(testId));
  await page.goto(url);
  // At rest, so that the sizes of what was under way are known.
  await page.getByTestId(testId).first().waitFor();
  await page.waitForLoadState('networkidle');
  return read(page);
};
