/**
 * The steps of a customer in the site's own pages, for every journey that goes the way to `ready`.
 */
import type { Locator, Page } from 'playwright-core';
import { eventually } from '#tests/support/http.ts';
import type { Stage, Visitor } from './stage.ts';

export const password = 'Journey-Pass-7319';
export const stepTimeoutMs = 30_000;
export const provisioningTimeoutMs = 240_000;

export const by = (page: Page, testId: string): Locator => page.getByTestId(testId);

export const waitFor = (page: Page, testId: string, timeout = stepTimeoutMs): Promise<void> =>
  by(page, testId).first().waitFor({ state: 'visible', timeout });

export const signUp = async (
  { product }: Stage,
  visitor: Visitor,
  account: { readonly token: string; readonly email: string },
): Promise<void> => {
  const { page } = visitor;
  await page.goto(`${product.world.siteUrl}/#invite=${account.token}`);
  await waitFor(page, 'signup-submit');
  await by(page, 'signup-email').fill(account.email);
  await by(page, 'signup-name').fill('여정');
  await by(page, 'signup-password').fill(password);
  await visitor.shot('sign-up');
  await by(page, 'signup-submit').click();
};

export const createWorkspace = async (visitor: Visitor, subdomain: string): Promise<void> => {
  const { page } = visitor;
  await by(page, 'workspace-name').fill('Journey');
  await by(page, 'workspace-subdomain').fill(subdomain);
  await by(page, 'plan-basic').click();
  await visitor.shot('workspace');
  await by(page, 'workspace-submit').click();
};

export const orderRuntime = async ({ product }: Stage, visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  await waitFor(page, 'checkout-submit');
  await by(page, 'checkout-runtime-name').fill('첫 런타임');
  await by(page, 'checkout-phone').fill('010-1234-5678');
  await visitor.shot('checkout');
  await by(page, 'checkout-submit').click();
  await page.waitForURL((url) => url.href.startsWith(product.world.payappUrl));
};

/** Presses the page's buttons, and reads the address the login ends on as a person would copy it. */
export const signInAtOpenAi = async (visitor: Visitor): Promise<string> => {
  const link = by(visitor.page, 'codex-authorize-link');
  await link.waitFor({ state: 'visible', timeout: stepTimeoutMs });
  const [popup] = await Promise.all([visitor.context.waitForEvent('page'), link.click()]);
  await popup.getByTestId('continue').waitFor();
  await popup.screenshot({ path: `.local/journeys/openai.png` });
  const landed = popup.waitForRequest((request) => request.url().includes(':1455/'));
  await popup.getByTestId('continue').click();
  const url = (await landed).url();
  await popup.close();
  return url;
};

export const paste = async (page: Page, text: string): Promise<void> => {
  await by(page, 'codex-callback').fill(text);
  await by(page, 'codex-submit').click();
};

/** Card, receipt, and back to the site. */
export const payByCard = async ({ product }: Stage, visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  await by(page, 'method-card').click();
  await by(page, 'pay').click();
  await waitFor(page, 'confirm');
  await visitor.shot('receipt-page');
  await by(page, 'confirm').click();
  await page.waitForURL((url) => url.href.startsWith(product.world.siteUrl));
  await waitFor(page, 'order-facts');
};

/** A login that is open: the address that its button leads to. */
export const authorizeUrlOf = async (page: Page, other = ''): Promise<string> => {
  const read = (): Promise<string | null> => by(page, 'codex-authorize-link').getAttribute('href');
  await waitFor(page, 'codex-authorize-link');
  const seen = (url: string | null): boolean => url !== null && url !== other;
  return (await eventually(read, seen, stepTimeoutMs)) ?? '';
};
