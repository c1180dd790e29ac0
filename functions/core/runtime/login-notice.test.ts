import { describe, expect, test } from 'vitest';
import { noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { loginNotice } from './login-notice.ts';

const login = (status: Facts['codex']['status'], loginId: string | null = 'l1'): Facts => ({
  ...noFacts,
  codex: { ...noFacts.codex, status, loginId },
});
const refused = (facts: Facts): Facts => ({
  ...facts,
  check: { ...facts.check, refused: { loginId: facts.codex.loginId, atMs: 1 } },
});
const lost = { kind: 'login_lost', loginId: 'l1' };
const expiring = { kind: 'login_expiring', loginId: 'l1' };

describe('of a login that worked', () => {
  test.each([
    ['it ran out', login('expired'), lost],
    ['it is gone', login('none', null), lost],
    ['the model refuses it', refused(login('ok')), lost],
    ['it runs out soon', login('expiring'), expiring],
    ['it goes on working', login('ok'), null],
    ['it is being made anew', login('linking', null), null],
    ['another one took its place and works', login('ok', 'l2'), null],
    ['another one took its place and is refused', refused(login('ok', 'l2')), null],
    ['nobody could be asked', login('unknown'), null],
  ])('%s', (_, after, told) => {
    expect(loginNotice(login('ok'), after)).toEqual(told);
  });
});

test('what was told once is not told at the next look', () => {
  expect(loginNotice(login('expiring'), login('expiring'))).toBeNull();
  expect(loginNotice(login('expired'), login('none', null))).toBeNull();
  expect(loginNotice(refused(login('ok')), login('expired'))).toBeNull();
});

test('each login is told of by itself', () => {
  expect(loginNotice(login('expiring', 'l0'), login('expiring'))).toEqual(expiring);
  expect(loginNotice(login('none', null), login('expired', null))).toBeNull();
});

test('one that is refused already is not said to run out', () => {
  expect(loginNotice(refused(login('ok')), refused(login('expiring')))).toBeNull();
});
