/**
 * The unmodified appwrite-cli against the embedded server: log in, push everything twice, pull it
 * back into an empty folder, make types. The steps build on one another, in the order written.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld, Ended, Workplace } from './cli-world.ts';
import {
  configFor,
  consoleEmail,
  consolePassword,
  furnish,
  heavyBytes,
  key,
  openCliWorld,
  projectId,
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
    const wanted = configFor(world.endpoint) as Readonly<Record<string, object[]>>;
    const got = config();
    expect(got['teams']).toMatchObject(wanted['teams'] ?? []);
    expect(got['tables']).toMatchObject(wanted['tables'] ?? []);
    expect(got['settings']).toMatchObject(wanted['settings'] ?? []);
    expect(got['functions']).toHaveLength(2);
    expect(copied('functions/hook/main.mjs')).toContain("'hook '");
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
    expect(types).toContain('export type Orders = Models.Row & {');
    for (const line of ['owner: string;', 'priceKrw: number | null;', 'trial: boolean;']) {
      expect(types).toContain(line);
    }
    expect(types).toMatch(/export enum OrdersState \{\s+NEW = "new",\s+PAID = "paid"\s+\}/);
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
