/**
 * The main job in a real browser, on the real OpenClaw gateway: from an invite to `ready`, and the
 * ways in which a customer is refused on the way there.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { authorize } from '#local/customer/customer.ts';
import { openStage, visit } from './stage.ts';
import type { Look, Stage, Visitor } from './stage.ts';

const password = 'Journey-Pass-7319';
const stepTimeoutMs = 30_000;
const provisioningTimeoutMs = 240_000;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

const by = (page: Page, testId: string): Locator => page.getByTestId(testId);

const waitFor = (page: Page, testId: string, timeout = stepTimeoutMs): Promise<void> =>
  by(page, testId).first().waitFor({ state: 'visible', timeout });

/** What stood on the page when the journey broke off. */
const start = async (look: Look): Promise<Visitor> => {
  const visitor = await visit(stage, look);
  onTestFailed(() => visitor.shot('FAILED'));
  return visitor;
};

const signUp = async (visitor: Visitor, account: { token: string; email: string }) => {
  const { page } = visitor;
  await page.goto(`${stage.product.world.siteUrl}/#invite=${account.token}`);
  await waitFor(page, 'signup-submit');
  await by(page, 'signup-email').fill(account.email);
  await by(page, 'signup-name').fill('여정');
  await by(page, 'signup-password').fill(password);
  await visitor.shot('sign-up');
  await by(page, 'signup-submit').click();
};

const createWorkspace = async (visitor: Visitor, subdomain: string): Promise<void> => {
  const { page } = visitor;
  await by(page, 'workspace-name').fill('Journey');
  await by(page, 'workspace-subdomain').fill(subdomain);
  await by(page, 'plan-basic').click();
  await visitor.shot('workspace');
  await by(page, 'workspace-submit').click();
};

const orderRuntime = async (visitor: Visitor): Promise<void> => {
  const { page } = visitor;
  await waitFor(page, 'checkout-submit');
  await by(page, 'checkout-runtime-name').fill('첫 런타임');
  await by(page, 'checkout-phone').fill('010-1234-5678');
  await visitor.shot('checkout');
  await by(page, 'checkout-submit').click();
  await page.waitForURL((url) => url.href.startsWith(stage.product.world.payappUrl));
};

/** Presses the page's buttons, and reads the address the login ends on as a person would copy it. */
const signInAtOpenAi = async (visitor: Visitor): Promise<string> => {
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

const paste = async (page: Page, text: string): Promise<void> => {
  await by(page, 'codex-callback').fill(text);
  await by(page, 'codex-submit').click();
};

describe('refused on the way', () => {
  it('a used invite, a taken name and a cancelled payment are said where they happen', async () => {
    const visitor = await start({ journey: 'refused', locale: 'en-US', width: 1280 });
    const { page } = visitor;
    const token = await stage.product.invite('refused journey');
    await signUp(visitor, { token, email: 'first@example.com' });
    await waitFor(page, 'workspace-submit');

    const other = await start({ journey: 'refused-used', locale: 'en-US', width: 390 });
    await signUp(other, { token, email: 'second@example.com' });
    await waitFor(other.page, 'field-error');
    await other.shot('used-invite');
    await other.context.close();

    await by(page, 'workspace-subdomain').fill('www');
    await waitFor(page, 'workspace-subdomain-message');
    await visitor.shot('reserved');
    await createWorkspace(visitor, 'refused-one');
    await orderRuntime(visitor);
    await visitor.shot('pay-page');
    await by(page, 'cancel').click();
    await waitFor(page, 'cancelled');
    await by(page, 'back').click();
    await waitFor(page, 'order-state');
    await expect
      .poll(() => by(page, 'order-state').first().getAttribute('data-state'), {
        timeout: stepTimeoutMs,
      })
      .toBe('cancelled');
    await visitor.shot('cancelled');
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });
});

describe('from invite to ready', () => {
  it('a customer signs up, pays, links Codex and gets a receipt', async () => {
    const visitor = await start({ journey: 'ready', locale: 'ko-KR', width: 1280 });
    const { page } = visitor;
    const token = await stage.product.invite('ready journey');
    await signUp(visitor, { token, email: 'customer@example.com' });
    await waitFor(page, 'workspace-submit');
    await createWorkspace(visitor, 'journey');
    await orderRuntime(visitor);
    await visitor.shot('pay-page');
    await by(page, 'method-card').click();
    await by(page, 'pay').click();
    await waitFor(page, 'confirm');
    await visitor.shot('receipt-page');
    await by(page, 'confirm').click();
    await page.waitForURL((url) => url.href.startsWith(stage.product.world.siteUrl));
    await waitFor(page, 'order-facts');
    await visitor.shot('provisioning');

    // Leaving and coming back lands on the same step.
    await page.reload();
    await waitFor(page, 'codex-start', provisioningTimeoutMs);
    await visitor.shot('auth-required');

    await by(page, 'codex-start').click();
    await waitFor(page, 'codex-authorize-link');
    const authorizeUrl = (await by(page, 'codex-authorize-link').getAttribute('href')) ?? '';
    await paste(page, authorizeUrl);
    await waitFor(page, 'codex-error');
    await visitor.shot('authorize-url-pasted');

    // A login that was denied at OpenAI: named, and it can be tried again.
    const denied = await authorize({ authorizeUrl }, 'deny');
    await paste(page, denied);
    await waitFor(page, 'codex-error');
    await visitor.shot('denied');

    await by(page, 'codex-start').click();
    await expect
      .poll(() => by(page, 'codex-authorize-link').getAttribute('href'), { timeout: stepTimeoutMs })
      .not.toBe(authorizeUrl);
    const callbackUrl = await signInAtOpenAi(visitor);
    await paste(page, callbackUrl);
    await waitFor(page, 'receipt', provisioningTimeoutMs);
    await visitor.shot('ready');
    expect(await by(page, 'receipt-provider').innerText()).toContain('openai');
    await page.setViewportSize({ width: 360, height: 800 });
    await visitor.shot('ready-phone');
    await page.emulateMedia({ colorScheme: 'dark' });
    await visitor.shot('ready-phone-dark');
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });
});
