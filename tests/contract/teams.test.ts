/** Teams and their members through our port, against an Appwrite over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { AppwritePorts } from '#adapters/appwrite/connect.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { openAppwrite } from '#tests/support/appwrite.ts';
import type { AppwriteUnderTest } from '#tests/support/appwrite.ts';

const password = 'Adapter-Pass-7319';
let appwrite: AppwriteUnderTest;
let ports: AppwritePorts;
/** What a test made, undone at the end: the server may be somebody's own. */
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  appwrite = await openAppwrite([]);
  ports = connectAppwrite(appwrite.settings, appwrite.key);
});
afterAll(async () => {
  await Promise.allSettled(cleanUps.map((undo) => undo()));
  await appwrite.stop();
});

const newPerson = async (): Promise<{ readonly userId: string; readonly email: string }> => {
  const userId = systemIds.newId();
  cleanUps.push(() => appwrite.users.delete({ userId }));
  const account = { userId, email: `u-${userId}@example.com`, password, name: 'Mina' };
  expect(await ports.accounts.create(account)).toEqual({ ok: true, value: 'created' });
  return account;
};

describe('teams', () => {
  const newTeam = () => {
    const teamId = systemIds.newId();
    cleanUps.push(() => appwrite.teams.delete({ teamId }));
    return teamId;
  };

  test('ensuring twice leaves one team with one owner', async () => {
    const { userId: ownerId } = await newPerson();
    const teamId = newTeam();
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId });
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId });
    const { memberships, total } = await appwrite.teams.listMemberships({ teamId });
    expect(total).toBe(1);
    expect(memberships[0]).toMatchObject({ userId: ownerId, confirm: true, roles: ['owner'] });
    expect(await ports.teams.roleOf(teamId, ownerId)).toBe('owner');
  });

  test('ensuring at the same time leaves one owner', async () => {
    const { userId: ownerId } = await newPerson();
    const teamId = newTeam();
    const team = { teamId, name: 'Acme', ownerId };
    await Promise.all(Array.from({ length: 5 }, () => ports.teams.ensure(team)));
    expect((await appwrite.teams.listMemberships({ teamId })).total).toBe(1);
  });

  test('a crash between team and owner is repaired', async () => {
    const { userId: ownerId } = await newPerson();
    const teamId = newTeam();
    await appwrite.teams.create({ teamId, name: 'Acme' });
    expect(await ports.teams.roleOf(teamId, ownerId)).toBeNull();
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId });
    expect(await ports.teams.roleOf(teamId, ownerId)).toBe('owner');
  });

  test.each(['member', 'billing', 'owner'])('the role %s is read as it is', async (role) => {
    const [owner, other] = [await newPerson(), await newPerson()];
    const teamId = newTeam();
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId: owner.userId });
    await appwrite.teams.createMembership({ teamId, userId: other.userId, roles: [role] });
    expect(await ports.teams.roleOf(teamId, other.userId)).toBe(role);
  });

  test('a person joins once, gets another role, and is out; the owner stays who it is', async () => {
    const [owner, other] = [await newPerson(), await newPerson()];
    const teamId = newTeam();
    const { teams } = ports;
    await teams.ensure({ teamId, name: 'Acme', ownerId: owner.userId });
    const { userId } = other;
    const member = { teamId, userId, role: 'member' } as const;
    const joined = await Promise.all(Array.from({ length: 5 }, () => teams.join(member)));
    expect(new Set(joined)).toEqual(new Set(['joined']));
    expect(await teams.join({ ...member, role: 'owner' })).toBe('joined');
    expect(await teams.roleOf(teamId, userId)).toBe('member');
    expect(await teams.setRole({ ...member, role: 'billing' })).toBe('set');
    const all = await teams.membersOf(teamId);
    expect(all).toHaveLength(2);
    expect(all).toContainEqual(expect.objectContaining({ userId: owner.userId, role: 'owner' }));
    const { email } = other;
    expect(all).toContainEqual(expect.objectContaining({ userId, email, role: 'billing' }));
    expect(await teams.remove({ teamId, userId })).toBe('removed');
    expect(await teams.remove({ teamId, userId })).toBe('missing');
    expect(await teams.setRole(member)).toBe('missing');
    expect(await teams.membersOf(teamId)).toHaveLength(1);
  });

  test('nobody joins a team that is not there, nor does an account that is not there', async () => {
    const { userId } = await newPerson();
    const teamId = systemIds.newId();
    const { teams } = ports;
    expect(await teams.join({ teamId, userId, role: 'member' })).toBe('missing');
    expect(await teams.membersOf(teamId)).toEqual([]);
    const team = newTeam();
    await teams.ensure({ teamId: team, name: 'Acme', ownerId: userId });
    const nobody = { teamId: team, userId: systemIds.newId(), role: 'member' } as const;
    expect(await teams.join(nobody)).toBe('missing');
  });

  test('a role of another vocabulary is none', async () => {
    const { userId } = await newPerson();
    const teamId = newTeam();
    await appwrite.teams.create({ teamId, name: 'Acme' });
    await appwrite.teams.createMembership({ teamId, userId, roles: ['janitor'] });
    expect(await ports.teams.roleOf(teamId, userId)).toBeNull();
  });

  test('strangers, removed members and unknown teams have no role', async () => {
    const [owner, other] = [await newPerson(), await newPerson()];
    const teamId = newTeam();
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId: owner.userId });
    expect(await ports.teams.roleOf(teamId, other.userId)).toBeNull();
    expect(await ports.teams.roleOf(systemIds.newId(), owner.userId)).toBeNull();
    const roles = ['member'];
    const joined = await appwrite.teams.createMembership({ teamId, userId: other.userId, roles });
    expect(await ports.teams.roleOf(teamId, other.userId)).toBe('member');
    await appwrite.teams.deleteMembership({ teamId, membershipId: joined.$id });
    expect(await ports.teams.roleOf(teamId, other.userId)).toBeNull();
  });
});
