/**
 * `keepFocus` alone in a browser's page, so that each of its promises can be broken by itself: the
 * journeys meet them only in passing.
 */
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { root } from '#local/supervisor/paths.ts';

const source = join(root, 'site', 'src', 'lib', 'ui', 'keep-focus.ts');

const markup = `<button id="before">before</button>
<main tabindex="-1">
  <section id="first" tabindex="-1" data-place="now">
    <button id="act">act</button>
    <details open><summary id="handle">menu</summary><button id="entry">entry</button></details>
  </section>
  <section id="second" tabindex="-1"><button id="other">other</button></section>
  <dialog id="box"><button id="ask">ask</button></dialog>
  <p id="ground">ground</p>
</main>`;

/** A page with an open step, a menu and a dialog, kept by the code under test. */
export const openKeptPage = async (browser: Browser): Promise<Page> => {
  const bundle = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'unit',
  });
  const page = await browser.newPage();
  await page.setContent(markup);
  await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
  await page.evaluate(`unit.keepFocus(document.querySelector('main'))`);
  return page;
};

/** The id of what has the focus, once `change` (a statement in the page) has settled. */
export const focusAfter = async (page: Page, id: string, change: string): Promise<string> => {
  await page.locator(`#${id}`).focus();
  await page.evaluate(change);
  return focusNow(page);
};

/** The browser takes the focus off with a frame, and it is put back in the task after that. */
export const focusNow = async (page: Page): Promise<string> => {
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  );
  return page.evaluate<string>('document.activeElement?.id || document.activeElement?.localName');
};
