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
const runAxe = `axe
  .run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} } })
  .then(({ violations }) => violations.map(({ id, help, nodes }) => ({
    id, help, targets: nodes.slice(0, 3).map(({ target }) => String(target)),
  })))`;

/** Lines a person can act on; empty when the page is clean. */
export const axeFindings = async (page: Page): Promise<readonly string[]> => {
  // What a resize or a new scheme changes is laid out with the next frame.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
  await page.evaluate(axeSource);
  const violations = await page.evaluate<readonly Violation[]>(runAxe);
  return violations.map(({ id, help, targets }) => `${id}: ${help} (${targets.join(' · ')})`);
};

/** How many CSS pixels the page is wider than the window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

/** Errors the page raised and what its own policy refused; fills up while the page lives. */
export const listenForErrors = (page: Page): string[] => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) errors.push(message.text());
  });
  return errors;
};
