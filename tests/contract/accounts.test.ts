/** Accounts, teams and callers against an Appwrite over HTTP (`tests/support/appwrite.ts`). */
import { Account } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { AppwritePorts } from '#adapters/appwrite/connect.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { openAppwrite } from '#tests/support/appwrite.ts';
import type { AppwriteUnderTest } from '#tests/support/appwrite.ts';

const password = 'Corr3ct-Horse!';
let appwrite: AppwriteUnderTest;
let ports: AppwritePorts;

beforeAll(async () => {
  appwrite = await openAppwrite([]);
  ports = connectAppwrite(appwrite.settings, appwrite.key);
});
afterAll(() => appwrite.stop());

const newAccount = async (): Promise<string> => {
  const userId = systemIds.newId();
  const email = `${userId}@example.com`;
  await ports.accounts.create({ userId, email, password, name: 'Mina' });
  return userId;
};
const jwtOf = async (userId: string): Promise<string> => {
  const { secret } = await appwrite.users.createSession({ userId });
  return (await new Account(appwrite.newClient().setSession(secret)).createJWT()).jwt;
};

describe('an account', () => {
  test('is made by one of twenty callers', async () => {
    const userId = systemIds.newId();
    const account = { userId, email: `${userId}@example.com`, password, name: 'Mina' };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => ports.accounts.create(account)),
    );
    const made = outcomes.filter((outcome) => outcome.ok && outcome.value === 'created');
    const there = outcomes.filter((outcome) => outcome.ok && outcome.value === 'exists');
    expect([made.length, there.length]).toEqual([1, 19]);
    expect(await ports.accounts.get(userId)).toEqual({
      userId,
      email: account.email,
      name: 'Mina',
      labels: [],
    });
  });

  test('whose e-mail is taken exists, and its own id does not', async () => {
    const first = await newAccount();
    const userId = systemIds.newId();
    const account = { userId, email: `${first}@example.com`, password, name: 'Jun' };
    expect(await ports.accounts.create(account)).toEqual({ ok: true, value: 'exists' });
    expect(await ports.accounts.get(userId)).toBeNull();
  });

  test('that Appwrite finds invalid is refused, not lost', async () => {
    const userId = systemIds.newId();
    const account = { userId, email: 'no address', password, name: 'Jun' };
    expect(await ports.accounts.create(account)).toMatchObject({ error: { code: 'body_invalid' } });
  });
});

describe('a team', () => {
  test('has its owner, however often it is ensured', async () => {
    const ownerId = await newAccount();
    const teamId = systemIds.newId();
    const team = { teamId, name: 'Acme', ownerId };
    await ports.teams.ensure(team);
    await ports.teams.ensure(team);
    expect(await ports.teams.roleOf(teamId, ownerId)).toBe('owner');
    expect(await ports.teams.roleOf(teamId, await newAccount())).toBeNull();
  });

  test('that does not exist has no members', async () => {
    expect(await ports.teams.roleOf(systemIds.newId(), await newAccount())).toBeNull();
  });
});

describe('a caller', () => {
  test('is who the JWT says, with labels', async () => {
    const userId = await newAccount();
    await appwrite.users.updateLabels({ userId, labels: ['operator'] });
    expect(await ports.callers.verify(await jwtOf(userId))).toMatchObject({
      userId,
      labels: ['operator'],
    });
  });

  test('is nobody without a JWT, with a forged one, or when blocked', async () => {
    expect(await ports.callers.verify('')).toBeNull();
    expect(await ports.callers.verify('a.b.c')).toBeNull();
    const userId = await newAccount();
    const jwt = await jwtOf(userId);
    await appwrite.users.updateStatus({ userId, status: false });
    expect(await ports.callers.verify(jwt)).toBeNull();
  });

  test('is unknown, not nobody, when Appwrite is away', async () => {
    const away = connectAppwrite({ endpoint: 'http://127.0.0.1:9/v1', projectId: 'shop' }, 'key');
    await expect(away.callers.verify('a.b.c')).rejects.toThrow(StoreUnavailable);
    await expect(away.accounts.get('x')).rejects.toThrow(StoreUnavailable);
  });
});
