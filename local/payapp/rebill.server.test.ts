/** Recurring payments of the sandbox: registered, approved, charged each cycle, declined, ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payAppReply, readPayAppPairs } from '#schemas/wire/payapp.ts';
import type { PayApp } from './payapp.ts';
import { createPayApp } from './payapp.ts';
import type { Merchant } from './testing.ts';
import { startMerchant, until } from './testing.ts';

const SELLER = {
  userid: 'demo-seller',
  linkkey: 'a+b/cdefghijklmnopqrstuvwxyz0123456789ABCDE=',
  linkval: 'Z+y/xwvutsrqponmlkjihgfedcba9876543210ZYXWV=',
};
/** 20 December 2026, 18:00 in Korea. */
const START_MS = Date.parse('2026-12-20T09:00:00Z');
const DAY_SECONDS = 86_400;

let folder: string;
let merchant: Merchant;
let payApp: PayApp;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'payapp-rebill-'));
  merchant = await startMerchant();
  const stateFile = join(folder, 'payapp.json');
  const now = (): number => START_MS;
  payApp = await createPayApp({ port: 0, stateFile, seller: SELLER, now, recurring: true });
});

afterEach(async () => {
  await payApp.close();
  await merchant.close();
  rmSync(folder, { recursive: true });
});

async function command(fields: Record<string, string>) {
  const response = await fetch(`${payApp.listening}/oapi/apiLoad.html`, {
    method: 'POST',
    body: new URLSearchParams({ userid: SELLER.userid, linkkey: SELLER.linkkey, ...fields }),
  });
  return payAppReply.parse(readPayAppPairs(await response.text()));
}

const wish = (more: Record<string, string> = {}): Record<string, string> => ({
  cmd: 'rebillRegist',
  goodname: '런타임 + & 정기',
  goodprice: '39000',
  recvphone: '01012345678',
  rebillCycleType: 'Month',
  rebillCycleMonth: '20',
  rebillExpire: '2036-12-20',
  feedbackurl: `http://127.0.0.1:${merchant.port}/feedback/agreement-1`,
  failurl: `http://127.0.0.1:${merchant.port}/failed/agreement-1`,
  checkretry: 'y',
  smsuse: 'n',
  openpaytype: 'card',
  var1: 'agreement-1',
  ...more,
});

async function register(): Promise<{ rebillNo: string; url: string }> {
  const reply = await command(wish());
  expect(reply).toMatchObject({ state: '1', errno: '00000' });
  return { rebillNo: reply.rebill_no ?? '', url: reply.payurl ?? '' };
}

const press = async (url: string, method: string): Promise<Response> =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ method }) });
const control = async (method: string, path: string, body: unknown): Promise<unknown> => {
  const init = { method, body: JSON.stringify(body) };
  return (await fetch(`${payApp.listening}/_ctl${path}`, init)).json();
};
const later = (days: number) =>
  control('POST', '/clock', { shiftSeconds: Math.round(days * DAY_SECONDS) });
const heard = (payState: string) =>
  merchant.heard.filter(({ fields }) => fields['pay_state'] === payState);
const hears = (payState: string, times: number) =>
  until(`${times} notices of ${payState}`, () => heard(payState).length === times);

describe('registration', () => {
  it('needs the contract', async () => {
    await control('POST', '/contract', { recurring: false });
    expect(await command(wish())).toMatchObject({ state: '0', errno: '70060' });
    const cancel = { cmd: 'rebillCancel', rebill_no: '1' };
    expect(await command(cancel)).toMatchObject({ state: '0', errno: '70060' });
  });

  it.each([
    ['goodname', ''],
    ['goodprice', '999'],
    ['goodprice', '39,000'],
    ['recvphone', '0212345678'],
    ['rebillCycleType', 'Year'],
    ['rebillCycleMonth', '32'],
    ['rebillCycleMonth', ''],
    ['rebillExpire', '2036-13-01'],
    ['rebillExpire', '2026-12-19'],
    ['openpaytype', 'kakaopay'],
    ['failurl', 'javascript:1'],
  ])('refuses %s=%s', async (name, value) => {
    expect(await command(wish({ [name]: value }))).toMatchObject({ state: '0', errno: '70020' });
  });

  it('tells nobody anything, and charges nothing before it is approved', async () => {
    const { rebillNo } = await register();
    expect(await control('POST', '/tick', { rebill_no: rebillNo })).toEqual({ paid: 0, failed: 0 });
    expect(merchant.heard).toEqual([]);
  });

  it('whose first charge is declined stays silent', async () => {
    const { url } = await register();
    expect((await press(url, 'card_declined')).status).toBe(422);
    await later(40);
    expect(await control('POST', '/tick', {})).toEqual({ paid: 0, failed: 0 });
    expect(merchant.heard).toEqual([]);
  });
});

describe('charges', () => {
  it('have a number of their own each, on the day of the month', async () => {
    const { rebillNo, url } = await register();
    expect(await (await fetch(url)).text()).toContain('매월 20일');
    await Promise.all([press(url, 'card'), press(url, 'card')]);
    await hears('4', 1);
    await later(30.9);
    expect(await control('POST', '/tick', {})).toEqual({ paid: 0, failed: 0 });
    await later(31);
    expect(await control('POST', '/tick', {})).toEqual({ paid: 1, failed: 0 });
    await hears('4', 2);
    const [first, second] = heard('4').map(({ fields }) => fields);
    expect(second).toMatchObject({ rebill_no: rebillNo, price: '39000', var1: 'agreement-1' });
    expect(second?.['mul_no']).not.toBe(first?.['mul_no']);
    expect(second?.['pay_date']).toBe('2027-01-20 18:00:00');
  });

  it('that are declined go to failurl, with or without a number', async () => {
    const { url } = await register();
    await press(url, 'card');
    await control('PATCH', '/faults', { plan: 'charge-declined-bare' });
    await later(31);
    expect(await control('POST', '/tick', {})).toEqual({ paid: 0, failed: 1 });
    await hears('99', 1);
    const [told] = heard('99');
    expect(told?.path).toBe('/failed/agreement-1');
    expect(told?.fields).not.toHaveProperty('mul_no');
  });

  it('can be given back like any payment', async () => {
    const { url } = await register();
    await press(url, 'card');
    await hears('4', 1);
    const mulNo = heard('4')[0]?.fields['mul_no'] ?? '';
    expect(await command({ cmd: 'paycancel', mul_no: mulNo })).toMatchObject({ state: '1' });
    await hears('9', 1);
  });

  it('end when it is cancelled, once, and pass while it is stopped', async () => {
    const { rebillNo, url } = await register();
    await press(url, 'card');
    const say = (cmd: string) => command({ cmd, rebill_no: rebillNo });
    expect(await say('rebillStop')).toMatchObject({ state: '1' });
    await later(31);
    expect(await control('POST', '/tick', {})).toEqual({ paid: 0, failed: 0 });
    expect(await say('rebillStart')).toMatchObject({ state: '1' });
    expect(await say('rebillCancel')).toMatchObject({ state: '1' });
    expect(await say('rebillCancel')).toMatchObject({ state: '0', errno: '70020' });
    expect(await control('POST', '/tick', { rebill_no: rebillNo })).toEqual({ paid: 0, failed: 0 });
  });
});
