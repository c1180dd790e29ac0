import { beforeEach, expect, test } from 'vitest';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { raiseTask } from '#app/tasks/raise-task.ts';
import { redeemInvite } from '#app/signup/redeem-invite.ts';
import { createInvite, createInvites, listInvites, revokeInvite } from './invites.ts';
import { listTasks } from './tasks.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});
const invite = async (body = {}) => {
  const made = await createInvite(world, 'console', body);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
};

test('invites are listed newest first, each in its state', async () => {
  const used = await invite({ email: 'Mina@Example.com', note: 'first' });
  const expired = await invite({ expiresInDays: 1 });
  const revoked = await invite();
  const fresh = await invite();
  await redeemInvite(world, {
    token: used.token,
    email: 'mina@example.com',
    password: 'correct horse battery',
    name: 'Mina',
    locale: 'ko',
  });
  await revokeInvite(world, 'console', { inviteId: revoked.inviteId });
  world.clock.advance(25 * 60 * 60_000);
  const listed = await listInvites(world, {});
  if (!listed.ok) throw new Error(listed.error.code);
  expect(listed.value.nextCursor).toBeNull();
  expect(listed.value.invites.map(({ inviteId, state }) => [inviteId, state])).toEqual([
    [fresh.inviteId, 'open'],
    [revoked.inviteId, 'revoked'],
    [expired.inviteId, 'expired'],
    [used.inviteId, 'used'],
  ]);
  expect(listed.value.invites.at(-1)).toMatchObject({ email: 'mina@example.com', note: 'first' });
  expect(JSON.stringify(listed)).not.toContain(fresh.token);
});

test('more invites than a page are reached by the cursor, each once', async () => {
  for (let index = 0; index < 51; index += 1) await invite();
  const first = await listInvites(world, {});
  if (!first.ok || first.value.nextCursor === null) throw new Error('no second page');
  const second = await listInvites(world, { cursor: first.value.nextCursor });
  if (!second.ok) throw new Error(second.error.code);
  const ids = [...first.value.invites, ...second.value.invites].map(({ inviteId }) => inviteId);
  expect(new Set(ids).size).toBe(51);
  expect(second.value.nextCursor).toBeNull();
});

test('many invites at once are one for each address, or so many open ones', async () => {
  const emails = ['Mina@Example.com', 'jun@example.com', 'mina@example.com'];
  const bound = await createInvites(world, 'console', { emails, note: 'team', expiresInDays: 3 });
  if (!bound.ok) throw new Error(bound.error.code);
  expect(bound.value.invites.map(({ email }) => email)).toEqual([
    'mina@example.com',
    'jun@example.com',
  ]);
  const open = await createInvites(world, 'console', { count: 3 });
  if (!open.ok) throw new Error(open.error.code);
  const tokens = [...bound.value.invites, ...open.value.invites].map(({ token }) => token);
  expect(new Set(tokens).size).toBe(5);
  const rows = world.store.rows('invites');
  expect(rows).toHaveLength(5);
  for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token);
});

test('an invite is revoked once, and not after it was used', async () => {
  const { inviteId, token } = await invite();
  expect((await revokeInvite(world, 'console', { inviteId })).ok).toBe(true);
  expect((await revokeInvite(world, 'console', { inviteId })).ok).toBe(true);
  const body = { token, email: 'a@example.com', name: 'A', locale: 'en' as const };
  const password = 'correct horse battery';
  expect(await redeemInvite(world, { ...body, password })).toMatchObject({
    error: { code: 'invite_revoked' },
  });
  const other = await invite();
  await redeemInvite(world, { ...body, password, token: other.token });
  expect(await revokeInvite(world, 'console', { inviteId: other.inviteId })).toMatchObject({
    error: { code: 'invite_used' },
  });
  expect(await revokeInvite(world, 'console', { inviteId: 'none' })).toMatchObject({
    error: { code: 'not_found' },
  });
});

test('a task raised twice is one task', async () => {
  const task = { kind: 'refund_due', subjectId: 'order1', mulNo: '17' } as const;
  await Promise.all([raiseTask(world, task), raiseTask(world, task)]);
  await raiseTask(world, { ...task, mulNo: '18' });
  const listed = await listTasks(world);
  if (!listed.ok) throw new Error(listed.error.code);
  expect(listed.value.tasks.map(({ detail }) => detail)).toEqual([
    '{"mulNo":"17"}',
    '{"mulNo":"18"}',
  ]);
});
