/** How a scene of the gallery is brought before a browser, and what is done in it besides looking. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Look {
  readonly locale: 'ko' | 'en';
  readonly scheme: 'light' | 'dark';
  /** CSS pixels. */
  readonly width: number;
  /** Windows' high contrast, as Chromium plays it. */
  readonly forcedColors?: boolean;
}

export const nameOf = ({ locale, scheme, width, forcedColors }: Look): string =>
  [locale, forcedColors === true ? 'contrast' : scheme, width].join('-');

/** A scene, and what is pressed in it, by test id; the last one named must appear. */
export interface Sight {
  readonly scene: string;
  readonly presses: readonly string[];
  readonly shows: string | null;
}

const pressed: readonly (readonly [scene: string, press: string, shows: string])[] = [
  ['flow.workspace-select', 'workspace-new', 'workspace-form'],
  ['flow.order-awaiting_payment', 'order-cancel', 'order-cancel-dialog'],
  ['flow.order-awaiting_payment', 'checkout-new-link', 'pay-link-dialog'],
  ['flow.verifying', 'conditions-rest', 'condition-smoke_passed'],
  ['flow.twenty-ready', 'runtime-picker-toggle', 'runtime-search'],
  ['flow.ready', 'step-workspace-toggle', 'workspace-list'],
  ['flow.ready', 'step-checkout-toggle', 'order-facts'],
  ['flow.ready', 'step-runtime-toggle', 'conditions'],
  ['flow.ready', 'step-codex-toggle', 'codex-start'],
  ['orders.paid', 'refund-ask', 'refund-dialog'],
  ['manage.live', 'restart-open', 'restart-dialog'],
  ['manage.live', 'pause-open', 'pause-dialog'],
  ['members.two-owners', 'member-change', 'role-dialog'],
  ['members.owner', 'member-remove', 'member-dialog'],
  ['members.member', 'workspace-leave', 'member-dialog'],
  ['file.fulfilled', 'operator-refund', 'operator-refund-dialog'],
  ['file.unknown', 'refund-settle', 'settle-dialog'],
];

export const fileOf = ({ scene, shows }: Sight): string =>
  shows === null ? scene : `${scene}+${shows}`;

export const openContext = (browser: Browser, look: Look): Promise<BrowserContext> =>
  browser.newContext({
    locale: look.locale === 'ko' ? 'ko-KR' : 'en-US',
    colorScheme: look.scheme,
    reducedMotion: 'reduce',
    forcedColors: look.forcedColors === true ? 'active' : 'none',
    viewport: { width: look.width, height: 900 },
  });

/** Every scene the gallery links, and every one with something opened in it. */
export const findSights = async (page: Page, url: string): Promise<readonly Sight[]> => {
  await page.goto(`${url}/gallery`);
  const links = page.getByTestId('scene-link');
  await links.first().waitFor();
  const scenes = await links.allInnerTexts();
  const missing = pressed.filter(([scene]) => !scenes.includes(scene));
  if (missing.length > 0) throw new Error(`no scene ${missing.join(', ')}`);
  return [
    ...scenes.map((scene): Sight => ({ scene, presses: [], shows: null })),
    ...pressed.map(([scene, press, shows]): Sight => ({ scene, presses: [press], shows })),
  ];
};

const timeoutMs = 20_000;

export const show = async (page: Page, url: string, sight: Sight): Promise<void> => {
  await page.goto(`${url}/gallery?scene=${sight.scene}`);
  const stage = page.locator(`[data-testid="scene"][data-scene="${sight.scene}"]`);
  await stage.locator(':scope > *').first().waitFor({ timeout: timeoutMs });
  // What a step and the first page hold is fetched after they are drawn. Waited for by selectors:
  // a predicate would be evaluated in the page, and there its policy forbids that.
  await page.locator('.content:empty').first().waitFor({ state: 'detached', timeout: timeoutMs });
  if (sight.scene === 'account.signed-out') {
    await page.getByTestId('login-form').waitFor({ timeout: timeoutMs });
  }
  for (const press of sight.presses) await page.getByTestId(press).first().click();
  if (sight.shows !== null) {
    await page.getByTestId(sight.shows).first().waitFor({ timeout: timeoutMs });
  }
};
