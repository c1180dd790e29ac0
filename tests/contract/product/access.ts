/** Promises of rows: a member sees only own workspaces' rows, and nobody but functions writes. */
import { ID, Permission, Query, Role, Teams } from 'node-appwrite';
import { beforeAll, expect, test } from 'vitest';
import { order } from '#local/customer/customer.ts';
import type { Customer } from '#local/customer/customer.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Column } from '#schemas/tables/define.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { tables } from '#schemas/tables/tables.ts';
import { appwriteCodeOf } from '#tests/support/product.ts';
import type { Owner, TestProduct, Visitor } from '#tests/support/product.ts';

const tableIds = Object.keys(tables) as TableId[];

interface Scene {
  readonly owner: Owner;
  readonly orderId: string;
  /** First entry of the order's timeline. */
  readonly entryId: string;
  /** The owner in the picture of the team. */
  readonly memberRowId: string;
  readonly stranger: Customer;
}

const setScene = async (product: TestProduct): Promise<Scene> => {
  const owner = await product.newOwner();
  const { orderId } = await order(owner.customer, owner.workspaceId, 'Private');
  const { customer: stranger } = await product.newOwner();
  const [entry] = await product.admin.list('timeline', Query.equal('subjectId', orderId));
  if (entry === undefined) throw new Error('the order has no timeline');
  const own = Query.equal('workspaceId', owner.workspaceId);
  const [member] = await product.admin.list('team_members', own);
  if (member === undefined) throw new Error('the team has no picture');
  return { owner, orderId, entryId: entry.$id, memberRowId: member.$id, stranger };
};

const valueFor = (column: Column): string | number | boolean => {
  switch (column.type) {
    case 'string':
      return 'x';
    case 'enum':
      return column.elements[0] ?? '';
    case 'integer':
      return column.min;
    case 'boolean':
      return true;
    case 'datetime':
      return '2026-11-23T09:00:00.000Z';
  }
};

/** A row that the table would take from somebody who may write. */
const rowFor = (tableId: TableId): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries<Column>(tables[tableId].columns).map(([name, column]) => [
      name,
      valueFor(column),
    ]),
  );

/** Rows that belong to the owner, in every table that has some. */
const ownRows = ({
  owner,
  orderId,
  entryId,
  memberRowId,
}: Scene): readonly (readonly [TableId, string])[] => [
  ['members', owner.customer.userId],
  ['workspaces', owner.workspaceId],
  ['team_members', memberRowId],
  ['subdomains', owner.subdomain],
  ['orders', orderId],
  ['timeline', entryId],
];

export const visibility = (product: () => TestProduct): void => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(product());
  });
  const idsSeenBy = async (rows: Visitor['rows'], tableId: TableId): Promise<readonly string[]> => {
    const page = await rows.listRows({ databaseId, tableId, queries: [Query.limit(100)] });
    expect(page.total).toBe(page.rows.length);
    return page.rows.map(({ $id }) => $id);
  };

  test('an owner sees own workspace, order, history and account', async () => {
    const { rows, userId } = scene.owner.customer;
    expect(await idsSeenBy(rows, 'workspaces')).toEqual([scene.owner.workspaceId]);
    expect(await idsSeenBy(rows, 'orders')).toEqual([scene.orderId]);
    expect(await idsSeenBy(rows, 'members')).toEqual([userId]);
    expect((await idsSeenBy(rows, 'timeline')).length).toBeGreaterThan(0);
  });

  test('nobody sees the outbox, also not of the own workspace', async () => {
    const { workspaceId, customer } = scene.owner;
    const values = { runtimeName: 'Seen', path: '/' };
    const key = { kind: 'ready', subjectId: workspaceId, occasion: 'seen', workspaceId };
    const data = { ...key, values: JSON.stringify(values), state: 'sent', deliveries: '[]' };
    const rowId = `seen-${workspaceId}`;
    const made = { databaseId, tableId: 'messages', rowId, data: { ...data, attempts: 0 } };
    await product().admin.rows.createRow(made);
    expect(await idsSeenBy(customer.rows, 'messages')).toEqual([]);
    const getting = customer.rows.getRow({ databaseId, tableId: 'messages', rowId });
    expect(await appwriteCodeOf(getting)).toBe('row_not_found');
  });

  test.each(tableIds)('%s: a stranger sees no row of another workspace', async (tableId) => {
    const foreign = ownRows(scene).filter(([table]) => table === tableId);
    const seen = await idsSeenBy(scene.stranger.rows, tableId);
    expect(foreign.filter(([, rowId]) => seen.includes(rowId))).toEqual([]);
    const ownTables: readonly TableId[] = ['members', 'workspaces', 'team_members'];
    expect(seen).toHaveLength(ownTables.includes(tableId) ? 1 : 0);
    for (const [, rowId] of foreign) {
      const getting = scene.stranger.rows.getRow({ databaseId, tableId, rowId });
      expect(await appwriteCodeOf(getting)).toBe('row_not_found');
    }
  });

  test.each(tableIds)('%s: a guest sees nothing', async (tableId) => {
    expect(await idsSeenBy(product().guest.rows, tableId)).toEqual([]);
    for (const [, rowId] of ownRows(scene).filter(([table]) => table === tableId)) {
      const getting = product().guest.rows.getRow({ databaseId, tableId, rowId });
      expect(await appwriteCodeOf(getting)).toBe('row_not_found');
    }
  });

  test('asking by a foreign id in a query gives nothing', async () => {
    const queries = [Query.equal('workspaceId', scene.owner.workspaceId)];
    const page = await scene.stranger.rows.listRows({ databaseId, tableId: 'orders', queries });
    expect(page).toMatchObject({ total: 0, rows: [] });
  });
};

export const writing = (product: () => TestProduct): void => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await setScene(product());
  });

  test.each(tableIds)('%s: no client creates a row', async (tableId) => {
    for (const { rows } of [scene.owner.customer, product().guest]) {
      const rowId = ID.unique();
      const permissions = [Permission.read(Role.any())];
      const data = rowFor(tableId);
      const creating = rows.createRow({ databaseId, tableId, rowId, data, permissions });
      expect(await appwriteCodeOf(creating)).toBe('user_unauthorized');
      const upserting = rows.upsertRow({ databaseId, tableId, rowId, data });
      expect(await appwriteCodeOf(upserting)).toBe('user_unauthorized');
    }
  });

  test('no client changes or deletes a row, not even one it may read', async () => {
    for (const [tableId, rowId] of ownRows(scene)) {
      const before = await product().admin.get(tableId, rowId);
      const { rows } = scene.owner.customer;
      const at = { databaseId, tableId, rowId };
      const data = rowFor(tableId);
      const attempts = await Promise.all(
        [
          rows.updateRow({ ...at, data }),
          rows.updateRow({ ...at, permissions: [Permission.write(Role.any())] }),
          rows.upsertRow({ ...at, data }),
          rows.deleteRow(at),
        ].map(appwriteCodeOf),
      );
      expect(attempts).not.toContain('ok');
      expect(await product().admin.get(tableId, rowId)).toEqual(before);
    }
  });

  test('no client counts an order’s revision or price up', async () => {
    const before = await product().admin.get('orders', scene.orderId);
    const at = { databaseId, tableId: 'orders', rowId: scene.orderId };
    for (const column of ['revision', 'priceKrw']) {
      const { rows } = scene.owner.customer;
      expect(await appwriteCodeOf(rows.incrementRowColumn({ ...at, column }))).not.toBe('ok');
      expect(await appwriteCodeOf(rows.decrementRowColumn({ ...at, column }))).not.toBe('ok');
    }
    expect(await product().admin.get('orders', scene.orderId)).toEqual(before);
  });

  test('a stranger cannot join a workspace’s team', async () => {
    const teams = new Teams(scene.stranger.functions.client);
    const joining = teams.createMembership({
      teamId: scene.owner.workspaceId,
      roles: ['owner'],
      email: scene.stranger.email,
      url: product().world.siteUrl,
    });
    expect(await appwriteCodeOf(joining)).not.toBe('ok');
    const { rows } = scene.stranger;
    const page = await rows.listRows({ databaseId, tableId: 'orders' });
    expect(page.total).toBe(0);
  });
};
