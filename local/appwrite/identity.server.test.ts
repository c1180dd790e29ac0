/** The identity side as the unmodified node SDK meets it, over HTTP, against a server in-process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, AppwriteException, Client, ID, Query, Teams, Users } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from './kernel/types.ts';
import { createAppwrite, type RunningAppwrite } from './server.ts';

const KEY = 'standard_server_test_key';
const PASSWORD = 'Corr3ct-Horse!';
const CONSOLE = { email: 'operator@example.com', password: 'Oper4tor-Pass!' } as const;

let server: RunningAppwrite;
let dataDir: string;

function options(): Parameters<typeof createAppwrite>[0] {
  return {
    dataDir,
    console: CONSOLE,
    project: { id: 'shop', key: KEY, platforms: ['shop.localhost'] },
    apiDomains: ['api.shop.localhost'],
  };
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'appwrite-identity-'));
  server = await createAppwrite(options());
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const client = (): Client => new Client().setEndpoint(`${server.url}/v1`).setProject('shop');
const keyClient = (): Client => client().setKey(KEY);

/** Type and code of the refusal, or `none`. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof AppwriteException)) throw error;
    return `${String(error.code)} ${error.type}`;
  }
}

async function userWithSession(id: string): Promise<Client> {
  const users = new Users(keyClient());
  await users.create({ userId: id, email: `${id}@example.com`, password: PASSWORD, name: id });
  const session = await users.createSession({ userId: id });
  return client().setSession(session.secret);
}

interface Raw {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request with a Host header of its own, which fetch does not allow. */
function raw({ method = 'GET', path, headers = {}, body }: RawRequest): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, server.url);
    const outgoing = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('accounts', () => {
  test('sign up, log in, read and change oneself, log out', async () => {
    const guest = new Account(client());
    const made = await guest.create({
      userId: ID.unique(),
      email: 'New@Example.com',
      password: PASSWORD,
    });
    expect(made.email).toBe('new@example.com');
    const byKey = new Account(keyClient());
    const session = await byKey.createEmailPasswordSession({
      email: 'new@example.com',
      password: PASSWORD,
    });
    const account = new Account(client().setSession(session.secret));
    expect((await account.get()).$id).toBe(made.$id);
    await account.updatePrefs({ prefs: { theme: 'dark' } });
    expect({ ...(await account.getPrefs()) }).toEqual({ theme: 'dark' });
    expect((await account.listSessions()).sessions.map((entry) => entry.current)).toEqual([true]);
    await account.deleteSession({ sessionId: 'current' });
    expect(await refusal(account.get())).toBe('401 general_unauthorized_scope');
  });

  test('a hundred sign-ups at once with one address make one account', async () => {
    const users = new Users(keyClient());
    const calls = Array.from({ length: 100 }, () =>
      refusal(users.create({ userId: ID.unique(), email: 'race@example.com', password: PASSWORD })),
    );
    const answers = await Promise.all(calls);
    expect(answers.filter((answer) => answer === 'none')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['none', '409 user_already_exists']));
    const found = await users.list({ queries: [Query.equal('email', 'race@example.com')] });
    expect(found.total).toBe(1);
  });

  test('a JWT names its user and ends with its session', async () => {
    const alice = await userWithSession('jwt-alice');
    const { jwt } = await new Account(alice).createJWT();
    const byJwt = new Account(client().setJWT(jwt));
    expect((await byJwt.get()).$id).toBe('jwt-alice');
    await new Users(keyClient()).deleteSessions({ userId: 'jwt-alice' });
    expect(await refusal(byJwt.get())).toBe('401 general_unauthorized_scope');
    expect(await refusal(new Account(client().setJWT(`${jwt}x`)).get())).toBe(
      '401 user_jwt_invalid',
    );
  });

  test('a one-time token logs in once', async () => {
    const users = new Users(keyClient());
    await users.create({ userId: 'token-user', email: 'token@example.com' });
    const { secret } = await users.createToken({ userId: 'token-user', length: 32 });
    const logIn = (): Promise<unknown> =>
      new Account(keyClient()).createSession({ userId: 'token-user', secret });
    expect(await refusal(logIn())).toBe('none');
    expect(await refusal(logIn())).toBe('401 user_invalid_token');
  });

  test('password policies of the project hold for sign-up and change', async () => {
    await settings('PATCH', '/projects/shop/auth/personal-data', { enabled: true });
    await settings('PATCH', '/projects/shop/auth/password-dictionary', { enabled: true });
    await settings('PATCH', '/projects/shop/auth/password-history', { limit: 2 });
    const users = new Users(keyClient());
    const create = (password: string): Promise<string> =>
      refusal(users.create({ userId: 'policy', email: 'policy@example.com', password }));
    expect(await create('my-policy-1')).toBe('400 password_personal_data');
    expect(await create('Password123')).toBe('400 general_argument_invalid');
    expect(await create(PASSWORD)).toBe('none');
    const change = (password: string): Promise<string> =>
      refusal(users.updatePassword({ userId: 'policy', password }));
    expect(await change(PASSWORD)).toBe('400 password_recently_used');
    expect(await change('Second-Horse!')).toBe('none');
    expect(await change('Third-Horse!')).toBe('none');
    expect(await change(PASSWORD)).toBe('none');
    await settings('PATCH', '/projects/shop/auth/personal-data', { enabled: false });
    await settings('PATCH', '/projects/shop/auth/password-dictionary', { enabled: false });
    await settings('PATCH', '/projects/shop/auth/password-history', { limit: 0 });
  });

  test('beyond the limit of sessions the oldest ends', async () => {
    await settings('PATCH', '/projects/shop/auth/max-sessions', { limit: 2 });
    const first = await userWithSession('sessions');
    const users = new Users(keyClient());
    await users.createSession({ userId: 'sessions' });
    expect(await refusal(new Account(first).get())).toBe('none');
    await users.createSession({ userId: 'sessions' });
    expect(await refusal(new Account(first).get())).toBe('401 general_unauthorized_scope');
    expect((await users.listSessions({ userId: 'sessions' })).total).toBe(2);
    await settings('PATCH', '/projects/shop/auth/max-sessions', { limit: 0 });
  });

  test('changes of users are published without the password hash', async () => {
    const seen: Change[] = [];
    const unsubscribe = server.services.changes.subscribe((change) => seen.push(change));
    const users = new Users(keyClient());
    await users.create({ userId: 'seen', email: 'seen@example.com', password: PASSWORD });
    await users.updateLabels({ userId: 'seen', labels: ['operator'] });
    unsubscribe();
    expect(seen.map((change) => change.events[0])).toEqual([
      'users.seen.create',
      'users.seen.update',
    ]);
    expect(seen.map((change) => change.rolesChangedFor)).toEqual([undefined, 'seen']);
    expect(JSON.stringify(seen)).not.toContain('scrypt');
  });
});

describe('users', () => {
  test('queries, search, order, cursor and totals', async () => {
    const users = new Users(keyClient());
    for (const id of ['list-a', 'list-b', 'list-c']) {
      await users.create({ userId: id, email: `${id}@list.example`, name: `Name ${id}` });
    }
    const ours = Query.endsWith('email', '@list.example');
    const down = await users.list({ queries: [ours, Query.orderDesc('name'), Query.limit(2)] });
    expect(down.total).toBe(3);
    expect(down.users.map((user) => user.$id)).toEqual(['list-c', 'list-b']);
    const next = await users.list({
      queries: [ours, Query.orderDesc('name'), Query.cursorAfter('list-b')],
    });
    expect(next.users.map((user) => user.$id)).toEqual(['list-a']);
    const found = await users.list({ search: 'Name list-b' });
    expect(found.users.map((user) => user.$id)).toEqual(['list-b']);
    expect(await refusal(users.list({ queries: [Query.equal('colour', 'red')] }))).toBe(
      '400 general_argument_invalid',
    );
  });

  test('a deleted user leaves no session and no membership', async () => {
    const leaver = await userWithSession('leaver');
    const teams = new Teams(keyClient());
    await teams.create({ teamId: 'left', name: 'Left' });
    await teams.createMembership({ teamId: 'left', userId: 'leaver', roles: ['member'] });
    await new Users(keyClient()).delete({ userId: 'leaver' });
    expect(await refusal(new Account(leaver).get())).toBe('401 general_unauthorized_scope');
    expect((await teams.listMemberships({ teamId: 'left' })).total).toBe(0);
  });
});

describe('teams', () => {
  test('a member sees the team until taken out, a stranger never', async () => {
    const member = new Teams(await userWithSession('team-member'));
    const stranger = new Teams(await userWithSession('team-stranger'));
    const teams = new Teams(keyClient());
    await teams.create({ teamId: 'crew', name: 'Crew' });
    const membership = await teams.createMembership({
      teamId: 'crew',
      userId: 'team-member',
      roles: ['member'],
    });
    expect((await member.get({ teamId: 'crew' })).total).toBe(1);
    expect(await refusal(stranger.get({ teamId: 'crew' }))).toBe('404 team_not_found');
    expect(await refusal(member.updateName({ teamId: 'crew', name: 'Mine' }))).toBe(
      '401 user_unauthorized',
    );
    await teams.deleteMembership({ teamId: 'crew', membershipId: membership.$id });
    expect(await refusal(member.get({ teamId: 'crew' }))).toBe('404 team_not_found');
  });

  test('twenty additions of one user at once make one membership', async () => {
    await userWithSession('joiner');
    const teams = new Teams(keyClient());
    await teams.create({ teamId: 'race', name: 'Race' });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        refusal(teams.createMembership({ teamId: 'race', userId: 'joiner', roles: ['member'] })),
      ),
    );
    expect(answers.filter((answer) => answer === 'none')).toHaveLength(1);
  });
});

describe('hosts and origins', () => {
  const signIn = (email: string): RawRequest => ({
    method: 'POST',
    path: '/v1/account/sessions/email',
    headers: {
      host: `api.shop.localhost:${server.port}`,
      origin: `http://shop.localhost:${server.port}`,
      'x-appwrite-project': 'shop',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ email, password: PASSWORD }),
  });

  test('an API domain of the same site sets cookies and needs no fallback header', async () => {
    await userWithSession('same-site');
    const answer = await raw(signIn('same-site@example.com'));
    expect(answer.status).toBe(201);
    expect(answer.headers['access-control-allow-origin']).toContain('http://shop.localhost');
    expect(answer.headers['x-fallback-cookies']).toBeUndefined();
    const [legacy] = answer.headers['set-cookie'] ?? [];
    const cookie = legacy?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^a_session_shop_legacy=/);
    const me = await raw({
      path: '/v1/account',
      headers: { host: 'api.shop.localhost', cookie, 'x-appwrite-project': 'shop' },
    });
    expect(JSON.parse(me.text)).toMatchObject({ $id: 'same-site' });
  });

  test('unknown function domains and unknown routes are pages, not JSON', async () => {
    const domain = await raw({ path: '/', headers: { host: 'none.functions.localhost' } });
    expect(domain.status).toBe(404);
    expect(domain.headers['content-type']).toContain('text/html');
    const route = await raw({ path: '/v1/nothing' });
    expect(route.status).toBe(404);
    expect(route.headers['content-type']).toContain('text/html');
  });

  test('a body beyond 12 MiB is refused before it is read', async () => {
    const answer = await raw({
      method: 'POST',
      path: '/v1/users',
      headers: {
        'x-appwrite-project': 'shop',
        'x-appwrite-key': KEY,
        'content-length': '13000000',
      },
    });
    expect(answer.status).toBe(413);
  });
});

describe('the console', () => {
  test('a project made, used and deleted leaves nothing behind', async () => {
    const project = { projectId: 'brief', name: 'Brief', teamId: 'organization' };
    expect((await settings('POST', '/projects', project)).status).toBe(201);
    const scopes = ['users.read', 'users.write'];
    const made = await settings('POST', '/projects/brief/keys', { name: 'k', scopes });
    const { secret } = JSON.parse(made.text) as { secret: string };
    const brief = new Client().setEndpoint(`${server.url}/v1`).setProject('brief').setKey(secret);
    await new Users(brief).create({ userId: 'one', email: 'one@example.com' });
    expect(await refusal(new Teams(brief).list())).toBe('401 general_unauthorized_scope');
    expect((await settings('DELETE', '/projects/brief')).status).toBe(204);
    expect(await refusal(new Users(brief).list())).toBe('404 project_not_found');
    const left = server.services.store
      .prepare('SELECT count(*) AS n FROM users WHERE project_id = ?')
      .get('brief');
    expect(left?.['n']).toBe(0);
  });

  test('a second start keeps accounts, sessions and tokens', async () => {
    const session = await userWithSession('keeper');
    const { jwt } = await new Account(session).createJWT();
    await server.stop();
    server = await createAppwrite(options());
    const again = new Account(client().setJWT(jwt));
    expect((await again.get()).$id).toBe('keeper');
  });
});

/** A request of the console operator. */
async function settings(method: string, path: string, body?: unknown): Promise<Raw> {
  return raw({
    method,
    path: `/v1${path}`,
    headers: { cookie: await consoleCookies(), 'x-appwrite-project': 'console' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function consoleCookies(): Promise<string> {
  const answer = await raw({
    method: 'POST',
    path: '/v1/account/sessions/email',
    headers: { 'x-appwrite-project': 'console', 'content-type': 'application/json' },
    body: JSON.stringify(CONSOLE),
  });
  const cookies = answer.headers['set-cookie'] ?? [];
  return [cookies]
    .flat()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
