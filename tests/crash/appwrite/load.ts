/**
 * Load that remembers what was acknowledged, and the check that it is still there: single rows,
 * rows with readers (two SQLite tables), bulk writes (all or nothing) and a counter. What was
 * under way when the server died may be there wholly or not at all.
 */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Call, ServerProcess } from './process.ts';

export const rowsPath = '/tablesdb/crash/tables/rows/rows';
const bulkRows = 5;
const counterId = 'counter';

export interface Ledger {
  /** Row id → amount, of creates that were answered with 201. */
  readonly acknowledged: Map<string, number>;
  /** Sent and never answered. */
  readonly unknown: Set<string>;
  /** Bulk writes: first row's number → whether it was acknowledged. */
  readonly bulks: Map<string, boolean>;
  counterAcknowledged: number;
  counterSent: number;
  serial: number;
}

export function newLedger(): Ledger {
  return {
    acknowledged: new Map(),
    unknown: new Set(),
    bulks: new Map(),
    counterAcknowledged: 0,
    counterSent: 0,
    serial: 0,
  };
}

async function must(call: Call, path: string, body: object): Promise<void> {
  const { status, body: answer } = await call('POST', path, body);
  if (status >= 400) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
}

export async function createTables(call: Call): Promise<void> {
  const table = '/tablesdb/crash/tables';
  await must(call, '/tablesdb', { databaseId: 'crash', name: 'crash' });
  await must(call, table, { tableId: 'rows', name: 'rows', permissions: [], rowSecurity: true });
  await must(call, `${table}/rows/columns/string`, { key: 'note', size: 200, required: true });
  await must(call, `${table}/rows/columns/integer`, { key: 'amount', required: true });
  const index = { key: 'byAmount', type: 'key', columns: ['amount'] };
  await must(call, `${table}/rows/indexes`, index);
  await must(call, rowsPath, { rowId: counterId, data: { note: counterId, amount: 0 } });
}

const amountOf = (serial: number): number => (serial * 7919) % 1_000_003;

async function createOne(call: Call, ledger: Ledger, withReaders: boolean): Promise<void> {
  const serial = (ledger.serial += 1);
  const rowId = `r${serial}`;
  const amount = amountOf(serial);
  ledger.unknown.add(rowId);
  const permissions = withReaders ? ['read("users")', 'read("team:a")'] : [];
  const data = { note: `note ${rowId}`, amount };
  const { status } = await call('POST', rowsPath, { rowId, data, permissions });
  if (status !== 201) throw new Error(`create answered ${status}`);
  ledger.unknown.delete(rowId);
  ledger.acknowledged.set(rowId, amount);
}

async function createBulk(call: Call, ledger: Ledger): Promise<void> {
  const batch = `b${(ledger.serial += 1)}`;
  ledger.bulks.set(batch, false);
  const rows = Array.from({ length: bulkRows }, (_, index) => ({
    $id: `${batch}-${index}`,
    note: batch,
    amount: index,
  }));
  const { status } = await call('POST', rowsPath, { rows });
  if (status !== 201) throw new Error(`bulk answered ${status}`);
  ledger.bulks.set(batch, true);
}

async function count(call: Call, ledger: Ledger): Promise<void> {
  const amount = (ledger.counterSent = ledger.counterAcknowledged + 1);
  const { status } = await call('PATCH', `${rowsPath}/${counterId}`, { data: { amount } });
  if (status !== 200) throw new Error(`update answered ${status}`);
  ledger.counterAcknowledged = amount;
}

/** Drives the server until its connections break; resolves then. */
export async function load(server: ServerProcess, ledger: Ledger): Promise<void> {
  let alive = true;
  const loop = async (work: (call: Call, ledger: Ledger) => Promise<void>): Promise<void> => {
    try {
      while (alive) await work(server.call, ledger);
    } catch (error) {
      alive = false;
      // A refusal is not what a death looks like.
      if (error instanceof Error && error.message.includes('answered')) throw error;
    }
  };
  const single = (call: Call): Promise<void> => createOne(call, ledger, false);
  const shared = (call: Call): Promise<void> => createOne(call, ledger, true);
  await Promise.all([single, single, shared, createBulk, count].map(loop));
}

/** What is wrong with the file after a death; [] if nothing. Looks at a copy: the log as it is. */
export function problems(dataDir: string, scratch: string, ledger: Ledger): string[] {
  for (const end of ['', '-wal']) {
    const from = join(dataDir, `appwrite.sqlite${end}`);
    if (existsSync(from)) cpSync(from, join(scratch, `copy.sqlite${end}`));
  }
  const db = new DatabaseSync(join(scratch, 'copy.sqlite'));
  try {
    return [...integrity(db), ...missing(db, ledger), ...torn(db, ledger)];
  } finally {
    db.close();
  }
}

function integrity(db: DatabaseSync): string[] {
  const found = db.prepare('PRAGMA integrity_check').all();
  return found.map((row) => String(row['integrity_check'])).filter((text) => text !== 'ok');
}

const system: ReadonlySet<string> = new Set(['_seq', '_id', '_created', '_updated', '_perms']);

/** Columns are stored under names of their own, in the order they were made. */
function stored(db: DatabaseSync): Map<string, { readonly note: string; readonly amount: number }> {
  const columns = db.prepare('PRAGMA table_info(tdb_rows_1)').all();
  const own = columns.map((column) => String(column['name'])).filter((name) => !system.has(name));
  const [note = '', amount = ''] = own;
  const sql = `SELECT _id AS id, ${note} AS note, ${amount} AS amount FROM tdb_rows_1`;
  const rows = db.prepare(sql).all();
  return new Map(
    rows.map((row) => [
      String(row['id']),
      { note: String(row['note']), amount: Number(row['amount']) },
    ]),
  );
}

function missing(db: DatabaseSync, ledger: Ledger): string[] {
  const rows = stored(db);
  const found: string[] = [];
  for (const [id, amount] of ledger.acknowledged) {
    const row = rows.get(id);
    if (row?.amount !== amount || row.note !== `note ${id}`) found.push(`${id} is lost`);
  }
  for (const id of ledger.unknown) {
    const row = rows.get(id);
    if (row === undefined) continue;
    const amount = amountOf(Number(id.slice(1)));
    if (row.amount !== amount || row.note !== `note ${id}`) found.push(`${id} is torn`);
    // It was written after all, and may not get lost from now on.
    ledger.unknown.delete(id);
    ledger.acknowledged.set(id, amount);
  }
  const counter = rows.get(counterId)?.amount ?? -1;
  if (counter < ledger.counterAcknowledged || counter > ledger.counterSent) {
    found.push(`the counter is ${counter}, acknowledged was ${ledger.counterAcknowledged}`);
  }
  ledger.counterAcknowledged = counter;
  return found;
}

function torn(db: DatabaseSync, ledger: Ledger): string[] {
  const found: string[] = [];
  const ids = db.prepare('SELECT _id AS id FROM tdb_rows_1').all();
  const parts = new Map<string, number>();
  for (const { id } of ids) {
    const batch = /^(b\d+)-/.exec(String(id))?.[1];
    if (batch !== undefined) parts.set(batch, (parts.get(batch) ?? 0) + 1);
  }
  for (const [batch, acknowledged] of ledger.bulks) {
    const present = parts.get(batch) ?? 0;
    if (present !== bulkRows && (acknowledged || present !== 0)) {
      found.push(`bulk ${batch} has ${present} of ${bulkRows} rows`);
    }
  }
  const readers =
    'SELECT count(*) AS n FROM tdb_rows_1 AS r WHERE' +
    ` (SELECT count(*) FROM tdb_readers_1 WHERE row = r._seq) <> json_array_length(r._perms)`;
  const apart = Number(db.prepare(readers).get()?.['n'] ?? 0);
  if (apart > 0) found.push(`${apart} rows and their readers disagree`);
  return found;
}
