/** The feedback gate and the one durable write behind it: the answers matrix. */
import { beforeEach, describe, expect, test } from 'vitest';
import { recordNotice } from '#app/payapp/record-notice.ts';
import { StoreUnavailable } from '#ports/store.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { feedbackGate } from './feedback.ts';
import { orderTokens } from './tokens.ts';

const keys = {
  userId: 'demo-seller',
  linkKey: 'a+/key'.padEnd(43, 'A') + '=',
  linkVal: 'b+/val'.padEnd(43, 'B') + '=',
  tokenKey: Buffer.alloc(32, 7),
};
const orderId = 'order1';
const form = 'application/x-www-form-urlencoded; charset=UTF-8';

const fields = (more: Record<string, string> = {}): Record<string, string> => ({
  userid: keys.userId,
  linkkey: keys.linkKey,
  linkval: keys.linkVal,
  goodname: '전용 런타임 + & =',
  price: '39000',
  recvphone: '01012345678',
  pay_date: '2026-11-23 18:00:00',
  pay_type: '1',
  pay_state: '4',
  var1: orderId,
  mul_no: '1760000000001',
  card_name: '신한',
  card_num: '1234-****-****-5678',
  payauthcode: '87654321',
  currency: 'krw',
  unheard_of: 'x',
  ...more,
});
const encode = (pairs: Record<string, string>) => new URLSearchParams(pairs).toString();

let world: World;
beforeEach(() => {
  world = makeWorld();
});
const send = (body: string, more: { method?: string; token?: string; contentType?: string } = {}) =>
  recordNotice(
    { ...world, gate: feedbackGate(keys) },
    {
      method: 'POST',
      orderId,
      token: orderTokens(keys.tokenKey).tokenOf(orderId),
      contentType: form,
      body,
      ...more,
    },
  );
const without = (...names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields()).filter(([name]) => !names.includes(name)));
const success = { status: 200, body: 'SUCCESS' };
const refused = { status: 403, body: 'FAIL' };
const probed = { status: 200, body: 'OK' };

test('a true notice is stored once, however often it comes, and answered SUCCESS', async () => {
  const body = encode(fields());
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(body)));
  expect(answers).toEqual(Array(10).fill(success));
  expect(world.store.rows('notices')).toMatchObject([
    { orderId, mulNo: '1760000000001', payState: '4', priceKrw: 39_000, verified: true },
  ]);
});

test('nothing secret, personal or about the card is kept', async () => {
  await send(encode(fields()));
  const kept = JSON.stringify(world.store.rows('notices'));
  for (const secret of [keys.linkKey, keys.linkVal, '01012345678', '신한', '5678"', '87654321']) {
    expect(kept).not.toContain(secret);
  }
});

test('two part refunds of one payment are two notices', async () => {
  const part = { pay_state: '70', price: '1000' };
  await send(encode(fields({ ...part, canceldate: '2026-11-24 10:00:00' })));
  await send(encode(fields({ ...part, canceldate: '2026-11-25 10:00:00' })));
  expect(world.store.rows('notices')).toHaveLength(2);
});

describe('what grants nothing and is answered 403 FAIL', () => {
  test.each([
    ['wrong userid', { userid: 'other' }],
    ['wrong linkkey', { linkkey: 'x' }],
    ['wrong linkval', { linkval: 'x' }],
    ['key and value swapped', { linkkey: keys.linkVal, linkval: keys.linkKey }],
    ['empty linkval alone', { linkval: '' }],
  ])('%s, of which a person is told once a day and nothing else is kept', async (_what, change) => {
    const body = encode(fields(change));
    for (let time = 0; time < 10; time += 1) expect(await send(body)).toEqual(refused);
    expect(world.store.rows('tasks')).toMatchObject([
      { kind: 'feedback_keys_differ', subjectId: 'payapp' },
    ]);
    expect(world.store.writes).toBe(1);
    const detail = world.store.rows('tasks')[0]?.detail ?? '';
    for (const secret of [keys.linkKey, keys.linkVal, '01012345678']) {
      expect(detail).not.toContain(secret);
    }
    world.clock.advance(24 * 60 * 60_000);
    expect(await send(body)).toEqual(refused);
    expect(world.store.rows('tasks')).toHaveLength(2);
  });

  test('other keys while nothing can be stored', async () => {
    const store = { create: () => Promise.reject(new StoreUnavailable('down')) };
    const token = orderTokens(keys.tokenKey).tokenOf(orderId);
    const body = encode(fields({ linkkey: 'x' }));
    const request = { method: 'POST', orderId, token, contentType: form, body };
    const deps = { ...world, store, gate: feedbackGate(keys) };
    expect(await recordNotice(deps, request)).toEqual(refused);
  });

  test('an unknown token, and another order’s token', async () => {
    const other = orderTokens(keys.tokenKey).tokenOf('order2');
    for (const token of ['', 'x', other]) {
      expect(await send(encode(fields()), { token })).toEqual(refused);
    }
    expect(world.store.writes).toBe(0);
  });

  test('a key given twice, a body too large, another content type', async () => {
    const body = encode(fields());
    expect(await send(`${body}&price=1`)).toEqual(refused);
    expect(await send(`${body}&memo=${'x'.repeat(16 * 1024)}`)).toEqual(refused);
    expect(await send(body, { contentType: 'text/plain' })).toEqual(refused);
    expect(world.store.writes).toBe(0);
  });
});

test.each([
  ['GET', ''],
  ['GET', 'pay_state=4'],
  ['POST', ''],
  ['POST', '   '],
  ['POST', 'hello=1'],
  ['HEAD', ''],
])('a probe by %s with body "%s" is answered OK and leaves nothing', async (method, body) => {
  expect(await send(body, { method })).toEqual(probed);
  expect(world.store.writes).toBe(0);
});

test('a notice whose keys are missing altogether is parked, and PayApp is asked to repeat', async () => {
  const bare = encode(without('linkkey', 'linkval'));
  expect(await send(bare)).toEqual(refused);
  expect(await send(bare)).toEqual(refused);
  expect(world.store.rows('notices')).toMatchObject([
    { verified: false, outcome: 'keys_absent', payState: '4' },
  ]);
  expect(await send(encode(fields()))).toEqual(success);
  expect(world.store.rows('notices')).toHaveLength(2);
});

test.each([
  ['a price that is no number', { price: '39,000' }],
  ['no price', { price: '' }],
  ['a request number that is none', { mul_no: '12ab' }],
  ['another currency', { currency: 'usd' }],
  ['a strange state', { pay_state: 'paid' }],
])('%s from PayApp itself is stored for a person and answered SUCCESS', async (_what, change) => {
  expect(await send(encode(fields(change)))).toEqual(success);
  expect(world.store.rows('notices')).toMatchObject([{ verified: false, outcome: 'malformed' }]);
});

test('when the row cannot be stored, PayApp is asked to repeat', async () => {
  const store = { create: () => Promise.reject(new StoreUnavailable('down')) };
  const request = {
    method: 'POST',
    orderId,
    token: orderTokens(keys.tokenKey).tokenOf(orderId),
    contentType: form,
    body: encode(fields()),
  };
  const answer = await recordNotice({ ...world, store, gate: feedbackGate(keys) }, request);
  expect(answer).toEqual({ status: 500, body: 'FAIL' });
});

test('an unknown state is kept, and says SUCCESS', async () => {
  expect(await send(encode(fields({ pay_state: '77' })))).toEqual(success);
  expect(world.store.rows('notices')).toMatchObject([{ payState: '77', verified: true }]);
});
