/** The cost of each kind of request in one table as it grows, and the memory it leaves. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Call, ServerProcess } from '#tests/crash/appwrite/process.ts';
import { measure, timesOf } from './measure.ts';
import type { Figure } from './report.ts';

const database = 'growth';
const tables = `/tablesdb/${database}/tables`;
const rows = `${tables}/rows/rows`;
const sizes = [1_000, 10_000, 100_000] as const;
const bulkRows = 100;
const statuses = ['pending', 'paid', 'provisioning', 'ready', 'failed'] as const;

export async function must(
  call: Call,
  ...[method, path, body]: Parameters<Call>
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await call(method, path, body);
  if (answer.status < 400) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

export async function createTable(call: Call, databaseId: string): Promise<void> {
  const path = `/tablesdb/${databaseId}/tables`;
  await must(call, 'POST', '/tablesdb', { databaseId, name: databaseId });
  const table = { tableId: 'rows', name: 'rows', permissions: ['read("any")'] };
  await must(call, 'POST', path, table);
  for (const key of ['status', 'note']) {
    const column = { key, size: 200, required: false };
    await must(call, 'POST', `${path}/rows/columns/string`, column);
  }
  await must(call, 'POST', `${path}/rows/columns/integer`, { key: 'amount', required: false });
  const index = { key: 'byStatus', type: 'key', columns: ['status', 'amount'] };
  await must(call, 'POST', `${path}/rows/indexes`, index);
}

const dataOf = (index: number): object => ({
  status: statuses[index % statuses.length],
  amount: (index * 7919) % 100_000,
  note: `row number ${index} ${'x'.repeat(60)}`,
});

const query = (method: string, attribute: string, value: unknown): string =>
  encodeURIComponent(JSON.stringify({ method, attribute, values: [value] }));

function listPath(index: number): string {
  const status = query('equal', 'status', statuses[index % statuses.length]);
  const amount = query('greaterThan', 'amount', 20_000);
  return `${rows}?queries[0]=${status}&queries[1]=${amount}`;
}

async function fill(call: Call, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += bulkRows) {
    const batch = Array.from({ length: Math.min(bulkRows, to - start) }, (_, index) => ({
      $id: `g${start + index}`,
      ...dataOf(start + index),
    }));
    await must(call, 'POST', rows, { rows: batch });
  }
}

async function atSize(call: Call, size: number): Promise<Figure[]> {
  const count = 300;
  const id = (index: number): string => `g${(index * 331) % size}`;
  const at = `, ${size} rows`;
  const time = async (
    name: string,
    work: (index: number) => Promise<unknown>,
  ): Promise<Figure> => ({
    name: `${name}${at}`,
    measured: await measure(count, 1, work),
  });
  return [
    await time('growth: create', (index) =>
      must(call, 'POST', rows, { rowId: `n${size}-${index}`, data: dataOf(index) }),
    ),
    await time('growth: get', (index) => must(call, 'GET', `${rows}/${id(index)}`)),
    await time('growth: update', (index) =>
      must(call, 'PATCH', `${rows}/${id(index)}`, { data: { amount: index } }),
    ),
    await time('growth: list 25, 2 filters', (index) => must(call, 'GET', listPath(index))),
  ];
}

export async function measureGrowth({ call }: ServerProcess): Promise<Figure[]> {
  await createTable(call, database);
  const figures: Figure[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(call, filled, size);
    filled = size;
    figures.push(...(await atSize(call, size)));
  }
  return figures;
}

/** The least a request costs here when the processor has rested, as before each realtime event. */
export async function measureRested({ call }: ServerProcess): Promise<Figure> {
  const restMs = 20;
  const latenciesMs: number[] = [];
  const count = 150;
  for (let index = 0; index < count; index += 1) {
    await wait(restMs);
    const sentAtMs = performance.now();
    await must(call, 'GET', '/health/version');
    latenciesMs.push(performance.now() - sentAtMs);
  }
  const name = `GET /health/version, ${restMs} ms apart`;
  return { name, measured: { ...timesOf(latenciesMs, NaN) } };
}

/** What is left without the given bench: the same names, fewer of them. */
export async function measureRows({ call }: ServerProcess): Promise<Figure[]> {
  await createTable(call, 'small');
  const path = '/tablesdb/small/tables/rows/rows';
  const create = (prefix: string) => (index: number) =>
    must(call, 'POST', path, { rowId: `${prefix}${index}`, data: dataOf(index) });
  const get = (index: number): Promise<unknown> => must(call, 'GET', `${path}/s${index % 300}`);
  const update = (index: number): Promise<unknown> =>
    must(call, 'PATCH', `${path}/s${index % 300}`, { data: { amount: index } });
  return [
    { name: 'row create seq', measured: await measure(300, 1, create('s')) },
    { name: 'row get seq', measured: await measure(300, 1, get) },
    { name: 'row update seq', measured: await measure(300, 1, update) },
    { name: 'row create x20', measured: await measure(1000, 20, create('c')) },
    { name: 'row get x20', measured: await measure(1000, 20, get) },
    { name: 'row update x20', measured: await measure(1000, 20, update) },
  ];
}
