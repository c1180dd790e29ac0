import { beforeEach, describe, expect, test } from 'vitest';
import { createWorkspace } from '#app/workspaces/create-workspace.ts';
import { inspectInvitation, joinWorkspace } from '#app/signup/join-workspace.ts';
import { invitationIdOf } from '#app/signup/invite-id.ts';
import type { Account } from '#ports/accounts.ts';
import type { Result } from '#schemas/contract/errors.ts';
import { invitationLifeDays, invitationsAtMost } from '#schemas/contract/workspaces.ts';
import type { World } from '#tests/support/world.ts';
import { makeWorld } from '#tests/support/world.ts';
import { inviteMember, revokeInvitation } from './invitations.ts';
import { notDue } from './turn.ts';
import { acceptInvitation, changeRole, leaveWorkspace, removeMember } from './members.ts';

type Role = 'owner' | 'member' | 'billing';

const dayMs = 24 * 60 * 60_000;
const leaseMs = 61_000;

let world: World;
let mina: Account;
let workspaceId: string;

const person = async (userId: string): Promise<Account> => {
  const email = `${userId}@example.com`;
  await world.accounts.create({ userId, email, name: userId, password: 'x' });
  return { userId, email, name: userId, labels: [] };
};

const open = async (): Promise<void> => {
  world = makeWorld();
  mina = await person('mina');
  const body = { name: 'Acme', subdomain: 'acme', planKey: 'basic' };
  const made = await createWorkspace(world, mina, body);
  if (!made.ok) throw new Error(made.error.code);
  ({ workspaceId } = made.value);
};
beforeEach(open);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
};
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code);
const invite = async (email: string, role: Role = 'member'): Promise<string> =>
  valueOf(await inviteMember(world, mina, { workspaceId, email, role })).token;
const join = async (userId: string, role: Role = 'member'): Promise<Account> => {
  const account = await person(userId);
  valueOf(await acceptInvitation(world, account, { token: await invite(account.email, role) }));
  return account;
};
const team = (): Record<string, Role> => Object.fromEntries(world.teams.all.get(workspaceId) ?? []);
const picture = (): Record<string, Role> =>
  Object.fromEntries(world.store.rows('team_members').map(({ userId, role }) => [userId, role]));
const invitationOf = (token: string) =>
  world.store.rows('invitations').find(({ id }) => id === invitationIdOf(world.ids, token));
const remove = (by: Account, userId: string) => removeMember(world, by, { workspaceId, userId });
const toRole = (by: Account, userId: string, role: Role) =>
  changeRole(world, by, { workspaceId, userId, role });

describe('an invitation', () => {
  test('brings its address into the team, once, with the role it names', async () => {
    const token = await invite(' Jun@Example.com ', 'billing');
    expect(JSON.stringify(world.store.rows('invitations'))).not.toContain(token);
    const id = invitationIdOf(world.ids, token);
    expect(world.store.readersOf('invitations', id)).toEqual({ team: workspaceId, role: 'owner' });
    const jun = await person('jun');
    const accept = () => acceptInvitation(world, jun, { token });
    expect(valueOf(await accept())).toEqual({ workspaceId, role: 'billing' });
    expect(valueOf(await accept())).toEqual({ workspaceId, role: 'billing' });
    expect(team()).toEqual({ mina: 'owner', jun: 'billing' });
    expect(picture()).toEqual(team());
    expect(invitationOf(token)).toMatchObject({ usedBy: 'jun', dueAt: null });
  });

  test('accepted a hundred times at once by its person and others: one member', async () => {
    const jun = await person('jun');
    const eve = await person('eve');
    const token = await invite(jun.email);
    const codes = await Promise.all(
      Array.from({ length: 100 }, async (_, index) =>
        codeOf(await acceptInvitation(world, index % 2 === 0 ? jun : eve, { token })),
      ),
    );
    expect(codes.filter((_, index) => index % 2 === 1)).not.toContain('ok');
    expect(codes).toContain('ok');
    const allowed = ['ok', 'join_email_mismatch', 'team_busy', 'too_many_requests'];
    expect(codes.filter((code) => !allowed.includes(code))).toEqual([]);
    expect(team()).toEqual({ mina: 'owner', jun: 'member' });
    expect(picture()).toEqual(team());
  });

  test('claimed by two who have its address one after the other is the first one’s', async () => {
    const token = await invite('shared@example.com');
    const [first, second] = await Promise.all(['jun', 'eve'].map(person));
    if (first === undefined || second === undefined) throw new Error('nobody');
    const as = (account: Account) => ({ ...account, email: 'shared@example.com' });
    const codes = await Promise.all(
      [first, second].map(async (account) =>
        codeOf(await acceptInvitation(world, as(account), { token })),
      ),
    );
    expect(codes.toSorted()).toEqual(['join_used', 'ok']);
    expect(Object.keys(team())).toHaveLength(2);
  });

  test('brings nobody back who was taken out', async () => {
    const jun = await person('jun');
    const token = await invite(jun.email);
    valueOf(await acceptInvitation(world, jun, { token }));
    valueOf(await remove(mina, 'jun'));
    expect(codeOf(await acceptInvitation(world, jun, { token }))).toBe('join_used');
    expect(team()).toEqual({ mina: 'owner' });
  });

  test('claimed and left there brings nobody back who was taken out meanwhile', async () => {
    const jun = await person('jun');
    const token = await invite(jun.email);
    const dies = (at: string) => ({
      reach: async (name: string) => {
        if (name === at) throw new Error('power cut');
      },
    });
    const dying = { ...world, faults: dies('member.joined') };
    await expect(acceptInvitation(dying, jun, { token })).rejects.toThrow('power cut');
    expect(invitationOf(token)?.dueAt).not.toBeNull();
    valueOf(await remove(mina, 'jun'));
    expect(codeOf(await acceptInvitation(world, jun, { token }))).toBe('join_used');
    expect(team()).toEqual({ mina: 'owner' });
  });

  test('says why it cannot be accepted', async () => {
    const jun = await person('jun');
    const accept = async (token: string) => codeOf(await acceptInvitation(world, jun, { token }));
    expect(await accept('nothing')).toBe('join_unknown');
    expect(await accept(await invite('eve@example.com'))).toBe('join_email_mismatch');
    const older = await invite(jun.email);
    const withdrawn = await invite(jun.email);
    expect(await accept(older)).toBe('join_revoked');
    const invitationId = invitationIdOf(world.ids, withdrawn);
    valueOf(await revokeInvitation(world, mina, { workspaceId, invitationId }));
    expect(await accept(withdrawn)).toBe('join_revoked');
    const late = await invite(jun.email);
    world.clock.advance(invitationLifeDays * dayMs);
    expect(await accept(late)).toBe('join_expired');
    expect(team()).toEqual({ mina: 'owner' });
  });

  test('is not made for a member, nor beyond the bound, whoever asks at once', async () => {
    const jun = await join('jun');
    const again = await inviteMember(world, mina, { workspaceId, email: jun.email, role: 'owner' });
    expect(again).toMatchObject({ error: { code: 'already_member', field: 'email' } });
    const codes: string[] = [];
    const wishes = Array.from({ length: invitationsAtMost + 5 }, (_, index) => ({
      workspaceId,
      email: `guest${index}@example.com`,
      role: 'member' as const,
    }));
    for (const wish of wishes) codes.push(codeOf(await inviteMember(world, mina, wish)));
    expect(codes.filter((code) => code === 'ok')).toHaveLength(invitationsAtMost);
    expect(codes.slice(invitationsAtMost)).toEqual(Array(5).fill('invitations_full'));
  });

  test('of another workspace is nobody else’s to withdraw', async () => {
    const eve = await person('eve');
    const body = { name: 'Evil', subdomain: 'evil', planKey: 'basic' };
    const other = valueOf(await createWorkspace(world, eve, body)).workspaceId;
    const invitationId = invitationIdOf(world.ids, await invite('jun@example.com'));
    const tried = await revokeInvitation(world, eve, { workspaceId: other, invitationId });
    expect(codeOf(tried)).toBe('not_found');
    expect(world.store.rows('invitations')[0]?.revokedAt).toBeNull();
  });
});

describe('signing up with an invitation', () => {
  const application = (token: string, email = 'jun@example.com') => ({
    token,
    email,
    password: 'correct horse battery',
    name: 'Jun',
    locale: 'ko' as const,
  });

  test('makes the account of its address, which then is in the workspace', async () => {
    const token = await invite('jun@example.com', 'billing');
    const seen = valueOf(await inspectInvitation(world, { token }));
    expect(seen).toMatchObject({
      workspaceName: 'Acme',
      role: 'billing',
      emailHint: 'j…@example.com',
    });
    const other = await joinWorkspace(world, application(token, 'eve@example.com'));
    expect(other).toMatchObject({ error: { code: 'join_email_mismatch', field: 'email' } });
    const { userId } = valueOf(await joinWorkspace(world, application(token)));
    expect(world.store.rows('members')).toMatchObject([{ id: userId, email: 'jun@example.com' }]);
    const account = await world.accounts.get(userId);
    if (account === null) throw new Error('no account');
    valueOf(await acceptInvitation(world, account, { token }));
    expect(team()).toEqual({ mina: 'owner', [userId]: 'billing' });
    expect(codeOf(await inspectInvitation(world, { token }))).toBe('join_used');
  });

  test('a hundred at once make one account and one success', async () => {
    const token = await invite('jun@example.com');
    const codes = await Promise.all(
      Array.from({ length: 100 }, async () =>
        codeOf(await joinWorkspace(world, application(token))),
      ),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'join_used')).toHaveLength(99);
    expect(world.accounts.all.size).toBe(2);
  });

  test('a weak password, or an address with an account, leaves it open', async () => {
    const token = await invite('jun@example.com');
    const weak = { ...application(token), password: 'password1' };
    expect(codeOf(await joinWorkspace(world, weak))).toBe('password_weak');
    const jun = await person('jun');
    expect(codeOf(await joinWorkspace(world, application(token)))).toBe('email_taken');
    expect(codeOf(await acceptInvitation(world, jun, { token }))).toBe('ok');
  });
});

describe('a team', () => {
  test('is changed by owners alone; strangers are not told that it is there', async () => {
    const jun = await join('jun');
    const bill = await join('bill', 'billing');
    const eve = await person('eve');
    for (const [who, code] of [
      [jun, 'role_not_allowed'],
      [bill, 'role_not_allowed'],
      [eve, 'workspace_unknown'],
    ] as const) {
      const wish = { workspaceId, email: 'new@example.com', role: 'owner' as const };
      expect(codeOf(await inviteMember(world, who, wish))).toBe(code);
      expect(codeOf(await remove(who, 'mina'))).toBe(code);
      expect(codeOf(await toRole(who, who.userId, 'owner'))).toBe(code);
    }
    expect(codeOf(await leaveWorkspace(world, eve, { workspaceId }))).toBe('workspace_unknown');
    expect(team()).toEqual({ mina: 'owner', jun: 'member', bill: 'billing' });
  });

  test('is as it was asked for, and so is its picture, which the team reads', async () => {
    await join('jun');
    valueOf(await toRole(mina, 'jun', 'owner'));
    valueOf(await toRole(mina, 'mina', 'billing'));
    expect(team()).toEqual({ mina: 'billing', jun: 'owner' });
    expect(picture()).toEqual(team());
    for (const { id } of world.store.rows('team_members')) {
      expect(world.store.readersOf('team_members', id)).toEqual({ team: workspaceId });
    }
    valueOf(await leaveWorkspace(world, mina, { workspaceId }));
    expect(team()).toEqual({ jun: 'owner' });
    expect(picture()).toEqual(team());
    expect(world.store.rows('workspaces')[0]?.teamDueAt).not.toBe(notDue);
  });

  test('keeps its last owner', async () => {
    await join('jun');
    expect(codeOf(await toRole(mina, 'mina', 'member'))).toBe('last_owner');
    expect(codeOf(await remove(mina, 'mina'))).toBe('last_owner');
    expect(codeOf(await leaveWorkspace(world, mina, { workspaceId }))).toBe('last_owner');
    expect(codeOf(await toRole(mina, 'nobody', 'member'))).toBe('member_unknown');
    expect(team()).toEqual({ mina: 'owner', jun: 'member' });
  });

  test('keeps an owner when all owners take each other out at once', async () => {
    const owners = [mina, await join('jun', 'owner'), await join('kim', 'owner')];
    for (const change of [
      (by: Account, userId: string) => remove(by, userId),
      (by: Account, userId: string) => toRole(by, userId, 'member'),
    ]) {
      await Promise.all(owners.flatMap((by) => owners.map(({ userId }) => change(by, userId))));
      expect(Object.values(team())).toContain('owner');
    }
  });

  test('does not let its maker back in by making the workspace again', async () => {
    const jun = await join('jun', 'owner');
    valueOf(await remove(jun, 'mina'));
    const body = { name: 'Acme', subdomain: 'acme', planKey: 'basic' };
    expect(codeOf(await createWorkspace(world, mina, body))).toBe('subdomain_taken');
    expect(team()).toEqual({ jun: 'owner' });
  });

  test('asked for the same twice is the same', async () => {
    await join('jun');
    for (let time = 0; time < 2; time += 1) {
      valueOf(await toRole(mina, 'jun', 'billing'));
      expect(team()).toEqual({ mina: 'owner', jun: 'billing' });
    }
    for (let time = 0; time < 2; time += 1) valueOf(await remove(mina, 'jun'));
    expect(picture()).toEqual({ mina: 'owner' });
  });
});

describe('a crash after any write is finished by trying again', () => {
  const setUp = async () => {
    await open();
    const jun = await join('jun');
    const kim = await person('kim');
    return { jun, kim, token: await invite(kim.email) };
  };
  test.each([
    [
      'accepting',
      (s: Awaited<ReturnType<typeof setUp>>) => acceptInvitation(world, s.kim, { token: s.token }),
      { jun: 'member', kim: 'member' },
    ],
    ['a new role', () => toRole(mina, 'jun', 'billing'), { jun: 'billing' }],
    ['taking out', () => remove(mina, 'jun'), {}],
  ] as const)('%s', async (_name, act, others) => {
    for (let writes = 1; ; writes += 1) {
      const scene = await setUp();
      world.store.crashAfterWrites(writes);
      await act(scene).catch(() => null);
      const { crashed } = world.store;
      world.store.revive();
      world.clock.advance(leaseMs);
      expect(codeOf(await act(scene))).toBe('ok');
      expect(team()).toEqual({ mina: 'owner', ...others });
      expect(picture()).toEqual(team());
      if (!crashed) break;
    }
  });
});
