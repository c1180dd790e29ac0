/**
 * The unmodified appwrite-cli against the embedded server: log in, push everything twice, pull it
 * back into an empty folder, make types. The steps build on one another, in the order written.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor, projectId } from './cli-config.ts';
import type { CliWorld, Ended, Workplace } from './cli-world.ts';
import {
  consoleEmail,
  consolePassword,
  furnish,
  heavyBytes,
  key,
  openCliWorld,
} from './cli-world.ts';
import type { Sent } from './wire.ts';

const kinds = ['settings', 'teams', 'tables', 'functions', 'sites'] as const;
type Kind = (typeof kinds)[number];

const login = (place: Workplace, endpoint: string, password: string): Promise<Ended> =>
  place.run('login', '--endpoint', endpoint, '--email', consoleEmail, '--password', password);

const push = (place: Workplace, kind: Kind): Promise<Ended> =>
  place.run('push', kind, '--all', '--force');

const writes = (sent: readonly Sent[]): Sent[] => sent.filter(({ method }) => method !== 'GET');
const lines = (sent: readonly Sent[]): string[] =>
  [
    ...new Set(writes(sent).map(({ method, path }) => `${method} ${path.replace('/v1', '')}`)),
  ].sort();

const looks = [
  '/project/policies',
  '/teams',
  '/tablesdb',
  '/tablesdb/main/tables/orders',
  '/tablesdb/main/tables/orders/rows',
  '/functions',
  '/functions/hook',
  '/functions/worker',
  '/functions/worker/variables',
  '/sites',
  '/proxy/rules',
];

/** Times of change and which deployment is the newest are not what a push is about. */
const passing = /^\$updatedAt$|^(latestD|d)eployment(Id|Status|CreatedAt)$|^deploymentScreenshot/;
const settled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !passing.test(name));
  return Object.fromEntries(kept.map(([name, one]) => [name, settled(one)]));
};

let world: CliWorld;
let place: Workplace;

const stateOf = async (): Promise<unknown> =>
  settled(await Promise.all(looks.map((path) => world.look(path))));

beforeAll(async () => {
  world = await openCliWorld();
  place = world.workplace('shop');
  furnish(place, world.endpoint);
});

afterAll(() => world.close());

describe('logging in', () => {
  test('with a wrong password says so and leaves no session', async () => {
    const { code, text } = await login(place, world.endpoint, 'Wr0ng-Horse!');
    expect(code).toBe(1);
    expect(text).toContain('Invalid credentials. Please check the email and password.');
    const who = await place.run('whoami');
    expect(who.text).not.toContain(consoleEmail);
  });

  test('with the right one stays logged in', async () => {
    const { code, text } = await login(place, world.endpoint, consolePassword);
    expect([code, text]).toEqual([0, expect.stringContaining('Success')]);
    expect((await place.run('whoami')).text).toContain(consoleEmail);
  });
});

describe('pushing', () => {
  const sent = new Map<Kind, readonly Sent[]>();

  test.each(kinds)('%s, the first time', async (kind) => {
    world.wire.take();
    const { code, text } = await push(place, kind);
    sent.set(kind, world.wire.take());
    expect(text).not.toMatch(/error|failed/i);
    expect(code).toBe(0);
    const missing = sent.get(kind)?.filter(({ status }) => status >= 500 || status === 405);
    expect(missing).toEqual([]);
  });

  test('made what the config says', async () => {
    const [policies, , , table, , , hook, worker] = await Promise.all(
      looks.map((path) => world.look(path)),
    );
    expect(JSON.stringify(policies)).toContain('"user-limit"');
    expect(table).toMatchObject({ rowSecurity: true, $permissions: ['create("users")'] });
    const wanted = configFor('') as { tables: { columns: object[]; indexes: object[] }[] };
    expect(table?.['columns']).toMatchObject(wanted.tables[0]?.columns ?? []);
    expect(table?.['indexes']).toMatchObject(wanted.tables[0]?.indexes ?? []);
    expect(hook).toMatchObject({ execute: ['any'], latestDeploymentStatus: 'ready', live: true });
    expect(worker).toMatchObject({ schedule: '*/5 * * * *', latestDeploymentStatus: 'ready' });
  });

  test('twelve megabytes came in pieces of five and run', async () => {
    const path = '/v1/functions/worker/deployments';
    const pieces = sent.get('functions')?.filter((one) => one.path === path && one.range !== '');
    const piece = 5 * 1024 * 1024;
    expect(pieces?.map(({ range }) => range.split('/', 1)[0])).toEqual([
      `bytes 0-${piece - 1}`,
      `bytes ${piece}-${2 * piece - 1}`,
      expect.stringMatching(new RegExp(`^bytes ${2 * piece}-`)),
    ]);
    const total = Number(pieces?.[0]?.range.split('/')[1]);
    expect(total).toBeGreaterThan(heavyBytes);
    const ran = await world.ask('POST', '/functions/worker/executions', { path: '/x' });
    expect(ran).toMatchObject({ status: 'completed', responseBody: 'worker /x' });
  });

  test('a second time changes nothing: no column is made again, no row is touched', async () => {
    const data = { owner: 'w1', state: 'paid', mail: 'a@example.com', tags: ['x'] };
    await world.ask('POST', '/tablesdb/main/tables/orders/rows', { rowId: 'kept', data });
    const before = await stateOf();
    const config = readFileSync(join(place.folder, 'appwrite.json'), 'utf8');
    world.wire.take();
    const asked = new Map<Kind, string[]>();
    for (const kind of kinds) {
      const { code, text } = await push(place, kind);
      expect(text).not.toMatch(/error|failed/i);
      expect(code).toBe(0);
      asked.set(kind, lines(world.wire.take()));
    }
    expect(await stateOf()).toEqual(before);
    expect(readFileSync(join(place.folder, 'appwrite.json'), 'utf8')).toBe(config);
    expect(asked.get('tables')).toEqual([]);
    expect(asked.get('teams')).toEqual(['PUT /teams/operators']);
    expect(asked.get('functions')).toEqual([
      'POST /functions/hook/deployments',
      'POST /functions/worker/deployments',
      'PUT /functions/hook',
      'PUT /functions/worker',
    ]);
    expect(asked.get('sites')).toEqual(['POST /sites/site/deployments', 'PUT /sites/site']);
    expect(asked.get('settings')?.filter((line) => !line.startsWith('PATCH '))).toEqual([]);
  });

  test('all kinds at once changes nothing either', async () => {
    const before = await stateOf();
    const { code, text } = await place.run('push', 'all', '--force');
    expect(text).not.toMatch(/failed/i);
    expect(code).toBe(0);
    expect(await stateOf()).toEqual(before);
  });
});

describe('pushing a change', () => {
  interface Config {
    readonly tables: {
      name: string;
      columns: { key: string; elements?: string[] }[];
      indexes: object[];
    }[];
    readonly functions: { $id: string; schedule: string }[];
    readonly teams: object[];
  }

  const edit = (change: (config: Config) => void): void => {
    const path = join(place.folder, 'appwrite.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as Config;
    change(config);
    place.write('appwrite.json', JSON.stringify(config, null, 4));
  };

  test('to a table makes and drops just that; rows keep the rest', async () => {
    edit(({ tables: [orders] }) => {
      if (orders === undefined) throw new Error('no table in the config');
      orders.name = 'All orders';
      const note = { key: 'note', type: 'string', size: 50, required: false, encrypt: false };
      const kept = orders.columns.filter((column) => column.key !== 'home');
      orders.columns = [...kept, { ...note, array: false, default: null } as { key: string }];
      const state = orders.columns.find((column) => column.key === 'state');
      if (state !== undefined) state.elements = ['new', 'paid', 'gone'];
      const index = { key: 'by_note', type: 'key', columns: ['note'], orders: ['ASC'] };
      orders.indexes = [...orders.indexes, { ...index, status: 'available' }];
    });
    world.wire.take();
    const { code, text } = await push(place, 'tables');
    expect([code, text]).toEqual([0, expect.stringContaining('Success')]);
    const asked = lines(world.wire.take());
    const old = '/databases/main/collections/orders';
    expect(asked).toEqual([
      `DELETE ${old}/attributes/home`,
      `PATCH ${old}/attributes/enum/state`,
      `POST ${old}/attributes/string`,
      `POST ${old}/indexes`,
      'PUT /tablesdb/main/tables/orders',
    ]);
    const table = await world.look('/tablesdb/main/tables/orders');
    expect(table['name']).toBe('All orders');
    const keys = (table['columns'] as { key: string; elements?: string[] }[]).map(({ key }) => key);
    expect(keys).toContain('note');
    expect(keys).not.toContain('home');
    expect((table['indexes'] as { key: string }[]).map(({ key }) => key)).toContain('by_note');
    const row = await world.look('/tablesdb/main/tables/orders/rows/kept');
    expect(row).toMatchObject({ owner: 'w1', state: 'paid', tags: ['x'], note: null });
    await push(place, 'tables');
    world.wire.take();
    expect([(await push(place, 'tables')).code, lines(world.wire.take())]).toEqual([0, []]);
  });

  test('to a function arrives with variables of its .env', async () => {
    edit(({ functions }) => {
      const worker = functions.find(({ $id }) => $id === 'hook');
      if (worker !== undefined) worker.schedule = '0 3 * * *';
    });
    place.write('functions/hook/.env', 'COLOUR=red\nEMPTY=\n');
    place.write('functions/hook/main.mjs', 'export default (c) => c.res.text(process.env.COLOUR);');
    const args = ['push', 'functions', '--function-id', 'hook', '--force', '--with-variables'];
    const { code, text } = await place.run(...args);
    expect(text).not.toMatch(/error|failed/i);
    expect(code).toBe(0);
    expect(await world.look('/functions/hook')).toMatchObject({ schedule: '0 3 * * *' });
    const variables = (await world.look('/functions/hook/variables'))['variables'];
    expect(variables).toMatchObject([
      { key: 'COLOUR', value: 'red', secret: false },
      { key: 'EMPTY', value: '' },
    ]);
    const ran = await world.ask('POST', '/functions/hook/executions', {});
    expect(ran).toMatchObject({ responseBody: 'red' });
  });

  test('that forgets a table drops it: --force is meant so', async () => {
    const spare = { tableId: 'spare', name: 'spare' };
    await world.ask('POST', '/tablesdb/main/tables', spare);
    expect((await push(place, 'tables')).code).toBe(0);
    const tables = (await world.look('/tablesdb/main/tables'))['tables'] as { $id: string }[];
    expect(tables.map(({ $id }) => $id)).toEqual(['orders']);
  });
});

describe('pulling', () => {
  let copy: Workplace;

  const copied = (path: string): string => readFileSync(join(copy.folder, path), 'utf8');
  const config = (): Readonly<Record<string, unknown>> =>
    JSON.parse(copied('appwrite.json')) as Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    copy = world.workplace('copy');
    const bare = { projectId, projectName: 'Shop', endpoint: world.endpoint };
    copy.write('appwrite.json', JSON.stringify(bare));
    await login(copy, world.endpoint, consolePassword);
  });

  test.each(kinds)('%s into an empty folder', async (kind) => {
    const { code, text } = await copy.run('pull', kind, '--all', '--force');
    expect(text).not.toMatch(/error/i);
    expect([code, text]).toEqual([0, expect.stringContaining('Success')]);
  });

  test('gives back what was pushed', () => {
    const text = readFileSync(join(place.folder, 'appwrite.json'), 'utf8');
    const wanted = JSON.parse(text) as Readonly<Record<string, object[]>>;
    const got = config();
    expect(got['teams']).toMatchObject(wanted['teams'] ?? []);
    expect(got['tables']).toMatchObject(wanted['tables'] ?? []);
    expect(got['settings']).toMatchObject(wanted['settings'] ?? []);
    expect(got['functions']).toHaveLength(2);
    expect(copied('functions/hook/main.mjs')).toContain('process.env.COLOUR');
    expect(copied('sites/site/assets/app.js')).toBe('console.log("shop");');
    const filler = 'functions/worker/filler.bin';
    const back = readFileSync(join(copy.folder, filler));
    expect(back.equals(readFileSync(join(place.folder, filler)))).toBe(true);
  });

  test('and pushed from there again, nothing changes', async () => {
    const before = await stateOf();
    world.wire.take();
    const { code } = await push(copy, 'tables');
    expect([code, lines(world.wire.take())]).toEqual([0, []]);
    expect(await stateOf()).toEqual(before);
  });

  test('types are made from it', async () => {
    const { code } = await copy.run('types', 'made/appwrite.ts', '--language', 'ts');
    expect(code).toBe(0);
    const types = copied('made/appwrite.ts');
    expect(types).toContain('export type AllOrders = Models.Row & {');
    for (const line of ['owner: string;', 'priceKrw: number | null;', 'trial: boolean;']) {
      expect(types).toContain(line);
    }
    expect(types).toMatch(
      /export enum AllOrdersState \{\s+NEW = "new",\s+PAID = "paid",\s+GONE = "gone"\s+\}/,
    );
  });
});

describe('with a key alone', () => {
  let keyed: CliWorld;
  let bare: Workplace;

  beforeAll(async () => {
    keyed = await openCliWorld();
    bare = keyed.workplace('keyed');
    furnish(bare, keyed.endpoint);
    await bare.run('client', '--endpoint', keyed.endpoint, '--key', key);
  });

  afterAll(() => keyed.close());

  test('teams and tables are pushed, settings are not', async () => {
    for (const kind of ['teams', 'tables'] as const) {
      const { code, text } = await push(bare, kind);
      expect([code, text]).toEqual([0, expect.stringContaining('Success')]);
    }
    const { code, text } = await push(bare, 'settings');
    expect([code, text]).toEqual([1, expect.stringContaining('Session not found')]);
  });

  test('a new function is made, then fails with exit code 0, and needs a second push', async () => {
    const first = await push(bare, 'functions');
    expect(first.text).toContain('Session not found');
    expect(first.code).toBe(0);
    expect(await keyed.look('/functions/hook')).toMatchObject({ deploymentId: '' });
    const second = await push(bare, 'functions');
    expect(second.text).not.toContain('Session not found');
    expect(await keyed.look('/functions/hook')).toMatchObject({ live: true });
  });

  test('nothing of the machine’s own HOME was looked at', () => {
    expect(existsSync(join(bare.folder, '..', 'keyed-home', '.appwrite', 'prefs.json'))).toBe(true);
  });
});
