import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { movableClock } from '../kernel/clock.ts';
import { openStore, type OpenStore } from '../kernel/store.ts';
import type { Json } from '../kernel/types.ts';
import { Catalog } from './catalog.ts';
import type { ColumnRoute } from './column-definition.ts';
import { withColumn, withoutColumn } from './column-routes.ts';
import { withIndex } from './index-routes.ts';
import type { Table } from './model.ts';
import { parseQueries } from './queries.ts';
import { SCHEMA } from './schema.ts';

let store: OpenStore;
let catalog: Catalog;
const clock = movableClock(Date.UTC(2026, 0, 1));

beforeEach(() => {
  store = openStore(':memory:');
  store.raw.exec(SCHEMA);
  catalog = new Catalog({ store, clock });
  const database = catalog.createDatabase('p', 'main', 'Main', true);
  const wanted = { id: 't', name: 'T', enabled: true, rowSecurity: false, permissions: [] };
  catalog.createTable(database, wanted);
});

afterEach(() => {
  store.close();
});

const current = (): Table => catalog.table('p', 'main', 't').table;
const rows = () => catalog.table('p', 'main', 't').rows;

function add(route: ColumnRoute, body: Json): void {
  withColumn(catalog, current(), route, { required: false, ...body });
}

function insert(id: string, data: Json): void {
  rows().insert({ id, data, permissions: [], createdAt: 'a', updatedAt: 'a' });
}

describe('columns', () => {
  test('that are made again under an old key start empty', () => {
    add('varchar', { key: 'a', size: 9 });
    insert('r', { a: 'old' });
    withoutColumn(catalog, current(), 'a');
    expect(rows().get('r')).not.toHaveProperty('a');
    add('varchar', { key: 'a', size: 9 });
    expect(rows().get('r')).toHaveProperty('a', null);
  });

  test('are sorted by themselves whatever they are called', () => {
    for (const key of ['c2', 'c1', 'row', 'order']) add('integer', { key });
    insert('x', { c2: 1, c1: 2, row: 2, order: 1 });
    insert('y', { c2: 2, c1: 1, row: 1, order: 2 });
    const first = (attribute: string): string | undefined => {
      const query = parseQueries([JSON.stringify({ method: 'orderAsc', attribute })], rows());
      return rows().match(query)[0]?.$id;
    };
    expect(['c2', 'c1', 'row', 'order'].map(first)).toEqual(['x', 'y', 'y', 'x']);
  });

  test('are refused where their default would be', () => {
    const refused = (route: ColumnRoute, body: Json) => () => {
      add(route, body);
    };
    const enumeration = { key: 'e', elements: ['a'], default: 'z' };
    expect(refused('enum', enumeration)).toThrow('Default value not found in elements');
    expect(refused('integer', { key: 'n', min: 2, max: 1 })).toThrow('Minimum value must be');
    expect(refused('varchar', { key: 'v', size: 1, default: 'xx' })).toThrow('no longer than 1');
    expect(refused('text', { key: 't', array: true, default: 'x' })).toThrow('array columns');
    expect(current().columns).toEqual([]);
  });
});

describe('indexes', () => {
  beforeEach(() => {
    add('varchar', { key: 'a', size: 9 });
    add('varchar', { key: 'b', size: 9 });
  });

  test('over doubled values fail, hold nothing, and say so', () => {
    insert('x', { a: 'same' });
    insert('y', { a: 'SAME' });
    const body = { key: 'u', type: 'unique', columns: ['a'] };
    expect(withIndex(catalog, current(), body).index.status).toBe('failed');
    insert('z', { a: 'same' });
  });

  test('lose a deleted column; a unique one goes whole', () => {
    withIndex(catalog, current(), { key: 'u', type: 'unique', columns: ['a', 'b'] });
    withIndex(catalog, current(), {
      key: 'k',
      type: 'key',
      columns: ['a', 'b'],
      orders: ['ASC', 'DESC'],
    });
    withoutColumn(catalog, current(), 'a');
    const left = current().indexes.map(({ key, columns, orders }) => ({ key, columns, orders }));
    expect(left).toEqual([{ key: 'k', columns: ['b'], orders: ['DESC'] }]);
  });

  test('over text without a length are refused', () => {
    add('text', { key: 'long' });
    const body = { key: 'k', type: 'key', columns: ['long'] };
    expect(() => withIndex(catalog, current(), body)).toThrow('longer than the maximum: 768');
  });
});

describe('definitions', () => {
  test('read from disk are those in memory', () => {
    add('enum', { key: 'e', elements: ['a', 'b'], default: 'b' });
    withIndex(catalog, current(), { key: 'k', type: 'key', columns: ['e'] });
    expect(new Catalog({ store, clock }).table('p', 'main', 't').table).toEqual(current());
  });

  test('stay as they were where SQLite refuses the change', () => {
    const before = current();
    const change = () =>
      catalog.updateTable(before, { name: 'New' }, () => {
        throw new Error('disk full');
      });
    expect(change).toThrow('disk full');
    expect(current()).toBe(before);
    expect(new Catalog({ store, clock }).table('p', 'main', 't').table).toEqual(before);
  });

  test('of one project are unknown to another', () => {
    expect(() => catalog.database('other', 'main')).toThrow('could not be found');
    expect(catalog.databases('other')).toEqual([]);
  });
});
