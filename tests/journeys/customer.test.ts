/**
 * The main job in a real browser, on the real OpenClaw gateway: from an invite to `ready`, and the
 * ways in which a customer is refused on the way there.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { authorize } from '#local/customer/customer.ts';
import { ownAccount } from './account.ts';
import { eventually } from '#tests/support/http.ts';
import { byKeyboard } from './keyboard/journey.ts';
import { afterReady } from './after-ready.ts';
import { mailbox } from './mailbox.ts';
import { members } from './members.ts';
import { roughLine } from './rough/line.ts';
import { keepsNoSecret, listenForHosts } from './rough/policy.ts';
import { roughTabs } from './rough/tabs.ts';
import { openStage, visit } from './stage.ts';
import type { Look, Stage, Visitor } from './stage.ts';
import {
  authorizeUrlOf,
  by,
  createWorkspace,
  orderRuntime,
  paste,
  payByCard,
  provisioningTimeoutMs,
  signInAtOpenAi,
  password,
  signUp,
  stepTimeoutMs,
  waitFor,
} from './steps.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => {
  await stage.close();
});

/** What stood on the page when the journey broke off. */
const start = async (look: Look): Promise<Visitor> => {
  const visitor = await visit(stage, look);
  onTestFailed(() => visitor.shot('FAILED'));
  return visitor;
};

describe('refused on the way', () => {
  it('a used invite, a taken name and a cancelled payment are said where they happen', async () => {
    const visitor = await start({ journey: 'refused', locale: 'en-US', width: 1280 });
    const { page } = visitor;
    const token = await stage.product.invite('refused journey');
    await signUp(stage, visitor, { token, email: 'first@example.com' });
    await waitFor(page, 'workspace-submit');

    const other = await start({ journey: 'refused-used', locale: 'en-US', width: 390 });
    await signUp(stage, other, { token, email: 'second@example.com' });
    await waitFor(other.page, 'field-error');
    await other.shot('used-invite');
    await other.context.close();

    await by(page, 'workspace-subdomain').fill('www');
    await waitFor(page, 'workspace-subdomain-message');
    await visitor.shot('reserved');
    await createWorkspace(visitor, 'refused-one');
    await orderRuntime(stage, visitor);
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

describe('the own account', () => ownAccount(() => stage));

// None of them needs a gateway; most of their time is waiting, so they wait together.
describe.concurrent('without a runtime', () => {
  roughLine(() => stage);
  roughTabs(() => stage);
  members(() => stage);
});

const hourMs = 3_600_000;

/** The page says that it cannot look, and goes on by itself when it can. */
const loseTheLine = async (visitor: Visitor): Promise<void> => {
  const { page, context } = visitor;
  await context.setOffline(true);
  await waitFor(page, 'offline');
  await visitor.shot('no-line');
  await context.setOffline(false);
  await by(page, 'offline').waitFor({ state: 'hidden', timeout: stepTimeoutMs });
};

describe('from invite to ready', () => {
  byKeyboard(() => stage);

  it('on a phone an hour behind: signed up, paid, Codex linked, with a receipt', async () => {
    const look = { journey: 'ready', locale: 'ko-KR', width: 390, clockAheadMs: -hourMs } as const;
    const visitor = await start(look);
    const { page } = visitor;
    const hosts = listenForHosts(stage, page);
    const token = await stage.product.invite('ready journey');
    await signUp(stage, visitor, { token, email: 'customer@example.com' });
    await waitFor(page, 'workspace-submit');
    await createWorkspace(visitor, 'journey');
    await orderRuntime(stage, visitor);
    await visitor.shot('pay-page');
    await payByCard(stage, visitor);
    await visitor.shot('provisioning');
    // By this device's clock the wait has not begun yet.
    await eventually(
      () => by(page, 'wait').first().innerText(),
      (text) => /[1-9]\d*초 지남/.test(text),
    );
    await loseTheLine(visitor);

    // Leaving and coming back lands on the same step.
    await page.reload();
    await waitFor(page, 'codex-start', provisioningTimeoutMs);
    await visitor.shot('auth-required');

    await by(page, 'codex-start').click();
    const authorizeUrl = await authorizeUrlOf(page);
    await paste(page, authorizeUrl);
    await waitFor(page, 'codex-error');
    await visitor.shot('authorize-url-pasted');

    // A login that was denied at OpenAI: named, and it can be tried again.
    const denied = await authorize({ authorizeUrl }, 'deny');
    await paste(page, denied);
    await waitFor(page, 'codex-error');
    await visitor.shot('denied');

    await by(page, 'codex-start').click();
    await authorizeUrlOf(page, authorizeUrl);
    const callbackUrl = await signInAtOpenAi(visitor);
    await paste(page, callbackUrl);
    await waitFor(page, 'receipt', provisioningTimeoutMs);
    await visitor.shot('ready');
    expect(await by(page, 'receipt-provider').innerText()).toContain('openai');
    await keepsNoSecret(page, [token, password, '1234-5678', callbackUrl]);
    const { apiUrl, siteUrl, runtimeDomain } = stage.product.world;
    const own = [siteUrl, apiUrl].map((url) => new URL(url).host);
    expect([...hosts].toSorted()).toEqual([...own, `journey.${runtimeDomain}`].toSorted());

    // One click: a tab of its own that cannot reach ours, no ticket in its address, the UI in it.
    const [tab] = await Promise.all([
      visitor.context.waitForEvent('page'),
      by(page, 'runtime-open').first().click(),
    ]);
    await tab.waitForURL((url) => url.pathname.startsWith('/ui/'), { timeout: stepTimeoutMs });
    await tab.locator('openclaw-app').waitFor({ state: 'attached', timeout: stepTimeoutMs });
    expect(tab.url()).not.toContain('ticket');
    expect(await tab.evaluate('window.opener === null')).toBe(true);
    await tab.screenshot({ path: '.local/journeys/control-ui.png' });
    await tab.close();

    await afterReady(stage, visitor, [token, password, callbackUrl]);

    await page.setViewportSize({ width: 360, height: 800 });
    await visitor.shot('ready-phone');
    await page.emulateMedia({ colorScheme: 'dark' });
    await visitor.shot('ready-phone-dark');
    expect(visitor.errors).toEqual([]);
    await visitor.context.close();
  });

  mailbox(() => stage, 'customer@example.com');
});
