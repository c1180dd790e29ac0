/**
 * The place the permission matrix is tried in: one embedded server, four people with sockets, and
 * tables and rows with every kind of permission, made with the key a hundred rows a time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { createAppwrite } from '#local/appwrite/server.ts';
import type { Caller, Grant, Person, Row, RoleName, Table } from './rules.ts';
import { people, roleTexts } from './rules.ts';

const projectId = 'matrix';
const key = 'standard_matrix_key';
const databaseId = 'main';
const connections = 8;
const socketTimeoutMs = 30_000;

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World {
  ask(caller: Caller, what: Ask): Promise<Answer>;
  makeTable(table: Table): Promise<void>;
  makeRows(table: Table, rows: readonly Row[]): Promise<void>;
  permissionText(grant: Grant): string;
  roleText(role: RoleName): string;
  /** `<table>/<row> <action>` of all events the person's socket has heard so far. */
  heardBy(person: Person): Promise<readonly string[]>;
  leaveCrew(): Promise<void>;
  close(): Promise<void>;
}

type Sender = (identity: Readonly<Record<string, string>>, what: Ask) => Promise<Answer>;

const senderOf =
  (pool: Pool): Sender =>
  async (identity, { method, path, body, headers = {} }) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const answer = await pool.request({
      method,
      path: `/v1${path}`,
      headers: { 'x-appwrite-project': projectId, ...type, ...identity, ...headers },
      ...sent,
    });
    const text = await answer.body.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Answer['body']);
    const refused = answer.statusCode >= 400 ? String(parsed['type']) : '';
    return { status: answer.statusCode, type: refused, body: parsed };
  };

type Work = (what: Ask) => Promise<Answer['body']>;

const insisting =
  (send: Sender): Work =>
  async (what) => {
    const answer = await send({ 'x-appwrite-key': key }, what);
    if (answer.status < 300) return answer.body;
    throw new Error(`${what.method} ${what.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };

interface Cast {
  readonly sessions: Readonly<Record<Person, string>>;
  readonly membershipId: string;
}

const signIn = async (work: Work, userId: string): Promise<string> => {
  const body = { userId, email: `${userId}@example.com` };
  await work({ method: 'POST', path: '/users', body });
  const session = await work({ method: 'POST', path: `/users/${userId}/sessions`, body: {} });
  return String(session['secret']);
};

const castIn = async (work: Work): Promise<Cast> => {
  const [alice = '', bob = '', eve = ''] = await Promise.all(
    ['alice', 'bob', 'eve'].map((userId) => signIn(work, userId)),
  );
  const verified = { emailVerification: true };
  await work({ method: 'PATCH', path: '/users/alice/verification', body: verified });
  await work({ method: 'PUT', path: '/users/alice/labels', body: { labels: ['gold'] } });
  await work({ method: 'POST', path: '/teams', body: { teamId: 'crew', name: 'Crew' } });
  const join = (userId: string, role: string) =>
    work({ method: 'POST', path: '/teams/crew/memberships', body: { userId, roles: [role] } });
  const membership = await join('alice', 'pilot');
  await join('bob', 'cook');
  return { sessions: { guest: '', alice, bob, eve }, membershipId: String(membership['$id']) };
};

interface Frame {
  readonly type: string;
  readonly data: { readonly events?: readonly string[]; readonly to?: string };
}

interface Ear {
  readonly heard: string[];
  readonly close: () => void;
}

/** Event 0 is `tablesdb.<db>.tables.<table>.rows.<row>.<action>`; ids here have no dots. */
const nameOf = (event: string): string => {
  const [, , , table = '', , row = '', action = ''] = event.split('.');
  return `${table}/${row} ${action}`;
};

const listen = (url: string, session: string): Promise<Ear> =>
  new Promise((resolve, reject) => {
    const headers = session === '' ? {} : { cookie: `a_session_${projectId}=${session}` };
    const address = `${url.replace('http', 'ws')}/v1/realtime?project=${projectId}`;
    const socket = new WebSocket(`${address}&channels[]=rows`, { headers });
    const heard: string[] = [];
    socket.on('error', reject);
    socket.on('message', (bytes: Buffer) => {
      const { type, data } = JSON.parse(bytes.toString()) as Frame;
      if (type === 'connected') resolve({ heard, close: () => socket.terminate() });
      if (type === 'event') heard.push(nameOf(data.events?.[0] ?? ''));
    });
  });

const until = async (holds: () => boolean): Promise<void> => {
  const deadlineMs = performance.now() + socketTimeoutMs;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`nothing heard in ${socketTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const columnsOf = (table: string): string => `/tablesdb/${databaseId}/tables/${table}/columns`;

export const rowsOf = (table: Table): string => `/tablesdb/${databaseId}/tables/${table.id}/rows`;

/** Events come in order: what everybody hears last tells that all before it has been heard. */
const fence: Table = {
  id: 'fence',
  rowSecurity: false,
  grant: { verb: 'read', role: 'any' },
};

type Maker = Pick<World, 'makeTable' | 'makeRows' | 'permissionText'>;

const makerOf = (work: Work, texts: Readonly<Record<RoleName, string>>): Maker => {
  const permissionText = ({ verb, role }: Grant): string => `${verb}("${texts[role]}")`;
  const permissionsOf = (grant: Grant | undefined): string[] =>
    grant === undefined ? [] : [permissionText(grant)];
  const makeTable = async ({ id, rowSecurity, grant }: Table): Promise<void> => {
    const permissions = permissionsOf(grant);
    const body = { tableId: id, name: id, rowSecurity, permissions };
    await work({ method: 'POST', path: `/tablesdb/${databaseId}/tables`, body });
    const column = { key: 'n', required: false };
    await work({ method: 'POST', path: `${columnsOf(id)}/integer`, body: column });
  };
  const makeRows = async (table: Table, rows: readonly Row[]): Promise<void> => {
    const made = rows.map(({ id, grant }) => ({
      $id: id,
      $permissions: permissionsOf(grant),
      n: 0,
    }));
    for (let at = 0; at < made.length; at += 100) {
      const body = { rows: made.slice(at, at + 100) };
      await work({ method: 'POST', path: rowsOf(table), body });
    }
  };
  return { makeTable, makeRows, permissionText };
};

export const openWorld = async (): Promise<World> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'matrix-'));
  const server = await createAppwrite({
    dataDir,
    rateLimits: false,
    project: { id: projectId, key },
  });
  const pool = new Pool(server.url, { connections });
  const send = senderOf(pool);
  const work = insisting(send);
  const { sessions, membershipId } = await castIn(work);
  const texts = roleTexts(membershipId);
  await work({ method: 'POST', path: '/tablesdb', body: { databaseId, name: databaseId } });
  const maker = makerOf(work, texts);
  await maker.makeTable(fence);
  const opened = await Promise.all(
    people.map(async (person) => [person, await listen(server.url, sessions[person])] as const),
  );
  const ears = new Map<Person, Ear>(opened);
  let fences = 0;
  const settle = async (): Promise<void> => {
    fences += 1;
    const id = `f${fences}`;
    await maker.makeRows(fence, [{ id, grant: undefined }]);
    await until(() =>
      [...ears.values()].every(({ heard }) => heard.includes(`fence/${id} create`)),
    );
  };
  return {
    ask: (caller, what) => {
      if (caller === 'key') return send({ 'x-appwrite-key': key }, what);
      const session = sessions[caller];
      return send(session === '' ? {} : { 'x-appwrite-session': session }, what);
    },
    ...maker,
    roleText: (role) => texts[role],
    heardBy: async (person) => {
      await settle();
      const heard = ears.get(person)?.heard ?? [];
      return heard.filter((name) => !name.startsWith('fence/'));
    },
    leaveCrew: async () => {
      await work({ method: 'DELETE', path: `/teams/crew/memberships/${membershipId}` });
    },
    close: async () => {
      for (const ear of ears.values()) ear.close();
      await pool.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
