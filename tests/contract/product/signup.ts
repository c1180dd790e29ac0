/** Promises of sign-up: an invite becomes one account, once, and there is no other way in. */
import { Account, Query } from 'node-appwrite';
import { describe, expect, test } from 'vitest';
import { Refused, call, logIn } from '#local/customer/customer.ts';
import { revokeInvite } from '#schemas/contract/operator.ts';
import { inspectInvite, redeemInvite } from '#schemas/contract/signup.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { appwriteCodeOf, codeOf, password, unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';

const bodyFor = (token: string, changes: { email?: string; password?: string } = {}) => ({
  token,
  email: `${unique('guest-')}@example.com`,
  password,
  name: 'Guest',
  locale: 'ko' as const,
  ...changes,
});

export const invites = (product: () => TestProduct): void => {
  const redeem = (token: string, changes: { email?: string; password?: string } = {}) =>
    call(product().guest.functions, redeemInvite, bodyFor(token, changes));
  const accountsOf = async (search: string): Promise<number> =>
    (await product().admin.users.list({ search })).total;

  describe('an invite that cannot be redeemed says why and makes no account', () => {
    test('used', async () => {
      const { token } = await product().makeInvite();
      await redeem(token);
      expect(await codeOf(redeem(token))).toBe('invite_used');
      const inspected = call(product().guest.functions, inspectInvite, { token });
      expect(await codeOf(inspected)).toBe('invite_used');
    });

    test('unknown', async () => {
      expect(await codeOf(redeem('A'.repeat(32)))).toBe('invite_unknown');
    });

    test('expired', async () => {
      const { token, inviteId } = await product().makeInvite();
      const data = { expiresAt: new Date(Date.now() - 1_000).toISOString() };
      const { rows } = product().admin;
      await rows.updateRow({ databaseId, tableId: 'invites', rowId: inviteId, data });
      expect(await codeOf(redeem(token))).toBe('invite_expired');
    });

    test('revoked', async () => {
      const { token, inviteId } = await product().makeInvite();
      await call(product().admin.functions, revokeInvite, { inviteId });
      expect(await codeOf(redeem(token))).toBe('invite_revoked');
    });

    test('made for someone else', async () => {
      const own = `${unique('jun-')}@example.com`;
      const { token } = await product().makeInvite({ email: own });
      const foreign = `${unique('thief-')}@example.com`;
      expect(await codeOf(redeem(token, { email: foreign }))).toBe('invite_email_mismatch');
      expect(await accountsOf(foreign)).toBe(0);
      expect(await codeOf(redeem(token, { email: own.toUpperCase() }))).toBe('ok');
    });
  });

  test.each([
    ['everybody tries it first', 'password123', 'password_weak'],
    ['it holds the person’s name', 'my-Guest-7319-x', 'password_weak'],
    ['only Appwrite’s own list has it', 'michelle', 'password_weak'],
    ['it is too short', 'Ab3$x', 'body_invalid'],
  ])('a password is refused when %s, and the invite stays open', async (_why, weak, code) => {
    const email = `${unique('weak-')}@example.com`;
    const { token, inviteId } = await product().makeInvite();
    expect(await codeOf(redeem(token, { email, password: weak }))).toBe(code);
    expect(await accountsOf(email)).toBe(0);
    expect((await product().admin.get('invites', inviteId))['usedAt']).toBeNull();
    expect(await codeOf(redeem(token, { email }))).toBe('ok');
  });
};

export const inviteRaces = (product: () => TestProduct): void => {
  test('a hundred at once: one account, ninety-nine times invite_used', async () => {
    const { guest, admin, makeInvite, customerWorld } = product();
    const { token, inviteId } = await makeInvite();
    const crowd = unique('crowd-');
    const bodies = Array.from({ length: 100 }, (_, index) =>
      bodyFor(token, {
        email: `${crowd}-${index}@example.com`,
        password: `${password}-${index}`,
      }),
    );
    const codes = await Promise.all(
      bodies.map((body) => codeOf(call(guest.functions, redeemInvite, body))),
    );
    expect(codes.filter((code) => code !== 'ok' && code !== 'invite_used')).toEqual([]);
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);

    const { users, total } = await admin.users.list({ search: crowd });
    expect(total).toBe(1);
    const winner = bodies[codes.indexOf('ok')];
    expect(users[0]?.email).toBe(winner?.email);
    const members = await admin.list('members', Query.equal('inviteId', inviteId));
    expect(members.map(({ $id }) => $id)).toEqual([users[0]?.$id]);
    expect((await admin.get('invites', inviteId))['usedBy']).toBe(users[0]?.$id);
    const login = { email: winner?.email ?? '', password: winner?.password ?? '' };
    expect((await logIn(customerWorld, login)).userId).toBe(users[0]?.$id);
  });
};

export const closedDoors = (product: () => TestProduct): void => {
  describe('without an invite nobody gets in', () => {
    const account = (): Account => new Account(product().guest.client);

    test('by signing up at Appwrite itself', async () => {
      const email = `${unique('direct-')}@example.com`;
      const creating = account().create({ userId: unique('u'), email, password });
      expect(await appwriteCodeOf(creating)).toBe('user_count_exceeded');
      expect((await product().admin.users.list({ search: email })).total).toBe(0);
    });

    test.each([
      ['anonymous session', (door: Account) => door.createAnonymousSession()],
      [
        'magic link',
        (door: Account) =>
          door.createMagicURLToken({ userId: unique('u'), email: `${unique('m')}@example.com` }),
      ],
      [
        'one-time code',
        (door: Account) =>
          door.createEmailToken({ userId: unique('u'), email: `${unique('m')}@example.com` }),
      ],
    ])('by %s', async (_way, enter) => {
      const before = (await product().admin.users.list()).total;
      expect(await appwriteCodeOf(enter(account()))).not.toBe('ok');
      expect((await product().admin.users.list()).total).toBe(before);
    });
  });

  test('a body that is not as agreed is refused with the field to mark', async () => {
    const { guest } = product();
    const execution = await guest.functions.createExecution({
      functionId: 'signup',
      xpath: '/redeem',
      body: JSON.stringify({ token: 'x', email: 'not an address', password, name: 'n' }),
    });
    expect(execution.responseStatusCode).toBe(400);
    expect(JSON.parse(execution.responseBody)).toMatchObject({
      ok: false,
      error: { code: 'body_invalid', retryable: false, field: 'email' },
    });
    const broken = call(guest.functions, { ...redeemInvite, path: '/nothing' }, bodyFor('x'));
    await expect(broken).rejects.toThrow(Refused);
  });
};
