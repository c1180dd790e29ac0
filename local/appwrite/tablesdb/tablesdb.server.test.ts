/** The unmodified node-appwrite SDK against a server in this process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppwriteException,
  Client,
  Databases,
  ID,
  Permission,
  Query,
  Role,
  TablesDB,
  TablesDBIndexType,
  Users,
  type Models,
} from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppwrite, type RunningAppwrite } from '../server.ts';

const KEY = 'standard_0123456789abcdef';
const PROJECT = 'local';
const orders = { databaseId: 'main', tableId: 'orders' };

let dataDir: string;
let server: RunningAppwrite;

const start = (): Promise<RunningAppwrite> =>
  createAppwrite({ dataDir, port: 0, project: { id: PROJECT, key: KEY } });

function client(): Client {
  return new Client().setEndpoint(`${server.url}/v1`).setProject(PROJECT);
}

const admin = (): TablesDB => new TablesDB(client().setKey(KEY));

/** Type of the refusal, or `done`. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof AppwriteException) return error.type;
    throw error;
  }
}

async function outcomes(works: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.all(works.map(outcome))) {
    counts[result] = (counts[result] ?? 0) + 1;
  }
  return counts;
}

const ids = (list: { rows: Models.Row[] }): string[] => list.rows.map((row) => row.$id);
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tablesdb-'));
  server = await start();
  const db = admin();
  await db.create({ databaseId: 'main', name: 'Main' });
  await db.createTable({ ...orders, name: 'Orders', rowSecurity: true });
  await db.createVarcharColumn({ ...orders, key: 'title', size: 60, required: true });
  await db.createIntegerColumn({ ...orders, key: 'n', required: false, min: 0, max: 1000 });
  await db.createVarcharColumn({ ...orders, key: 'name', size: 60, required: false });
  await db.createDatetimeColumn({ ...orders, key: 'at', required: false });
  await db.createVarcharColumn({ ...orders, key: 'tags', size: 9, required: false, array: true });
  await db.createEnumColumn({
    ...orders,
    key: 'status',
    elements: ['new', 'paid'],
    required: false,
    xdefault: 'new',
  });
  await db.createIndex({
    ...orders,
    key: 'one_name',
    type: TablesDBIndexType.Unique,
    columns: ['name'],
  });
});

afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('rows', () => {
  test('are created with defaults, read, changed in part, and deleted', async () => {
    const db = admin();
    const data = { title: 'One', at: '2026-01-02T03:04:05+09:00', tags: ['a'] };
    const made = await db.createRow({ ...orders, rowId: 'crud', data });
    expect(made).toMatchObject({
      title: 'One',
      n: null,
      status: 'new',
      at: '2026-01-01T18:04:05.000+00:00',
      $permissions: [],
    });
    await db.updateRow({ ...orders, rowId: 'crud', data: { n: 7 } });
    const read = await db.getRow({ ...orders, rowId: 'crud' });
    expect(read).toMatchObject({ title: 'One', n: 7, tags: ['a'] });
    expect(read.$updatedAt > made.$updatedAt).toBe(true);
    await db.deleteRow({ ...orders, rowId: 'crud' });
    expect(await outcome(db.getRow({ ...orders, rowId: 'crud' }))).toBe('row_not_found');
  });

  test('that change nothing keep their time', async () => {
    const db = admin();
    const made = await db.createRow({ ...orders, rowId: ID.unique(), data: { title: 'same' } });
    const { $id: rowId } = made;
    const again = await db.updateRow({ ...orders, rowId, data: { title: 'same' } });
    expect(again.$updatedAt).toBe(made.$updatedAt);
  });

  test('are found by filters, in order and by page', async () => {
    const db = admin();
    const rows = times(30, (index) => ({ $id: `q${index}`, title: `Query ${index}`, n: index }));
    await db.createRows({ ...orders, rows });
    const queries = [
      Query.startsWith('title', 'query'),
      Query.or([Query.lessThan('n', 3), Query.between('n', 27, 28)]),
      Query.orderDesc('n'),
    ];
    const all = await db.listRows({ ...orders, queries });
    expect([all.total, ids(all)]).toEqual([5, ['q28', 'q27', 'q2', 'q1', 'q0']]);
    const after = [...queries, Query.cursorAfter('q27'), Query.limit(2), Query.select(['n'])];
    const page = await db.listRows({ ...orders, queries: after });
    expect(ids(page)).toEqual(['q2', 'q1']);
    expect(page.rows[0]).not.toHaveProperty('title');
  });
});

describe('exactly one', () => {
  test('of twenty creates with the same id', async () => {
    const db = admin();
    const works = times(20, () =>
      db.createRow({ ...orders, rowId: 'claim', data: { title: 'claim' } }),
    );
    expect(await outcomes(works)).toEqual({ done: 1, row_already_exists: 19 });
  });

  test('of twenty creates with the same unique value, however it is written', async () => {
    const db = admin();
    const works = times(20, (index) => {
      const name = index % 2 === 0 ? 'Acme' : 'ACME';
      return db.createRow({ ...orders, rowId: ID.unique(), data: { title: 'u', name } });
    });
    expect(await outcomes(works)).toEqual({ done: 1, row_already_exists: 19 });
  });

  test('of twenty increments with a maximum', async () => {
    const db = admin();
    await db.createRow({ ...orders, rowId: 'slot', data: { title: 'slot', n: 0 } });
    const step = { ...orders, rowId: 'slot', column: 'n', value: 1, max: 1 };
    const works = times(20, () => db.incrementRowColumn(step));
    expect(await outcomes(works)).toEqual({ done: 1, column_limit_exceeded: 19 });
    expect(await db.getRow({ ...orders, rowId: 'slot' })).toMatchObject({ n: 1 });
  });

  test('of ten updates that saw the same row', async () => {
    const made = await admin().createRow({ ...orders, rowId: 'cas', data: { title: 'cas' } });
    const seen = new TablesDB(
      client().setKey(KEY).addHeader('X-Appwrite-Timestamp', made.$updatedAt),
    );
    const works = times(10, (index) =>
      seen.updateRow({ ...orders, rowId: 'cas', data: { title: `won by ${index}` } }),
    );
    expect(await outcomes(works)).toEqual({ done: 1, row_update_conflict: 9 });
  });
});

describe('all or nothing', () => {
  test('a bulk create with one taken id adds no row', async () => {
    const db = admin();
    await db.createRow({ ...orders, rowId: 'bulk-2', data: { title: 'there' } });
    const rows = times(3, (index) => ({ $id: `bulk-${index}`, title: 'bulk' }));
    expect(await outcome(db.createRows({ ...orders, rows }))).toBe('row_already_exists');
    const queries = [Query.startsWith('$id', 'bulk-')];
    expect(ids(await db.listRows({ ...orders, queries }))).toEqual(['bulk-2']);
  });

  test('a transaction is invisible until it is committed whole', async () => {
    const db = admin();
    const { $id: transactionId } = await db.createTransaction();
    await db.createRow({ ...orders, rowId: 'tx-a', data: { title: 'a', n: 1 }, transactionId });
    const increment = {
      action: 'increment',
      ...orders,
      rowId: 'tx-a',
      data: { column: 'n', value: 4 },
    };
    const create = { action: 'create', ...orders, rowId: 'tx-b', data: { title: 'b' } };
    await db.createOperations({ transactionId, operations: [increment, create] });
    const queries = [Query.startsWith('$id', 'tx-')];
    expect(ids(await db.listRows({ ...orders, queries }))).toEqual([]);
    expect(ids(await db.listRows({ ...orders, queries, transactionId }))).toEqual(['tx-a', 'tx-b']);
    expect(ids(await db.listRows({ ...orders, queries }))).toEqual([]);
    await db.updateTransaction({ transactionId, commit: true });
    const { rows } = await db.listRows({ ...orders, queries });
    expect(rows).toMatchObject([
      { $id: 'tx-a', n: 5 },
      { $id: 'tx-b', n: null },
    ]);
  });

  test('a commit over a changed row writes nothing', async () => {
    const db = admin();
    await db.createRow({ ...orders, rowId: 'race', data: { title: 'before' } });
    const { $id: transactionId } = await db.createTransaction();
    await db.createRow({ ...orders, rowId: 'race-new', data: { title: 'new' }, transactionId });
    await db.updateRow({ ...orders, rowId: 'race', data: { title: 'tx' }, transactionId });
    await db.updateRow({ ...orders, rowId: 'race', data: { title: 'outside' } });
    const commit = db.updateTransaction({ transactionId, commit: true });
    expect(await outcome(commit)).toBe('transaction_conflict');
    expect(await outcome(db.getRow({ ...orders, rowId: 'race-new' }))).toBe('row_not_found');
    expect((await db.getTransaction({ transactionId })).status).toBe('failed');
  });

  test('of twenty transactions on one row, one commits', async () => {
    const db = admin();
    await db.createRow({ ...orders, rowId: 'many', data: { title: 'many', n: 0 } });
    const works = times(20, async () => {
      const { $id: transactionId } = await db.createTransaction();
      await db.updateRow({ ...orders, rowId: 'many', data: { n: 1 }, transactionId });
      return transactionId;
    });
    const staged = await Promise.all(works);
    const commits = staged.map((transactionId) =>
      db.updateTransaction({ transactionId, commit: true }),
    );
    expect(await outcomes(commits)).toEqual({ done: 1, transaction_conflict: 19 });
  });

  test('a transaction holds a hundred operations and no more', async () => {
    const db = admin();
    const { $id: transactionId } = await db.createTransaction();
    const operations = times(100, (index) => ({
      action: 'create', ...orders, rowId: `t${index}`, data: { title: 't' },
    })); // prettier-ignore
    await db.createOperations({ transactionId, operations });
    const more = db.createOperations({ transactionId, operations: operations.slice(0, 1) });
    expect(await outcome(more)).toBe('transaction_limit_exceeded');
    await db.updateTransaction({ transactionId, rollback: true });
  });
});

describe('a signed-in client', () => {
  async function signIn(userId: string): Promise<Client> {
    const users = new Users(client().setKey(KEY));
    await users.create({ userId, email: `${userId}@example.com`, password: 'Corr3ct-Horse!' });
    const { secret } = await users.createSession({ userId });
    return client().setSession(secret);
  }

  test('sees and changes what it may, and cannot tell hidden rows from missing ones', async () => {
    const db = admin();
    const alice = new TablesDB(await signIn('alice'));
    const mine = [Permission.read(Role.user('alice')), Permission.update(Role.user('alice'))];
    const data = { title: 'p', n: 0 };
    const create = (rowId: string, permissions: string[]): Promise<unknown> =>
      db.createRow({ ...orders, rowId, data, permissions });
    await create('p-mine', mine);
    await create('p-none', []);
    await create('p-bob', [Permission.read(Role.user('bob'))]);
    const queries = [Query.startsWith('$id', 'p-')];
    const list = await alice.listRows({ ...orders, queries });
    expect([list.total, ids(list)]).toEqual([1, ['p-mine']]);
    expect(await outcome(alice.getRow({ ...orders, rowId: 'p-bob' }))).toBe('row_not_found');
    const update = (rowId: string) => alice.updateRow({ ...orders, rowId, data: { n: 1 } });
    expect(await outcome(update('p-mine'))).toBe('done');
    expect(await outcome(update('p-bob'))).toBe('user_unauthorized');
    expect(await outcome(alice.deleteRow({ ...orders, rowId: 'p-mine' }))).toBe(
      'user_unauthorized',
    );
    const cursor = [Query.cursorAfter('p-bob')];
    expect(await outcome(alice.listRows({ ...orders, queries: cursor }))).toBe(
      'general_cursor_not_found',
    );
  });

  test('finds a disabled table or database missing, while keys go on', async () => {
    const db = admin();
    const guest = new TablesDB(client());
    const place = { databaseId: 'shop', tableId: 'open' };
    await db.create({ databaseId: 'shop', name: 'Shop' });
    await db.createTable({ ...place, name: 'Open', permissions: [Permission.read(Role.any())] });
    expect(await outcome(guest.listRows(place))).toBe('done');
    await db.updateTable({ ...place, name: 'Open', enabled: false });
    expect(await outcome(guest.listRows(place))).toBe('table_not_found');
    await db.update({ databaseId: 'shop', name: 'Shop', enabled: false });
    expect(await outcome(guest.listRows(place))).toBe('database_not_found');
    expect(await outcome(db.listRows(place))).toBe('done');
  });

  test('cannot reach into the transaction of another', async () => {
    const alice = new TablesDB(await signIn('tess'));
    const { $id: transactionId } = await admin().createTransaction();
    expect(await outcome(alice.getTransaction({ transactionId }))).toBe('transaction_not_found');
    const read = alice.listRows({ ...orders, transactionId });
    expect(await outcome(read)).toBe('transaction_not_found');
  });
});

describe('every write', () => {
  test('is told once, after it happened, and a refused one never', async () => {
    const heard: string[] = [];
    const stop = server.services.changes.subscribe((change) => {
      const [first = ''] = change.events;
      if (change.channels.includes('rows')) heard.push(first.split('.').slice(-2).join(' '));
    });
    const db = admin();
    await db.createRow({ ...orders, rowId: 'told', data: { title: 'a', n: 0 } });
    const data = { title: 'b' };
    await outcome(db.createRow({ ...orders, rowId: 'told', data }));
    await db.incrementRowColumn({ ...orders, rowId: 'told', column: 'n' });
    const { $id: transactionId } = await db.createTransaction();
    await db.updateRow({ ...orders, rowId: 'told', data: { title: 'c' }, transactionId });
    const before = heard.length;
    await db.updateTransaction({ transactionId, commit: true });
    const last = { title: 'd' };
    await db.upsertRow({ ...orders, rowId: 'told', data: last });
    await db.deleteRow({ ...orders, rowId: 'told' });
    stop();
    expect(before).toBe(2);
    const actions = ['create', 'update', 'update', 'upsert', 'delete'];
    expect(heard).toEqual(actions.map((action) => `told ${action}`));
  });
});

describe('the older family of paths', () => {
  /* eslint-disable @typescript-eslint/no-deprecated -- these calls are what is tested */
  test('shows the same rows in its own words', async () => {
    const databases = new Databases(client().setKey(KEY));
    const place = { databaseId: 'main', collectionId: 'orders' };
    const data = { title: 'old words' };
    const made = await databases.createDocument({ ...place, documentId: 'legacy', data });
    expect(made).toMatchObject({ $id: 'legacy', $collectionId: 'orders' });
    expect(await admin().getRow({ ...orders, rowId: 'legacy' })).toMatchObject(data);
    const missing = databases.getDocument({ ...place, documentId: 'none' });
    expect(await outcome(missing)).toBe('document_not_found');
    const queries = [Query.equal('$id', 'legacy')];
    expect((await databases.listDocuments({ ...place, queries })).total).toBe(1);
    /* eslint-enable @typescript-eslint/no-deprecated */
  });
});

describe('a restart', () => {
  test('keeps definitions, rows, permissions and unique values', async () => {
    const db = admin();
    const permissions = [Permission.read(Role.any())];
    const data = { title: 'kept', name: 'Kept' };
    await db.createRow({ ...orders, rowId: 'kept', data, permissions });
    await server.stop();
    server = await start();
    const guest = new TablesDB(client());
    expect(await guest.getRow({ ...orders, rowId: 'kept' })).toMatchObject(data);
    const again = admin().createRow({ ...orders, rowId: 'other', data: { ...data, name: 'KEPT' } });
    expect(await outcome(again)).toBe('row_already_exists');
    const table = await admin().getTable(orders);
    expect([table.columns.length, table.indexes.length]).toEqual([6, 1]);
  });
});
