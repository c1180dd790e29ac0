/**
 * From the acknowledged change of a runtime's row to its new name on the screen of somebody who looks
 * at the flow: the server's message, the look at the rows, the drawing, and the frame itself. Page and
 * bench run on one machine; that their clocks agree is checked, not believed.
 */
import type { Browser, Page } from 'playwright-core';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { eventually } from '#tests/support/http.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { comeBack, moveRuntime, shows, stepTimeoutMs } from './customer.ts';
import type { Login } from './customer.ts';

/** Two clocks of one machine differ by less; more would be in every figure. */
const skewAtMostMs = 5;
const clockLooks = 20;
/** The next change comes when the page has been at rest so long, as in life. */
const restMs = 400;

/** Epoch milliseconds with a fraction, as `performance.timeOrigin` has it in the page as well. */
const nowMs = (): number => performance.timeOrigin + performance.now();

/**
 * Notes when each new name was painted: seen by the observer, drawn with the next frame, and on the
 * screen when that frame's task is over. Runs in the page, so it is text.
 */
const watchNames = `
  const painted = (globalThis.painted = {});
  const seen = new Set();
  const look = () => {
    const text = document.querySelector('#step-checkout .summary')?.textContent ?? '';
    if (!/^row-\\d+$/.test(text) || seen.has(text)) return;
    seen.add(text);
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { painted[text] = performance.timeOrigin + performance.now(); };
      port2.postMessage(null);
    });
  };
  new MutationObserver(look).observe(document.body, {
    childList: true, subtree: true, characterData: true,
  });`;

/** The page's clock lies between two looks at ours; the closest pair of looks says how exactly. */
const skewOf = async (page: Page): Promise<number> => {
  let best = { widthMs: Number.POSITIVE_INFINITY, skewMs: 0 };
  for (let look = 0; look < clockLooks; look += 1) {
    const before = nowMs();
    const theirs = await page.evaluate<number>('performance.timeOrigin + performance.now()');
    const after = nowMs();
    const widthMs = after - before;
    if (widthMs < best.widthMs) best = { widthMs, skewMs: theirs - (before + after) / 2 };
  }
  return Math.max(0, Math.abs(best.skewMs) - best.widthMs / 2);
};

const isListening = (page: Page): Promise<void> =>
  new Promise((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        // The subscription stands: from here on changes are told.
        if (/"type":"(response|subscribed)"/.test(String(payload))) resolve();
      });
    });
  });

const times = z.record(z.string(), z.number());

const changeOnce = async (product: TestProduct, page: Page, name: string): Promise<number> => {
  await moveRuntime(product, { name });
  const acknowledgedMs = nowMs();
  const look = (): Promise<number | undefined> =>
    page.evaluate('globalThis.painted').then((painted) => times.parse(painted)[name]);
  const paintedMs = await eventually(look, (time) => time !== undefined, stepTimeoutMs);
  await pause(restMs);
  return (paintedMs ?? Number.NaN) - acknowledgedMs;
};

export const rowToPaint = async (
  {
    product,
    browser,
    url,
    login,
  }: {
    readonly product: TestProduct;
    readonly browser: Browser;
    readonly url: string;
    readonly login: Login;
  },
  changes: number,
): Promise<readonly number[]> => {
  const context = await comeBack(browser, login);
  const page = await context.newPage();
  const listening = isListening(page);
  await page.goto(url);
  await shows(page, 'receipt');
  await listening;
  await page.evaluate(watchNames);
  const measured: number[] = [];
  for (let change = 0; change < changes; change += 1) {
    measured.push(await changeOnce(product, page, `row-${change}`));
  }
  const skewMs = await skewOf(page);
  if (skewMs > skewAtMostMs) throw new Error(`the page's clock is ${skewMs.toFixed(1)} ms off`);
  await context.close();
  return measured;
};
