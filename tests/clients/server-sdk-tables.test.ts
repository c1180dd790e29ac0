/**
 * The unmodified server SDK, data: definitions of every kind of column, rows one by one and in
 * bulk, counters, transactions.
 */
import {
  ID,
  Operator,
  OrderBy,
  Permission,
  Query,
  Role,
  TablesDB,
  TablesDBIndexType,
} from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SdkWorld } from './sdk-world.ts';
import { openSdkWorld, outcome } from './sdk-world.ts';

const at = { databaseId: 'main', tableId: 'things' };

let world: SdkWorld;
let db: TablesDB;

beforeAll(async () => {
  world = await openSdkWorld();
  db = new TablesDB(world.keyed());
});

afterAll(() => world.close());

describe('definitions', () => {
  test('databases and tables are made, listed, changed', async () => {
    const made = await db.create({ databaseId: 'main', name: 'Main' });
    expect(made).toMatchObject({ $id: 'main', enabled: true, type: 'tablesdb' });
    await db.create({ databaseId: 'spare', name: 'Spare' });
    expect(await db.update({ databaseId: 'spare', name: 'Other' })).toMatchObject({
      name: 'Other',
    });
    expect((await db.list({ queries: [Query.equal('name', 'Other')] })).total).toBe(1);
    expect((await db.get({ databaseId: 'spare' })).name).toBe('Other');
    await db.delete({ databaseId: 'spare' });
    expect(await outcome(db.get({ databaseId: 'spare' }))).toBe('database_not_found');
    const permissions = [Permission.read(Role.any())];
    await db.createTable({ ...at, name: 'Things', permissions, rowSecurity: true });
    await db.createTable({ databaseId: 'main', tableId: 'spare', name: 'Spare' });
    const changed = await db.updateTable({
      databaseId: 'main',
      tableId: 'spare',
      name: 'Renamed',
      permissions,
    });
    expect(changed).toMatchObject({ name: 'Renamed', $permissions: permissions });
    expect((await db.listTables({ databaseId: 'main', search: 'Renamed' })).total).toBe(1);
    await db.deleteTable({ databaseId: 'main', tableId: 'spare' });
    expect((await db.listTables({ databaseId: 'main' })).total).toBe(1);
  });

  test('a table is made with its columns and indexes in one call', async () => {
    const inline = { databaseId: 'main', tableId: 'inline' };
    const columns = [
      { key: 'name', type: 'varchar', size: 20, required: true },
      { key: 'n', type: 'integer', required: false, default: 3 },
    ];
    const indexes = [{ key: 'by_name', type: 'key', attributes: ['name'] }];
    await db.createTable({ ...inline, name: 'Inline', columns, indexes });
    const row = await db.createRow({ ...inline, rowId: 'a', data: { name: 'x' } as object });
    expect(row).toMatchObject({ name: 'x', n: 3 });
    expect((await db.listIndexes(inline)).indexes).toMatchObject([{ key: 'by_name' }]);
  });

  test('every kind of column, with its limits', async () => {
    const optional = { ...at, required: false };
    await db.createVarcharColumn({ ...at, key: 'name', size: 40, required: true });
    // Older configurations and the CLI still make these.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- tried on purpose
    await db.createStringColumn({ ...optional, key: 'note', size: 100 });
    await db.createTextColumn({ ...optional, key: 'text' });
    await db.createMediumtextColumn({ ...optional, key: 'medium' });
    await db.createLongtextColumn({ ...optional, key: 'long' });
    await db.createIntegerColumn({ ...optional, key: 'n', min: 0, max: 100, xdefault: 1 });
    await db.createBigIntColumn({ ...optional, key: 'big' });
    await db.createFloatColumn({ ...optional, key: 'share', min: 0, max: 1 });
    await db.createBooleanColumn({ ...optional, key: 'on', xdefault: true });
    await db.createDatetimeColumn({ ...optional, key: 'at' });
    await db.createEmailColumn({ ...optional, key: 'mail' });
    await db.createUrlColumn({ ...optional, key: 'home' });
    await db.createIpColumn({ ...optional, key: 'from' });
    await db.createEnumColumn({ ...optional, key: 'state', elements: ['new', 'paid'] });
    await db.createVarcharColumn({ ...optional, key: 'tags', size: 20, array: true });
    const { total, columns } = await db.listColumns(at);
    expect(total).toBe(15);
    expect(new Set(columns.map((column): string => column.status))).toEqual(new Set(['available']));
    expect(await db.getColumn({ ...at, key: 'share' })).toMatchObject({ type: 'double', max: 1 });
    expect(await db.getColumn({ ...at, key: 'state' })).toMatchObject({ format: 'enum' });
  });

  test('columns are changed, renamed and dropped', async () => {
    const grown = { ...at, key: 'n', required: false, min: 0, max: 1000, xdefault: 2 };
    expect(await db.updateIntegerColumn(grown)).toMatchObject({ max: 1000, default: 2 });
    const elements = ['new', 'paid', 'gone'];
    const state = { ...at, key: 'state', elements, required: false, xdefault: 'new' };
    expect(await db.updateEnumColumn(state)).toMatchObject({ elements, default: 'new' });
    const renamed = { ...at, key: 'note', required: false, newKey: 'remark' } as const;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- tried on purpose
    await db.updateStringColumn({ ...renamed, xdefault: '' });
    expect(await outcome(db.getColumn({ ...at, key: 'remark' }))).toBe('done');
    await db.deleteColumn({ ...at, key: 'remark' });
    expect(await outcome(db.getColumn({ ...at, key: 'remark' }))).toBe('column_not_found');
  });

  test('indexes keep values single and can be dropped', async () => {
    const orders = [OrderBy.Asc];
    const mail = { ...at, key: 'one_mail', type: TablesDBIndexType.Unique, columns: ['mail'] };
    await db.createIndex({ ...mail, orders });
    const words = { ...at, key: 'words', type: TablesDBIndexType.Fulltext, columns: ['name'] };
    await db.createIndex(words);
    expect(await db.getIndex({ ...at, key: 'one_mail' })).toMatchObject({ status: 'available' });
    expect((await db.listIndexes(at)).total).toBe(2);
    await db.createIndex({ ...mail, key: 'gone', columns: ['state'] });
    await db.deleteIndex({ ...at, key: 'gone' });
    expect(await outcome(db.getIndex({ ...at, key: 'gone' }))).toBe('column_index_not_found');
  });
});

describe('rows', () => {
  const data = {
    name: 'One',
    big: 9_007_199_254_740_991,
    share: 0.5,
    at: '2026-01-02T03:04:05+09:00',
    mail: 'one@example.com',
    home: 'https://example.com',
    from: '10.0.0.1',
    tags: ['a', 'b'],
  };

  test('one row from first to last, the biggest safe number whole', async () => {
    const made = await db.createRow({ ...at, rowId: 'one', data: data as object });
    const right = { ...data, at: '2026-01-01T18:04:05.000+00:00', n: 2, on: true, state: 'new' };
    expect(made).toMatchObject(right);
    expect(await db.getRow({ ...at, rowId: 'one' })).toMatchObject(right);
    const part = await db.getRow({ ...at, rowId: 'one', queries: [Query.select(['name'])] });
    expect(part).not.toHaveProperty('mail');
    const change = { state: 'paid' } as object;
    expect(await db.updateRow({ ...at, rowId: 'one', data: change })).toMatchObject(change);
    const permissions = [Permission.read(Role.user('ann')), Permission.write(Role.user('ann'))];
    const shared = await db.updateRow({ ...at, rowId: 'one', permissions });
    expect(shared.$permissions).toEqual([
      'read("user:ann")',
      'update("user:ann")',
      'delete("user:ann")',
    ]);
    const twin = { name: 'Twin', mail: data.mail } as object;
    const taken = db.createRow({ ...at, rowId: 'twin', data: twin });
    expect(await outcome(taken)).toBe('row_already_exists');
    const wrong = { name: 'x', state: 'lost' } as object;
    const unfit = db.createRow({ ...at, rowId: 'wrong', data: wrong });
    expect(await outcome(unfit)).toBe('row_invalid_structure');
    await db.deleteRow({ ...at, rowId: 'one' });
    expect(await outcome(db.getRow({ ...at, rowId: 'one' }))).toBe('row_not_found');
  });

  test('upsert makes, then changes', async () => {
    const first = { name: 'Up', n: 1 } as object;
    expect(await db.upsertRow({ ...at, rowId: 'up', data: first })).toMatchObject(first);
    const second = { name: 'Upper' } as object;
    const changed = await db.upsertRow({ ...at, rowId: 'up', data: second });
    expect(changed).toMatchObject({ name: 'Upper', n: 1 });
  });

  test('counters stop at their limit', async () => {
    const step = { ...at, rowId: 'up', column: 'n' };
    expect(await db.incrementRowColumn({ ...step, value: 4, max: 5 })).toMatchObject({ n: 5 });
    expect(await outcome(db.incrementRowColumn({ ...step, max: 5 }))).toBe('column_limit_exceeded');
    expect(await db.decrementRowColumn({ ...step, value: 5, min: 0 })).toMatchObject({ n: 0 });
    expect(await outcome(db.decrementRowColumn({ ...step, min: 0 }))).toBe('column_limit_exceeded');
  });

  test('many at once: made, changed, upserted, removed', async () => {
    const rows = Array.from({ length: 100 }, (_, n) => ({ $id: `b${n}`, name: 'bulk', n }));
    expect((await db.createRows({ ...at, rows })).total).toBe(100);
    const low = [Query.startsWith('$id', 'b'), Query.lessThan('n', 10)];
    const changed = await db.updateRows({ ...at, data: { state: 'paid' }, queries: low });
    expect(changed.total).toBe(10);
    const again = [
      { $id: 'b0', name: 'again' },
      { $id: 'b100', name: 'again' },
    ];
    expect((await db.upsertRows({ ...at, rows: again })).total).toBe(2);
    const named = [Query.equal('name', ['again']), Query.orderAsc('$id')];
    const { rows: found } = await db.listRows({ ...at, queries: named });
    expect(found).toMatchObject([{ $id: 'b0', n: 0, state: 'paid' }, { $id: 'b100' }]);
    const searched = await db.listRows({ ...at, queries: [Query.search('name', 'again')] });
    expect(searched.total).toBe(2);
    await db.deleteRows({ ...at, queries: [Query.startsWith('$id', 'b')] });
    expect((await db.listRows({ ...at, queries: [Query.startsWith('$id', 'b')] })).total).toBe(0);
  });

  test('are sought by every filter the SDK can write', async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({
      $id: `q${n}`,
      name: `Q ${n}`,
      n,
      tags: n % 2 === 0 ? ['even'] : ['odd'],
      ...(n < 5 ? { at: '2026-01-01T00:00:00.000+00:00' } : {}),
    }));
    await db.createRows({ ...at, rows });
    const own = Query.startsWith('$id', 'q');
    const totals = async (...queries: string[]): Promise<number> =>
      (await db.listRows({ ...at, queries: [own, ...queries] })).total;
    expect(await totals(Query.between('n', 3, 7))).toBe(5);
    expect(await totals(Query.notBetween('n', 3, 7))).toBe(15);
    expect(await totals(Query.contains('tags', ['even']))).toBe(10);
    expect(await totals(Query.notContains('tags', ['even']))).toBe(10);
    expect(await totals(Query.endsWith('name', ' 7'))).toBe(1);
    expect(await totals(Query.notStartsWith('name', 'Q 1'))).toBe(9);
    expect(await totals(Query.isNull('at'))).toBe(15);
    expect(await totals(Query.isNotNull('at'))).toBe(5);
    expect(await totals(Query.notEqual('n', 3))).toBe(19);
    expect(await totals(Query.createdAfter('2020-01-01T00:00:00.000+00:00'))).toBe(20);
    const either = [
      Query.and([Query.greaterThan('n', 17), Query.lessThan('n', 30)]),
      Query.equal('n', 0),
    ];
    expect(await totals(Query.or([...either, Query.lessThanEqual('n', 1)]))).toBe(4);
    const page = await db.listRows({
      ...at,
      queries: [own, Query.orderDesc('n'), Query.limit(2), Query.offset(1)],
    });
    expect(page.rows.map((row) => row.$id)).toEqual(['q18', 'q17']);
  });
});

describe('operators', () => {
  test('change a row from what it is, one by one, in bulk, in a transaction', async () => {
    const data = { name: 'op', n: 5, tags: ['a'], on: true } as object;
    await db.createRow({ ...at, rowId: 'op1', data });
    await db.createRow({ ...at, rowId: 'op2', data });
    const change = {
      n: Operator.increment(3, 1000),
      name: Operator.stringConcat('!'),
      tags: Operator.arrayAppend(['b']),
      on: Operator.toggle(),
      at: Operator.dateSetNow(),
    } as object;
    const changed = await db.updateRow({ ...at, rowId: 'op1', data: change });
    expect(changed).toMatchObject({ n: 8, name: 'op!', tags: ['a', 'b'], on: false });
    expect(Date.parse(String((changed as Record<string, unknown>)['at']))).toBeGreaterThan(0);
    const both = [Query.startsWith('$id', 'op')];
    await db.updateRows({ ...at, data: { n: Operator.multiply(2) }, queries: both });
    const upsert = { name: Operator.stringReplace('op', 'up'), n: Operator.decrement(1) } as object;
    await db.upsertRow({ ...at, rowId: 'op2', data: upsert });
    const { $id: transactionId } = await db.createTransaction();
    const staged = { n: Operator.increment(100) } as object;
    await db.updateRow({ ...at, rowId: 'op1', data: staged, transactionId });
    await db.updateTransaction({ transactionId, commit: true });
    const { rows } = await db.listRows({ ...at, queries: [...both, Query.orderAsc('$id')] });
    expect(rows).toMatchObject([
      { n: 116, name: 'op!' },
      { n: 9, name: 'up' },
    ]);
  });

  test('twenty at once all count, and the column’s own bounds hold', async () => {
    const works = Array.from({ length: 20 }, () =>
      db.updateRow({ ...at, rowId: 'op2', data: { n: Operator.increment(1) } as object }),
    );
    await Promise.all(works);
    expect(await db.getRow({ ...at, rowId: 'op2' })).toMatchObject({ n: 29 });
    const far = { n: Operator.power(5) } as object;
    const over = db.updateRow({ ...at, rowId: 'op2', data: far });
    expect(await outcome(over)).toBe('row_invalid_structure');
    const unfit = { name: Operator.increment(1) } as object;
    const wrong = db.updateRow({ ...at, rowId: 'op2', data: unfit });
    expect(await outcome(wrong)).toBe('row_invalid_structure');
  });
});

describe('transactions', () => {
  test('all kinds of steps, unseen until committed', async () => {
    const { $id: transactionId, status } = await db.createTransaction({ ttl: 60 });
    expect(status).toBe('pending');
    const data = { name: 'staged', n: 1 } as object;
    await db.createRow({ ...at, rowId: 'tx1', data, transactionId });
    await db.upsertRow({ ...at, rowId: 'tx2', data, transactionId });
    await db.incrementRowColumn({ ...at, rowId: 'tx1', column: 'n', value: 2, transactionId });
    const operations = [
      { action: 'create', ...at, rowId: 'tx3', data },
      { action: 'update', ...at, rowId: 'tx1', data: { state: 'paid' } },
      { action: 'decrement', ...at, rowId: 'tx2', data: { column: 'n', value: 1 } },
      { action: 'delete', ...at, rowId: 'tx3' },
    ];
    const staged = await db.createOperations({ transactionId, operations });
    expect(staged.operations).toBe(7);
    expect(await outcome(db.getRow({ ...at, rowId: 'tx1' }))).toBe('row_not_found');
    const inside = await db.getRow({ ...at, rowId: 'tx1', transactionId });
    expect(inside).toMatchObject({ n: 3, state: 'paid' });
    const done = await db.updateTransaction({ transactionId, commit: true });
    expect(done.status).toBe('committed');
    const queries = [Query.startsWith('$id', 'tx'), Query.orderAsc('$id')];
    const { rows } = await db.listRows({ ...at, queries });
    expect(rows).toMatchObject([
      { $id: 'tx1', n: 3, state: 'paid' },
      { $id: 'tx2', n: 0 },
    ]);
  });

  test('rolled back leaves nothing; listed and deleted like other things', async () => {
    const { $id: transactionId } = await db.createTransaction();
    const data = { name: 'never' } as object;
    await db.createRow({ ...at, rowId: ID.custom('never'), data, transactionId });
    expect((await db.getTransaction({ transactionId })).operations).toBe(1);
    await db.updateTransaction({ transactionId, rollback: true });
    expect(await outcome(db.getRow({ ...at, rowId: 'never' }))).toBe('row_not_found');
    expect((await db.listTransactions()).total).toBeGreaterThan(0);
    const { $id: other } = await db.createTransaction();
    await db.deleteTransaction({ transactionId: other });
    expect(await outcome(db.getTransaction({ transactionId: other }))).toBe(
      'transaction_not_found',
    );
  });
});
