/**
 * What a journey needs: the whole product on free ports with a state of its own, and a browser.
 * Every step leaves a screenshot in `.local/journeys/`, so that what was seen can be looked at.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath } from '#local/cli/test.ts';
import { defaultPlaces, placesIn } from '#local/supervisor/paths.ts';
import { portsFrom } from '#local/supervisor/ports.ts';
import { startProduct } from '#local/supervisor/product.ts';
import type { Product } from '#local/supervisor/product.ts';
import { freeBase } from '#tests/support/ports.ts';

export interface Stage {
  readonly product: Product;
  readonly browser: Browser;
  /** All state of the product: what is searched for leaks. */
  readonly folder: string;
  close(): Promise<void>;
}

export const openStage = async (): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'hosted-journey-'));
  const product = await startProduct(placesIn(folder), portsFrom(await freeBase()));
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    // As customers have it: a page that is left is kept whole, and comes back as it was.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    product,
    browser,
    folder,
    close: async () => {
      await browser.close();
      await product.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const shots = join(defaultPlaces.state, 'journeys');

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors the page itself raised; a journey ends with none. */
  readonly errors: string[];
  shot(name: string): Promise<void>;
}

export interface Look {
  readonly journey: string;
  readonly locale: 'ko-KR' | 'en-US';
  readonly width: number;
  /** How far this device's clock is ahead of everybody's; behind when negative. */
  readonly clockAheadMs?: number;
}

/** Runs in every page before its own scripts: a device whose clock is wrong. */
const wrongClock = (aheadMs: number): string => `(() => {
  const True = Date;
  globalThis.Date = class extends True {
    constructor(...parts) {
      if (parts.length === 0) super(True.now() + ${aheadMs});
      else super(...parts);
    }
    static now() { return True.now() + ${aheadMs}; }
  };
})()`;

export const visit = async (stage: Stage, look: Look): Promise<Visitor> => {
  mkdirSync(shots, { recursive: true });
  const context = await stage.browser.newContext({
    locale: look.locale,
    viewport: { width: look.width, height: 900 },
  });
  if (look.clockAheadMs !== undefined) await context.addInitScript(wrongClock(look.clockAheadMs));
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  let count = 0;
  return {
    context,
    page,
    errors,
    shot: async (name) => {
      count += 1;
      const number = String(count).padStart(2, '0');
      const file = `${look.journey}-${number}-${name}.png`;
      await page.screenshot({ path: join(shots, file), fullPage: true });
    },
  };
};
