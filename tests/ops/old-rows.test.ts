/**
 * Rows as every released version saved them are still taken by today's tables, read by today's
 * schemas, and brought up to date by the migrations: once, also when they are cut off.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { toStored } from '#adapters/appwrite/rows.ts';
import * as views from '#schemas/contract/rows.ts';
import { deliveries } from '#schemas/record/message.ts';
import { effects, mulNos, planSnapshot, refunds } from '#schemas/record/order.ts';
import { conditions, facts, receipt } from '#schemas/record/runtime.ts';
import { promiseMinutes } from '#schemas/record/settings.ts';
import { tables } from '#schemas/tables/tables.ts';
import type { TableId } from '#schemas/tables/tables.ts';
import { migrations } from '#ops/migrate/migrations.ts';
import { openInstallation } from '#tests/support/installation.ts';
import type { TestInstallation } from '#tests/support/installation.ts';

type Row = Readonly<Record<string, unknown>> & { readonly $id: string };
type Saved = Readonly<Record<string, readonly Row[]>>;

const folder = join(import.meta.dirname, 'rows');
const versions = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const savedBy = (version: string): Saved =>
  JSON.parse(readFileSync(join(folder, `${version}.json`), 'utf8')) as Saved;

const { version: current } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
) as { version: string };

const slow = 120_000;
let place: TestInstallation;

const pathOf = (table: string): string => `/tablesdb/main/tables/${table}/rows`;
const rowsOf = async (table: string): Promise<readonly Row[]> =>
  (await place.ask('GET', pathOf(table)))['rows'] as readonly Row[];

beforeAll(async () => {
  place = await openInstallation();
  const deployed = await place.run('deploy', '--yes');
  if (deployed.code !== 0) throw new Error(deployed.text);
  // These rows are of machines that are not there; the product would act on them.
  await place.sleep();
  // Deployed empty, the project counts as migrated; these rows are of before.
  await place.ask('DELETE', `${pathOf('settings')}/migrations`);
}, slow);
afterAll(() => place.close());

const journal = z.object({ done: z.array(z.number()) });
const detail = z.record(z.string(), z.unknown());
/** JSON columns, and the view a member's browser has of a row. */
const readers: readonly (readonly [table: string, column: string, schema: z.ZodMiniType])[] = [
  ['orders', 'planSnapshot', planSnapshot],
  ['orders', 'effects', effects],
  ['orders', 'supersededMulNos', mulNos],
  ['orders', 'refunds', refunds],
  ['runtimes', 'conditions', conditions],
  ['runtimes', 'facts', facts],
  ['runtimes', 'receipt', receipt],
  ['timeline', 'detail', detail],
  ['tasks', 'detail', detail],
  ['messages', 'values', detail],
  ['messages', 'deliveries', deliveries],
];
const viewsOf: readonly (readonly [table: string, schema: z.ZodMiniType])[] = [
  ['workspaces', views.workspaceRow],
  ['team_members', views.teamMemberRow],
  ['invitations', views.invitationRow],
  ['orders', views.orderRow],
  ['runtimes', views.runtimeRow],
  ['timeline', views.timelineRow],
];

describe.each(versions)('rows of %s', (version) => {
  const saved = savedBy(version);

  test('are there of every table that the version had', () => {
    expect(Object.keys(saved).filter((table) => !(table in tables))).toEqual([]);
    // Of this one, that is every table of today: `node tests/ops/save-rows.ts` saves them.
    const wanted = version === current ? Object.keys(tables) : Object.keys(saved);
    expect(wanted.filter((table) => (saved[table] ?? []).length === 0)).toEqual([]);
  });

  test('are taken by the tables of today, and come back as they were', async () => {
    for (const [table, rows] of Object.entries(saved)) {
      const there = new Set((await rowsOf(table)).map(({ $id }) => $id));
      for (const row of rows.filter(({ $id }) => !there.has($id))) {
        const { $id: rowId, $permissions: permissions, ...data } = row;
        await place.ask('POST', pathOf(table), { rowId, permissions, data });
        expect(await place.ask('GET', `${pathOf(table)}/${rowId}`)).toMatchObject(row);
      }
    }
  });

  test('are believed by the functions, column by column', async () => {
    for (const [table, rows] of Object.entries(saved)) {
      const now = new Map((await rowsOf(table)).map((row) => [row.$id, row]));
      for (const { $id } of rows) {
        expect(toStored(table as TableId, now.get($id)).id, `${table} ${$id}`).toBe($id);
      }
    }
  });

  test.each(readers)('%s.%s is read, not replaced by a default', (table, column, schema) => {
    const texts = (saved[table] ?? [])
      .map((row) => row[column])
      .filter((text) => typeof text === 'string');
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      const parsed = schema.safeParse(JSON.parse(text));
      expect(parsed.success, `${text} ${JSON.stringify(parsed.error?.issues)}`).toBe(true);
    }
  });

  test('what an operator has set holds on', () => {
    const promise = (saved['settings'] ?? []).find(({ $id }) => $id === 'promise');
    const value = JSON.parse(String(promise?.['value'])) as object;
    expect(promiseMinutes.parse(value)).toMatchObject(value);
  });

  test('migrations it has had are not carried out again', async () => {
    const note = (saved['settings'] ?? []).find(({ $id }) => $id === 'migrations');
    const { done } = journal.parse(JSON.parse(String(note?.['value'])));
    expect(done.length).toBeGreaterThan(0);
    const { text } = await place.run('migrate', '--dry-run');
    const named = [...text.matchAll(/(\d{4}) [a-z-]+ \(/g)].map(([, number]) => Number(number));
    const later = migrations.map(({ number }) => number).filter((each) => !done.includes(each));
    expect(named, text).toEqual(later);
  });

  test.each(viewsOf)('the view of %s takes them', (table, schema) => {
    for (const row of saved[table] ?? []) expect(schema.safeParse(row).success).toBe(true);
  });
});

describe('migrations', () => {
  const unset = async (): Promise<readonly string[]> =>
    (await rowsOf('runtimes'))
      .filter(({ inspectedAtMinute, status }) => inspectedAtMinute === null && status !== 'deleted')
      .map(({ $id }) => $id);

  // The rows of the versions are there; their note of what was done is not.
  beforeAll(() => place.ask('DELETE', `${pathOf('settings')}/migrations`));

  test('a dry run says what would be done, and does nothing', async () => {
    const before = await unset();
    expect(before.length).toBeGreaterThan(0);
    const { code, text } = await place.run('migrate', '--dry-run');
    expect(code, text).toBe(4);
    expect(text).toContain(`0001 inspected-minute (runtimes)`);
    expect(text).toMatch(new RegExp(`${String(before.length)} of \\d+ rows`));
    expect(await unset()).toEqual(before);
    expect((await rowsOf('settings')).map(({ $id }) => $id)).not.toContain('migrations');
  });

  test('cut off before the first write it is begun again; a lost race is judged anew', async () => {
    const running = place.start('migrate');
    place.gate.set((method) => {
      if (method === 'PATCH') place.killGroup(running);
      return 'pass';
    });
    expect((await running.ended).signal).toBe('SIGKILL');
    let raced = false;
    place.gate.set((method, path) => {
      if (method !== 'PATCH' || !path.includes('/runtimes/') || raced) return 'pass';
      raced = true;
      return { status: 409, body: { type: 'row_update_conflict', message: 'newer', code: 409 } };
    });
    const { code, text } = await place.run('migrate');
    place.gate.set(() => 'pass');
    expect(code, text).toBe(0);
    expect(await unset()).toEqual([]);
  });

  test('done, it is done: nothing is looked at again', async () => {
    const again = await place.run('migrate');
    expect(again.text).toContain('Nothing to migrate.');
    expect(again.code).toBe(0);
    const dry = await place.run('migrate', '--dry-run');
    expect(dry.code).toBe(0);
  });
});
