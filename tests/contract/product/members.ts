/** Promises of membership: what each role may do, how one gets in, and that one out is out. */
import { Query } from 'node-appwrite';
import { beforeAll, describe, expect, test } from 'vitest';
import { call, logIn, order } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import * as autopay from '#schemas/contract/autopay.ts';
import * as texts from '#schemas/contract/renewal-texts.ts';
import * as checkout from '#schemas/contract/checkout.ts';
import * as planChange from '#schemas/contract/plan-change.ts';
import * as runtimes from '#schemas/contract/runtimes.ts';
import { inspectInvitation, joinWorkspace } from '#schemas/contract/signup.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';
import { workspaceRoles } from '#schemas/contract/vocabulary.ts';
import * as workspaces from '#schemas/contract/workspaces.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { eventually } from '#tests/support/http.ts';
import { codeOf, newRequestKey, password, unique } from '#tests/support/product.ts';
import type { Owner, TestProduct } from '#tests/support/product.ts';
import { placeSuspended } from './runtimes.ts';

const invite = async (owner: Owner, email: string, role: WorkspaceRole): Promise<string> => {
  const body = { workspaceId: owner.workspaceId, email, role };
  return (await call(owner.customer.functions, workspaces.inviteMember, body)).token;
};

/** Somebody with an account, who accepts. */
const joinAs = async (
  product: TestProduct,
  owner: Owner,
  role: WorkspaceRole,
): Promise<Customer> => {
  const person = await product.newMember();
  const token = await invite(owner, person.email, role);
  const joined = await call(person.functions, workspaces.acceptInvitation, { token });
  expect(joined).toEqual({ workspaceId: owner.workspaceId, role });
  return person;
};

const drawnOf = ({ admin }: TestProduct, { workspaceId }: Owner) =>
  admin.list('team_members', Query.equal('workspaceId', workspaceId));

interface Scene {
  readonly owner: Owner;
  readonly people: Readonly<Record<WorkspaceRole | 'stranger', Customer>>;
  readonly orderId: string;
  readonly runtimeId: string;
}

const setScene = async (product: TestProduct): Promise<Scene> => {
  const owner = await product.newOwner();
  const people = {
    owner: await joinAs(product, owner, 'owner'),
    member: await joinAs(product, owner, 'member'),
    billing: await joinAs(product, owner, 'billing'),
    stranger: await product.newMember(),
  };
  const { orderId } = await order(owner.customer, owner.workspaceId, 'Shared');
  return { owner, people, orderId, runtimeId: await placeSuspended(product, owner) };
};

/** Who gets further than the question of the role; written by hand: this table is the oracle. */
const allowed = {
  '/open': ['owner', 'billing'],
  '/renew': ['owner', 'billing'],
  '/pay-link': ['owner', 'billing'],
  '/cancel': ['owner', 'billing'],
  '/refund': ['owner', 'billing'],
  '/verify': ['owner', 'member'],
  '/codex/start': ['owner', 'member'],
  '/codex/ticket': ['owner', 'member'],
  '/codex/device': ['owner', 'member'],
  '/refresh': ['owner', 'member'],
  '/smoke': ['owner', 'member'],
  '/enter': ['owner', 'member'],
  '/restart': ['owner', 'member'],
  '/backup': ['owner', 'member'],
  '/restore': ['owner', 'member'],
  '/pause': ['owner', 'member'],
  '/resume': ['owner', 'member'],
  '/delete': ['owner'],
  '/keep': ['owner'],
  '/export': ['owner'],
  '/import': ['owner', 'member'],
  '/offsite': ['owner'],
  '/autopay/show': ['owner', 'billing'],
  '/autopay/start': ['owner', 'billing'],
  '/texts/show': ['owner', 'billing'],
  '/texts/choose': ['owner', 'billing'],
  '/plan/quote': ['owner', 'billing'],
  '/plan/upgrade': ['owner', 'billing'],
  '/plan/next': ['owner', 'billing'],
  '/rename': ['owner', 'member'],
  '/update-times': ['owner', 'member'],
  '/watch': ['owner', 'member'],
  '/members/invite': ['owner'],
  '/members/revoke': ['owner'],
  '/members/role': ['owner'],
  '/members/remove': ['owner'],
} as const satisfies Readonly<Record<string, readonly WorkspaceRole[]>>;
type Path = keyof typeof allowed;

/** Stale, foreign or unknown on purpose: none of these calls changes anything. */
const codesOf = async (
  scene: Scene,
  { functions }: Customer,
): Promise<readonly (readonly [path: Path, code: string])[]> => {
  const { orderId, runtimeId } = scene;
  const { workspaceId } = scene.owner;
  const command = { runtimeId, revision: 0 };
  const phone = '010-1234-5678';
  const newOrder = { workspaceId, planKey: 'none', runtimeName: 'X', phone };
  const nobody = { workspaceId, userId: 'nobody' };
  const present = { workspaceId, email: scene.owner.customer.email, role: 'owner' as const };
  const calls: Record<Path, Promise<unknown>> = {
    '/open': call(functions, checkout.openOrder, { ...newOrder, requestKey: newRequestKey() }),
    '/renew': call(functions, checkout.renewRuntime, {
      ...{ runtimeId, months: 1, phone: 'none', requestKey: newRequestKey() },
    }),
    '/pay-link': call(functions, checkout.renewPayLink, { orderId, phone, revision: 0 }),
    '/cancel': call(functions, checkout.cancelOrder, { orderId, revision: 0 }),
    '/refund': call(functions, checkout.requestRefund, { orderId, revision: 0 }),
    '/verify': call(functions, runtimes.verifyRuntime, command),
    '/codex/start': call(functions, runtimes.startCodex, command),
    '/codex/ticket': call(functions, runtimes.codexTicket, { runtimeId, attemptId: 'a' }),
    '/codex/device': call(functions, runtimes.codexDevice, command),
    '/refresh': call(functions, runtimes.refreshRuntime, { runtimeId }),
    '/smoke': call(functions, runtimes.runSmoke, command),
    '/enter': call(functions, runtimes.enterRuntime, { runtimeId }),
    '/restart': call(functions, runtimes.restartRuntime, command),
    '/backup': call(functions, runtimes.backupRuntime, command),
    '/restore': call(functions, runtimes.restoreRuntime, { ...command, backupId: 'none' }),
    '/pause': call(functions, runtimes.pauseRuntime, command),
    '/resume': call(functions, runtimes.resumeRuntime, command),
    '/delete': call(functions, runtimes.deleteRuntime, { ...command, name: 'another' }),
    '/keep': call(functions, runtimes.keepRuntime, command),
    '/export': call(functions, runtimes.exportRuntime, { runtimeId }),
    '/import': call(functions, runtimes.importRuntime, { runtimeId }),
    '/offsite': call(functions, runtimes.offsiteRuntime, { runtimeId }),
    '/autopay/show': call(functions, autopay.showAutopay, { runtimeId }),
    '/autopay/start': call(functions, autopay.startAutopay, {
      ...{ runtimeId, phone: 'none', agreed: { priceKrw: 0, chargeDay: 0 } },
    }),
    '/texts/show': call(functions, texts.showRenewalTexts, { runtimeId }),
    '/texts/choose': call(functions, texts.chooseRenewalTexts, { runtimeId, phone: 'none' }),
    '/plan/quote': call(functions, planChange.quotePlan, { runtimeId, planKey: 'none' }),
    '/plan/upgrade': call(functions, planChange.upgradePlan, {
      ...{ runtimeId, planKey: 'none', phone, requestKey: newRequestKey() },
    }),
    '/plan/next': call(functions, planChange.chooseNextPlan, { ...command, planKey: 'basic' }),
    '/rename': call(functions, runtimes.renameRuntime, { ...command, name: 'X' }),
    '/update-times': call(functions, runtimes.chooseUpdateTimes, {
      ...{ ...command, quietHour: 4, timeZone: 'UTC', heldUntil: null },
    }),
    '/watch': call(functions, runtimes.watchRuntime, { runtimeId }),
    '/members/invite': call(functions, workspaces.inviteMember, present),
    '/members/revoke': call(functions, workspaces.revokeInvitation, {
      workspaceId,
      invitationId: 'none',
    }),
    '/members/role': call(functions, workspaces.changeRole, { ...nobody, role: 'owner' }),
    '/members/remove': call(functions, workspaces.removeMember, nobody),
  };
  const paths = Object.keys(calls) as Path[];
  return Promise.all(paths.map(async (path) => [path, await codeOf(calls[path])] as const));
};

const unknownTo = /^(workspace|order|runtime)_unknown$/;

export const roles = (product: () => TestProduct): void => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(product());
  });

  test.each(workspaceRoles)('%s may do what the table says, and nothing else', async (role) => {
    for (const [path, code] of await codesOf(scene, scene.people[role])) {
      const may: readonly string[] = allowed[path];
      if (may.includes(role)) expect(code, path).not.toBe('role_not_allowed');
      else expect(code, path).toBe('role_not_allowed');
      expect(code, path).not.toMatch(unknownTo);
    }
  });

  test('to a stranger nothing of it exists', async () => {
    for (const [path, code] of await codesOf(scene, scene.people.stranger)) {
      expect(code, path).toMatch(unknownTo);
    }
  });

  const seen = async (person: Customer, tableId: TableId): Promise<number> => {
    const queries = [Query.equal('workspaceId', scene.owner.workspaceId)];
    return (await person.rows.listRows({ databaseId, tableId, queries })).total;
  };

  test('all of the team see its rows; invitations are seen by owners', async () => {
    await invite(scene.owner, `${unique('seen-')}@example.com`, 'member');
    for (const role of workspaceRoles) {
      expect(await seen(scene.people[role], 'orders')).toBe(1);
      expect(await seen(scene.people[role], 'team_members')).toBe(4);
      const invitations = await seen(scene.people[role], 'invitations');
      if (role === 'owner') expect(invitations).toBeGreaterThan(0);
      else expect(invitations).toBe(0);
    }
    expect(await seen(scene.people.stranger, 'team_members')).toBe(0);
  });

  test('one who is taken out sees nothing on the next request, and may do nothing', async () => {
    const { owner } = scene;
    const leaver = await joinAs(product(), owner, 'owner');
    expect(await seen(leaver, 'orders')).toBe(1);
    const body = { workspaceId: owner.workspaceId, userId: leaver.userId };
    await call(owner.customer.functions, workspaces.removeMember, body);
    for (const table of ['orders', 'runtimes', 'team_members', 'invitations'] as const) {
      expect(await seen(leaver, table), table).toBe(0);
    }
    const own = await leaver.rows.listRows({ databaseId, tableId: 'workspaces' });
    expect(own.rows.map(({ $id }) => $id)).not.toContain(owner.workspaceId);
    for (const [path, code] of await codesOf(scene, leaver)) {
      expect(code, path).toMatch(unknownTo);
    }
  });
};

export const joining = (product: () => TestProduct): void => {
  const application = (token: string, email: string) => ({
    token,
    email,
    password,
    name: 'Guest',
    locale: 'ko' as const,
  });

  test('a guest signs up with an invitation and is in, though nobody waits for it', async () => {
    const owner = await product().newOwner();
    const email = `${unique('guest-')}@example.com`;
    const token = await invite(owner, email, 'member');
    const { functions } = product().guest;
    const view = await call(functions, inspectInvitation, { token });
    expect(view).toMatchObject({ workspaceName: 'Workspace', emailHint: 'g…@example.com' });
    const { userId } = await call(functions, joinWorkspace, application(token, email));
    await eventually(
      () => drawnOf(product(), owner),
      (rows) => rows.some((row) => row['userId'] === userId && row['role'] === 'member'),
    );
    const person = await logIn(product().customerWorld, { email, password });
    const { rows } = await person.rows.listRows({ databaseId, tableId: 'workspaces' });
    expect(rows.map(({ $id }) => $id)).toEqual([owner.workspaceId]);
    const accept = () => codeOf(call(person.functions, workspaces.acceptInvitation, { token }));
    expect(await accept()).toBe('ok');
    await call(person.functions, workspaces.leaveWorkspace, { workspaceId: owner.workspaceId });
    expect(await accept()).toBe('join_used');
  });

  test('thirty at once with one invitation: one account, one member', async () => {
    const owner = await product().newOwner();
    const email = `${unique('crowd-')}@example.com`;
    const token = await invite(owner, email, 'billing');
    const codes = await Promise.all(
      Array.from({ length: 30 }, () =>
        codeOf(call(product().guest.functions, joinWorkspace, application(token, email))),
      ),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code !== 'ok' && code !== 'join_used')).toEqual([]);
    expect((await product().admin.users.list({ search: email })).total).toBe(1);
  });

  test('the token is nowhere in the rows, and another address gets nowhere with it', async () => {
    const owner = await product().newOwner();
    const token = await invite(owner, `${unique('own-')}@example.com`, 'member');
    const stored = await product().admin.list(
      'invitations',
      Query.equal('workspaceId', owner.workspaceId),
    );
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(token);
    const thief = await product().newMember();
    const accepting = call(thief.functions, workspaces.acceptInvitation, { token });
    expect(await codeOf(accepting)).toBe('join_email_mismatch');
    const other = application(token, `${unique('thief-')}@example.com`);
    const signing = call(product().guest.functions, joinWorkspace, other);
    expect(await codeOf(signing)).toBe('join_email_mismatch');
  });
};

export const changes = (product: () => TestProduct): void => {
  test('ten changes at once leave an owner, and a picture that is the team', async () => {
    const owner = await product().newOwner();
    const second = await joinAs(product(), owner, 'owner');
    const { workspaceId } = owner;
    const both = [owner.customer, second];
    const asked = Array.from({ length: 10 }, (_, index) => {
      const by = both[index % 2] ?? owner.customer;
      const target = both[(index + 1) % 2] ?? second;
      const body = { workspaceId, userId: target.userId, role: 'member' as const };
      return codeOf(call(by.functions, workspaces.changeRole, body));
    });
    const codes = new Set(await Promise.all(asked));
    expect(codes).toContain('ok');
    const drawn = await drawnOf(product(), owner);
    expect(drawn).toHaveLength(2);
    expect(drawn.filter((row) => row['role'] === 'owner')).toHaveLength(1);
  });
};

export const membership = (product: () => TestProduct): void => {
  describe('roles', () => roles(product));
  describe('joining', () => joining(product));
  describe('changes', () => changes(product));
};
