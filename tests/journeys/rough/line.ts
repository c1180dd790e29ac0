/** What befalls the line between a customer and us: gone, slow, or without its socket. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { cancel } from '#local/customer/customer.ts';
import { eventually } from '#tests/support/http.ts';
import type { Stage } from '../stage.ts';
import { by, stepTimeoutMs, waitFor } from '../steps.ts';
import { openMember, openOrder, ordersOf, payappRequests } from './member.ts';
import { holdsItsPolicy } from './policy.ts';

/** Where the page shows an order, its state; '' where it shows none. */
export const orderState = async (page: Page): Promise<string> => {
  const shown = by(page, 'order-state').first();
  return (await shown.count()) === 0 ? '' : ((await shown.getAttribute('data-state')) ?? '');
};

export const waitForOrder = (
  page: Page,
  state: string,
  withinMs = stepTimeoutMs,
): Promise<string> =>
  eventually(
    () => orderState(page),
    (seen) => seen === state,
    withinMs,
  );

export const fillOrder = async (page: Page, name: string): Promise<void> => {
  await waitFor(page, 'checkout-submit');
  await by(page, 'checkout-runtime-name').fill(name);
  await by(page, 'checkout-phone').fill('010-1234-5678');
};

export const leaveForPayApp = ({ product }: Stage, page: Page): Promise<void> =>
  page.waitForURL((url) => url.href.startsWith(product.world.payappUrl), {
    timeout: stepTimeoutMs,
    waitUntil: 'commit',
  });

const offline = (running: () => Stage): void => {
  it('a click without a line says so, keeps what was typed, and goes through later', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'offline', locale: 'en-US', width: 390 });
    const { page, context } = member;
    await page.goto(member.address);
    await fillOrder(page, 'over the wire');
    await holdsItsPolicy(stage, page);

    await context.setOffline(true);
    await waitFor(page, 'offline');
    await by(page, 'checkout-submit').click();
    await page.locator('[data-code="network_unreachable"]').waitFor();
    await member.shot('no-line');
    expect(await by(page, 'checkout-runtime-name').inputValue()).toBe('over the wire');

    await context.setOffline(false);
    await by(page, 'offline').waitFor({ state: 'hidden', timeout: stepTimeoutMs });
    await by(page, 'checkout-submit').click();
    await leaveForPayApp(stage, page);
    expect(await ordersOf(member)).toHaveLength(1);
    expect(member.errors).toEqual([]);
    await context.close();
  });
};

/** Slow 3G as the browser's own tools have it: 400 kbit/s each way, 400 ms there and back. */
const slow = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
/** Of an impatient person, before they give up on a first page. */
const patienceMs = 20_000;

const slowLine = (running: () => Stage): void => {
  it('a slow line names what it waits for, and impatience orders nothing twice', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'slow', locale: 'ko-KR', width: 390 });
    const { page, context } = member;
    const wire = await context.newCDPSession(page);
    await wire.send('Network.enable');
    await wire.send('Network.emulateNetworkConditions', slow);
    const before = performance.now();
    await page.goto(member.address);
    await fillOrder(page, '느린 길');
    expect(performance.now() - before).toBeLessThan(patienceMs);

    const submit = by(page, 'checkout-submit');
    const idle = await submit.innerText();
    await submit.dblclick();
    await eventually(
      () => submit.innerText(),
      (text) => text !== idle,
    );
    expect(await submit.getAttribute('aria-disabled')).toBe('true');
    await member.shot('asking');
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Enter');
    await leaveForPayApp(stage, page);

    const orders = await ordersOf(member);
    expect(orders).toHaveLength(1);
    expect(await payappRequests(stage, orders[0] ?? '')).toEqual(['requested']);
    expect(member.errors).toEqual([]);
    await context.close();
  });
};

/** The poll of a page on which nothing is under way, and what an idle machine may add. */
const pollMs = 30_000 + 8_000;
/** Less than that poll: whoever shows a change by then was told of it. */
const toldMs = 10_000;

const isSubscription = (message: string | Buffer): boolean =>
  message.toString().includes('"type":"subscribe"');

const lostSocket = (running: () => Stage): void => {
  it('a lost socket is seen by nobody: the poll shows what happens, then the socket again', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'socket', locale: 'en-US', width: 1280 });
    const { page, customer } = member;
    // Half open, as a line is that was lost without a word: it stands, and nothing comes.
    let isDeaf = false;
    const sockets = { told: 0, all: 0, asking: 0 };
    let cut = (): Promise<void> => Promise.resolve();
    const first = Promise.withResolvers<null>();
    await page.routeWebSocket(/\/realtime\?/, (socket) => {
      sockets.all += 1;
      const server = isDeaf ? null : socket.connectToServer();
      if (server !== null) sockets.told += 1;
      socket.onMessage((message) => {
        if (isSubscription(message)) sockets.asking += 1;
        void first.promise.then(() => server?.send(message));
      });
      cut = async () => {
        await server?.close();
        await socket.close({ code: 1013, reason: 'try again later' });
      };
    });
    const until = (what: keyof typeof sockets, count: number): Promise<number> =>
      eventually(
        () => Promise.resolve(sockets[what]),
        (seen) => seen === count,
      );
    await page.goto(member.address);
    await waitFor(page, 'checkout-submit');
    await until('asking', 1);
    // Made while the socket stands and does not listen yet: nobody is told of it.
    const unheard = await openOrder(member);
    first.resolve(null);
    await waitForOrder(page, 'awaiting_payment', toldMs);
    // Nothing is under way, so only the socket can tell in time.
    await cancel(customer, unheard.orderId, unheard.revision);
    await waitFor(page, 'checkout-submit', toldMs);

    isDeaf = true;
    await cut();
    await until('all', 2);
    // A socket that never listens tells nothing: what follows is seen by the poll alone.
    const second = await openOrder(member, 'second');
    await waitForOrder(page, 'awaiting_payment', pollMs);

    isDeaf = false;
    await cut();
    await until('told', 2);
    await cancel(customer, second.orderId, second.revision);
    await waitFor(page, 'checkout-submit', toldMs);
    await member.shot('told-again');
    expect(member.errors).toEqual([]);
    await member.context.close();
  });
};

export const roughLine = (running: () => Stage): void => {
  offline(running);
  slowLine(running);
  lostSocket(running);
};
