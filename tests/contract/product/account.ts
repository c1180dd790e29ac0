/**
 * Promises of deleting an account: only one's own, only with the password, never while something of
 * it is alive; the person is out at once and found nowhere afterwards; the money is as it was.
 */
import { AppwriteException, Query, Teams } from 'node-appwrite';
import { expect, test } from 'vitest';
import {
  call,
  cancel,
  logIn,
  makeWorkspace,
  order,
  readOrder,
  signUp,
} from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { deleteAccount, surveyDeletion } from '#schemas/contract/account.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { codeOf, password, unique } from '#tests/support/product.ts';
import type { AnyRow, Owner, TestProduct } from '#tests/support/product.ts';
import { needlesOf } from '#tests/security/custody/needles.ts';
import { scanFolder } from '#tests/security/custody/scan.ts';

/** E-mails of people who went; nothing of the control plane may hold one. */
const gone = new Set<string>();

const remove = (customer: Customer, given: Partial<{ email: string; password: string }> = {}) =>
  call(customer.functions, deleteAccount, { email: customer.email, password, ...given });

const survey = (customer: Customer) => call(customer.functions, surveyDeletion, {});

/** A person whose name and address are met nowhere else. */
const newPerson = async (product: TestProduct): Promise<Customer> => {
  const email = `${unique('canary-')}@example.com`;
  const { token } = await product.makeInvite({ email, note: `asked for by ${email}` });
  const body = { token, email, password, name: `Person ${email}`, locale: 'ko' as const };
  await signUp(product.customerWorld, body);
  return logIn(product.customerWorld, { email, password });
};

/** Status and word of what Appwrite answers a session with. */
const heardBy = async (customer: Customer): Promise<string> => {
  try {
    await customer.functions.createExecution({ functionId: 'account', xpath: '/deletion' });
    return 'let in';
  } catch (error) {
    if (!(error instanceof AppwriteException)) throw error;
    return error.type;
  }
};

const data = ({ $updatedAt: _, runtimeName: __, ...row }: AnyRow): object => row;

/** What is kept of money, but for what a person called a machine. */
const books = async ({ admin }: TestProduct, orderIds: readonly string[]) => ({
  orders: (await admin.list('orders', Query.equal('$id', [...orderIds]))).map(data),
  notices: (await admin.list('notices', Query.equal('orderId', [...orderIds]))).map(data),
  timeline: (await admin.list('timeline', Query.equal('subjectId', [...orderIds]))).map(data),
});

const checkGone = async ({ admin, customerWorld }: TestProduct, who: Customer): Promise<void> => {
  gone.add(who.email);
  expect(await heardBy(who)).toBe('user_unauthorized');
  await expect(logIn(customerWorld, { email: who.email, password })).rejects.toThrow('401');
  expect((await admin.users.list({ queries: [Query.equal('email', who.email)] })).total).toBe(0);
  const member = await admin.get('members', who.userId);
  expect(member['email']).toMatch(/^deleted-[0-9a-f]{12}$/);
  expect(member['name']).toBe(member['email']);
  expect((await admin.get('deletions', who.userId))['finishedAt']).not.toBeNull();
};

export const deleting = (product: () => TestProduct): void => {
  refusals(product);
  departures(product);
  interruptions(product);
};

const refusals = (product: () => TestProduct): void => {
  test('with another’s address, a wrong password, or in another’s name, nothing happens', async () => {
    const [me, victim] = [await newPerson(product()), await newPerson(product())];
    expect(await codeOf(remove(me, { email: victim.email }))).toBe('confirmation_mismatch');
    expect(await codeOf(remove(me, { password: 'not-the-password' }))).toBe('password_wrong');
    const headers = { 'X-Appwrite-User-Id': victim.userId, 'X-Appwrite-Trigger': 'schedule' };
    const forged = await me.functions.createExecution({
      functionId: 'account',
      xpath: deleteAccount.path,
      headers,
      body: JSON.stringify({ email: victim.email, password }),
    });
    expect(JSON.parse(forged.responseBody)).toMatchObject({
      error: { code: 'confirmation_mismatch', field: 'email' },
    });
    for (const who of [me, victim]) expect(await heardBy(who)).toBe('let in');
    const rows = await product().admin.list('deletions', Query.equal('$id', me.userId));
    expect(rows).toEqual([]);
    const { total } = await product().admin.users.listSessions({ userId: me.userId });
    expect(total).toBe(1);
  });

  test('what finishes deletions is not for users', async () => {
    const me = await newPerson(product());
    const execution = await me.functions.createExecution({
      functionId: 'account',
      xpath: '/finish',
    });
    expect(execution.responseStatusCode).toBe(404);
  });

  test('an order that may still be paid stands in the way, and is named', async () => {
    const owner = await newOwner(product());
    const { customer, workspaceId } = owner;
    const { orderId, revision } = await order(customer, workspaceId, 'First');
    expect(await codeOf(remove(customer))).toBe('account_order_open');
    expect((await survey(customer)).obstacles).toMatchObject([
      { kind: 'order', subjectId: orderId, workspaceId, name: 'First' },
    ]);
    expect(await heardBy(customer)).toBe('let in');
    await cancel(customer, orderId, revision);
    expect(await codeOf(remove(customer))).toBe('ok');
    await checkGone(product(), customer);
  });
};

const newOwner = async (product: TestProduct): Promise<Owner> => {
  const customer = await newPerson(product);
  const subdomain = unique('gone-');
  const name = `Of ${customer.email}`.slice(0, 64);
  const { workspaceId } = await makeWorkspace(customer, { name, subdomain, planKey: 'basic' });
  return { customer, workspaceId, subdomain };
};

/** As after a runtime's whole life: its order fulfilled, its machine deleted. */
const liveAndLet = async (product: TestProduct, { customer, workspaceId }: Owner) => {
  const { orderId } = await order(customer, workspaceId, 'Lived');
  const { runtimeId } = await readOrder(customer, orderId);
  const { rows } = product.admin;
  const paid = { state: 'fulfilled', effects: '[]', paidAt: new Date().toISOString() };
  await rows.updateRow({ databaseId, tableId: 'orders', rowId: orderId, data: paid });
  await rows.createRow({
    databaseId,
    tableId: 'runtimes',
    rowId: runtimeId,
    permissions: [`read("team:${workspaceId}")`],
    data: {
      ...{ workspaceId, orderId, name: 'Lived', host: 'lived.example', planKey: 'basic' },
      ...{ desired: 'deleted', status: 'running', conditions: '[]', facts: '{}', revision: 1 },
      ...{ paidUntil: new Date().toISOString(), failures: 0, nextCheckAt: null },
    },
  });
  return { orderId, runtimeId };
};

const setStatus = (product: TestProduct, runtimeId: string, status: string): Promise<unknown> => {
  const place = { databaseId, tableId: 'runtimes', rowId: runtimeId };
  const data: Record<string, unknown> = { status, nextCheckAt: null };
  return product.admin.rows.updateRow({ ...place, data });
};

const teamsOf = ({ admin }: TestProduct): Teams => new Teams(admin.client);
const as = (teamId: string, userId: string, role: string) => ({ teamId, userId, roles: [role] });

const departures = (product: () => TestProduct): void => {
  test('one who owned alone goes with the workspace, and the books stay', async () => {
    const owner = await newOwner(product());
    const { customer, workspaceId, subdomain } = owner;
    const { admin, customerWorld } = product();
    const first = await order(customer, workspaceId, 'Cancelled');
    await cancel(customer, first.orderId, first.revision);
    const { orderId, runtimeId } = await liveAndLet(product(), owner);
    await setStatus(product(), runtimeId, 'deleting');
    expect(await codeOf(remove(customer))).toBe('account_runtime_left');
    await setStatus(product(), runtimeId, 'deleted');
    expect(await survey(customer)).toMatchObject({ obstacles: [], removed: [{ workspaceId }] });
    const elsewhere = await logIn(customerWorld, { email: customer.email, password });
    const before = await books(product(), [first.orderId, orderId]);
    expect(before.timeline.length).toBeGreaterThan(2);
    expect(await codeOf(remove(customer))).toBe('ok');
    await checkGone(product(), customer);
    expect(await heardBy(elsewhere)).toBe('user_unauthorized');
    expect(await books(product(), [first.orderId, orderId])).toEqual(before);
    expect(await admin.list('workspaces', Query.equal('$id', workspaceId))).toEqual([]);
    expect((await admin.get('subdomains', subdomain))['workspaceId']).toBe(workspaceId);
    expect((await admin.get('orders', orderId))['runtimeName']).toBe('-');
    await product().sweep();
    const tasks = await admin.list('tasks', Query.equal('subjectId', [orderId, runtimeId]));
    expect(tasks).toEqual([]);
  });

  test('others who own it too keep the workspace, and whoever went sees nothing of it', async () => {
    const { customer, workspaceId } = await product().newOwner();
    const leaving = await newPerson(product());
    await teamsOf(product()).createMembership(as(workspaceId, leaving.userId, 'owner'));
    expect((await survey(leaving)).left).toMatchObject([{ workspaceId }]);
    expect(await codeOf(remove(leaving))).toBe('ok');
    await checkGone(product(), leaving);
    const { memberships } = await teamsOf(product()).listMemberships({ teamId: workspaceId });
    expect(memberships.map(({ userId }) => userId)).toEqual([customer.userId]);
    const row = { databaseId, tableId: 'workspaces', rowId: workspaceId };
    expect((await customer.rows.getRow(row)).$id).toBe(workspaceId);
    await expect(leaving.rows.getRow(row)).rejects.toMatchObject({ type: 'row_not_found' });
  });

  test('the last owner does not leave the others behind', async () => {
    const { customer, workspaceId } = await newOwner(product());
    const { userId } = await product().newMember();
    await teamsOf(product()).createMembership(as(workspaceId, userId, 'member'));
    expect(await codeOf(remove(customer))).toBe('account_members_left');
    expect(await heardBy(customer)).toBe('let in');
  });

  test('asked five times at once, it is done once and well', async () => {
    const person = await newPerson(product());
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(remove(person))));
    expect(codes).toContain('ok');
    // Who came too late was out already: there is no other word for it.
    expect(
      codes.filter((code) => !['ok', 'not_signed_in', 'password_wrong'].includes(code)),
    ).toEqual([]);
    await checkGone(product(), person);
  });
};

const interruptions = (product: () => TestProduct): void => {
  test.each([['before the door was shut'], ['after it was confirmed']])(
    'one that broke off %s is finished by itself',
    async (when) => {
      const { admin } = product();
      const { customer, workspaceId } = await newOwner(product());
      const { userId } = customer;
      const requestedAt = new Date(Date.now() - 120_000).toISOString();
      const confirmedAt = when.startsWith('after') ? requestedAt : null;
      await admin.rows.createRow({
        databaseId,
        tableId: 'deletions',
        rowId: userId,
        data: { requestedAt, confirmedAt },
      });
      if (confirmedAt !== null) await admin.users.updateStatus({ userId, status: false });
      const execution = await admin.functions.createExecution({
        functionId: 'account',
        xpath: '/finish',
      });
      expect(JSON.parse(execution.responseBody)).toMatchObject({ value: { failed: 0 } });
      await checkGone(product(), customer);
      expect(await admin.list('workspaces', Query.equal('$id', workspaceId))).toEqual([]);
    },
  );
};

export const forgotten = (product: () => TestProduct): void => {
  test('no file of the control plane holds the address of anybody who went', async () => {
    const { places } = product();
    const stays = (await product().newMember()).email;
    await product().stop();
    expect(gone.size).toBeGreaterThan(5);
    const localPart = (email: string): string => email.slice(0, email.indexOf('@'));
    const canaries = [...gone].map((email) => ({ kind: 'e-mail', secret: localPart(email) }));
    // One who stays is found, so that a scan that finds nothing has looked.
    const seen = scanFolder(places.state, needlesOf([{ kind: 'stays', secret: localPart(stays) }]));
    expect(seen.hits.map(({ place }) => place)).toContain('appwrite/appwrite.sqlite');
    expect(scanFolder(places.state, needlesOf(canaries)).hits).toEqual([]);
  });
};
