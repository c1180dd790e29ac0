/**
 * What a person does with the own account, with the unmodified SDKs: sessions by device, a new
 * password under the project's rules, and what is left on disk of an account that was deleted.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Account, AppwriteException, Client, Query, Teams, Users } from 'node-appwrite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAppwrite } from '../server.ts';
import type { RunningAppwrite } from '../server.ts';

const KEY = 'standard_account_test_key';
const PASSWORD = 'Corr3ct-Horse!';
const CONSOLE = { email: 'operator@example.com', password: 'Oper4tor-Pass!' } as const;
const PHONE =
  'Mozilla/5.0 (Linux; Android 15; SM-S921N) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/140.0.0.0 Mobile Safari/537.36';
const DESK =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
  'Version/18.5 Safari/605.1.15';

let server: RunningAppwrite;
let dataDir: string;

const open = (): ReturnType<typeof createAppwrite> =>
  createAppwrite({
    dataDir,
    console: CONSOLE,
    project: { id: 'shop', key: KEY },
    rateLimits: false,
  });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'appwrite-account-'));
  server = await open();
  for (const [path, body] of [
    ['password-history', { limit: 2 }],
    ['password-dictionary', { enabled: true }],
    ['personal-data', { enabled: true }],
  ] as const) {
    await asConsole('PATCH', `/projects/shop/auth/${path}`, body);
  }
});

afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const client = (): Client => new Client().setEndpoint(`${server.url}/v1`).setProject('shop');
const keyClient = (): Client => client().setKey(KEY);

async function asConsole(method: string, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-appwrite-project': 'console' };
  const login = await fetch(`${server.url}/v1/account/sessions/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify(CONSOLE),
  });
  const cookie = login.headers.getSetCookie().map((each) => each.split(';')[0] ?? '');
  const answer = await fetch(`${server.url}/v1${path}`, {
    method,
    headers: { ...headers, cookie: cookie.join('; ') },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
}

const newUser = async (userId: string): Promise<string> => {
  const email = `${userId}@example.com`;
  await new Users(keyClient()).create({ userId, email, password: PASSWORD, name: 'Person' });
  return email;
};

/** Signed in as a browser is: the secret comes in a cookie. */
async function signIn(email: string, agent: string, password = PASSWORD): Promise<Client> {
  const answer = await fetch(`${server.url}/v1/account/sessions/email`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-appwrite-project': 'shop',
      'user-agent': agent,
    },
    body: JSON.stringify({ email, password }),
  });
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('a_session_shop='));
  const secret = cookie?.split(';')[0]?.split('=').slice(1).join('=') ?? '';
  if (answer.status !== 201) throw new Error(`sign in: ${String(answer.status)}`);
  return client().setSession(secret);
}

async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof AppwriteException)) throw error;
    return `${String(error.code)} ${error.type}`;
  }
}

describe('sessions', () => {
  test('are told by browser and system, and one of them is this one', async () => {
    const email = await newUser('devices');
    await signIn(email, PHONE);
    const { sessions } = await new Account(await signIn(email, DESK)).listSessions();
    expect(
      sessions.map(({ current, clientName, osName }) => [current, clientName, osName]),
    ).toEqual([
      [false, 'Chrome Mobile', 'Android'],
      [true, 'Safari', 'Mac'],
    ]);
    expect(sessions.map(({ secret, countryCode }) => [secret, countryCode])).toEqual([
      ['', '--'],
      ['', '--'],
    ]);
  });

  test('one is ended by the other, and nobody ends those of another', async () => {
    const email = await newUser('revoking');
    const phone = new Account(await signIn(email, PHONE));
    const desk = new Account(await signIn(email, DESK));
    const stranger = new Account(await signIn(await newUser('stranger'), DESK));
    const [first] = (await desk.listSessions()).sessions;
    const sessionId = first?.$id ?? '';
    expect(await refusal(stranger.deleteSession({ sessionId }))).toBe('404 user_session_not_found');
    await desk.deleteSession({ sessionId });
    expect(await refusal(phone.get())).toBe('401 general_unauthorized_scope');
    expect(await refusal(desk.deleteSession({ sessionId }))).toBe('404 user_session_not_found');
  });
});

describe('a new password', () => {
  test('follows the rules of the project, and puts all other sessions out', async () => {
    const email = await newUser('changing');
    const phone = new Account(await signIn(email, PHONE));
    const desk = new Account(await signIn(email, DESK));
    const change = (password: string, oldPassword = PASSWORD): Promise<string> =>
      refusal(desk.updatePassword({ password, oldPassword }));
    expect(await change('N3w-Password!', 'not-the-old-one')).toBe('401 user_invalid_credentials');
    expect(await change('short')).toBe('400 general_argument_invalid');
    expect(await change('iloveyou')).toBe('400 general_argument_invalid');
    expect(await change('xx-changing-xx')).toBe('400 password_personal_data');
    expect(await change(PASSWORD)).toBe('400 password_recently_used');
    expect(await refusal(phone.get())).toBe('none');
    expect(await change('N3w-Password!')).toBe('none');
    expect(await refusal(phone.get())).toBe('401 general_unauthorized_scope');
    expect(await refusal(desk.get())).toBe('none');
    expect((await desk.listSessions()).total).toBe(1);
  });
});

describe('an account that ends', () => {
  test('a key proves a password by a session, and takes it back', async () => {
    const email = await newUser('proving');
    const own = new Account(await signIn(email, DESK));
    const prove = (password: string): ReturnType<Account['createEmailPasswordSession']> =>
      new Account(keyClient()).createEmailPasswordSession({ email, password });
    expect(await refusal(prove('not-the-password'))).toBe('401 user_invalid_credentials');
    const session = await prove(PASSWORD);
    const users = new Users(keyClient());
    await users.deleteSession({ userId: session.userId, sessionId: session.$id });
    expect((await own.listSessions()).total).toBe(1);
  });

  test('blocked, it is out of every session and cannot sign in', async () => {
    const email = await newUser('blocked');
    const phone = new Account(await signIn(email, PHONE));
    const jwt = (await phone.createJWT()).jwt;
    const users = new Users(keyClient());
    await users.updateStatus({ userId: 'blocked', status: false });
    expect(await refusal(phone.get())).toBe('403 user_blocked');
    expect(await refusal(new Account(client().setJWT(jwt)).get())).toBe('403 user_blocked');
    await users.deleteSessions({ userId: 'blocked' });
    expect(await refusal(phone.get())).toBe('401 general_unauthorized_scope');
    await expect(signIn(email, PHONE)).rejects.toThrow('403');
    await users.updateStatus({ userId: 'blocked', status: true });
    expect(await refusal(phone.get())).toBe('401 general_unauthorized_scope');
    expect(await refusal(new Account(await signIn(email, PHONE)).get())).toBe('none');
  });

  test('deleted, nothing of it is left in the files, but for what others hold', async () => {
    const email = await newUser('mina-canary');
    const users = new Users(keyClient());
    const teams = new Teams(keyClient());
    await teams.create({ teamId: 'crew', name: 'Crew' });
    await teams.createMembership({ teamId: 'crew', userId: 'mina-canary', roles: ['owner'] });
    const phone = new Account(await signIn(email, PHONE));
    await phone.updatePassword({ password: 'N3w-Password!', oldPassword: PASSWORD });
    await users.delete({ userId: 'mina-canary' });
    expect(await refusal(phone.get())).toBe('401 general_unauthorized_scope');
    expect((await teams.listMemberships({ teamId: 'crew' })).total).toBe(0);
    expect((await users.list({ queries: [Query.equal('email', email)] })).total).toBe(0);
    await server.stop();
    const found = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes('mina-canary'));
    server = await open();
    expect(found).toEqual([]);
  });
});
