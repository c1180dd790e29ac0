import { describe, expect, test } from 'vitest';
import { agentErrorCodes, exposureChecks } from '#schemas/contract/agent.ts';
import { errorCodes } from '#schemas/contract/errors.ts';
import { actors, conditionTypes, orderStates, reasonCodes } from '#schemas/contract/vocabulary.ts';
import { siteErrorCodes } from '../api/failure.ts';
import { payMethodOf, payTypes } from '../flow/money.ts';
import { stateWords } from '../flow/words.ts';
import { formatDuration, formatKrw, formatLatency } from './format.ts';
import { loadBase, loadErrors, loadOrders, loadProduct } from './index.ts';
import { localeOf } from './locale.ts';
import { loadAccount, loadManage, loadMembers, loadOperator, loadTerm } from './pages.ts';

const parts = {
  base: loadBase,
  errors: loadErrors,
  account: loadAccount,
  product: loadProduct,
  orders: loadOrders,
  members: loadMembers,
  manage: loadManage,
  term: loadTerm,
  operator: loadOperator,
};

type Leaf = readonly [path: string, value: unknown];
const leaves = (value: unknown, path = ''): Leaf[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
    : [[path, value]];

const textOf = (value: unknown): string =>
  typeof value === 'function'
    ? String((value as (...parts: unknown[]) => unknown)(1, 2))
    : String(value);

describe.each(Object.entries(parts))('the texts of %s', (_, load) => {
  test('have the same keys in both languages, and none is empty', async () => {
    const [korean, english] = await Promise.all([load('ko'), load('en')]);
    expect(leaves(korean).map(([path]) => path)).toEqual(leaves(english).map(([path]) => path));
    for (const [path, value] of [...leaves(korean), ...leaves(english)]) {
      if (!path.startsWith('.hero')) expect(textOf(value).trim(), path).not.toBe('');
    }
  });
});

/** Words that are the same in Korean, or names. */
const sameInBoth =
  /\.(title|codex|basic|plus|version|compose|tenantId|placeholder|language|heroBefore|heroAfter)$/;

test('Korean is Korean: no English sentence is left in it', async () => {
  const all = await Promise.all(Object.values(parts).map(async (load) => leaves(await load('ko'))));
  for (const [path, value] of all.flat()) {
    if (!sameInBoth.test(path)) expect(textOf(value), path).toMatch(/[가-힣]/);
  }
});

describe.each(['ko', 'en'] as const)('in %s', (locale) => {
  test('every error code has a cause and a next step', async () => {
    const { errors, codexErrors } = await loadErrors(locale);
    for (const code of [...errorCodes, ...siteErrorCodes]) {
      expect(errors[code].cause, code).not.toBe('');
      expect(errors[code].next, code).not.toBe('');
    }
    for (const code of agentErrorCodes) expect(codexErrors[code].cause, code).not.toBe('');
  });

  test('no two login failures are told in the same words', async () => {
    const { codexErrors } = await loadErrors(locale);
    const logins = Object.entries(codexErrors).filter(([code]) => code.startsWith('codex_'));
    expect(new Set(logins.map(([, text]) => text.cause)).size).toBe(logins.length);
  });

  test('every reason, state, condition and actor has a text', async () => {
    const [base, product] = await Promise.all([loadBase(locale), loadProduct(locale)]);
    for (const word of stateWords) expect(base.words[word], word).not.toBe('');
    for (const actor of actors) expect(base.who[actor], actor).not.toBe('');
    for (const code of reasonCodes) expect(product.runtime.reasons[code], code).not.toBe('');
    for (const type of conditionTypes) expect(product.runtime.conditions[type]).not.toBe('');
    for (const state of orderStates) expect(product.checkout.states[state], state).not.toBe('');
    for (const check of exposureChecks) expect(product.runtime.proof.checks[check]).not.toBe('');
  });
});

describe.each(['ko', 'en'] as const)('orders in %s', (locale) => {
  test('every way to pay that PayApp numbers has a name', async () => {
    const { methods } = await loadOrders(locale);
    for (const payType of payTypes) {
      const method = payMethodOf(payType);
      if (method === null || method === 'unknown') expect.fail(payType);
      expect(methods[method], payType).not.toBe('');
    }
  });

  test('an unknown way to pay and an unknown entry are named as they came', async () => {
    const { methodUnknown, history } = await loadOrders(locale);
    expect(methodUnknown('99')).toContain('99');
    expect(history.unknown('order.renewed')).toContain('order.renewed');
  });

  test('what comes next names no time when none is known', async () => {
    const [{ next }, { checkout }] = await Promise.all([loadOrders(locale), loadProduct(locale)]);
    const due = '10:30';
    for (const word of ['setting_up', 'pay', 'deposit', 'promise_missed'] as const) {
      expect(next[word](due), word).toContain(due);
    }
    expect(next.setting_up('')).not.toMatch(/by\s*\.|^까지|\s까지/);
    expect(checkout.promise.text(due)).toContain(due);
    expect(checkout.promise.text('')).not.toContain('  ');
  });

  test('the return from PayApp is not told as a payment', async () => {
    const { checkout } = await loadProduct(locale);
    expect(checkout.returned.title).not.toBe(checkout.states.paid);
    expect(checkout.returned.text).toMatch(locale === 'ko' ? /결제된 것이 아닙니다/ : /no payment/);
  });

  test('a refund that was asked for is not told as one that is done', async () => {
    const [{ next, refund }, operator] = await Promise.all([
      loadOrders(locale),
      loadOperator(locale),
    ]);
    const notDone = locale === 'ko' ? /아닙|않/ : /\bnot\b/;
    expect(next.refund_requested('')).toMatch(notDone);
    expect(refund.how).toMatch(notDone);
    expect(operator.orders.refund.requested).toMatch(notDone);
    expect(operator.orders.refund.cancelled).not.toMatch(notDone);
  });
});

test('the page the product is built from is kept word for word in English', async () => {
  const base = await loadBase('en');
  expect(`${base.heroBefore}\`ready\`${base.heroAfter}`).toBe(
    'Create your dedicated OpenClaw runtime and bring it to `ready`.',
  );
  expect(base.hints.runtime).toBe('Select a workspace to inspect runtime readiness.');
  expect((await loadOperator('en')).billing.empty).toBe('Enter tenantId to query billing.');
});

test('Korean comes first for a Korean browser, a choice before everything', () => {
  expect(localeOf(null, ['ko-KR', 'en-US'])).toBe('ko');
  expect(localeOf(null, ['en-US', 'ko-KR'])).toBe('en');
  expect(localeOf(null, ['fr-FR', 'ko'])).toBe('ko');
  expect(localeOf(null, ['fr-FR'])).toBe('en');
  expect(localeOf('en', ['ko-KR'])).toBe('en');
});

test('amounts and durations read as the language writes them', () => {
  expect(formatKrw('ko', 39_000)).toBe('39,000원');
  expect(formatKrw('en', 39_000)).toBe('₩39,000');
  expect(formatDuration('ko', 95_000)).toBe('1분 35초');
  expect(formatDuration('en', 95_000)).toBe('1 minute 35 seconds');
  expect(formatDuration('en', 7_200_000)).toBe('2 hours');
  expect(formatLatency('en', 4_183)).toBe('4.2 s');
  expect(formatLatency('ko', 4_183)).toBe('4.2초');
});
