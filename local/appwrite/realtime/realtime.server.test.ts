/** The unmodified web SDK, over Node's own WebSocket, against realtime. */
import { Channel, Client, Query, Realtime } from 'appwrite';
import { Client as ServerClient, TablesDB, Teams, Users } from 'node-appwrite';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { KEY, PROJECT, startTestServer } from '../functions/test-server.ts';
import type { TestServer } from '../functions/test-server.ts';

const DATABASE = 'main';
const TABLE = 'rows';
const ROWS = Channel.tablesdb(DATABASE).table(TABLE).row();

let server: TestServer;
let tables: TablesDB;
let teams: Teams;
let users: Users;
const open: Realtime[] = [];

interface Seen {
  readonly events: string[];
  readonly payload: Record<string, unknown>;
}

beforeAll(async () => {
  server = await startTestServer();
  const client = new ServerClient().setEndpoint(server.endpoint).setProject(PROJECT).setKey(KEY);
  tables = new TablesDB(client);
  teams = new Teams(client);
  users = new Users(client);
  const at = { databaseId: DATABASE, tableId: TABLE };
  await tables.create({ databaseId: DATABASE, name: DATABASE });
  await tables.createTable({ ...at, name: TABLE, rowSecurity: true });
  await tables.createVarcharColumn({ ...at, key: 'title', size: 40, required: false });
  await vi.waitFor(async () => {
    expect((await tables.listColumns(at)).columns).toMatchObject([{ status: 'available' }]);
  });
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.disconnect()));
  vi.unstubAllGlobals();
});

afterAll(() => server.stop());

/** A browser's globals, with the session where the SDK looks for it. */
function beBrowser(secret: string): void {
  const cookieFallback = JSON.stringify({ [`a_session_${PROJECT}`]: secret });
  const getItem = (name: string): string | null =>
    name === 'cookieFallback' && secret !== '' ? cookieFallback : null;
  const setItem = (): undefined => undefined;
  const localStorage = { getItem, setItem };
  vi.stubGlobal('window', { setInterval, clearInterval, localStorage });
}

async function sessionOf(userId: string): Promise<string> {
  await users.create({ userId, email: `${userId}@example.com` });
  return (await users.createSession({ userId })).secret;
}

async function listen(secret: string, queries: string[] = []): Promise<Seen[]> {
  beBrowser(secret);
  const client = new Client().setEndpoint(server.endpoint).setProject(PROJECT);
  const realtime = new Realtime(client);
  open.push(realtime);
  const seen: Seen[] = [];
  await realtime.subscribe(ROWS, (event) => seen.push(event as Seen), queries);
  return seen;
}

let rows = 0;
async function write(title: string, ...permissions: string[]): Promise<string> {
  rows += 1;
  const rowId = `r${String(rows)}`;
  const data = { title };
  await tables.createRow({ databaseId: DATABASE, tableId: TABLE, rowId, data, permissions });
  return rowId;
}

/** Writes rows everybody may read until one is heard: from then on the subscription stands. */
async function ready(seen: Seen[], title = 'ready'): Promise<void> {
  await vi.waitFor(
    async () => {
      await write(title, 'read("any")');
      expect(seen.length).toBeGreaterThan(0);
    },
    { timeout: 10_000, interval: 50 },
  );
}

const heard = (seen: readonly Seen[], rowId: string): boolean =>
  seen.some((event) => event.payload['$id'] === rowId);

test('a guest hears of public rows, with the row and its event names', async () => {
  const seen = await listen('');
  await ready(seen);
  const hidden = await write('hidden', 'read("user:nobody")');
  const shown = await write('shown', 'read("any")');
  await vi.waitFor(() => expect(heard(seen, shown)).toBe(true));
  expect(heard(seen, hidden)).toBe(false);
  const last = seen.find((event) => event.payload['$id'] === shown);
  expect(last?.events[0]).toBe(`tablesdb.${DATABASE}.tables.${TABLE}.rows.${shown}.create`);
  expect(last?.payload['title']).toBe('shown');
});

test('a query narrows a subscription', async () => {
  const seen = await listen('', [Query.equal('title', 'wanted')]);
  await ready(seen, 'wanted');
  const other = await write('other', 'read("any")');
  const wanted = await write('wanted', 'read("any")');
  await vi.waitFor(() => expect(heard(seen, wanted)).toBe(true));
  expect(heard(seen, other)).toBe(false);
});

test('a member hears of team rows from joining until leaving, on the same socket', async () => {
  const seen = await listen(await sessionOf('carol'));
  await ready(seen);
  await teams.create({ teamId: 'crew', name: 'crew' });
  const before = await write('before', 'read("team:crew")');
  const member = await teams.createMembership({
    teamId: 'crew',
    roles: ['member'],
    userId: 'carol',
  });
  const during = await write('during', 'read("team:crew")');
  await vi.waitFor(() => expect(heard(seen, during)).toBe(true));
  await teams.deleteMembership({ teamId: 'crew', membershipId: member.$id });
  const after = await write('after', 'read("team:crew")');
  const marker = await write('marker', 'read("any")');
  await vi.waitFor(() => expect(heard(seen, marker)).toBe(true));
  expect([heard(seen, before), heard(seen, after)]).toEqual([false, false]);
});

async function framesOf(messages: readonly string[], want: number): Promise<unknown[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(server.port)}/v1/realtime?project=local`);
  const frames: unknown[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  for (const message of messages) socket.send(message);
  await vi.waitFor(() => expect(frames).toHaveLength(want + 1));
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close();
  return frames.slice(1);
}

test('after 32 messages in a minute a socket is told to slow down, and stays open', async () => {
  const frames = await framesOf(
    Array.from({ length: 40 }, () => '{"type":"ping"}'),
    40,
  );
  expect(frames.filter((frame) => (frame as { type: string }).type === 'pong')).toHaveLength(32);
  expect(frames.at(-1)).toEqual({
    type: 'error',
    data: { code: 1013, message: 'Too many messages.' },
  });
});

test('broken messages are answered, never fatal', async () => {
  const broken = [
    '[]',
    '{"type":5}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","data":[null]}',
    '{"type":"unsubscribe","data":{}}',
    '{"type":"authentication","data":null}',
  ];
  for (const frame of await framesOf(broken, broken.length)) {
    expect(frame).toMatchObject({ type: 'error', data: { code: 1003 } });
  }
});

test('stopping the server closes every socket', async () => {
  const own = await startTestServer();
  const socket = new WebSocket(`ws://127.0.0.1:${String(own.port)}/v1/realtime?project=local`);
  let closed = false;
  socket.addEventListener('close', () => {
    closed = true;
  });
  await vi.waitFor(() => expect(socket.readyState).toBe(WebSocket.OPEN));
  await own.stop();
  await vi.waitFor(() => expect(closed).toBe(true));
});
