import { describe, expect, it } from 'vitest';
import { PAYAPP_PAY_STATE, readPayAppPairs } from '#schemas/wire/payapp.ts';
import { connectTarget } from './delivery.ts';
import { dispatch, faults, noFaults, planFaults } from './faults.ts';
import type { NoticeFields } from './notice.ts';
import { FAULT_PLANS, FAULT_PLAN_NAMES } from './plans.ts';
import { accepted, refused, toLine } from './reply.ts';
import { CALLS_LIMIT, retryDelayMs } from './sender.ts';
import { newKey } from './store.ts';

const truth: NoticeFields = {
  linkkey: 'a+b/c=',
  linkval: 'd+e/f=',
  pay_state: '4',
  price: '39000',
  var1: 'order',
  mul_no: '1',
  feedbacktype: '0',
};

const bent = (change: Record<string, unknown>, fields = truth) => {
  const planned = planFaults(noFaults(), change);
  if (!planned.ok) throw new Error(planned.reason);
  return dispatch(planned.faults, fields);
};

describe('the fault plan', () => {
  it.each(FAULT_PLAN_NAMES)('%s is a plan by name, in one line', (name) => {
    const planned = planFaults(faults.parse({ drop: true }), { plan: name });
    expect(planned).toMatchObject({ ok: true, faults: FAULT_PLANS[name].faults });
    expect(FAULT_PLANS[name].says).toMatch(/^[^\n]{5,70}$/);
    if (name !== 'drop-all') expect(planned).toMatchObject({ faults: { drop: false } });
  });

  it('names what it knows when a plan is asked for that it does not know', () => {
    const planned = planFaults(noFaults(), { plan: 'dropall' });
    if (planned.ok) throw new Error('a plan by a wrong name');
    expect(planned.reason).toContain('drop-all');
  });

  it('takes what belongs to another request from another request', () => {
    const planned = planFaults(noFaults(), { mulNo: 'another-request', var1: 'another-request' });
    if (!planned.ok) throw new Error(planned.reason);
    const { fields } = dispatch(planned.faults, truth, { mul_no: '2', var1: 'second' });
    expect(fields).toEqual({ ...truth, mul_no: '2', var1: 'second' });
  });

  it('sends the account’s notice before the paid one, without a pay date', () => {
    const { before, fields } = bent({ plan: 'waiting-then-paid' });
    expect(before).toMatchObject([{ pay_state: '10', pay_type: '7', pay_date: '' }]);
    expect(fields).toEqual(truth);
    expect(bent({ plan: 'waiting-then-paid' }, { ...truth, pay_state: '9' }).before).toEqual([]);
  });

  it('without faults sends the truth once', () => {
    expect(bent({})).toMatchObject({ fields: truth, lost: false, copies: [], atOnce: [] });
  });

  it('leaves the notice of a new request alone', () => {
    const first = { ...truth, pay_state: '1' };
    expect(bent({ drop: true, keys: 'missing' }, first)).toMatchObject({
      fields: first,
      lost: false,
    });
  });

  it.each([
    [{ priceOffsetKrw: 1 }, { price: '39001' }],
    [{ payState: '77' }, { pay_state: '77' }],
    [
      { var1: 'other', mulNo: '2' },
      { var1: 'other', mul_no: '2' },
    ],
    [{ keys: 'swapped' }, { linkkey: truth['linkval'], linkval: truth['linkkey'] }],
  ])('%j', (change, fields) => {
    expect(bent(change).fields).toEqual({ ...truth, ...fields });
  });

  it('makes wrong keys of the right length', () => {
    const { fields } = bent({ keys: 'wrong_linkval' });
    expect(fields['linkval']).toHaveLength(6);
    expect(fields['linkval']).not.toBe(truth['linkval']);
    expect(bent({ keys: 'missing' }).fields).not.toHaveProperty('linkval');
  });

  it('repeats, copies and replays', () => {
    expect(bent({ duplicates: 3 }).copies).toHaveLength(3);
    expect(bent({ concurrent: 2 }).atOnce).toHaveLength(2);
    expect(bent({ commonCopy: true }).copies).toMatchObject([{ feedbacktype: '1' }]);
    expect(bent({ lateReplay: true }).copies).toEqual([]);
    const refund = { ...truth, pay_state: '9', canceldate: 'x' };
    const [late] = bent({ lateReplay: true }, refund).copies;
    expect(late).toMatchObject({ pay_state: '4' });
    expect(late).not.toHaveProperty('canceldate');
  });

  it('refuses what it does not know or what has no bound', () => {
    expect(planFaults(noFaults(), { duplicates: 21 }).ok).toBe(false);
    expect(planFaults(noFaults(), { unheardOf: 1 }).ok).toBe(false);
    expect(planFaults(noFaults(), 'drop').ok).toBe(false);
  });
});

describe('the reply line', () => {
  it('carries Korean, plus, ampersand and equals unharmed', () => {
    const fields = accepted({ payurl: 'http://x/p/a?b=1&c=+', note: '오픈클로 & 100%' });
    expect(readPayAppPairs(`\n ${toLine(fields)}\n`)).toEqual(fields);
    expect(toLine(refused('70020', 'price 값을 확인하세요.'))).toBe(
      'state=0&errno=70020&errorMessage=price+%EA%B0%92%EC%9D%84+%ED%99%95%EC%9D%B8%ED%95%98%EC%84%B8%EC%9A%94.',
    );
  });

  it('is not read when a key comes twice', () => {
    expect(readPayAppPairs('state=1&state=0')).toBeUndefined();
    expect(readPayAppPairs('__proto__=x&state=1')).toHaveProperty('state', '1');
  });
});

describe('delivery', () => {
  it.each([
    ['http://pay.functions.localhost:4400/x', undefined, { host: '127.0.0.1', port: 4400 }],
    ['http://localhost/x', undefined, { host: '127.0.0.1', port: 80 }],
    ['https://fn.example/x', undefined, { host: 'fn.example', port: 443 }],
    ['http://notlocalhost.example/x', undefined, { host: 'notlocalhost.example', port: 80 }],
    ['http://[::1]:81/x', undefined, { host: '::1', port: 81 }],
    ['https://fn.example/x', '127.0.0.1:4400', { host: '127.0.0.1', port: 4400 }],
  ])('%s via %s', (address, connect, target) => {
    expect(connectTarget(new URL(address), connect)).toEqual(target);
  });

  it('pauses longer after each failed call, up to a minute', () => {
    const pauses = Array.from({ length: CALLS_LIMIT }, (_, index) => retryDelayMs(1000, index + 1));
    expect(pauses.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(Math.max(...pauses)).toBe(60_000);
  });
});

describe('the wire', () => {
  it('gives every pay_state one meaning', () => {
    const all = Object.values(PAYAPP_PAY_STATE).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('keys are base64 of 32 bytes and hold the awkward characters', () => {
    for (let i = 0; i < 20; i += 1) expect(newKey()).toMatch(/^(?=.*\+)(?=.*\/).{43}=$/);
  });
});
