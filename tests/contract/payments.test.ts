/**
 * Our PayApp client, feedback gate and inbox against the PayApp sandbox, over HTTP, with everything
 * that PayApp is known to do wrong. Rows live in the small world; money and calls are the sandbox's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveFeedback } from '#adapters/http/feedback.ts';
import { feedbackGate } from '#adapters/payapp/feedback.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { cancelOrder } from '#app/checkout/cancel-order.ts';
import { openOrder } from '#app/checkout/open-order.ts';
import { renewPayLink } from '#app/checkout/renew-pay-link.ts';
import { recordNotice } from '#app/payapp/record-notice.ts';
import type { PayApp } from '#local/payapp/payapp.ts';
import { createPayApp } from '#local/payapp/payapp.ts';
import type { Payments } from '#ports/payments.ts';
import type { Store } from '#ports/store.ts';
import { customer, openBody, sweep, workspaceOf } from '#tests/support/shop.ts';
import { makeWorld, silentLog } from '#tests/support/world.ts';

type Shop = Omit<ReturnType<typeof makeWorld>, 'payments'> & { readonly payments: Payments };

const tokenKey = Buffer.alloc(32, 3);
let folder: string;
let payApp: PayApp;
let merchant: Server;
let shop: Shop;
let workspaceId: string;
let answers: string[];
/** What the inbox may write to; a test may put a broken one here. */
let inbox: Pick<Store, 'create'>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payments-'));
  answers = [];
  merchant = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const contentType = request.headers['content-type'] ?? '';
      const context = {
        req: {
          method: request.method ?? '',
          path: request.url ?? '',
          headers: { 'content-type': contentType },
          bodyText: Buffer.concat(chunks).toString(),
        },
        res: {
          json: () => undefined,
          text: (body: string, status = 200) => {
            answers.push(body);
            response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
          },
        },
        log: () => undefined,
        error: () => undefined,
      };
      void serveFeedback(
        context,
        () => silentLog,
        (_call, log, feedback) =>
          recordNotice(
            { ...shop, store: inbox, log, gate: feedbackGate({ ...sellerKeys(), tokenKey }) },
            feedback,
          ),
      );
    });
  });
  await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
  const address = merchant.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  payApp = await createPayApp({ port: 0, stateFile: join(folder, 'state.json'), retryBaseMs: 5 });
  const world = makeWorld();
  const payments = payAppPayments({
    apiUrl: payApp.listening,
    userId: sellerKeys().userId,
    linkKey: sellerKeys().linkKey,
    tokenKey,
    feedbackBaseUrl: `http://127.0.0.1:${port}/`,
    siteUrl: 'http://127.0.0.1/app',
  });
  shop = { ...world, payments };
  inbox = world.store;
  workspaceId = await workspaceOf(world);
});

afterEach(async () => {
  await payApp.close();
  merchant.closeAllConnections();
  await new Promise((resolve) => merchant.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const sellerKeys = () => ({
  userId: payApp.seller.userid,
  linkKey: payApp.seller.linkkey,
  linkVal: payApp.seller.linkval,
});
const faults = async (plan: object): Promise<void> => {
  const response = await fetch(`${payApp.listening}/_ctl/faults`, {
    method: 'PATCH',
    body: JSON.stringify(plan),
  });
  expect(response.status).toBe(200);
};
const press = (payUrl: string, form: Record<string, string>, button = ''): Promise<Response> =>
  fetch(payUrl + button, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
const open = async (): Promise<{ readonly payUrl: string; readonly orderId: string }> => {
  const opened = await openOrder(shop, customer, openBody(workspaceId));
  if (!opened.ok) throw new Error(opened.error.code);
  return opened.value;
};
const order = () => {
  const [only] = shop.store.rows('orders');
  if (only === undefined) throw new Error('no order');
  return only;
};
const tasks = () => shop.store.rows('tasks').map(({ kind }) => kind);
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const endsAt = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > endsAt) throw new Error('waited in vain');
    await pause(10);
  }
};
/** Settles again and again until the order is where it should be, as the minute sweep does. */
const becomes = async (state: string): Promise<void> => {
  await until(async () => {
    await sweep(shop);
    return order().state === state;
  });
};

test('a card payment opens one runtime', async () => {
  const { payUrl } = await open();
  expect((await press(payUrl, { method: 'card' })).status).toBe(303);
  await becomes('fulfilled');
  expect(shop.store.rows('runtimes')).toHaveLength(1);
  expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
  const states = shop.store.rows('notices').map(({ payState }) => payState);
  expect(states).toEqual(['1', '4']);
});

test('a virtual account waits for its deposit', async () => {
  const { payUrl } = await open();
  await press(payUrl, { method: 'vbank' });
  await becomes('waiting_deposit');
  await press(payUrl, {}, '/deposit');
  await becomes('fulfilled');
});

test('a payer who gives up cancels the order', async () => {
  const { payUrl } = await open();
  await press(payUrl, {}, '/cancel');
  await becomes('cancelled');
  expect(order().failureCode).toBe('payment_cancelled');
});

test('a member who cancels kills the link', async () => {
  const { payUrl, orderId } = await open();
  const { revision } = order();
  expect((await cancelOrder(shop, customer, { orderId, revision })).ok).toBe(true);
  expect((await press(payUrl, { method: 'card' })).status).toBe(409);
  await sweep(shop);
  expect(order().state).toBe('cancelled');
});

test('a renewed link replaces the old one, which cannot be paid any more', async () => {
  const { payUrl, orderId } = await open();
  const { revision } = order();
  const body = { orderId, revision, phone: '01012345678' };
  const renewed = await renewPayLink(shop, customer, body);
  if (!renewed.ok) throw new Error(renewed.error.code);
  expect((await press(payUrl, { method: 'card' })).status).toBe(409);
  await press(renewed.value.payUrl, { method: 'card' });
  await becomes('fulfilled');
});

describe('notices that go wrong on the way', () => {
  test.each([
    ['come ten times', { duplicates: 9 }],
    ['come all at once', { concurrent: 9 }],
    ['come after a probe', { probe: true }],
    ['come to the common address, too', { commonCopy: true }],
    ['name another order in var1', { var1: 'someone-else' }],
  ])('%s: still one runtime', async (_what, plan) => {
    const { payUrl } = await open();
    await faults(plan);
    await press(payUrl, { method: 'card' });
    await becomes('fulfilled');
    expect(shop.store.rows('runtimes')).toHaveLength(1);
    expect(tasks()).toEqual([]);
  });

  test.each([
    ['wrong_linkval', ['feedback_keys_differ']],
    ['wrong_linkkey', ['feedback_keys_differ']],
    ['swapped', ['feedback_keys_differ']],
    ['missing', ['unverified_notice']],
  ])('carry keys that are %s: refused, and granted once a true one comes', async (keys, raised) => {
    const { payUrl } = await open();
    await faults({ keys });
    await press(payUrl, { method: 'card' });
    await until(() => answers.includes('FAIL'));
    await sweep(shop);
    expect(order().state).toBe('awaiting_payment');
    expect(tasks()).toEqual(raised);
    await faults({ keys: 'right' });
    await fetch(`${payApp.listening}/_ctl/send`, {
      method: 'POST',
      body: JSON.stringify({ mul_no: order().mulNo, pay_state: '4' }),
    });
    await becomes('fulfilled');
  });

  test.each([-1, 1])('say another amount (%d): the money is due back', async (priceOffsetKrw) => {
    const { payUrl } = await open();
    await faults({ priceOffsetKrw });
    await press(payUrl, { method: 'card' });
    await becomes('refund_due');
    expect(tasks()).toEqual(['amount_mismatch']);
    expect(shop.store.rows('runtimes')).toHaveLength(0);
  });

  test('find the inbox closed: they come again until they are stored', async () => {
    const { payUrl } = await open();
    let refusals = 3;
    const open3 = inbox;
    inbox = {
      create: async (table, id, row) => {
        if (refusals === 0) return open3.create(table, id, row);
        refusals -= 1;
        throw new Error('no row was written');
      },
    };
    await press(payUrl, { method: 'card' });
    await becomes('fulfilled');
    expect(answers.filter((answer) => answer === 'FAIL')).toHaveLength(3);
  });

  test('are all lost: the order ends as a task, never as expired', async () => {
    const { payUrl } = await open();
    await faults({ drop: true });
    await press(payUrl, { method: 'card' });
    shop.clock.advance(24 * 60 * 60_000);
    await sweep(shop);
    expect(order().state).toBe('awaiting_payment');
    expect(tasks()).toEqual(['missing_feedback']);
  });
});

describe('answers that go wrong', () => {
  test.each([
    ['is lost', 'payment_request_unknown', { replyLost: true }],
    ['is an HTML page', 'payment_answer_unreadable', { replyHtml500: true }],
    ['names no request', 'payment_answer_incomplete', { replyWithoutMulNo: true }],
  ])('when PayApp’s answer %s, asking again gives one link that counts', async (...given) => {
    const [, code, plan] = given;
    await faults(plan);
    const opened = await openOrder(shop, customer, openBody(workspaceId));
    expect(opened).toMatchObject({ ok: false, error: { code } });
    await fetch(`${payApp.listening}/_ctl/faults`, { method: 'DELETE' });
    const { id: orderId, revision } = order();
    const body = { orderId, revision, phone: '01012345678' };
    const renewed = await renewPayLink(shop, customer, body);
    if (!renewed.ok) throw new Error(renewed.error.code);
    await sweep(shop);
    const { requests } = (await (await fetch(`${payApp.listening}/_ctl`)).json()) as {
      requests: { mulNo: string; status: string }[];
    };
    const payable = requests.filter(({ status }) => status === 'requested');
    expect(payable.map(({ mulNo }) => mulNo)).toEqual([order().mulNo]);
    await press(renewed.value.payUrl, { method: 'card' });
    await becomes('fulfilled');
  });

  test('a leading newline is none', async () => {
    await faults({ replyLeadingNewline: true });
    expect((await open()).payUrl).toMatch(/^http/);
  });

  test('when PayApp cannot reach us, the order says so and can be tried again', async () => {
    inbox = { create: () => Promise.reject(new Error('closed')) };
    const opened = await openOrder(shop, customer, openBody(workspaceId));
    expect(opened).toMatchObject({ ok: false, error: { code: 'payment_feedback_unreachable' } });
    inbox = shop.store;
    const { id: orderId, revision } = order();
    const body = { orderId, revision, phone: '01012345678' };
    expect((await renewPayLink(shop, customer, body)).ok).toBe(true);
  });

  test('when PayApp is not there at all, nothing is decided', async () => {
    const away = payAppPayments({
      apiUrl: 'http://127.0.0.1:9',
      userId: 'u',
      linkKey: 'k',
      tokenKey,
      feedbackBaseUrl: 'http://127.0.0.1:9',
      siteUrl: 'http://127.0.0.1:9',
    });
    const request = { orderId: 'o', goodName: 'g', priceKrw: 39_000, phone: '01012345678' };
    expect(await away.request(request)).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await away.cancelIfUnpaid('1')).toBe('unknown');
  });

  test('a paid request is never refunded by killing its link', async () => {
    const { payUrl } = await open();
    await faults({ drop: true });
    await press(payUrl, { method: 'card' });
    expect(await shop.payments.cancelIfUnpaid(order().mulNo ?? '')).toBe('refused');
  });
});
