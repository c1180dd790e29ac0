import { expect, test } from 'vitest';
import { isWeakPassword } from './password.ts';
import { inviteState, mayRedeem } from './usable.ts';

const now = new Date('2026-11-23T09:00:00Z');
const open = { email: null, expiresAt: null, revokedAt: null, usedAt: null };

test.each([
  [{}, 'open'],
  [{ expiresAt: '2026-11-23T09:00:00.000+00:00' }, 'expired'],
  [{ expiresAt: '2026-11-23T09:00:00.001+00:00' }, 'open'],
  [{ revokedAt: '2026-11-01T00:00:00Z', expiresAt: '2026-11-02T00:00:00Z' }, 'revoked'],
  [{ usedAt: '2026-11-01T00:00:00Z', revokedAt: '2026-11-02T00:00:00Z' }, 'used'],
])('an invite with %o is %s', (facts, state) => {
  expect(inviteState({ ...open, ...facts }, now)).toBe(state);
});

test('an invite for one address fits however that address is written', () => {
  const invite = { ...open, email: 'Mina@example.com' };
  expect(mayRedeem(invite, ' mina@EXAMPLE.com', now)).toBeNull();
  expect(mayRedeem(invite, 'mina@example.co', now)).toBe('invite_email_mismatch');
});

test.each([
  'password',
  'Password123!',
  '12345678',
  '87654321',
  'abcdefghij',
  'aaaaaaaaaa',
  'abababab',
  'mina.park@example.com',
  'mina.park2026',
  'qwertyuiop1',
])('%s is weak', (password) => {
  expect(isWeakPassword(password, 'mina.park@example.com')).toBe(true);
});

test.each(['correct horse battery', 'Zg7#kq0!', '파란하늘구름바다'])('%s is not', (password) => {
  expect(isWeakPassword(password, 'mina@example.com')).toBe(false);
});
