/**
 * The owner's browser at the tenant's public address: a real Chromium that trusts this one server and
 * finds the runtimes' hosts on this machine. The site is a page of one form, as the real one posts it.
 */
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromiumPath } from '#local/cli/test.ts';
import { agentBasePath, agentRoutes } from '#schemas/contract/agent.ts';
import { siteOrigin } from './house.ts';
import type { House } from './house.ts';
import type { Tenant } from './tenant.ts';

export const openBrowser = ({ tls }: House): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      '--host-resolver-rules=MAP *.runtimes.test 127.0.0.1',
      `--ignore-certificate-errors-spki-list=${tls.keyFingerprint}`,
    ],
  });

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Texts of the frames that the Control UI's socket got from the gateway. */
  readonly received: readonly string[];
}

/** Posts a ticket of this user from the site, top-level; returns once the browser has landed. */
export const enter = async (
  house: House,
  use: { readonly browser: Browser; readonly tenant: Tenant; readonly userId: string },
): Promise<Visit> => {
  const { browser, tenant, userId } = use;
  const { token } = await house.tickets.mint({
    ...{ runtimeId: tenant.runtimeId, subject: userId, scope: 'enter', lifeSeconds: 60 },
  });
  const context = await browser.newContext();
  const page = await context.newPage();
  const received: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => received.push(String(payload).slice(0, 2_000)));
  });
  const action = `https://${tenant.host}${agentBasePath}${agentRoutes.enter}`;
  const form = `<form method="post" action="${action}"><input name="ticket" value="${token}"></form>`;
  await page.route(`${siteOrigin}/**`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'referrer-policy': 'strict-origin' },
      body: `<!doctype html><title>site</title>${form}`,
    }),
  );
  await page.goto(`${siteOrigin}/`);
  await Promise.all([
    page.waitForURL((url) => url.host === tenant.host),
    page.locator('form').evaluate((element) => {
      (element as unknown as { submit(): void }).submit();
    }),
  ]);
  return { page, context, received };
};
