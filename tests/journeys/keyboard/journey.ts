/** From the invite to `ready` with keys alone, every stop seen, named and said. */
import { expect, it, onTestFailed } from 'vitest';
import type { CDPSession } from 'playwright-core';
import { eventually } from '#tests/support/http.ts';
import { leaveForPayApp } from '../rough/line.ts';
import { visit } from '../stage.ts';
import type { Stage, Visitor } from '../stage.ts';
import { authorizeUrlOf, by, provisioningTimeoutMs, stepTimeoutMs, waitFor } from '../steps.ts';
import { keysOf, readTree } from './keys.ts';
import type { Keys } from './keys.ts';

const hourMs = 3_600_000;

interface Walk {
  readonly stage: Stage;
  readonly visitor: Visitor;
  readonly keys: Keys;
  readonly wire: CDPSession;
}

/** A screen reader was told, and every control there says what it is. */
const saidAndNamed = async ({ wire }: Walk, said: string, withinMs = stepTimeoutMs) => {
  const tree = await eventually(
    () => readTree(wire),
    (seen) => seen.said.some((text) => text.includes(said)),
    withinMs,
  );
  expect(tree.nameless).toEqual([]);
};

const signUp = async (walk: Walk): Promise<void> => {
  const { stage, visitor, keys } = walk;
  const { page } = visitor;
  const token = await stage.product.invite('keyboard journey');
  await page.goto(`${stage.product.world.siteUrl}/#invite=${token}`);
  await waitFor(page, 'signup-submit');
  await keys.to('signup-tab');
  await keys.press('ArrowLeft');
  await keys.landsOn('login-tab');
  await keys.press('ArrowRight');
  await keys.landsOn('signup-tab');
  await keys.fill('signup-name', 'Keyboard');
  await keys.fill('signup-email', 'keyboard@example.com');
  await keys.fill('signup-password', 'Journey-Pass-7319');
  await keys.press('Enter');
  await keys.landsOn('step-workspace');
  await saidAndNamed(walk, 'Step 2 of 6, Workspace');
};

const makeWorkspace = async (walk: Walk): Promise<void> => {
  const { keys, visitor } = walk;
  await keys.fill('workspace-name', 'Keyboard');
  await keys.fill('workspace-subdomain', 'keyboard');
  await keys.press('Tab');
  await keys.press('ArrowRight');
  await keys.press('ArrowLeft');
  expect(await by(visitor.page, 'plan-basic').getByRole('radio').isChecked()).toBe(true);
  await keys.to('workspace-submit');
  await keys.press('Enter');
  await keys.landsOn('step-checkout');
  await saidAndNamed(walk, 'Step 3 of 6, Checkout');
};

const orderAndPay = async (walk: Walk): Promise<void> => {
  const { stage, visitor, keys } = walk;
  const { page } = visitor;
  await keys.fill('checkout-runtime-name', 'keys');
  await keys.fill('checkout-phone', '010-1234-5678');
  await keys.to('checkout-submit');
  await keys.press('Space');
  await leaveForPayApp(stage, page);
  await waitFor(page, 'pay');
  await page.goBack({ waitUntil: 'commit' });
  await waitFor(page, 'order-cancel');
  await keys.to('order-cancel');
  await keys.press('Enter');
  await waitFor(page, 'order-cancel-confirm');
  // The dialog takes the focus itself.
  await keys.landsOn('order-cancel-confirm');
  await keys.press('Escape');
  await keys.landsOn('order-cancel');
  await keys.back('checkout-pay-link');
  await keys.press('Enter');
  await waitFor(page, 'pay');
  await keys.to('pay');
  await keys.press('Enter');
  await waitFor(page, 'confirm');
  await keys.to('confirm');
  await keys.press('Enter');
  await waitFor(page, 'order-facts');
};

/** Signs in at OpenAI in the tab that the link opens; the address it ends on is what is pasted. */
const signInThere = async ({ visitor, keys }: Walk): Promise<string> => {
  const [popup] = await Promise.all([visitor.context.waitForEvent('page'), keys.press('Enter')]);
  await popup.getByTestId('continue').waitFor();
  const landed = popup.waitForRequest((request) => request.url().includes(':1455/'));
  await popup.getByTestId('continue').focus();
  await popup.keyboard.press('Enter');
  const url = (await landed).url();
  await popup.close();
  return url;
};

const linkCodex = async (walk: Walk): Promise<void> => {
  const { visitor, keys } = walk;
  const { page } = visitor;
  await keys.to('codex-start');
  await keys.press('Enter');
  await authorizeUrlOf(page);
  await keys.landsOn('codex-start');
  await keys.back('codex-authorize-link');
  const callback = await signInThere(walk);
  await page.bringToFront();
  await keys.to('codex-callback');
  await page.keyboard.insertText(callback);
  await keys.to('codex-submit');
  await keys.press('Enter');
};

export const byKeyboard = (running: () => Stage): void => {
  it('without a mouse, an hour ahead of everybody: seen, named and said at every stop', async () => {
    const stage = running();
    const look = {
      journey: 'keyboard',
      locale: 'en-US',
      width: 1280,
      clockAheadMs: hourMs,
    } as const;
    const visitor = await visit(stage, look);
    onTestFailed(() => visitor.shot('FAILED'));
    const { page, context } = visitor;
    const wire = await context.newCDPSession(page);
    const walk = { stage, visitor, keys: keysOf(page), wire };
    const { keys } = walk;
    await signUp(walk);
    await makeWorkspace(walk);
    await orderAndPay(walk);
    await waitFor(page, 'wait');
    await saidAndNamed(walk, 'Being set up');
    // By this device's clock the wait would be an hour old.
    expect(await by(page, 'wait').first().getAttribute('data-pace')).not.toBe('late');
    await saidAndNamed(walk, 'Step 5 of 6, Codex, Codex login needed', provisioningTimeoutMs);
    await linkCodex(walk);
    await waitFor(page, 'receipt', provisioningTimeoutMs);
    await keys.landsOn('step-ready');
    await saidAndNamed(walk, 'Step 6 of 6, Ready, Ready');
    await visitor.shot('ready');
    await keys.to('runtime-open');

    await keys.back('account-menu');
    await keys.press('Enter');
    await keys.to('logout');
    await keys.press('Escape');
    await keys.landsOn('account-menu');
    expect(keys.findings).toEqual([]);
    expect(visitor.errors).toEqual([]);
    await context.close();
  });
};
