/**
 * Export → wipe → import gives the same digest, at 100,000 rows; cut off it goes on; and it neither
 * writes over rows that are not its own nor believes a damaged file.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tables } from '#schemas/tables/tables.ts';
import type { Column } from '#schemas/tables/define.ts';
import { openInstallation } from '#tests/support/installation.ts';
import type { Ended, TestInstallation } from '#tests/support/installation.ts';

const rowsWanted = 100_000;
const rowsAWrite = 100;
const slow = 300_000;

let place: TestInstallation;
let digest = '';

const digestIn = (text: string): string => /[Dd]igest ([0-9a-f]{64})/.exec(text)?.[1] ?? '';
const folder = (name: string): string => join(place.folder, name);
const pathOf = (table: string): string => `/tablesdb/main/tables/${table}/rows`;

const totalOf = async (table: string): Promise<unknown> =>
  (await place.ask('GET', pathOf(table)))['total'];

/** A value that fits the column and differs from row to row. */
const valueFor = (column: Column, number: number): unknown => {
  switch (column.type) {
    case 'string':
      // Text that a careless writer damages: quotes, a line end, Korean.
      return column.size < 20
        ? String(number)
        : `"값" \\ ${String(number)}\n`.slice(0, column.size);
    case 'enum':
      return column.elements[number % column.elements.length];
    case 'integer':
      return Math.max(column.min, number % Math.min(column.max, 1_000_000));
    case 'boolean':
      return number % 2 === 0;
    case 'datetime':
      return new Date(1_700_000_000_000 + number * 1_001).toISOString();
  }
};

const dataFor = (columns: Readonly<Record<string, Column>>, number: number) =>
  Object.fromEntries(
    Object.entries(columns)
      .filter(([, column]) => column.required || number % 3 !== 0)
      .map(([key, column]) => [key, valueFor(column, number)]),
  );

const fill = async (table: keyof typeof tables, count: number): Promise<void> => {
  for (let from = 0; from < count; from += rowsAWrite) {
    const rows = Array.from({ length: Math.min(rowsAWrite, count - from) }, (_, at) => ({
      $id: `r${String(from + at)}`,
      $permissions: [`read("team:w${String((from + at) % 7)}")`],
      ...dataFor(tables[table].columns, from + at),
    }));
    await place.ask('POST', pathOf(table), { rows });
  }
};

const makeTables = async (): Promise<void> => {
  const deployed = await place.run('deploy', '--yes');
  if (deployed.code !== 0) throw new Error(deployed.text);
};

const wipe = async (): Promise<void> => {
  for (const id of Object.keys(tables)) {
    while ((await totalOf(id)) !== 0) {
      const queries = [JSON.stringify({ method: 'limit', values: [100] })];
      await place.ask('DELETE', pathOf(id), { queries });
    }
  }
};

beforeAll(async () => {
  place = await openInstallation();
  await makeTables();
  // Nothing of the product may write while rows are counted.
  await place.sleep();
  await place.ask('DELETE', `${pathOf('settings')}/migrations`);
  const small = Object.keys(tables).filter((id) => !['timeline', 'orders'].includes(id));
  for (const id of small) await fill(id as keyof typeof tables, 137);
  await fill('orders', 10_000);
  await fill('timeline', rowsWanted - 10_000 - small.length * 137);
}, slow);
afterAll(() => place.close());

const succeeded = (ended: Ended): string => {
  expect(ended.code, ended.text).toBe(0);
  return ended.text;
};

const rate = (text: string): string => {
  const [, rows = '0', seconds = '1'] = /(\d+) rows .*?([\d.]+) s/.exec(text) ?? [];
  return `${rows} rows in ${seconds} s, ${(Number(rows) / Number(seconds)).toFixed(0)} rows/s`;
};

describe('a backup', () => {
  test(
    'killed and run again is whole',
    async () => {
      const running = place.start('export', folder('a'));
      let pages = 0;
      place.gate.set((_method, path) => {
        if (path.includes('/timeline/rows') && (pages += 1) === 60) place.killGroup(running);
        return 'pass';
      });
      expect((await running.ended).signal).toBe('SIGKILL');
      place.gate.set(() => 'pass');
      const text = succeeded(await place.run('export', folder('a')));
      digest = digestIn(text);
      expect(digest).not.toBe('');
      expect(text).toContain(`${String(rowsWanted)} rows`);
    },
    slow,
  );

  test('can be read by its owner only, and is not written over', async () => {
    expect((await place.run('export', folder('a'))).text).toContain('finished backup');
    expect(readdirSync(folder('a')).filter((name) => name.endsWith('.writing'))).toEqual([]);
  });

  test(
    'is refused by a project with other rows; nothing is touched',
    async () => {
      await place.ask('PATCH', `${pathOf('orders')}/r77`, { data: { runtimeName: 'changed' } });
      const { code, text } = await place.run('import', folder('a'));
      expect(code).toBe(1);
      expect(text).toContain('orders');
      expect(text).toContain('--replace');
      expect(await place.ask('GET', `${pathOf('orders')}/r77`)).toMatchObject({
        runtimeName: 'changed',
      });
      expect(await place.ask('GET', `${pathOf('orders')}/r9999`)).toBeTruthy();
      const wrong = await place.run('import', folder('a'), '--replace', 'another');
      expect(wrong.code).toBe(2);
    },
    slow,
  );

  test(
    'is brought back into empty tables, killed on the way, with the same digest',
    async () => {
      await wipe();
      // As a project is that nothing but a deploy has written to.
      succeeded(await place.run('migrate'));
      expect(await totalOf('settings')).toBe(1);
      const running = place.start('import', folder('a'));
      let writes = 0;
      place.gate.set((method, path) => {
        const isWrite = method === 'POST' && path.includes('/timeline/rows');
        if (isWrite && (writes += 1) === 100) place.killGroup(running);
        return 'pass';
      });
      expect((await running.ended).signal).toBe('SIGKILL');
      place.gate.set(() => 'pass');
      const text = succeeded(await place.run('import', folder('a')));
      expect(digestIn(text)).toBe(digest);
      process.stdout.write(`import, the rest of it: ${rate(text)}\n`);
      const again = succeeded(await place.run('export', folder('b')));
      expect(digestIn(again)).toBe(digest);
      process.stdout.write(`export: ${rate(again)}\n`);
    },
    slow,
  );

  test(
    'replaces other rows when told, by the name of the project',
    async () => {
      await place.ask('DELETE', `${pathOf('invites')}/r5`);
      await place.ask('PATCH', `${pathOf('members')}/r1`, { data: { name: 'other' } });
      const text = succeeded(await place.run('import', folder('a'), '--replace', 'selling'));
      expect(digestIn(text)).toBe(digest);
    },
    slow,
  );

  test('leaves the functions asleep, and a deploy wakes them', async () => {
    const asleep = await place.ask('GET', '/functions/reconcile');
    expect(asleep).toMatchObject({ enabled: false, schedule: '', events: [] });
    const plan = await place.run('deploy', '--plan');
    expect(plan.text).toContain('~ function reconcile  events: [] →');
  });

  test(
    'that is damaged is refused before a row is written',
    async () => {
      await place.ask('DELETE', `${pathOf('invites')}/r136`);
      const file = join(folder('b'), 'orders.000001.jsonl.gz');
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      const { code, text } = await place.run('import', folder('b'));
      expect(code).toBe(1);
      expect(text).toContain('orders.000001.jsonl.gz is damaged');
      expect(await totalOf('invites')).toBe(136);
    },
    slow,
  );

  test('into a folder of nothing is said plainly', async () => {
    const { code, text } = await place.run('import', folder('nowhere'));
    expect(code).toBe(1);
    expect(text).toContain('holds no backup');
    expect(existsSync(folder('nowhere'))).toBe(false);
    expect((await place.run('export')).code).toBe(2);
  });
});
