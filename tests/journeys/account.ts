/**
 * One's own account in a real browser, by a person with two devices: the other one is signed out,
 * the password is changed, and the account is deleted after it was said what that means.
 */
import type { Page } from 'playwright-core';
import { expect, it, onTestFailed } from 'vitest';
import { visit } from './stage.ts';
import type { Look, Stage, Visitor } from './stage.ts';
import { by, createWorkspace, password, signUp, stepTimeoutMs, waitFor } from './steps.ts';

const email = 'going.away@example.com';
const fresh = 'Another-Journey-8420';

const start = async (stage: Stage, look: Look): Promise<Visitor> => {
  const visitor = await visit(stage, look);
  onTestFailed(() => visitor.shot('FAILED'));
  return visitor;
};

const logIn = async (
  stage: Stage,
  { page }: Visitor,
  { secret, path = '/' }: { readonly secret: string; readonly path?: string },
): Promise<void> => {
  await page.goto(new URL(path, stage.product.world.siteUrl).href);
  await waitFor(page, 'login-submit');
  await by(page, 'login-email').fill(email);
  await by(page, 'login-password').fill(secret);
  await by(page, 'login-submit').click();
};

const changePassword = async (page: Page, old: string, next: string): Promise<void> => {
  await by(page, 'password-old').fill(old);
  await by(page, 'password-new').fill(next);
  await by(page, 'password-change').click();
};

const errorCode = (page: Page, panel: string): (() => Promise<string | null>) => {
  const error = by(page, panel).getByTestId('field-error').first();
  return () => error.getAttribute('data-code', { timeout: stepTimeoutMs });
};

const untilSessions = (page: Page, count: number): Promise<void> =>
  expect.poll(() => by(page, 'session').count(), { timeout: stepTimeoutMs }).toBe(count);

export const ownAccount = (stage: () => Stage): void => {
  it('sessions, the password and the way out', async () => {
    const desk = await start(stage(), { journey: 'account', locale: 'ko-KR', width: 1280 });
    const phone = await start(stage(), { journey: 'account-phone', locale: 'en-US', width: 390 });
    const { page } = desk;
    const token = await stage().product.invite('account journey');
    await signUp(stage(), desk, { token, email });
    await waitFor(page, 'workspace-submit');
    await createWorkspace(desk, 'going-away');
    await waitFor(page, 'checkout-submit');
    // By a link to a page that needs an account: there, and not at the start, one is afterwards.
    await logIn(stage(), phone, { secret: password, path: '/account' });
    await waitFor(phone.page, 'account-back');

    await by(page, 'account-menu').click();
    await by(page, 'profile-menu').click();
    await untilSessions(page, 2);
    await desk.shot('sessions');
    await by(page, 'session-end').click();
    await untilSessions(page, 1);
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement?.dataset.testid');
    await expect.poll(focused, { timeout: stepTimeoutMs }).toBe('sessions-said');
    await phone.page.reload();
    await waitFor(phone.page, 'login-submit');

    await changePassword(page, 'not-my-password', fresh);
    await expect
      .poll(errorCode(page, 'password'), { timeout: stepTimeoutMs })
      .toBe('password_wrong');
    await changePassword(page, password, 'short');
    await expect
      .poll(errorCode(page, 'password'), { timeout: stepTimeoutMs })
      .toBe('password_short');
    await changePassword(page, password, password);
    await expect
      .poll(errorCode(page, 'password'), { timeout: stepTimeoutMs })
      .toBe('password_recently_used');
    await changePassword(page, password, fresh);
    await expect
      .poll(() => by(page, 'password-said').innerText(), { timeout: stepTimeoutMs })
      .not.toBe('');
    await logIn(stage(), phone, { secret: password });
    await waitFor(phone.page, 'error-message');

    await by(page, 'deletion-look').click();
    await waitFor(page, 'deletion-fates');
    expect(await by(page, 'deletion-fates').innerText()).toContain('Journey');
    await by(page, 'deletion-begin').click();
    await by(page, 'deletion-email').fill(email);
    await by(page, 'deletion-password').fill(password);
    await desk.shot('deletion');
    await by(page, 'deletion-confirm').click();
    await expect
      .poll(errorCode(page, 'deletion-dialog'), { timeout: stepTimeoutMs })
      .toBe('password_wrong');
    await by(page, 'deletion-password').fill(fresh);
    await by(page, 'deletion-confirm').click();
    await waitFor(page, 'account-gone');
    await desk.shot('gone');
    await logIn(stage(), phone, { secret: fresh });
    await waitFor(phone.page, 'error-message');
    expect([...desk.errors, ...phone.errors]).toEqual([]);
    await desk.context.close();
    await phone.context.close();
  });
};
