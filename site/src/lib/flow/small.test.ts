import { expect, test } from 'vitest';
import { runtimeFixture } from '../gallery/fixtures.ts';
import { koreanMobile, looksLikeSubdomain } from './order.ts';
import { busyPollMs, pollDelayMs, settledPollMs } from './polling.ts';
import { receiptOf } from './receipt.ts';
import { paceOf, shareOf, usualOf } from './waits.ts';

test.each([
  ['010-1234-5678', '01012345678'],
  ['+82 10 1234 5678', '01012345678'],
  ['010.1234.5678', '01012345678'],
  ['0212345678', null],
  ['', null],
])('phone %s', (typed, digits) => {
  expect(koreanMobile(typed)).toBe(digits);
});

test.each([
  ['acme', true],
  ['a-1', true],
  ['-acme', false],
  ['acme-', false],
  ['Acme', false],
  ['ac me', false],
  ['xn--abc', false],
  ['a'.repeat(64), false],
])('subdomain %s', (typed, good) => {
  expect(looksLikeSubdomain(typed)).toBe(good);
});

test('the poll is short while busy and backs off while reads fail', () => {
  expect(pollDelayMs(true, 0)).toBe(busyPollMs);
  expect(pollDelayMs(false, 0)).toBe(settledPollMs);
  expect(pollDelayMs(true, 2)).toBeGreaterThan(busyPollMs);
  expect(pollDelayMs(true, 50)).toBe(60_000);
});

test('a wait names its pace and never pretends to be over', () => {
  const usual = { p50Ms: 1_000, p95Ms: 5_000 };
  expect([500, 2_000, 9_000].map((ms) => paceOf(ms, usual))).toEqual(['usual', 'slow', 'late']);
  expect(shareOf(0, usual)).toBe(0);
  expect(shareOf(3_600_000, usual)).toBeLessThanOrEqual(1);
  expect(shareOf(5_000, usual)).toBeLessThan(1);
});

test('a measured duration is taken where it can be used, else what is usual elsewhere', () => {
  const own = { p50Ms: 1, p95Ms: 2 };
  const configured = {
    provisioning: own,
    verify: { p50Ms: 'x', p95Ms: 2 },
    smoke: { p50Ms: -1, p95Ms: 2 },
  };
  expect(usualOf('provisioning', configured)).toEqual(own);
  for (const kind of ['verify', 'smoke'] as const) {
    expect(usualOf(kind, configured)).toEqual(usualOf(kind, undefined));
  }
  expect(usualOf('smoke', 'soon').p50Ms).toBeGreaterThan(0);
});

test('a receipt is shown only when it says that the nonce matched', () => {
  const runtime = runtimeFixture('ready');
  expect(receiptOf(runtime)?.model).toBe('gpt-5.2-codex');
  const unmatched = (runtime.receipt ?? '').replace('"nonceMatched":true', '"nonceMatched":false');
  expect(receiptOf({ ...runtime, receipt: unmatched })).toBeNull();
  expect(receiptOf({ ...runtime, receipt: '{' })).toBeNull();
});
