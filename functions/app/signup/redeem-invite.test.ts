import { beforeEach, describe, expect, test } from 'vitest';
import { createInvite, revokeInvite } from '#app/operator/invites.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { inspectInvite } from './inspect-invite.ts';
import { redeemInvite } from './redeem-invite.ts';

let world: World;
beforeEach(() => {
  world = makeWorld();
});

const invite = async (body: { email?: string; expiresInDays?: number } = {}) => {
  const made = await createInvite(world, 'console', body);
  if (!made.ok) throw new Error(made.error.code);
  return made.value;
};
const body = (token: string, more: { email?: string; password?: string } = {}) => ({
  token,
  email: 'Mina@Example.com',
  password: 'correct horse battery',
  name: 'Mina',
  locale: 'ko' as const,
  ...more,
});
const codeOf = (result: Awaited<ReturnType<typeof redeemInvite>>) =>
  result.ok ? 'ok' : result.error.code;

test('an invite becomes one account, its member row, and is used', async () => {
  const { token, inviteId } = await invite();
  const redeemed = await redeemInvite(world, body(token));
  expect(redeemed.ok).toBe(true);
  const [account] = [...world.accounts.all.values()];
  expect(account?.email).toBe('mina@example.com');
  expect(world.store.rows('members')).toMatchObject([
    { id: account?.userId, email: 'mina@example.com', locale: 'ko', inviteId },
  ]);
  expect(world.store.rows('invites')).toMatchObject([{ usedBy: account?.userId }]);
  expect(codeOf(await redeemInvite(world, body(token)))).toBe('invite_used');
});

test('a hundred at once: one account, ninety-nine times invite_used', async () => {
  const { token } = await invite();
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      redeemInvite(world, body(token, { email: `guest${index}@example.com` })),
    ),
  );
  const codes = results.map(codeOf);
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'invite_used')).toHaveLength(99);
  expect(world.accounts.all.size).toBe(1);
  expect(world.store.rows('members')).toHaveLength(1);
});

test('a hundred at once with one address: still one account and one success', async () => {
  const { token } = await invite();
  const results = await Promise.all(
    Array.from({ length: 100 }, () => redeemInvite(world, body(token))),
  );
  const codes = results.map(codeOf);
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(codes.filter((code) => code === 'invite_used')).toHaveLength(99);
  expect(world.accounts.all.size).toBe(1);
});

test('a crash after any write is repaired by the next try', async () => {
  for (let writes = 0; writes < 2; writes += 1) {
    world = makeWorld();
    const { token } = await invite();
    world.store.crashAfterWrites(writes + 1);
    await expect(redeemInvite(world, body(token))).rejects.toThrow();
    world.store.revive();
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('invite_used');
    expect(world.accounts.all.size).toBe(1);
    expect(world.store.rows('members')).toHaveLength(1);
    expect(world.store.rows('invites')[0]?.usedBy).toBe([...world.accounts.all.keys()][0]);
  }
});

test('a crash before the member row is repaired, too', async () => {
  const { token } = await invite();
  const faults = {
    reach: async (name: string) => {
      if (name === 'account.created') throw new Error('power cut');
    },
  };
  await expect(redeemInvite({ ...world, faults }, body(token))).rejects.toThrow('power cut');
  expect(world.store.rows('members')).toHaveLength(0);
  await redeemInvite(world, body(token));
  expect(world.store.rows('members')).toHaveLength(1);
});

describe('an invite that cannot be redeemed says why', () => {
  test('unknown', async () => {
    expect(codeOf(await redeemInvite(world, body('nothing')))).toBe('invite_unknown');
  });

  test('expired', async () => {
    const { token } = await invite({ expiresInDays: 1 });
    world.clock.advance(24 * 60 * 60_000);
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('invite_expired');
    expect(await inspectInvite(world, { token })).toMatchObject({
      error: { code: 'invite_expired' },
    });
  });

  test('revoked', async () => {
    const { token, inviteId } = await invite();
    await revokeInvite(world, 'console', { inviteId });
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('invite_revoked');
  });

  test('made for someone else', async () => {
    const { token } = await invite({ email: 'jun@example.com' });
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('invite_email_mismatch');
    const own = body(token, { email: ' JUN@example.com ' });
    expect(codeOf(await redeemInvite(world, own))).toBe('ok');
  });

  test('the address has an account already, and the invite stays open', async () => {
    await redeemInvite(world, body((await invite()).token));
    const { token } = await invite();
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('email_taken');
    const other = body(token, { email: 'other@example.com' });
    expect(codeOf(await redeemInvite(world, other))).toBe('ok');
  });

  test('a weak password, and nothing is used up', async () => {
    const { token } = await invite();
    const weak = body(token, { password: 'password123' });
    expect(codeOf(await redeemInvite(world, weak))).toBe('password_weak');
    expect(world.accounts.all.size).toBe(0);
    expect(codeOf(await redeemInvite(world, body(token)))).toBe('ok');
  });
});

test('the token is not stored', async () => {
  const { token } = await invite();
  expect(JSON.stringify(world.store.rows('invites'))).not.toContain(token);
});
