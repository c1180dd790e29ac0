import { describe, expect, test } from 'vitest';
import { reasonCodes } from '#schemas/contract/vocabulary.ts';
import type { ReasonCode } from '#schemas/contract/vocabulary.ts';
import { conditionsFixture } from '../gallery/fixtures.ts';
import { followLogin, justStarted, loginWarning } from './login.ts';

const saying = (reason: ReasonCode) => {
  const value = reason === 'ok' || reason === 'login_expiring' ? 'true' : 'false';
  return conditionsFixture({ codex_linked: [value, reason, 'customer'] });
};
const follow = (...reasons: readonly ReasonCode[]) =>
  reasons.reduce((seen, reason) => followLogin(seen, saying(reason)), justStarted).view;

describe('a login that was started here', () => {
  test('is waited for while the rows still speak of what was', () => {
    for (const reason of reasonCodes) {
      expect(follow(reason), reason).toBe('waiting');
    }
    expect(followLogin(justStarted, [])).toEqual(justStarted);
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

  test('that has ended stays ended: the next one is followed anew', () => {
    expect(follow('login_in_progress', 'login_missing', 'ok')).toBe('ended');
  });
});

test('only a login that dies or has died is warned of', () => {
  expect(reasonCodes.filter((reason) => loginWarning(saying(reason)) !== null)).toEqual([
    'login_expiring',
    'login_expired',
    'login_refused',
  ]);
});
