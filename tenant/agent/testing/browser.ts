/**
 * A real Chromium for the tests against the real gateway. Guarantees: every address its contexts
 * asked for is written down, sockets included; ended by `close`.
 */
import { chromium } from 'playwright-core';
import type { BrowserContext, Page, WebSocket } from 'playwright-core';

export interface Tab {
  readonly page: Page;
  /** Control UI sockets of this tab, oldest first. */
  readonly sockets: readonly WebSocket[];
}

export interface RealBrowser {
  /** A browser profile of its own: no cookie, no key, nothing stored. */
  profile(): Promise<BrowserContext>;
  tab(context: BrowserContext): Promise<Tab>;
  /** Every address any tab asked for. */
  readonly addresses: readonly string[];
  /** What a person would look for when a page stays empty: statuses from 400 on, lost requests. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

export async function startBrowser(): Promise<RealBrowser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
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
  const addresses: string[] = [];
  const troubles: string[] = [];
  return {
    addresses,
    troubles,
    profile: async () => browser.newContext({ locale: 'ko-KR' }),
    tab: async (context) => {
      const page = await context.newPage();
      const sockets: WebSocket[] = [];
      page.on('request', (request) => addresses.push(request.url()));
      page.on('requestfailed', (request) => {
        troubles.push(`${request.failure()?.errorText ?? ''} ${request.url()}`);
      });
      page.on('response', (response) => {
        if (response.status() >= 400) troubles.push(`${response.status()} ${response.url()}`);
      });
      page.on('websocket', (socket) => {
        addresses.push(socket.url());
        sockets.push(socket);
      });
      return { page, sockets };
    },
    close: async () => browser.close(),
  };
}
