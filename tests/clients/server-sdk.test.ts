/**
 * The unmodified server SDK, people: accounts, users and teams, each call that a product of our
 * kind makes, with the answers as the SDK's types promise them.
 */
import { Account, ID, Query, Teams, Users } from 'node-appwrite';
import type { Models } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SdkWorld } from './sdk-world.ts';
import { openSdkWorld, outcome } from './sdk-world.ts';

const password = 'Corr3ct-Horse!';
const email = (userId: string): string => `${userId}@example.com`;

let world: SdkWorld;
let users: Users;
let teams: Teams;

const make = (userId: string): Promise<Models.User> =>
  users.create({ userId, email: email(userId), password, name: userId });

const accountOf = async (userId: string): Promise<Account> => {
  const { secret } = await users.createSession({ userId });
  return new Account(world.client().setSession(secret));
};

beforeAll(async () => {
  world = await openSdkWorld();
  users = new Users(world.keyed());
  teams = new Teams(world.keyed());
});

afterAll(() => world.close());

describe('account', () => {
  test('a server signs a person in and acts for them', async () => {
    const server = new Account(world.keyed());
    const made = await server.create({ userId: 'ssr', email: 'SSR@example.com', password });
    expect(made).toMatchObject({ $id: 'ssr', email: 'ssr@example.com' });
    const session = await server.createEmailPasswordSession({ email: email('ssr'), password });
    expect(session.secret.length).toBeGreaterThan(100);
    const account = new Account(world.client().setSession(session.secret));
    expect(await account.get()).toMatchObject({ $id: 'ssr', emailVerification: false });
    const { sessions } = await account.listSessions();
    expect(sessions).toMatchObject([{ $id: session.$id, current: true, secret: '' }]);
    const current = await account.getSession({ sessionId: 'current' });
    expect(current.$id).toBe(session.$id);
    expect((await account.updateSession({ sessionId: 'current' })).expire).toBeTruthy();
    await account.deleteSession({ sessionId: 'current' });
    expect(await outcome(account.get())).toBe('general_unauthorized_scope');
  });

  test('a person changes what is theirs', async () => {
    await make('self');
    const account = await accountOf('self');
    expect((await account.updateName({ name: 'Self' })).name).toBe('Self');
    const prefs = { theme: 'dark', nested: { deep: [1, 2] } };
    expect((await account.updatePrefs({ prefs })).prefs).toEqual(prefs);
    expect(await account.getPrefs()).toEqual(prefs);
    const wrong = account.updateEmail({ email: 'new@example.com', password: 'Wr0ng-Horse!' });
    expect(await outcome(wrong)).toBe('user_invalid_credentials');
    const moved = await account.updateEmail({ email: 'new@example.com', password });
    expect(moved).toMatchObject({ email: 'new@example.com', emailVerification: false });
    const other = await accountOf('self');
    const next = 'An0ther-Horse!';
    await account.updatePassword({ password: next, oldPassword: password });
    expect(await outcome(other.get())).toBe('general_unauthorized_scope');
    expect((await account.get()).$id).toBe('self');
    expect((await account.listIdentities()).total).toBe(0);
    expect((await account.listLogs()).logs).toBeInstanceOf(Array);
  });

  test('a JWT acts for its session, a token of the server opens one', async () => {
    await make('token');
    const { jwt } = await (await accountOf('token')).createJWT({ duration: 60 });
    expect(await new Account(world.client().setJWT(jwt)).get()).toMatchObject({ $id: 'token' });
    const { jwt: own } = await users.createJWT({ userId: 'token' });
    expect(await new Account(world.client().setJWT(own)).get()).toMatchObject({ $id: 'token' });
    const { secret } = await users.createToken({ userId: 'token', length: 32, expire: 60 });
    expect(secret).toHaveLength(32);
    const guest = new Account(world.client());
    const session = await guest.createSession({ userId: 'token', secret });
    expect(session).toMatchObject({ userId: 'token', provider: 'token' });
    const again = guest.createSession({ userId: 'token', secret });
    expect(await outcome(again)).toBe('user_invalid_token');
  });

  test('who blocks the own account is out', async () => {
    await make('blocked');
    const account = await accountOf('blocked');
    await account.updateStatus();
    expect(await outcome(account.get())).toBe('user_blocked');
  });

  test('all sessions end at once', async () => {
    await make('ending');
    const [first, second] = [await accountOf('ending'), await accountOf('ending')];
    await first.deleteSessions();
    expect(await outcome(second.get())).toBe('general_unauthorized_scope');
  });
});

describe('users', () => {
  test('are made, found, changed and removed', async () => {
    await make('ann');
    expect(await outcome(make('ann'))).toBe('user_already_exists');
    expect((await users.get({ userId: 'ann' })).registration).toBeTruthy();
    const found = await users.list({ queries: [Query.equal('email', email('ann'))] });
    expect(found).toMatchObject({ total: 1, users: [{ $id: 'ann' }] });
    expect((await users.list({ search: 'ann' })).total).toBe(1);
    expect(await users.updateName({ userId: 'ann', name: 'Ann' })).toMatchObject({ name: 'Ann' });
    const moved = await users.updateEmail({ userId: 'ann', email: 'ann2@example.com' });
    expect(moved.email).toBe('ann2@example.com');
    const called = await users.updatePhone({ userId: 'ann', number: '+821012345678' });
    expect(called.phone).toBe('+821012345678');
    const labels = ['operator', 'gold'];
    expect((await users.updateLabels({ userId: 'ann', labels })).labels).toEqual(labels);
    const prefs = { a: 1 };
    expect(await users.updatePrefs({ userId: 'ann', prefs })).toEqual(prefs);
    expect(await users.getPrefs({ userId: 'ann' })).toEqual(prefs);
    const mail = { userId: 'ann', emailVerification: true };
    expect(await users.updateEmailVerification(mail)).toMatchObject({ emailVerification: true });
    const phone = { userId: 'ann', phoneVerification: true };
    expect(await users.updatePhoneVerification(phone)).toMatchObject({ phoneVerification: true });
    await users.updatePassword({ userId: 'ann', password: 'An0ther-Horse!' });
    expect((await users.listLogs({ userId: 'ann' })).logs).toBeInstanceOf(Array);
    expect((await users.listTargets({ userId: 'ann' })).targets.length).toBeGreaterThan(0);
    expect((await users.listIdentities()).total).toBe(0);
    await users.delete({ userId: 'ann' });
    expect(await outcome(users.get({ userId: 'ann' }))).toBe('user_not_found');
  });

  test('their sessions are opened and closed by the server', async () => {
    await make('sess');
    const one = await users.createSession({ userId: 'sess' });
    await users.createSession({ userId: 'sess' });
    expect((await users.listSessions({ userId: 'sess' })).total).toBe(2);
    await users.deleteSession({ userId: 'sess', sessionId: one.$id });
    expect((await users.listSessions({ userId: 'sess' })).total).toBe(1);
    await users.deleteSessions({ userId: 'sess' });
    expect((await users.listSessions({ userId: 'sess' })).total).toBe(0);
  });

  test('who is switched off is out, and in again when switched on', async () => {
    await make('off');
    const account = await accountOf('off');
    await users.updateStatus({ userId: 'off', status: false });
    expect(await outcome(account.get())).toBe('user_blocked');
    await users.updateStatus({ userId: 'off', status: true });
    expect(await outcome(account.get())).toBe('done');
  });

  test('are paged by cursor without a gap or a repeat', async () => {
    for (let count = 0; count < 7; count += 1) await make(`page${count}`);
    const seen: string[] = [];
    const base = [Query.startsWith('name', 'page'), Query.limit(3), Query.orderAsc('$id')];
    for (let page = 0; page < 4; page += 1) {
      const last = seen.at(-1);
      const queries = last === undefined ? base : [...base, Query.cursorAfter(last)];
      seen.push(...(await users.list({ queries })).users.map((user) => user.$id));
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6].map((count) => `page${count}`));
  });
});

describe('teams', () => {
  const teamId = 'crew';

  test('a team with its members, from first to last', async () => {
    await make('cap');
    await make('mate');
    await teams.create({ teamId, name: 'Crew' });
    expect(await outcome(teams.create({ teamId, name: 'Crew' }))).toBe('team_already_exists');
    const owner = await teams.createMembership({ teamId, userId: 'cap', roles: ['owner'] });
    expect(owner).toMatchObject({ confirm: true, userEmail: email('cap'), roles: ['owner'] });
    const mate = await teams.createMembership({ teamId, email: email('mate'), roles: ['cook'] });
    const twice = teams.createMembership({ teamId, userId: 'mate', roles: ['cook'] });
    expect(await outcome(twice)).toBe('membership_already_confirmed');
    const made = await teams.createMembership({ teamId, email: 'x@example.com', roles: [] });
    expect((await users.get({ userId: made.userId })).email).toBe('x@example.com');
    expect((await teams.listMemberships({ teamId })).total).toBe(3);
    const { memberships } = await teams.listMemberships({
      teamId,
      queries: [Query.equal('userId', 'mate')],
    });
    expect(memberships).toMatchObject([{ $id: mate.$id, userName: 'mate' }]);
    const roles = ['cook', 'pilot'];
    const changed = await teams.updateMembership({ teamId, membershipId: mate.$id, roles });
    expect(changed.roles).toEqual(roles);
    const one = await teams.getMembership({ teamId, membershipId: mate.$id });
    expect(one.roles).toEqual(roles);
    expect((await users.listMemberships({ userId: 'mate' })).total).toBe(1);
    await teams.deleteMembership({ teamId, membershipId: mate.$id });
    const gone = teams.getMembership({ teamId, membershipId: mate.$id });
    expect(await outcome(gone)).toBe('membership_not_found');
    expect((await teams.get({ teamId })).total).toBe(2);
  });

  test('is renamed, keeps preferences, and is not there for strangers', async () => {
    expect((await teams.updateName({ teamId, name: 'The Crew' })).name).toBe('The Crew');
    const prefs = { plan: 'small' };
    expect(await teams.updatePrefs({ teamId, prefs })).toEqual(prefs);
    expect(await teams.getPrefs({ teamId })).toEqual(prefs);
    expect((await teams.list({ search: 'Crew' })).total).toBe(1);
    const { secret } = await users.createSession({ userId: 'mate' });
    const stranger = new Teams(world.client().setSession(secret));
    expect(await outcome(stranger.get({ teamId }))).toBe('team_not_found');
    expect((await stranger.list()).total).toBe(0);
    const own = await stranger.create({ teamId: ID.unique(), name: 'Own' });
    expect(own.total).toBe(1);
    await teams.delete({ teamId });
    expect(await outcome(teams.get({ teamId }))).toBe('team_not_found');
  });
});
