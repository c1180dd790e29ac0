/**
 * Accounts, callers and row permissions through our ports, against an Appwrite over HTTP
 * (`tests/support/appwrite.ts` says which). What teams and rows do besides is in `teams.test.ts`
 * and `store.test.ts`.
 */
import { Account, TablesDB } from 'node-appwrite';
import type { Client } from 'node-appwrite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectAppwrite, connectInbox } from '#adapters/appwrite/connect.ts';
import type { AppwritePorts } from '#adapters/appwrite/connect.ts';
import { systemIds } from '#adapters/system/ids.ts';
import { send } from '#local/customer/http.ts';
import { StoreUnavailable } from '#ports/store.ts';
import { databaseId } from '#schemas/tables/define.ts';
import { openAppwrite } from '#tests/support/appwrite.ts';
import type { AppwriteUnderTest } from '#tests/support/appwrite.ts';
import type { Neighbour } from '#tests/support/http.ts';
import {
  deafPort,
  eventually,
  startNeighbour,
  startSilence,
  startWebsite,
} from '#tests/support/http.ts';

const password = 'Adapter-Pass-7319';
let appwrite: AppwriteUnderTest;
let ports: AppwritePorts;
/** What a test made, undone at the end: the server may be somebody's own. */
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  appwrite = await openAppwrite(['settings', 'members']);
  ports = connectAppwrite(appwrite.settings, appwrite.key);
});
afterAll(async () => {
  await Promise.allSettled(cleanUps.map((undo) => undo()));
  await appwrite.stop();
});

const newAccount = () => {
  const userId = systemIds.newId();
  cleanUps.push(() => appwrite.users.delete({ userId }));
  return { userId, email: `u-${userId}@example.com`, password, name: 'Mina' };
};
const newPerson = async (): Promise<{ readonly userId: string; readonly email: string }> => {
  const account = newAccount();
  expect(await ports.accounts.create(account)).toEqual({ ok: true, value: 'created' });
  return account;
};

describe('accounts', () => {
  test('an account that was created can be read', async () => {
    const { userId, email } = await newPerson();
    const expected = { userId, email, name: 'Mina', labels: [] };
    expect(await ports.accounts.get(userId)).toEqual(expected);
  });

  test('a label that was given is seen', async () => {
    const { userId } = await newPerson();
    await appwrite.users.updateLabels({ userId, labels: ['operator'] });
    expect((await ports.accounts.get(userId))?.labels).toEqual(['operator']);
  });

  test('nobody is null', async () => {
    expect(await ports.accounts.get(systemIds.newId())).toBeNull();
  });

  test('of ten creates with one id, one creates', async () => {
    const account = newAccount();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        ports.accounts.create({ ...account, email: `${index}-${account.email}` }),
      ),
    );
    const values = outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error.code));
    expect(values.toSorted()).toEqual(['created', ...Array.from({ length: 9 }, () => 'exists')]);
  });

  test('an address belongs to one account, in capitals too', async () => {
    const { email } = await newPerson();
    for (const again of [email, email.toUpperCase()]) {
      const outcome = await ports.accounts.create({ ...newAccount(), email: again });
      expect(outcome).toEqual({ ok: true, value: 'exists' });
    }
  });
});

describe('an account whose data Appwrite refuses', () => {
  const refusal = async (changes: { readonly password?: string; readonly email?: string }) => {
    const outcome = await ports.accounts.create({ ...newAccount(), ...changes });
    return outcome.ok ? outcome.value : [outcome.error.code, outcome.error.field];
  };
  test('is told so at the password, where that is the reason', async () => {
    expect(await refusal({ password: 'short' })).toEqual(['password_weak', 'password']);
    expect(await refusal({ email: 'nowhere' })).toEqual(['body_invalid', undefined]);
  });
});

/** Logs in as a browser does; the secret stands only in the cookie. */
const sessionOf = async (email: string): Promise<Client> => {
  const { endpoint, projectId } = appwrite.settings;
  const answer = await send({
    method: 'POST',
    url: `${endpoint}/account/sessions/email`,
    headers: { 'content-type': 'application/json', 'x-appwrite-project': projectId },
    body: JSON.stringify({ email, password }),
  });
  expect(answer.status).toBe(201);
  const cookies = [answer.headers['set-cookie'] ?? []].flat().join(';');
  const secret = new RegExp(`a_session_${projectId}=([^;]+)`).exec(cookies)?.[1] ?? '';
  return appwrite.newClient().setSession(decodeURIComponent(secret));
};

describe('callers', () => {
  const jwtFor = async (userId: string, duration = 60): Promise<string> =>
    (await appwrite.users.createJWT({ userId, duration })).jwt;

  test('a token of Appwrite’s own says who is calling', async () => {
    const { userId, email } = await newPerson();
    await appwrite.users.updateLabels({ userId, labels: ['operator'] });
    expect(await ports.callers.verify(await jwtFor(userId))).toEqual({
      userId,
      email,
      name: 'Mina',
      labels: ['operator'],
    });
  });

  test('anything else is nobody', async () => {
    const { userId } = await newPerson();
    const jwt = await jwtFor(userId);
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, userId: 'operator' }));
    const unsigned = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'none' }));
    const worthless = [
      '',
      'a.b.c',
      userId,
      `${head}.${forged.toString('base64url')}.${signature}`,
      `${unsigned.toString('base64url')}.${body}.`,
      `${head}.${body}.`,
      `, ${jwt}`,
      appwrite.key,
    ];
    for (const token of worthless) expect(await ports.callers.verify(token)).toBeNull();
  });

  test('an expired token is nobody', async () => {
    const { userId } = await newPerson();
    const [living, short] = [await jwtFor(userId), await jwtFor(userId, 1)];
    await eventually(
      () => ports.callers.verify(short),
      (caller) => caller === null,
    );
    // Nothing but its time makes it another than this one.
    expect((await ports.callers.verify(living))?.userId).toBe(userId);
  });

  test('a token of a session that was ended is nobody', async () => {
    const { email, userId } = await newPerson();
    const account = new Account(await sessionOf(email));
    const { jwt } = await account.createJWT();
    expect((await ports.callers.verify(jwt))?.userId).toBe(userId);
    await account.deleteSession({ sessionId: 'current' });
    expect(await ports.callers.verify(jwt)).toBeNull();
  });

  test('a blocked and a deleted person are nobody', async () => {
    const [blocked, deleted] = [await newPerson(), await newPerson()];
    const jwts = [await jwtFor(blocked.userId), await jwtFor(deleted.userId)];
    await appwrite.users.updateStatus({ userId: blocked.userId, status: false });
    await appwrite.users.delete({ userId: deleted.userId });
    for (const jwt of jwts) expect(await ports.callers.verify(jwt)).toBeNull();
  });
});

describe('readers of a row', () => {
  const setting = { value: '1' };
  const newRow = async (readers: Parameters<typeof ports.store.create>[2]['readers']) => {
    const id = systemIds.newId();
    cleanUps.push(() => ports.store.delete('settings', id));
    expect(await ports.store.create('settings', id, { data: setting, readers })).toBe('created');
    return id;
  };
  const sees = async (client: Client, rowId: string): Promise<boolean> =>
    new TablesDB(client).getRow({ databaseId, tableId: 'settings', rowId }).then(
      () => true,
      () => false,
    );

  test('a team’s row is seen by its members, and no longer by a removed one', async () => {
    const [owner, stranger] = [await newPerson(), await newPerson()];
    const teamId = systemIds.newId();
    cleanUps.push(() => appwrite.teams.delete({ teamId }));
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId: owner.userId });
    const id = await newRow({ team: teamId });
    const [member, other] = [await sessionOf(owner.email), await sessionOf(stranger.email)];
    expect([await sees(member, id), await sees(other, id)]).toEqual([true, false]);
    const { memberships } = await appwrite.teams.listMemberships({ teamId });
    const membershipId = memberships[0]?.$id ?? '';
    await appwrite.teams.deleteMembership({ teamId, membershipId });
    expect(await sees(member, id)).toBe(false);
  });

  test('a row for a team’s owners is seen by no other member', async () => {
    const [owner, member] = [await newPerson(), await newPerson()];
    const teamId = systemIds.newId();
    cleanUps.push(() => appwrite.teams.delete({ teamId }));
    await ports.teams.ensure({ teamId, name: 'Acme', ownerId: owner.userId });
    await ports.teams.join({ teamId, userId: member.userId, role: 'billing' });
    const id = await newRow({ team: teamId, role: 'owner' });
    const [first, second] = [await sessionOf(owner.email), await sessionOf(member.email)];
    expect([await sees(first, id), await sees(second, id)]).toEqual([true, false]);
    await ports.teams.setRole({ teamId, userId: member.userId, role: 'owner' });
    expect(await sees(second, id)).toBe(true);
  });

  test('a user’s row is seen by that user alone', async () => {
    const [owner, stranger] = [await newPerson(), await newPerson()];
    const id = await newRow({ user: owner.userId });
    expect(await sees(await sessionOf(owner.email), id)).toBe(true);
    expect(await sees(await sessionOf(stranger.email), id)).toBe(false);
    expect(await sees(appwrite.newClient(), id)).toBe(false);
  });

  test('a row of functions is seen by nobody, and an update shows it to no one', async () => {
    const { email } = await newPerson();
    const id = await newRow('functions');
    const session = await sessionOf(email);
    expect(await sees(session, id)).toBe(false);
    const row = await ports.store.get('settings', id);
    if (row === null) throw new Error('row is gone');
    expect(await ports.store.update('settings', row, { value: '2' })).toBe('updated');
    expect(await sees(session, id)).toBe(false);
    const kept = await appwrite.rows.getRow({ databaseId, tableId: 'settings', rowId: id });
    expect(kept.$permissions).toEqual([]);
  });
});

describe('when Appwrite is not what answers, nothing is decided', () => {
  let neighbour: Neighbour | undefined;
  afterEach(async () => {
    await neighbour?.close();
    neighbour = undefined;
  });
  const everyPort = (endpoint: string): readonly Promise<unknown>[] => {
    const { store, accounts, teams, callers } = connectAppwrite(
      { ...appwrite.settings, endpoint },
      appwrite.key,
    );
    const row = { data: { value: '1' }, readers: 'functions' as const };
    const id = 'x';
    return [
      store.get('settings', id),
      store.list('settings', { limit: 1 }),
      store.create('settings', id, row),
      store.update('settings', { id, version: new Date().toISOString() }, { value: '2' }),
      store.incrementUpTo('limits', id, { column: 'count', max: 1 }),
      store.delete('settings', id),
      accounts.create({ userId: id, email: 'x@example.com', password, name: 'X' }),
      accounts.get(id),
      teams.ensure({ teamId: id, name: 'X', ownerId: id }),
      teams.roleOf(id, id),
      teams.membersOf(id),
      teams.join({ teamId: id, userId: id, role: 'member' }),
      teams.setRole({ teamId: id, userId: id, role: 'member' }),
      teams.remove({ teamId: id, userId: id }),
      callers.verify('a.b.c'),
    ];
  };
  const refuses = async (endpoint: string): Promise<void> => {
    const ends = await Promise.allSettled(everyPort(endpoint));
    const undecided = ends.map((end) =>
      end.status === 'rejected' && end.reason instanceof StoreUnavailable ? '' : end,
    );
    expect(undecided).toEqual(ends.map(() => ''));
  };

  test('nobody listens', async () => {
    await refuses(`http://127.0.0.1:${await deafPort()}/v1`);
  });

  test.each([200, 201, 404, 502])('a web page answers with %d', async (status) => {
    neighbour = await startWebsite(status);
    await refuses(`${neighbour.url}/v1`);
  });

  test.each([
    [500, 'general_unknown'],
    [503, 'general_unknown'],
    [429, 'general_rate_limit_exceeded'],
  ])('it is overloaded or broken: %d', async (code, type) => {
    neighbour = await startNeighbour((_request, response) => {
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code, type, message: 'no' }));
    });
    await refuses(`${neighbour.url}/v1`);
  });

  test('it sends everybody elsewhere', async () => {
    neighbour = await startNeighbour((_request, response) => {
      response.writeHead(302, { location: `${appwrite.settings.endpoint}/health` }).end();
    });
    await refuses(`${neighbour.url}/v1`);
  });

  test('it is silent: PayApp’s inbox gives up before PayApp does', async () => {
    neighbour = await startSilence();
    const settings = { ...appwrite.settings, endpoint: `${neighbour.url}/v1` };
    const startedAt = performance.now();
    const row = { data: { value: '1' }, readers: 'functions' as const };
    const filing = connectInbox(settings, appwrite.key).create('settings', 'x', row);
    await expect(filing).rejects.toThrow(StoreUnavailable);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
