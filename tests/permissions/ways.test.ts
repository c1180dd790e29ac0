/**
 * The same right by every other way to a row: older paths, counters, operators, upserts,
 * transactions, and a session that comes as a JWT. Judged by the same rules.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from './cases.ts';
import { wrongOf } from './cases.ts';
import type { Place } from './places.ts';
import { bare, granted, securities } from './places.ts';
import type { Caller, Row, Table, Verdict } from './rules.ts';
import { callers, deleting, getting, holds, updating } from './rules.ts';
import type { Ask, World } from './world.ts';
import { openWorld, rowsOf } from './world.ts';

const timeoutMs = 60_000;
/** As many as a transaction holds. */
const stagedAtOnce = 100;

const places: readonly Place[] = securities.flatMap((rowSecurity) => [
  bare(rowSecurity),
  ...(['read', 'update', 'delete'] as const).flatMap((verb) =>
    granted(verb, rowSecurity).filter((_, index) => index % 3 === 0),
  ),
]);

let world: World;

beforeAll(async () => {
  world = await openWorld();
  for (const { table, rows } of places) {
    await world.makeTable(table);
    await world.makeRows(table, rows);
  }
}, timeoutMs);

afterAll(() => world.close());

const pathOf = (table: Table, row: Row): string => `${rowsOf(table)}/${row.id}`;
const olderPathOf = (table: Table, row: Row): string =>
  pathOf(table, row)
    .replace('/tablesdb/', '/databases/')
    .replace('/tables/', '/collections/')
    .replace('/rows/', '/documents/');

interface Target {
  readonly caller: Caller;
  readonly table: Table;
  readonly row: Row;
}

const targets = (who: readonly Caller[] = callers): Target[] =>
  places.flatMap(({ table, rows }) =>
    rows.flatMap((row) => who.map((caller) => ({ caller, table, row }))),
  );

const caseOf = ({ caller, table, row }: Target, what: Ask, verdict: Verdict): Case => ({
  name: `${caller} ${table.id}/${row.id}`,
  run: () => world.ask(caller, what),
  verdict,
});

let written = 0;
/** Never the value that stands there. */
const fresh = (): object => {
  written -= 1;
  return { data: { n: written } };
};

const older = (verdict: Verdict): Verdict =>
  verdict.type === 'row_not_found' ? { ...verdict, type: 'document_not_found' } : verdict;

describe('another way to the same row', { timeout: timeoutMs }, () => {
  test('the older family of paths', async () => {
    const cases = targets().flatMap((target) => {
      const { caller, table, row } = target;
      const path = olderPathOf(table, row);
      return [
        caseOf(target, { method: 'GET', path }, older(getting(caller, table, row))),
        caseOf(target, { method: 'PATCH', path, body: fresh() }, updating(caller, table, row)),
      ];
    });
    expect(cases.length).toBeGreaterThan(4_000);
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('a counter needs the right to update', async () => {
    const cases = targets().map((target) => {
      const { caller, table, row } = target;
      const path = `${pathOf(table, row)}/n/increment`;
      return caseOf(target, { method: 'PATCH', path, body: {} }, updating(caller, table, row));
    });
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('so does an operator, even one that comes to nothing new', async () => {
    const data = { n: JSON.stringify({ method: 'multiply', values: [1] }) };
    const cases = targets().map((target) => {
      const { caller, table, row } = target;
      const what: Ask = { method: 'PATCH', path: pathOf(table, row), body: { data } };
      return caseOf(target, what, updating(caller, table, row));
    });
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('an upsert grants the row’s permissions anew, so its writer must hold them', async () => {
    const cases = targets().map((target) => {
      const { caller, table, row } = target;
      const held = caller === 'key' || row.grant === undefined || holds(caller, row.grant.role);
      const refused = { status: 401, type: 'user_unauthorized' };
      const verdict = held ? updating(caller, table, row) : refused;
      const what: Ask = { method: 'PUT', path: pathOf(table, row), body: fresh() };
      return caseOf(target, what, verdict);
    });
    expect(await wrongOf(cases)).toEqual([]);
  });

  test('a JWT opens what its session opens', async () => {
    const made = await world.ask('alice', { method: 'POST', path: '/account/jwts', body: {} });
    const headers = { 'x-appwrite-jwt': String(made.body['jwt']) };
    const cases = targets(['alice']).flatMap(({ caller, table, row }): Case[] => {
      const path = pathOf(table, row);
      const asGuest = (what: Ask) => () => world.ask('guest', { ...what, headers });
      const name = `jwt ${table.id}/${row.id}`;
      return [
        { name, run: asGuest({ method: 'GET', path }), verdict: getting(caller, table, row) },
        {
          name,
          run: asGuest({ method: 'PATCH', path, body: fresh() }),
          verdict: updating(caller, table, row),
        },
      ];
    });
    expect(await wrongOf(cases)).toEqual([]);
  });
});

describe('in a transaction', { timeout: timeoutMs }, () => {
  const ways = [
    { way: 'update', method: 'PATCH', judge: updating },
    { way: 'delete', method: 'DELETE', judge: deleting },
  ] as const;

  test.each(ways)('$way is judged when it is staged', async ({ method, judge }) => {
    for (const caller of ['alice', 'bob', 'eve', 'key'] as const) {
      const all = targets([caller]);
      for (let at = 0; at < all.length; at += stagedAtOnce) {
        const path = '/tablesdb/transactions';
        const begun = await world.ask(caller, { method: 'POST', path, body: {} });
        const transactionId = String(begun.body['$id']);
        const cases = all.slice(at, at + stagedAtOnce).map((target) => {
          const { table, row } = target;
          const body = { ...(method === 'PATCH' ? fresh() : {}), transactionId };
          return caseOf(
            target,
            { method, path: pathOf(table, row), body },
            judge(caller, table, row),
          );
        });
        expect(await wrongOf(cases)).toEqual([]);
        const end = { method: 'PATCH', body: { rollback: true } } as const;
        const ended = await world.ask(caller, { ...end, path: `${path}/${transactionId}` });
        expect(ended.status).toBe(200);
      }
    }
    const { table, row } = targets()[0] ?? { table: undefined, row: undefined };
    if (table === undefined) throw new Error('no place to look at');
    expect((await world.ask('key', { method: 'GET', path: pathOf(table, row) })).status).toBe(200);
  });
});
