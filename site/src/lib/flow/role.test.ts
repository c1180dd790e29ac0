import { expect, test } from 'vitest';
import type { TeamMemberRow } from '#schemas/contract/rows.ts';
import { workspaceFixture } from '../gallery/fixtures.ts';
import { mayDo, openOnes, roleIn } from './role.ts';

const stamps = { $id: 'x', $createdAt: '', $updatedAt: '' };
const row = (userId: string, role: TeamMemberRow['role']): TeamMemberRow => ({
  ...stamps,
  workspaceId: 'acme',
  userId,
  role,
  email: '',
  name: '',
});
const workspaces = [workspaceFixture('acme', 'Acme')];

test('the row of the team says it, even of the one who made the workspace', () => {
  const roles = [row('user-1', 'billing'), row('user-2', 'owner')];
  expect(roleIn({ workspaces, roles }, 'acme', 'user-1')).toBe('billing');
  expect(roleIn({ workspaces, roles }, 'acme', 'user-2')).toBe('owner');
  expect(roleIn({ workspaces, roles }, 'beta', 'user-2')).toBeNull();
});

test('without a row the maker owns it, and nobody else is anything', () => {
  expect(roleIn({ workspaces, roles: [] }, 'acme', 'user-1')).toBe('owner');
  expect(roleIn({ workspaces, roles: [] }, 'acme', 'user-2')).toBeNull();
  expect(mayDo(null, 'leave')).toBe(false);
  expect(mayDo('billing', 'pay')).toBe(true);
  expect(mayDo('billing', 'enter')).toBe(false);
});

test('open is what can still be accepted', () => {
  const one = { expiresAt: '2026-11-28T00:00:00Z', revokedAt: null, usedAt: null };
  const nowMs = Date.parse('2026-11-27T00:00:00Z');
  const closed = [
    { ...one, expiresAt: '2026-11-27T00:00:00Z' },
    { ...one, revokedAt: '2026-11-26T00:00:00Z' },
    { ...one, usedAt: '2026-11-26T00:00:00Z' },
  ];
  expect(openOnes([one, ...closed], nowMs)).toEqual([one]);
});
