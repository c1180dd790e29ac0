import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payAppFeedback, payAppReply, readPayAppPairs } from '#schemas/wire/payapp.ts';
import type { PayApp, PayAppOptions } from './payapp.ts';
import { createPayApp } from './payapp.ts';
import type { Merchant } from './testing.ts';
import { startMerchant, until } from './testing.ts';

const SELLER = {
  userid: 'demo-seller',
  linkkey: 'a+b/cdefghijklmnopqrstuvwxyz0123456789ABCDE=',
  linkval: 'Z+y/xwvutsrqponmlkjihgfedcba9876543210ZYXWV=',
};

let folder: string;
let merchant: Merchant;
let payApp: PayApp;

const start = async (more: Partial<PayAppOptions> = {}): Promise<PayApp> =>
  createPayApp({
    port: 0,
    stateFile: join(folder, 'payapp.json'),
    seller: SELLER,
    retryBaseMs: 5,
    ...more,
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payapp-test-'));
  merchant = await startMerchant();
  payApp = await start();
});

afterEach(async () => {
  await payApp.close();
  await merchant.close();
  rmSync(folder, { recursive: true });
});

async function command(fields: Record<string, string>): Promise<ReturnType<typeof read>> {
  const response = await fetch(`${payApp.listening}/oapi/apiLoad.html`, {
    method: 'POST',
    body: new URLSearchParams({ userid: SELLER.userid, ...fields }),
  });
  expect(response.status).toBe(200);
  return read(await response.text());
}

const read = (text: string) => payAppReply.parse(readPayAppPairs(text));

async function order(more: Record<string, string> = {}): Promise<{ mulNo: string; url: string }> {
  const reply = await command({
    cmd: 'payrequest',
    goodname: '오픈클로 + 기본 & 100%=',
    price: '39000',
    recvphone: '01012345678',
    smsuse: 'n',
    reqaddr: '0',
    checkretry: 'y',
    feedbackurl: `http://pay.functions.localhost:${merchant.port}/feedback/token-1`,
    returnurl: 'http://127.0.0.1:9/orders/1?from=payapp',
    var1: 'order-1',
    ...more,
  });
  expect(reply).toMatchObject({ state: '1', errno: '00000' });
  return { mulNo: reply.mul_no ?? '', url: reply.payurl ?? '' };
}

const press = async (url: string, form: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) });

const control = async (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${payApp.listening}/_ctl${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const overview = async (): Promise<{ requests: unknown[]; pending: unknown[] }> =>
  (await (await control('GET', '')).json()) as { requests: unknown[]; pending: unknown[] };

const states = (): (string | undefined)[] =>
  merchant.heard.map(({ fields }) => fields['pay_state']);

describe('a paid order', () => {
  it('is announced, paid on the page, and told until the merchant says SUCCESS', async () => {
    const { mulNo, url } = await order();
    expect(states()).toEqual(['1']);
    expect(merchant.heard[0]?.fields['pay_date']).toBe('');

    const html = await (await fetch(url)).text();
    expect(html).toContain('실제 돈은 움직이지 않습니다');
    expect(html).toContain('오픈클로 + 기본 &amp; 100%=');
    expect(html).toContain('39,000원');

    merchant.answers.push(
      { status: 500, body: 'FAIL' },
      { status: 302, body: 'SUCCESS' },
      { status: 200, body: '<p>SUCCESS</p>' },
    );
    const paid = await press(url, { method: 'card' });
    expect(paid.status).toBe(303);
    await until('the fourth call', () => merchant.heard.length === 5);

    expect(states()).toEqual(['1', '4', '4', '4', '4']);
    const told = payAppFeedback.parse(merchant.heard[4]?.fields);
    expect(told).toMatchObject({ ...SELLER, mul_no: mulNo, price: '39000', var1: 'order-1' });
    expect(told.pay_date).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(merchant.heard[4]).toMatchObject({
      host: `pay.functions.localhost:${merchant.port}`,
      path: '/feedback/token-1',
    });

    const receipt = await (await fetch(new URL(paid.headers.get('location') ?? '', url))).text();
    expect(receipt).toContain('결제가 완료되었습니다');
    expect(receipt).toContain('href="http://127.0.0.1:9/orders/1?from=payapp"');
  });

  it('is paid once however often the button is pressed', async () => {
    const { url } = await order();
    const pressed = await Promise.all([1, 2, 3].map(async () => press(url, { method: 'card' })));
    expect(pressed.map(({ status }) => status)).toEqual([303, 303, 303]);
    await until('the notice', () => states().includes('4'));
    const after = await order({ var1: 'order-2' });
    expect(after.mulNo).not.toBe('');
    expect(states().filter((state) => state === '4')).toHaveLength(1);
  });

  it('is told at most ten times', async () => {
    const { url } = await order();
    merchant.answers.push(...Array.from({ length: 10 }, () => ({ status: 200, body: 'FAIL' })));
    await press(url, { method: 'kakaopay' });
    await until('ten calls', () => merchant.heard.length >= 11, 20_000);
    const later = await order({ var1: 'order-2' });
    await press(later.url, { method: 'card' });
    await until('the queue is empty', async () => (await overview()).pending.length === 0);
    expect(states()).toEqual(['1', ...Array.from({ length: 10 }, () => '4'), '1', '4']);
  });

  it('is still told after a restart', async () => {
    const { url } = await order();
    await merchant.close();
    await press(url, { method: 'card' });
    await payApp.close();
    const { port } = merchant;
    merchant = await startMerchant();
    payApp = await start({ feedbackConnect: `127.0.0.1:${merchant.port}` });
    await until('the notice', () => states().includes('4'));
    expect(merchant.heard[0]?.host).toBe(`pay.functions.localhost:${port}`);
    expect((await fetch(`${payApp.listening}${new URL(url).pathname}`)).url).toContain('/c/');
  });
});

describe('a virtual account', () => {
  it('waits for the deposit and is then paid', async () => {
    const { url } = await order({ openpaytype: 'card,vbank' });
    await press(url, { method: 'vbank' });
    expect(await (await fetch(url)).text()).toContain('입금을 기다리는 중입니다');
    await press(`${url}/deposit`);
    await until('the paid notice', () => states().includes('4'));
    expect(states()).toEqual(['1', '10', '4']);
    expect(merchant.heard[1]?.fields).toMatchObject({ pay_type: '7', pay_date: '' });
    expect(merchant.heard[1]?.fields['vbankno']).toMatch(/^\d{14}$/);
  });
});

describe('refusals', () => {
  it.each([
    ['unknown command', { cmd: 'payCheck' }, '70040'],
    ['recurring payment', { cmd: 'rebillRegist' }, '70060'],
    ['unknown seller', { cmd: 'payrequest', userid: 'someone' }, '70010'],
    ['no product name', { cmd: 'payrequest', price: '1000', recvphone: '01000000000' }, '70020'],
    ['wrong key', { cmd: 'paycancel', linkkey: SELLER.linkval, mul_no: '1' }, '70010'],
    ['unknown request', { cmd: 'paycancel', linkkey: SELLER.linkkey, mul_no: '1' }, '70020'],
  ])('%s', async (_name, fields, errno) => {
    expect(await command(fields)).toMatchObject({ state: '0', errno });
  });

  it.each(['999', '1000.5', '-1000', 'abc', '', '99999999999'])('price %j', async (price) => {
    const fields = { cmd: 'payrequest', goodname: 'x', recvphone: '01000000000', price };
    expect(await command(fields)).toMatchObject({
      state: '0',
      errno: '70020',
      errorMessage: 'price 값을 확인하세요.',
    });
  });

  it('refuses the request when the merchant does not take the first notice', async () => {
    merchant.answers.push({ status: 200, body: 'FAIL' });
    const reply = await command({
      cmd: 'payrequest',
      goodname: 'x',
      price: '1000',
      recvphone: '01000000000',
      checkretry: 'y',
      feedbackurl: `http://127.0.0.1:${merchant.port}/`,
    });
    expect(reply).toMatchObject({ state: '0', errno: '70080' });
    expect(reply.payurl).toBeUndefined();
  });

  it('a declined card leaves the request payable and tells nobody', async () => {
    const { url } = await order();
    const declined = await press(url, { method: 'card_declined' });
    expect(declined.status).toBe(422);
    expect(await declined.text()).toContain('승인을 거절했습니다');
    await press(url, { method: 'card' });
    await until('the notice', () => states().includes('4'));
    expect(states()).toEqual(['1', '4']);
  });
});

describe('cancelling', () => {
  const cancel = async (mulNo: string, more: Record<string, string> = {}) =>
    command({ cmd: 'paycancel', linkkey: SELLER.linkkey, mul_no: mulNo, ...more });

  it('by the buyer ends the request', async () => {
    const { url } = await order();
    await press(`${url}/cancel`);
    await until('the notice', () => states().includes('8'));
    expect((await press(url, { method: 'card' })).status).toBe(409);
    expect(await (await fetch(url)).text()).toContain('취소된 결제 요청입니다');
    expect(states()).toEqual(['1', '8']);
  });

  it('with cancelmode=ready never touches a paid request', async () => {
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    expect(await cancel(mulNo, { cancelmode: 'ready' })).toMatchObject({ state: '0' });
    // As feared of the real one: any other word is ignored, and the money goes back.
    expect(await cancel(mulNo, { cancelmode: 'True' })).toMatchObject({ state: '1' });
    await until('the refund notice', () => states().includes('9'));
    expect(states()).toEqual(['1', '4', '9']);
  });

  it('in parts never exceeds the price', async () => {
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    const part = async (cancelprice: string) => cancel(mulNo, { partcancel: '1', cancelprice });
    expect(await part('9000')).toMatchObject({ state: '1' });
    expect(await part('30001')).toMatchObject({ state: '0', errno: '70020' });
    expect(await part('30000')).toMatchObject({ state: '1' });
    expect(await part('1')).toMatchObject({ state: '0' });
    await until('both notices', () => states().includes('9'));
    expect(states()).toEqual(['1', '4', '70', '9']);
  });

  it('after the fifth day goes through paycancelreq and ends by notice', async () => {
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    await control('POST', '/clock', { shiftSeconds: 6 * 86_400 });
    expect(await cancel(mulNo)).toMatchObject({ state: '0' });
    const asked = { cmd: 'paycancelreq', linkkey: SELLER.linkkey, mul_no: mulNo };
    expect(await command(asked)).toMatchObject({ state: '1', paybackprice: '39000' });
    expect(await command(asked)).toMatchObject({ state: '0' });
    expect((await control('POST', '/finish-refund', { mul_no: mulNo })).status).toBe(200);
    await until('the refund notice', () => states().includes('64'));
    expect(states()).toEqual(['1', '4', '64']);
  });
});

describe('the fault plan', () => {
  it('bends notices and nothing else', async () => {
    await control('PATCH', '/faults', { duplicates: 2, keys: 'swapped', priceOffsetKrw: -1 });
    const { url } = await order();
    await press(url, { method: 'card' });
    await until('three notices', () => merchant.heard.length === 4);
    for (const { fields } of merchant.heard.slice(1)) {
      expect(fields).toMatchObject({
        price: '38999',
        linkkey: SELLER.linkval,
        linkval: SELLER.linkkey,
      });
    }
    expect(await (await fetch(url)).text()).toContain('39,000원');
  });

  it('sends copies at once, checks the address first, and replays late', async () => {
    await control('PATCH', '/faults', { concurrent: 2, probe: true, lateReplay: true });
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    await until('three notices', () => states().filter((state) => state === '4').length === 3);
    expect(merchant.heard.slice(1, 3)).toMatchObject([
      { method: 'GET', fields: {} },
      { method: 'POST', fields: {} },
    ]);
    await command({ cmd: 'paycancel', linkkey: SELLER.linkkey, mul_no: mulNo });
    await until('the late one', () => states().filter((state) => state === '4').length === 4);
    expect(states().lastIndexOf('4')).toBeGreaterThan(states().lastIndexOf('9'));
  });

  it('switches itself off after the number of notices it was given', async () => {
    await control('PATCH', '/faults', { payState: '77', times: 1 });
    const { url } = await order();
    await press(url, { method: 'vbank' });
    await press(`${url}/deposit`);
    await until('the paid notice', () => states().includes('4'));
    expect(states()).toEqual(['1', '77', '4']);
  });

  it('breaks replies after the work is done', async () => {
    await control('PATCH', '/faults', { replyHtml500: true });
    const body = new URLSearchParams({
      cmd: 'payrequest',
      userid: SELLER.userid,
      goodname: 'x',
      price: '1000',
      recvphone: '01000000000',
    });
    const reply = await fetch(`${payApp.listening}/oapi/apiLoad.html`, { method: 'POST', body });
    expect(reply.status).toBe(500);
    expect((await overview()).requests).toHaveLength(1);
  });

  it('loses a notice for good', async () => {
    await control('PATCH', '/faults', { drop: true, times: 1 });
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    await control('POST', '/send', { mul_no: mulNo, pay_state: '4' });
    await until('the handmade notice', () => states().includes('4'));
    expect(states()).toEqual(['1', '4']);
  });

  it('lets a later notice overtake a delayed one', async () => {
    await control('PATCH', '/faults', { plan: 'paid-overtaken', delayMs: 300 });
    const { mulNo, url } = await order();
    await press(url, { method: 'card' });
    await command({ cmd: 'paycancel', linkkey: SELLER.linkkey, mul_no: mulNo });
    await until('the paid notice', () => states().includes('4'));
    expect(states()).toEqual(['1', '9', '4']);
  });

  it('can be one payer’s alone', async () => {
    const phone = '01099990000';
    expect((await control('PATCH', '/faults', { plan: 'drop-all', phone: 'x' })).status).toBe(400);
    await control('PATCH', '/faults', { plan: 'duplicate-10', phone });
    await press((await order({ recvphone: phone })).url, { method: 'card' });
    await until('ten notices', () => states().filter((state) => state === '4').length === 10);
    await press((await order({ var1: 'order-2' })).url, { method: 'card' });
    await until('one more', () => states().filter((state) => state === '4').length === 11);
    await control('DELETE', '/faults', { phone });
    await press((await order({ recvphone: phone })).url, { method: 'card' });
    await until('the last', () => states().filter((state) => state === '4').length === 12);
    await until('silence', async () => (await overview()).pending.length === 0);
    expect(states().filter((state) => state === '4')).toHaveLength(12);
  });

  it('is out of reach for web pages and shows no key', async () => {
    await order();
    const headers = { origin: 'http://evil.example' };
    expect((await fetch(`${payApp.listening}/_ctl`, { headers })).status).toBe(403);
    const text = await (await control('GET', '')).text();
    expect(text).not.toContain(SELLER.linkkey);
    expect(text).not.toContain(SELLER.linkval);
    expect(text).not.toContain('token-1');
  });
});
