/**
 * The PayApp client against the sandbox as a process of its own: every way in which a request or a
 * cancellation can end. How orders follow from that is in `payments.test.ts`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { orderTokens } from '#adapters/payapp/tokens.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { postForm, send } from '#local/customer/http.ts';
import { startPart } from '#local/supervisor/part.ts';
import type { Part } from '#local/supervisor/part.ts';
import type { Payments } from '#ports/payments.ts';
import type { Neighbour } from '#tests/support/http.ts';
import { deafPort, startNeighbour, startSilence, startWebsite } from '#tests/support/http.ts';

const linkKey = 'kA+/9zQ1b2N3d4V5e6R7t8Y9u0I1o2P3a4S5d6F7g8=';
const linkVal = 'vB/+8zQ1b2N3d4V5e6R7t8Y9u0I1o2P3a4S5d6F7g8=';
const userId = 'contract-seller';
const tokenKey = Buffer.alloc(32, 5);

const overview = z.object({
  requests: z.array(
    z.object({
      mulNo: z.string(),
      status: z.string(),
      goodname: z.string(),
      priceKrw: z.number(),
      var1: z.string(),
      returnUrl: z.string(),
    }),
  ),
});

let folder: string;
let sandbox: Part | undefined;
let sandboxUrl: string;
/** The shop that PayApp calls back; says SUCCESS unless told otherwise. */
let shop: Neighbour;
let shopSays: string;
let calledPaths: string[];
let payments: Payments;

const clientOf = (changes: Partial<Parameters<typeof payAppPayments>[0]> = {}): Payments =>
  payAppPayments({
    apiUrl: sandboxUrl,
    userId,
    linkKey,
    tokenKey,
    feedbackBaseUrl: shop.url,
    siteUrl: 'http://hosted.localhost:8080/app',
    ...changes,
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payapp-adapter-'));
  shop = await startNeighbour((request, response) => {
    calledPaths.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/plain' }).end(shopSays);
  });
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
      PAYAPP_RETRY_BASE_MS: '5',
    },
  });
  sandboxUrl = z.string().parse(sandbox.ready['listening']);
});
afterAll(async () => {
  await sandbox?.stop();
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  shopSays = 'SUCCESS';
  calledPaths = [];
  payments = clientOf();
});
afterEach(async () => {
  const cleared = await fetch(`${sandboxUrl}/_ctl/faults`, { method: 'DELETE' });
  expect(cleared.status).toBe(200);
});

const faults = async (plan: object): Promise<void> => {
  const body = JSON.stringify(plan);
  const changed = await fetch(`${sandboxUrl}/_ctl/faults`, { method: 'PATCH', body });
  expect(changed.status).toBe(200);
};
const newOrder = (changes: { priceKrw?: number; phone?: string; goodName?: string } = {}) => ({
  orderId: systemIds.newId(),
  goodName: 'OpenClaw + Basic & 1개월 = 100%',
  priceKrw: 39_000,
  phone: '01012345678',
  ...changes,
});
const requestsFor = async (orderId: string) => {
  const { text } = await send({ method: 'GET', url: `${sandboxUrl}/_ctl` });
  return overview.parse(JSON.parse(text)).requests.filter(({ var1 }) => var1 === orderId);
};
const opened = async () => {
  const asked = newOrder();
  const outcome = await payments.request(asked);
  if (outcome.kind !== 'opened') throw new Error(`the request ended as ${outcome.kind}`);
  return { ...outcome, orderId: asked.orderId };
};

describe('asking for money', () => {
  test('gives a link and a number, and PayApp has what was asked for', async () => {
    const asked = newOrder();
    const outcome = await payments.request(asked);
    const [request] = await requestsFor(asked.orderId);
    expect(outcome).toMatchObject({ kind: 'opened', mulNo: request?.mulNo });
    expect(request).toMatchObject({ goodname: asked.goodName, priceKrw: 39_000 });
    expect(request?.returnUrl).toBe(`http://hosted.localhost:8080/app?order=${asked.orderId}`);
    if (outcome.kind !== 'opened') return;
    expect((await send({ method: 'GET', url: outcome.payUrl })).text).toContain('39,000');
  });

  test('names the order’s own feedback address, which nobody can guess', async () => {
    const asked = newOrder();
    await payments.request(asked);
    const token = orderTokens(tokenKey).tokenOf(asked.orderId);
    expect(calledPaths).toEqual([`/feedback/${asked.orderId}/${token}`]);
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect(JSON.stringify(await requestsFor(asked.orderId))).not.toContain(token);
  });

  test('takes an answer with a leading newline', async () => {
    await faults({ replyLeadingNewline: true });
    expect((await payments.request(newOrder())).kind).toBe('opened');
  });

  test.each([
    ['the seller is unknown', 'credentials', { userId: 'nobody' }, {}],
    ['the price is too low', 'invalid_parameter', {}, { priceKrw: 999 }],
    ['the phone is none', 'invalid_parameter', {}, { phone: '12' }],
  ] as const)('is refused when %s', async (_why, reason, settings, changes) => {
    const asked = newOrder(changes);
    expect(await clientOf(settings).request(asked)).toEqual({ kind: 'refused', reason });
    expect(await requestsFor(asked.orderId)).toEqual([]);
  });

  test.each(['FAIL', '', 'SUCCESS!', '<html>SUCCESS</html>'])(
    'is refused when our feedback says %j',
    async (says) => {
      shopSays = says;
      const asked = newOrder();
      const refusal = { kind: 'refused', reason: 'feedback_unreachable' };
      expect(await payments.request(asked)).toEqual(refusal);
      expect(await requestsFor(asked.orderId)).toEqual([]);
    },
  );
});

describe('an answer that tells nothing is unknown, never failed', () => {
  test.each([
    ['is lost', 'timeout', { replyLost: true }],
    ['is an error page', 'unreadable_answer', { replyHtml500: true }],
    ['names no request', 'incomplete_answer', { replyWithoutMulNo: true }],
  ])('when it %s, the request exists all the same', async (_what, reason, plan) => {
    await faults(plan);
    const asked = newOrder();
    expect(await payments.request(asked)).toEqual({ kind: 'unknown', reason });
    expect(await requestsFor(asked.orderId)).toHaveLength(1);
  });

  test('when nobody listens', async () => {
    const away = clientOf({ apiUrl: `http://127.0.0.1:${await deafPort()}` });
    expect(await away.request(newOrder())).toEqual({ kind: 'unknown', reason: 'timeout' });
    const refund = { mulNo: '1', amountKrw: 1_000, part: true };
    expect(await away.refund(refund)).toEqual({ kind: 'unknown' });
    expect(await away.requestRefund(refund)).toEqual({ kind: 'unknown' });
    expect(await away.cancelIfUnpaid('1')).toBe('unknown');
  });

  test('when none comes in time', async () => {
    const silence = await startSilence();
    try {
      const client = clientOf({ apiUrl: silence.url });
      const ends = [client.request(newOrder()), client.cancelIfUnpaid('1')] as const;
      expect(await Promise.all(ends)).toEqual([{ kind: 'unknown', reason: 'timeout' }, 'unknown']);
    } finally {
      await silence.close();
    }
  });

  test.each([
    ['a web page', '<!doctype html><title>It works</title>'],
    ['nothing', ''],
    ['JSON', '{"state":"1","mul_no":"1","payurl":"http://127.0.0.1/p/a"}'],
    ['a link that is none', 'state=1&mul_no=1&payurl=javascript%3Aalert(1)', 'incomplete_answer'],
    ['99999', 'state=0&errno=99999&errorMessage=', 'transport_error'],
    ['a number that is none', 'state=1&mul_no=abc&payurl=http%3A%2F%2F127.0.0.1%2Fp%2Fa'],
    ['one field twice', 'state=1&state=0&mul_no=1&payurl=http%3A%2F%2F127.0.0.1%2Fp%2Fa'],
    ['far too much', `state=1&memo=${'x'.repeat(2 * 1024 * 1024)}`],
  ])('when %s comes', async (_what, body, reason = 'unreadable_answer') => {
    const other = await startNeighbour((_request, response) => response.end(body));
    try {
      expect(await clientOf({ apiUrl: other.url }).request(newOrder())).toEqual({
        kind: 'unknown',
        reason,
      });
    } finally {
      await other.close();
    }
  });

  test('when it is a redirect, our key is not carried on', async () => {
    const elsewhere = await startWebsite();
    let followed = 0;
    const redirecting = await startNeighbour((_request, response) => {
      followed += 1;
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    try {
      const client = clientOf({ apiUrl: redirecting.url });
      expect(await client.cancelIfUnpaid('1')).toBe('unknown');
      expect(followed).toBe(1);
    } finally {
      await redirecting.close();
      await elsewhere.close();
    }
  });
});

describe('killing a link', () => {
  test('of an unpaid request: dead for good', async () => {
    const { mulNo, payUrl, orderId } = await opened();
    expect(await payments.cancelIfUnpaid(mulNo)).toBe('unpaid_and_dead');
    expect((await postForm(payUrl, { method: 'card' })).status).toBe(409);
    expect(await requestsFor(orderId)).toMatchObject([{ status: 'cancelled' }]);
  });

  test('of a paid request: refused, and the money stays where it is', async () => {
    const { mulNo, payUrl, orderId } = await opened();
    expect((await postForm(payUrl, { method: 'card' })).status).toBe(303);
    expect(await payments.cancelIfUnpaid(mulNo)).toBe('refused');
    expect(await requestsFor(orderId)).toMatchObject([{ status: 'paid' }]);
  });

  test('of a request that PayApp does not know: refused', async () => {
    expect(await payments.cancelIfUnpaid('999999999')).toBe('refused');
  });

  test.each([
    ['with a key of another seller', { linkKey: linkVal }],
    ['with no seller', { userId: 'nobody' }],
  ])('%s: unknown, for PayApp did not look', async (_what, settings) => {
    const { mulNo, orderId } = await opened();
    expect(await clientOf(settings).cancelIfUnpaid(mulNo)).toBe('unknown');
    expect(await requestsFor(orderId)).toMatchObject([{ status: 'requested' }]);
  });

  test.each([
    ['is lost', { replyLost: true }],
    ['is an error page', { replyHtml500: true }],
  ])('when the answer %s: unknown, and asking again is safe', async (_what, plan) => {
    const { mulNo } = await opened();
    await faults(plan);
    expect(await payments.cancelIfUnpaid(mulNo)).toBe('unknown');
    await fetch(`${sandboxUrl}/_ctl/faults`, { method: 'DELETE' });
    expect(['unpaid_and_dead', 'refused']).toContain(await payments.cancelIfUnpaid(mulNo));
  });
});

describe('giving money back', () => {
  const paid = async () => {
    const request = await opened();
    expect((await postForm(request.payUrl, { method: 'card' })).status).toBe(303);
    return request;
  };

  test('in full, at once', async () => {
    const { mulNo, orderId } = await paid();
    const all = { mulNo, amountKrw: 39_000, part: false };
    expect(await payments.refund(all)).toEqual({ kind: 'refunded' });
    expect(await requestsFor(orderId)).toMatchObject([{ status: 'refunded' }]);
    expect(await payments.refund(all)).toMatchObject({ kind: 'refused', looked: true });
  });

  test('in parts, and never more than is left', async () => {
    const { mulNo } = await paid();
    const part = { mulNo, amountKrw: 20_000, part: true };
    expect(await payments.refund(part)).toEqual({ kind: 'refunded' });
    expect(await payments.refund(part)).toMatchObject({ kind: 'refused', looked: true });
  });

  test('with a key of another seller is refused before anybody looked', async () => {
    const { mulNo, orderId } = await paid();
    const all = { mulNo, amountKrw: 39_000, part: false };
    const refusal = { kind: 'refused', looked: false, errno: '70010' };
    expect(await clientOf({ linkKey: linkVal }).refund(all)).toEqual(refusal);
    expect(await requestsFor(orderId)).toMatchObject([{ status: 'paid' }]);
  });

  test('after five days only as a request, which says where to pay in', async () => {
    const { mulNo, orderId } = await paid();
    const shift = async (days: number) => {
      const body = JSON.stringify({ shiftSeconds: days * 24 * 60 * 60 });
      const moved = await fetch(`${sandboxUrl}/_ctl/clock`, { method: 'POST', body });
      expect(moved.status).toBe(200);
    };
    await shift(6);
    const all = { mulNo, amountKrw: 39_000, part: false };
    expect(await payments.refund(all)).toMatchObject({ kind: 'refused', looked: true });
    const asked = await payments.requestRefund(all);
    expect(asked).toMatchObject({ kind: 'requested', payback: { amountKrw: 39_000 } });
    if (asked.kind === 'requested') expect(asked.payback.account).not.toBe('');
    expect(await requestsFor(orderId)).not.toMatchObject([{ status: 'refunded' }]);
  });
});
