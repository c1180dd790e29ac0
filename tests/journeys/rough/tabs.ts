/** One customer, several views of the same rows: two tabs, an ended session, the browser's buttons. */
import { expect, it } from 'vitest';
import { call, cancel } from '#local/customer/customer.ts';
import { renewPayLink } from '#schemas/contract/checkout.ts';
import type { Stage } from '../stage.ts';
import { by, stepTimeoutMs, waitFor } from '../steps.ts';
import { fillOrder, leaveForPayApp, orderState, waitForOrder } from './line.ts';
import {
  endSessions,
  memberPassword,
  openMember,
  openOrder,
  ordersOf,
  payappRequests,
  revisionOf,
} from './member.ts';

const twoTabs = (running: () => Stage): void => {
  it('what is done in one tab shows in the other, and a tab that missed it reads again', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'tabs', locale: 'en-US', width: 1280 });
    const { page: one, context, customer } = member;
    const { orderId, revision, address } = await openOrder(member);
    await one.goto(address);
    await waitForOrder(one, 'awaiting_payment');

    // A tab that hears and reads nothing any more.
    const two = await context.newPage();
    let isDeaf = false;
    await two.routeWebSocket(/\/realtime\?/, (socket) => socket.close({ code: 1013 }));
    await two.route(/\/tables\/\w+\/rows/, (route) => (isDeaf ? route.abort() : route.continue()));
    await two.goto(address);
    await by(two, 'order-cancel').click();
    await waitFor(two, 'order-cancel-dialog');
    isDeaf = true;
    await call(customer.functions, renewPayLink, { orderId, revision, phone: '010-1234-5678' });
    await by(two, 'order-cancel-confirm').click();
    await two.locator('[data-code="stale_revision"]').waitFor();
    await two.screenshot({ path: '.local/journeys/tabs-stale.png' });
    await waitFor(two, 'offline');
    isDeaf = false;
    await by(two, 'offline').waitFor({ state: 'hidden', timeout: stepTimeoutMs });
    await by(two, 'order-cancel-confirm').click();
    await waitForOrder(two, 'cancelled');
    await by(two, 'order-cancel-dialog').waitFor({ state: 'hidden' });

    await waitForOrder(one, 'cancelled');
    await member.shot('other-tab');
    expect(member.errors).toEqual([]);
    await context.close();
  });

  it('a question about an order that ended elsewhere is taken back', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'ended', locale: 'ko-KR', width: 390 });
    const { page, customer } = member;
    const { orderId, revision } = await openOrder(member);
    await page.goto(member.address);
    await by(page, 'order-cancel').click();
    await waitFor(page, 'order-cancel-dialog');
    await cancel(customer, orderId, revision);
    await by(page, 'order-cancel-dialog').waitFor({ state: 'hidden', timeout: stepTimeoutMs });
    await waitFor(page, 'checkout-submit');
    await member.context.close();
  });
};

const endedSession = (running: () => Stage): void => {
  it('a session that ends in a form is said, and the sign-in leads back to what was typed', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'session', locale: 'ko-KR', width: 390 });
    const { page } = member;
    await page.goto(member.address);
    await fillOrder(page, '세션이 끝나도');
    // So that it is the click that finds out, and no look at the rows before it.
    const rows = /\/tables\/\w+\/rows/;
    await page.route(rows, (route) => route.abort());
    await endSessions(stage, member);
    await by(page, 'checkout-submit').click();
    await page.locator('[data-code="session_lost"]').waitFor();
    await page.unroute(rows);
    await member.shot('ended');
    expect(await by(page, 'login-email').inputValue()).toBe(member.email);

    await by(page, 'login-password').fill(memberPassword);
    await page.keyboard.press('Enter');
    await waitFor(page, 'checkout-submit');
    expect(new URL(page.url()).searchParams.get('workspace')).toBe(member.workspaceId);
    expect(await by(page, 'checkout-runtime-name').inputValue()).toBe('세션이 끝나도');
    expect(await by(page, 'checkout-phone').inputValue()).toBe('010-1234-5678');
    await by(page, 'checkout-submit').click();
    await leaveForPayApp(stage, page);
    expect(member.errors).toEqual([]);
    await member.context.close();
  });
};

/** Says whether the browser brought the page back as it had been left. Runs in the page. */
const noteKept = `addEventListener('pageshow', ({ persisted }) => (globalThis.wasKept = persisted))`;

const buttons = (running: () => Stage): void => {
  it('back and forward lead through the steps, and back from PayApp to what is true now', async () => {
    const stage = running();
    const member = await openMember(stage, { journey: 'back', locale: 'ko-KR', width: 1280 });
    const { page, customer } = member;
    await page.addInitScript(noteKept);
    await page.goto(member.address);
    await fillOrder(page, '뒤로');
    await by(page, 'checkout-submit').dblclick();
    await leaveForPayApp(stage, page);
    const orders = await ordersOf(member);
    expect(orders).toHaveLength(1);
    const orderId = orders[0] ?? '';
    expect(await payappRequests(stage, orderId)).toEqual(['requested']);

    // While the customer looks at PayApp's page, another device ends the order.
    await cancel(customer, orderId, await revisionOf(member, orderId));
    await page.goBack({ waitUntil: 'commit' });
    await waitForOrder(page, 'cancelled');
    expect(await page.evaluate('wasKept')).toBe(true);
    await member.shot('back');

    await by(page, 'order-again').click();
    await waitFor(page, 'checkout-submit');
    expect(new URL(page.url()).searchParams.get('runtime')).toBe('new');
    await page.goBack({ waitUntil: 'commit' });
    await waitForOrder(page, 'cancelled');
    await page.goForward({ waitUntil: 'commit' });
    await waitFor(page, 'checkout-submit');
    expect(await orderState(page)).toBe('');
    expect(member.errors).toEqual([]);
    await member.context.close();
  });
};

export const roughTabs = (running: () => Stage): void => {
  twoTabs(running);
  endedSession(running);
  buttons(running);
};
