/** Promises of the operator's bridge: for operators only, and no wrong step is taken by one of them. */
import { Query } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call, order } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import type { BodyOf } from '#schemas/contract/operation.ts';
import { helpEntries } from '#schemas/contract/operator-help.ts';
import { actOnRuntime } from '#schemas/contract/operator-runtimes.ts';
import * as operations from '#schemas/contract/operator.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { eventually } from '#tests/support/http.ts';
import { appwriteCodeOf, codeOf, unique } from '#tests/support/product.ts';
import type { TestProduct } from '#tests/support/product.ts';
import { logInOperator } from './callers.ts';
import { legacyBilling } from './operator-billing.ts';
import { runtimeActs } from './operator-runtimes.ts';
import { placeSuspended } from './runtimes.ts';

/** A unit test holds this list to every operation there is. */
const paths = helpEntries.map(({ operation }) => operation.path);

export const operatorDoors = (product: () => TestProduct): void => {
  test.each(paths)('%s is refused to a member and to a guest', async (xpath) => {
    const owner = await product().newOwner();
    for (const { functions } of [owner.customer, product().guest]) {
      const starting = functions.createExecution({ functionId: 'operator', xpath, body: '{}' });
      expect(await appwriteCodeOf(starting)).toBe('user_unauthorized');
    }
  });
};

export const operatorWork = (product: () => TestProduct): void => {
  let operator: Customer;
  beforeAll(async () => {
    operator = await logInOperator(product());
  });
  describe('servers', () => servers(product, () => operator));
  describe('tasks', () => tasks(product, () => operator));
  describe('runtimes', () => runtimeActs(product, () => operator));
  describe('removal', () => removal(product, () => operator));
  describe('legacy billing', () => legacyBilling(product, () => operator));
  describe('history', () => histories(product, () => operator));
};

type Theme = (product: () => TestProduct, operator: () => Customer) => void;

const servers: Theme = (product, operator) => {
  // Closed, so that no runtime of another theme is placed there.
  const server: BodyOf<typeof operations.saveServer> = {
    serverId: unique('rack-'),
    dokployServerId: null,
    region: 'seoul',
    slotMemoryMiB: 2048,
    slots: 2,
    state: 'closed',
  };
  const save = (changes: Partial<typeof server>) =>
    codeOf(call(operator().functions, operations.saveServer, { ...server, ...changes }));
  const found = async () => {
    const listed = await call(operator().functions, operations.listServers, {});
    return listed.servers.find(({ serverId }) => serverId === server.serverId);
  };
  const slotId = `${server.serverId}.1`;
  afterAll(async () => {
    const { rows } = product().admin;
    await rows.deleteRow({ databaseId, tableId: 'slots', rowId: slotId });
    await rows.deleteRow({ databaseId, tableId: 'servers', rowId: server.serverId });
  });

  test('one that is added is listed, and changed under the same name', async () => {
    expect(await save({})).toBe('ok');
    expect(await found()).toEqual({ ...server, used: 0, lostSince: null });
    expect(await save({ slots: 3, region: 'busan', dokployServerId: 'dk-1' })).toBe('ok');
    expect(await found()).toMatchObject({ slots: 3, region: 'busan', dokployServerId: 'dk-1' });
  });

  test('where it is cannot change while a runtime is there; how many slots it has can', async () => {
    const data = { serverId: server.serverId, runtimeId: 'somebody' };
    const { rows } = product().admin;
    await rows.createRow({ databaseId, tableId: 'slots', rowId: slotId, data });
    expect(await save({ dokployServerId: 'dk-2' })).toBe('server_in_use');
    expect(await save({ dokployServerId: 'dk-1', slots: 0 })).toBe('ok');
    expect(await found()).toMatchObject({ dokployServerId: 'dk-1', slots: 0, used: 1 });
  });

  test.each([
    ['a name that is none', { serverId: 'Rack 1' }],
    ['no region', { region: ' ' }],
    ['less memory than a runtime can start in', { slotMemoryMiB: 255 }],
    ['a part of a slot', { slots: 1.5 }],
  ])('%s is refused', async (_, changes) => {
    expect(await save(changes)).toBe('body_invalid');
  });
};

const tasks: Theme = (product, operator) => {
  test('one that is done leaves the list, once, and is closed as it was', async () => {
    const taskId = unique('task-');
    const data = {
      kind: 'orphan_notice',
      subjectId: 'order-nobody-knows',
      detail: '{"mulNo":"17"}',
      openedAt: new Date().toISOString(),
      closedAt: null,
    };
    await product().admin.rows.createRow({ databaseId, tableId: 'tasks', rowId: taskId, data });
    const open = async () =>
      (await call(operator().functions, operations.listTasks, {})).tasks.map((task) => task.taskId);
    expect(await open()).toContain(taskId);
    const close = (note: string) =>
      call(operator().functions, operations.closeTask, { taskId, note });
    const { closedAt } = await close('looked at the seller page');
    expect(await open()).not.toContain(taskId);
    expect(Date.parse((await close('again')).closedAt)).toBe(Date.parse(closedAt));
  });

  test('one that never was is unknown', async () => {
    const closing = call(operator().functions, operations.closeTask, { taskId: 'no-such-task' });
    expect(await codeOf(closing)).toBe('task_unknown');
  });
};

const removal: Theme = (product, operator) => {
  const remove = (body: { runtimeId: string; revision: number; confirmation: string }) => {
    const wish = { ...body, action: 'delete' as const, reason: 'nobody pays', dryRun: false };
    return codeOf(call(operator().functions, actOnRuntime, wish));
  };
  const listedOf = async (wanted: string) => {
    const { runtimes } = await call(operator().functions, operations.composeStatus, {});
    const row = runtimes.find(({ runtimeId }) => runtimeId === wanted);
    if (row === undefined) throw new Error('the runtime is not listed');
    return row;
  };

  test('a runtime that is paid for is not removed', async () => {
    const owner = await product().newOwner();
    const { orderId } = await order(owner.customer, owner.workspaceId, 'Paid');
    // As a paid order stands once its runtime is open, without starting one.
    const data = { state: 'fulfilled', effects: '[]', nextCheckAt: null };
    const { rows } = product().admin;
    await rows.updateRow({ databaseId, tableId: 'orders', rowId: orderId, data });
    const runtimeId = await placeSuspended(product(), owner, orderId);
    const { revision } = await listedOf(runtimeId);
    expect(await remove({ runtimeId, revision, confirmation: runtimeId })).toBe('runtime_paid');
    expect(await listedOf(runtimeId)).toMatchObject({ desired: 'suspended', revision });
  });

  test('one that nobody pays for is, when it is named again as it stands', async () => {
    const owner = await product().newOwner();
    const runtimeId = await placeSuspended(product(), owner);
    const { revision } = await listedOf(runtimeId);
    const body = { runtimeId, revision, confirmation: runtimeId };
    expect(await remove({ ...body, confirmation: 'yes' })).toBe('confirmation_mismatch');
    expect(await remove({ ...body, revision: revision - 1 })).toBe('stale_revision');
    expect(await listedOf(runtimeId)).toMatchObject({ desired: 'suspended', revision });
    expect(await remove(body)).toBe('ok');
    await eventually(
      async () => {
        await product().sweep();
        return (await listedOf(runtimeId)).status;
      },
      (status) => status === 'deleted',
    );
  });

  test('one that never was is unknown', async () => {
    const body = { runtimeId: 'nowhere', revision: 1, confirmation: 'nowhere' };
    expect(await remove(body)).toBe('runtime_unknown');
  });
};

const histories: Theme = (product, operator) => {
  test('an operator reads an order’s history, and is told where it was changed', async () => {
    const owner = await product().newOwner();
    const { orderId } = await order(owner.customer, owner.workspaceId, 'Told');
    const read = () => call(operator().functions, operations.history, { subjectId: orderId });
    const told = await read();
    expect(told.entries.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'order.draft'],
      [2, 'order.awaiting_payment'],
    ]);
    expect(told.entries[0]).toMatchObject({ actor: owner.customer.userId });
    expect(told).toMatchObject({ total: 2, brokenAt: null });
    // The rows themselves are the workspace's.
    const queries = [Query.equal('subjectId', orderId)];
    const seen = await operator().rows.listRows({ databaseId, tableId: 'timeline', queries });
    expect(seen.rows).toEqual([]);
    const at = { databaseId, tableId: 'timeline', rowId: `${orderId}.2` };
    await product().admin.rows.updateRow({ ...at, data: { actor: 'somebody-else' } });
    expect((await read()).brokenAt).toBe(2);
  });

  test('of a subject nobody knows there is none', async () => {
    const body = { subjectId: 'nobody' };
    const told = await call(operator().functions, operations.history, body);
    expect(told).toEqual({ entries: [], total: 0, brokenAt: null });
  });
};
