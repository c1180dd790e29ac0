/** What is held against a page that is shown: axe's rules, nothing cut off at the side, no error. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** WCAG 2.2 A and AA, and what axe calls best practice. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly targets: readonly string[];
}

/** Runs in the page, so it is text: the project's types know no document. */
const runAxe = (runOnly: object): string => `axe
  .run(document, { runOnly: ${JSON.stringify(runOnly)} })
  .then(({ violations }) => violations.map(({ id, help, nodes }) => ({
    id, help, targets: nodes.slice(0, 3).map(({ target }) => String(target)),
  })))`;

/** What may differ where the same page is narrower or in other colours. */
const looksOnly = ['color-contrast', 'target-size', 'scrollable-region-focusable'];

/** What was changed last is laid out with one frame and painted with the next. */
export const painted = (page: Page): Promise<unknown> =>
  page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  );

/** Parts come after the page is drawn: what is found in a page still being drawn is looked at again. */
const settlesWithinMs = 1_500;

const findingsOf = async (page: Page, runOnly: object): Promise<readonly string[]> => {
  const look = async (): Promise<readonly Violation[]> => {
    await painted(page);
    if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axeSource);
    return page.evaluate<readonly Violation[]>(runAxe(runOnly));
  };
  let violations = await look();
  if (violations.length > 0) {
    await page.waitForTimeout(settlesWithinMs);
    violations = await look();
  }
  return violations.map(({ id, help, targets }) => `${id}: ${help} (${targets.join(' · ')})`);
};

/** Lines a person can act on; empty when the page is clean. */
export const axeFindings = (page: Page): Promise<readonly string[]> =>
  findingsOf(page, { type: 'tag', values: tags });

/** Of a page that was looked at in whole, and is now narrower or in other colours. */
export const axeFindingsOfLook = (page: Page): Promise<readonly string[]> =>
  findingsOf(page, { type: 'rule', values: looksOnly });

/** How many CSS pixels the page is wider than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

/** How many CSS pixels of the page lie below the window. */
export const scrollOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollHeight - window.innerHeight');

/** Errors the page raised and what its own policy refused; fills up while the page lives. */
export const listenForErrors = (page: Page): string[] => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) errors.push(message.text());
  });
  return errors;
};
