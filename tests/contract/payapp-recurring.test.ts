/**
 * Recurring payments through the PayApp client against the sandbox as a process: registered, refused
 * without the contract, lost, ended; and what the sandbox posts, through our own gate.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { feedbackGate } from '#adapters/payapp/feedback.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { postForm } from '#local/customer/http.ts';
import { startMerchant } from '#local/payapp/testing.ts';
import type { Merchant } from '#local/payapp/testing.ts';
import { startPart } from '#local/supervisor/part.ts';
import type { Part } from '#local/supervisor/part.ts';
import type { RecurringRequest } from '#ports/payments.ts';
import { deafPort, eventually } from '#tests/support/http.ts';

const linkKey = 'kA+/9zQ1b2N3d4V5e6R7t8Y9u0I1o2P3a4S5d6F7g8=';
const linkVal = 'vB/+8zQ1b2N3d4V5e6R7t8Y9u0I1o2P3a4S5d6F7g8=';
const userId = 'contract-seller';
const tokenKey = Buffer.alloc(32, 5);
const wish: RecurringRequest = {
  autopayId: 'autopay-0123456789abcdef01234567',
  runtimeId: 'runtime-1',
  goodName: '전용 런타임 + & = Basic (1개월)',
  priceKrw: 39_000,
  phone: '01012345678',
  chargeDay: 20,
  until: '2099-12-20',
};

let folder: string;
let sandbox: Part;
let sandboxUrl: string;
let shop: Merchant;

const clientAt = (apiUrl: string) =>
  payAppPayments({
    ...{ apiUrl, userId, linkKey, tokenKey },
    feedbackBaseUrl: `http://127.0.0.1:${shop.port}`,
    siteUrl: 'http://hosted.localhost:8080/app',
  });
const control = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object) => {
  const init = { method, body: JSON.stringify(body) };
  const answer = await fetch(`${sandboxUrl}/_ctl${path}`, init);
  expect(answer.status).toBe(200);
};

/** What our own gate makes of the notices that came, oldest first. */
const judged = () => {
  const gate = feedbackGate({ userId, linkKey, linkVal, tokenKey });
  return shop.heard.map(({ path, fields, method }) => {
    const [, , orderId = '', token = ''] = path.split('/');
    const contentType = 'application/x-www-form-urlencoded';
    const body = new URLSearchParams(fields).toString();
    return gate.judge({ method, orderId, token, contentType, body });
  });
};
const hears = (count: number) =>
  eventually(
    async () => Promise.resolve(judged()),
    (all) => all.length === count,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payapp-recurring-'));
  shop = await startMerchant();
  sandbox = await startPart({
    name: 'payapp',
    script: 'local/payapp/main.ts',
    logs: join(folder, 'logs'),
    env: {
      PAYAPP_PORT: '0',
      PAYAPP_USERID: userId,
      PAYAPP_LINKKEY: linkKey,
      PAYAPP_LINKVAL: linkVal,
      PAYAPP_STATE_FILE: join(folder, 'state.json'),
      PAYAPP_RECURRING: 'on',
    },
  });
  sandboxUrl = z.string().parse(sandbox.ready['listening']);
});
afterAll(async () => {
  await sandbox.stop();
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  shop.heard.length = 0;
  await control('DELETE', '/faults', {});
  await control('POST', '/contract', { recurring: true });
});

const opened = async () => {
  const outcome = await clientAt(sandboxUrl).registerRecurring(wish);
  if (outcome.kind !== 'opened') throw new Error(`registered: ${JSON.stringify(outcome)}`);
  return outcome;
};

test('without the contract it is refused as not permitted, and so is its end', async () => {
  await control('POST', '/contract', { recurring: false });
  const payments = clientAt(sandboxUrl);
  const refused = { kind: 'refused', reason: 'not_permitted' };
  expect(await payments.registerRecurring(wish)).toEqual(refused);
  expect(await payments.cancelRecurring('1')).toBe('refused');
});

test('a charge a cycle comes through our gate, each with a number of its own', async () => {
  const { rebillNo, payUrl } = await opened();
  expect((await postForm(payUrl, { method: 'card' })).status).toBe(303);
  await hears(1);
  await control('POST', '/tick', { rebill_no: rebillNo });
  const all = await hears(2);
  const charge = { kind: 'authentic', notice: { payState: '4', priceKrw: 39_000, rebillNo } };
  expect(all).toMatchObject([charge, charge]);
  expect(new Set(shop.heard.map(({ fields }) => fields['mul_no'])).size).toBe(2);
});

test.each(['charge-declined', 'charge-declined-bare'])(
  '%s: authentic all the same',
  async (plan) => {
    const { rebillNo, payUrl } = await opened();
    await postForm(payUrl, { method: 'card' });
    await hears(1);
    await control('PATCH', '/faults', { plan });
    await control('POST', '/tick', { rebill_no: rebillNo });
    const [, failed] = await hears(2);
    expect(failed).toMatchObject({ kind: 'authentic', notice: { payState: '99', rebillNo } });
  },
);

test('ended is ended once; a second time PayApp does not say so', async () => {
  const { rebillNo } = await opened();
  const payments = clientAt(sandboxUrl);
  expect(await payments.cancelRecurring(rebillNo)).toBe('cancelled');
  expect(await payments.cancelRecurring(rebillNo)).toBe('refused');
});

test.each([
  ['a page and 500', { replyHtml500: true }, 'unreadable_answer'],
  ['a page and 200', { replyHtml200: true }, 'unreadable_answer'],
  ['no number', { replyWithoutMulNo: true }, 'incomplete_answer'],
  ['a broken connection', { replyLost: true }, 'timeout'],
])('an answer that is %s is unknown, never refused', async (_what, plan, reason) => {
  await control('PATCH', '/faults', plan);
  const outcome = await clientAt(sandboxUrl).registerRecurring(wish);
  expect(outcome).toEqual({ kind: 'unknown', reason });
});

test('where nobody answers nothing is known', async () => {
  const payments = clientAt(`http://127.0.0.1:${await deafPort()}`);
  expect(await payments.registerRecurring(wish)).toMatchObject({ kind: 'unknown' });
  expect(await payments.cancelRecurring('1')).toBe('unknown');
});
