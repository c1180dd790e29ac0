import { expect, test } from 'vitest';
import { emailHint, isOpen, whyClosed, whyNotAccept } from './invitation.ts';

const now = new Date('2026-11-27T09:00:00Z');
const open = {
  email: 'Mina@example.com',
  expiresAt: '2026-11-28T09:00:00Z',
  revokedAt: null,
  usedAt: null,
};

test.each([
  [{}, null],
  [{ expiresAt: '2026-11-27T09:00:00Z' }, 'join_expired'],
  [{ revokedAt: '2026-11-27T08:00:00Z', expiresAt: '2026-11-27T08:30:00Z' }, 'join_revoked'],
  [{ usedAt: '2026-11-27T08:00:00Z', revokedAt: '2026-11-27T08:30:00Z' }, 'join_used'],
] as const)('an invitation with %o: %s', (facts, refusal) => {
  expect(whyClosed({ ...open, ...facts }, now)).toBe(refusal);
  expect(isOpen({ ...open, ...facts }, now)).toBe(refusal === null);
});

test('it opens for its own address alone, however that is written', () => {
  expect(whyNotAccept(open, ' mina@EXAMPLE.com ', now)).toBeNull();
  expect(whyNotAccept(open, 'mina@example.co', now)).toBe('join_email_mismatch');
  const used = { ...open, usedAt: '2026-11-27T08:00:00Z' };
  expect(whyNotAccept(used, 'mina@example.com', now)).toBe('join_used');
  expect(whyNotAccept(used, 'thief@example.com', now)).toBe('join_email_mismatch');
});

test('a hint tells an address to its owner, and no more', () => {
  expect(emailHint('mina.park@example.com')).toBe('m…@example.com');
  expect(emailHint('"a@b"@example.com')).toBe('"…@example.com');
  expect(emailHint('@')).toBe('…');
});
