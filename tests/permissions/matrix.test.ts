/**
 * The whole permission matrix against an oracle of its own (`rules.ts`): every role on the table,
 * on the row, on both or on neither, with and without row security, for every operation and every
 * caller, and what each caller's socket heard of it. Each test counts its cases.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from './cases.ts';
import { wrongOf } from './cases.ts';
import { createPlaces, places } from './places.ts';
import type { Caller, Person, Row, Table, Verdict } from './rules.ts';
import {
  callers,
  creating,
  deleting,
  getting,
  granting,
  listing,
  may,
  people,
  roleNames,
  updating,
} from './rules.ts';
import type { Answer, World } from './world.ts';
import { openWorld, rowsOf } from './world.ts';

const timeoutMs = 60_000;
const copyFor = (row: Row, caller: Caller): Row => ({ ...row, id: `${row.id}_${caller}` });

let world: World;
/** What each person must have heard. */
const expected = new Map<Person, string[]>(people.map((person) => [person, []]));

const happened = (table: Table, row: Row, action: string): void => {
  for (const person of people) {
    if (may(person, 'read', table, row)) {
      expected.get(person)?.push(`${table.id}/${row.id} ${action}`);
    }
  }
};

const makeRows = async (table: Table, rows: readonly Row[]): Promise<void> => {
  await world.makeRows(table, rows);
  for (const row of rows) happened(table, row, 'create');
};

beforeAll(async () => {
  world = await openWorld();
  for (const { table, rows } of [...places, ...createPlaces]) {
    await world.makeTable(table);
    if (rows.length > 0) await makeRows(table, rows);
  }
}, timeoutMs);

afterAll(() => world.close());

const everywhere = (make: (caller: Caller, table: Table, row: Row) => Case): Case[] =>
  places.flatMap(({ table, rows }) =>
    rows.flatMap((row) => callers.map((caller) => make(caller, table, row))),
  );

const named = (caller: Caller, table: Table, row: Row): string => `${caller} ${table.id}/${row.id}`;

const verdictOf = ({ status, type }: Answer): Verdict => ({ status, type });

describe('the matrix', { timeout: timeoutMs }, () => {
  test('create: the table alone says who', async () => {
    const cases = [...places, ...createPlaces].flatMap(({ table }) =>
      callers.map((caller): Case => {
        const row: Row = { id: `by_${caller}`, grant: undefined };
        const body = { rowId: row.id, data: { n: 1 }, permissions: [] };
        const verdict = creating(caller, table);
        if (verdict.status === 201) happened(table, row, 'create');
        const run = () => world.ask(caller, { method: 'POST', path: rowsOf(table), body });
        return { name: named(caller, table, row), run, verdict };
      }),
    );
    expect(cases).toHaveLength(122 * callers.length);
    expect(await wrongOf(cases)).toEqual([]);
    // Gone again, so that the lists below hold what was made for them.
    for (const { table } of places) {
      for (const caller of callers.filter((one) => may(one, 'create', table))) {
        const row: Row = { id: `by_${caller}`, grant: undefined };
        await world.ask('key', { method: 'DELETE', path: `${rowsOf(table)}/${row.id}` });
        happened(table, row, 'delete');
      }
    }
  });

  test('get: a row that may not be seen is not there', async () => {
    const cases = everywhere((caller, table, row) => ({
      name: named(caller, table, row),
      run: () => world.ask(caller, { method: 'GET', path: `${rowsOf(table)}/${row.id}` }),
      verdict: getting(caller, table, row),
    }));
    expect(cases.length).toBeGreaterThan(10_000);
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('list: exactly the rows that may be seen, or 401', async () => {
    const limit = encodeURIComponent(JSON.stringify({ method: 'limit', values: [100] }));
    const wrong: unknown[] = [];
    for (const { table, rows } of places) {
      for (const caller of callers) {
        const path = `${rowsOf(table)}?queries[0]=${limit}`;
        const answer = await world.ask(caller, { method: 'GET', path });
        const found = (answer.body['rows'] ?? []) as readonly { $id: string }[];
        const seen = answer.status === 200 ? found.map((row) => row.$id) : verdictOf(answer);
        const right = listing(caller, table, rows);
        const total = answer.body['total'] ?? 0;
        const totalFits = answer.status !== 200 || total === found.length;
        if (totalFits && JSON.stringify(seen) === JSON.stringify(right)) continue;
        wrong.push({ caller, table: table.id, seen, right, total });
      }
    }
    expect(wrong).toEqual([]);
  });

  test('update: 401 without the right, seen or not', async () => {
    let count = 0;
    const cases = everywhere((caller, table, row) => {
      const verdict = updating(caller, table, row);
      if (verdict.status === 200) happened(table, row, 'update');
      count += 1;
      // Never the value that stands there: writing nothing new is no update.
      const body = { data: { n: count } };
      const path = `${rowsOf(table)}/${row.id}`;
      const run = () => world.ask(caller, { method: 'PATCH', path, body });
      return { name: named(caller, table, row), run, verdict };
    });
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('delete: 401 without the right, seen or not', async () => {
    for (const { table, rows } of places) {
      const copies = rows.flatMap((row) => callers.map((caller) => copyFor(row, caller)));
      await makeRows(table, copies);
    }
    const cases = everywhere((caller, table, row) => {
      const copy = copyFor(row, caller);
      const verdict = deleting(caller, table, copy);
      if (verdict.status === 204) happened(table, copy, 'delete');
      const path = `${rowsOf(table)}/${copy.id}`;
      const run = () => world.ask(caller, { method: 'DELETE', path });
      return { name: named(caller, table, copy), run, verdict };
    });
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('realtime: each of them heard all of that it may see, once, and nothing else', async () => {
    for (const person of people) {
      const heard = [...(await world.heardBy(person))].sort();
      const right = [...(expected.get(person) ?? [])].sort();
      expect(right.length).toBeGreaterThan(500);
      const known = new Set(right);
      expect(heard.filter((name) => !known.has(name))).toEqual([]);
      const reached = new Set(heard);
      expect(right.filter((name) => !reached.has(name))).toEqual([]);
      expect(heard.length).toBe(right.length);
    }
  });
});

describe('what is given away', { timeout: timeoutMs }, () => {
  const open: Table = { id: 'open', rowSecurity: true, grant: { verb: 'create', role: 'any' } };

  test('only roles one holds, on rows of one’s own', async () => {
    await world.makeTable(open);
    const cases = callers.flatMap((caller) =>
      roleNames.map((role): Case => {
        const permissions = [world.permissionText({ verb: 'read', role })];
        const body = { rowId: `${role}_${caller}`, data: { n: 1 }, permissions };
        const run = () => world.ask(caller, { method: 'POST', path: rowsOf(open), body });
        return { name: `${caller} gives ${role}`, run, verdict: granting(caller, role) };
      }),
    );
    expect(await wrongOf(cases)).toEqual([]);
  });

  test.each([
    ['guest', []],
    ['alice', ['read("user:alice")', 'update("user:alice")', 'delete("user:alice")']],
    ['key', []],
  ] as const)('a row made without a word by %s is for its maker', async (caller, right) => {
    const body = { rowId: `silent_${caller}`, data: { n: 1 } };
    const answer = await world.ask(caller, { method: 'POST', path: rowsOf(open), body });
    expect([answer.status, answer.body['$permissions']]).toEqual([201, right]);
  });
});

describe('a role that is lost', () => {
  test('opens nothing at the next request', async () => {
    const table: Table = {
      id: 'read-team-rows',
      rowSecurity: true,
      grant: { verb: 'read', role: 'team' },
    };
    const path = `${rowsOf(table)}/none`;
    expect((await world.ask('alice', { method: 'GET', path })).status).toBe(200);
    await world.leaveCrew();
    const after = await world.ask('alice', { method: 'GET', path });
    expect(verdictOf(after)).toEqual({ status: 404, type: 'row_not_found' });
    expect((await world.ask('bob', { method: 'GET', path })).status).toBe(200);
    const before = await world.heardBy('alice');
    await world.ask('key', { method: 'PATCH', path, body: { data: { n: -1 } } });
    expect(await world.heardBy('alice')).toEqual(before);
    expect((await world.heardBy('bob')).at(-1)).toBe('read-team-rows/none update');
  });
});
