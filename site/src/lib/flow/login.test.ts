import { describe, expect, test } from 'vitest';
import type { ConditionsView } from '#schemas/contract/rows.ts';
import { reasonCodes } from '#schemas/contract/vocabulary.ts';
import type { ReasonCode } from '#schemas/contract/vocabulary.ts';
import { conditionsFixture } from '../gallery/fixtures.ts';
import { endedWhy, followLogin, justStarted, loginWarning } from './login.ts';

const saying = (reason: ReasonCode) => {
  const value = reason === 'ok' || reason === 'login_expiring' ? 'true' : 'false';
  return conditionsFixture({ codex_linked: [value, reason, 'customer'] });
};
const follow = (...reasons: readonly ReasonCode[]) =>
  reasons.reduce((seen, reason) => followLogin(seen, saying(reason), 'mine'), justStarted).view;

type Attempt = NonNullable<ConditionsView[number]['attempt']>;
const attempted = (reason: ReasonCode, attempt: Attempt) =>
  saying(reason).map((each) => (each.type === 'codex_linked' ? { ...each, attempt } : each));
const denied = { attemptId: 'mine', ending: 'failed', code: 'codex_access_denied' } as const;

describe('a login that was started here', () => {
  test('is waited for while the rows still speak of what was', () => {
    for (const reason of reasonCodes) {
      expect(follow(reason), reason).toBe('waiting');
    }
    expect(followLogin(justStarted, [], 'mine')).toEqual(justStarted);
  });

  test('goes through once the rows have shown it as open', () => {
    expect(follow('login_missing', 'login_in_progress', 'ok')).toBe('linked');
    expect(follow('login_refused', 'login_in_progress', 'login_in_progress', 'ok')).toBe('linked');
  });

  test.each(['login_missing', 'login_expired', 'login_refused', 'login_expiring'] as const)(
    'that gives way to %s has ended without a login',
    (reason) => {
      expect(follow(reason, 'login_in_progress', reason)).toBe('ended');
    },
  );

  test('is not given up because the runtime cannot be asked for a moment', () => {
    expect(follow('login_in_progress', 'not_started')).toBe('waiting');
    expect(follow('login_in_progress', 'not_started', 'ok')).toBe('linked');
  });

  test('that the rows name as ended has, though they never showed it as open', () => {
    const rows = attempted('login_missing', denied);
    expect(followLogin(justStarted, rows, 'mine').view).toBe('ended');
    expect(followLogin(justStarted, rows, 'the next').view).toBe('waiting');
  });

  test('that came to nothing is not linked because the one from before still stands', () => {
    const open = followLogin(justStarted, saying('login_in_progress'), 'mine');
    expect(followLogin(open, attempted('ok', denied), 'mine').view).toBe('ended');
  });

  test('that has ended stays ended: the next one is followed anew', () => {
    expect(follow('login_in_progress', 'login_missing', 'ok')).toBe('ended');
  });
});

test.each([
  [denied, 'codex_access_denied'],
  [{ ...denied, ending: 'expired', code: null }, 'codex_attempt_expired'],
  [{ ...denied, ending: 'lost', code: null }, 'codex_attempt_unknown'],
  [{ ...denied, ending: 'linked', code: null }, null],
] as const)('%o is told as %s', (attempt, code) => {
  expect(endedWhy(attempted('login_missing', attempt))).toBe(code);
  expect(endedWhy(saying('login_missing'))).toBeNull();
});

test('only a login that dies or has died is warned of', () => {
  expect(reasonCodes.filter((reason) => loginWarning(saying(reason)) !== null)).toEqual([
    'login_expiring',
    'login_expired',
    'login_refused',
  ]);
});
