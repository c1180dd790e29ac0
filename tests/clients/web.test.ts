/**
 * The unmodified web SDK in Chromium against the embedded server: a page on the same site, where
 * cookies carry the session, pages on other sites, where the SDK's fallback does, realtime through
 * a restart, and an origin nobody registered.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tab, WebWorld } from './web-world.ts';
import { openWebWorld } from './web-world.ts';

const password = 'Corr3ct-Horse!';
const waiting = { timeout: 20_000, interval: 50 };
const notes = { databaseId: 'main', tableId: 'notes' };

let world: WebWorld;
const tabs: Tab[] = [];

const visit = async (host: string): Promise<Tab> => {
  const tab = await world.visit(host);
  tabs.push(tab);
  return tab;
};

const signIn = async (tab: Tab, userId: string): Promise<void> => {
  const email = `${userId}@example.com`;
  expect(await tab.tell('signUp', userId, email, password)).toMatchObject({ code: 200 });
  expect(await tab.tell('logIn', email, password)).toMatchObject({ code: 200 });
};

const write = (rowId: string, title: string, ...permissions: string[]): Promise<unknown> => {
  const data: object = { title };
  return world.tables.createRow({ ...notes, rowId, data, permissions });
};

const idsHeard = async (tab: Tab, name: string): Promise<unknown[]> =>
  (await tab.tell('heard', name)).map(({ payload }) => payload['$id']);

beforeAll(async () => {
  world = await openWebWorld(['app.hosted.localhost', 'app.localhost']);
});

afterEach(async () => {
  await Promise.all(tabs.splice(0).map((tab) => tab.close()));
});

afterAll(() => world.close());

describe.each([
  { site: 'the same site', host: 'app.hosted.localhost', id: 'same', byCookie: true },
  { site: 'another site', host: 'localhost', id: 'other', byCookie: false },
  { site: 'a registered foreign site', host: 'app.localhost', id: 'foreign', byCookie: false },
])('from $site', ({ host, id, byCookie }) => {
  test('a session lives in the cookie or in the fallback, until log-out', async () => {
    const tab = await visit(host);
    expect(await tab.tell('me')).toMatchObject({ code: 401, type: 'general_unauthorized_scope' });
    await signIn(tab, `${id}-ann`);
    const fallback = await tab.fallback();
    expect(Object.keys(fallback ?? {})).toEqual(byCookie ? [] : ['a_session_shop']);
    if (byCookie) expect(await tab.cookieNames()).toContain('a_session_shop_legacy');
    expect(await tab.tell('me')).toMatchObject({ body: { $id: `${id}-ann`, targets: [{}] } });
    await tab.page.reload();
    await tab.tell('open', world.endpoint, 'shop');
    expect(await tab.tell('rename', 'Ann')).toMatchObject({ body: { name: 'Ann' } });
    const again = await tab.tell('logIn', `${id}-ann@example.com`, password);
    expect(again).toMatchObject({ code: 401, type: 'user_session_already_exists' });
    expect(await tab.tell('logOut')).toMatchObject({ code: 200 });
    expect(await tab.tell('me')).toMatchObject({ code: 401, type: 'general_unauthorized_scope' });
    expect(await tab.cookieNames()).toEqual([]);
    const wrong = await tab.tell('logIn', `${id}-ann@example.com`, 'Wr0ng-Horse!');
    expect(wrong).toMatchObject({ code: 401, type: 'user_invalid_credentials' });
  });

  test('a JWT stands for its user, but never beside a cookie', async () => {
    const tab = await visit(host);
    await signIn(tab, `${id}-jwt`);
    const { body } = await tab.tell('jwt');
    const jwt = String(body['jwt']);
    const beside = await tab.tell('meByJwt', jwt);
    // The fallback header is the SDK's own doing and goes with every client of the page.
    if (byCookie) expect(beside).toMatchObject({ code: 403, type: 'user_jwt_and_cookie_set' });
    const elsewhere = await visit(host);
    const alone = await elsewhere.tell('meByJwt', jwt);
    expect(alone).toMatchObject({ code: 200, body: { $id: `${id}-jwt` } });
    expect(await elsewhere.tell('meByJwt', `${jwt}x`)).toMatchObject({ type: 'user_jwt_invalid' });
    await tab.tell('logOut');
    const late = await elsewhere.tell('meByJwt', jwt);
    expect(late).toMatchObject({ code: 401, type: 'general_unauthorized_scope' });
  });

  test('rows are their owner’s; one that is hidden is not there', async () => {
    const tab = await visit(host);
    await signIn(tab, `${id}-row`);
    const made = await tab.tell('create', `${id}-mine`, 'mine');
    const mine = ['read', 'update', 'delete'].map((action) => `${action}("user:${id}-row")`);
    expect(made).toMatchObject({ code: 200, body: { title: 'mine', $permissions: mine } });
    await write(`${id}-hidden`, 'hidden', 'read("user:somebody")');
    await write(`${id}-shown`, 'shown', `read("user:${id}-row")`);
    const hidden = await tab.tell('get', `${id}-hidden`);
    expect(hidden).toMatchObject({ code: 404, type: 'row_not_found' });
    expect(await tab.tell('update', `${id}-hidden`, 'x')).toMatchObject({
      code: 401,
      type: 'user_unauthorized',
    });
    const { body } = await tab.tell('list');
    const rows = body['rows'] as { $id: string }[];
    expect(rows.map((row) => row.$id)).toEqual([`${id}-mine`, `${id}-shown`]);
    expect(await tab.tell('update', `${id}-mine`, 'new')).toMatchObject({ body: { title: 'new' } });
    const granting = await tab.tell('create', `${id}-gift`, 'gift', ['read("team:crew")']);
    expect(granting).toMatchObject({ code: 401, type: 'user_unauthorized' });
    expect(await tab.tell('remove', `${id}-mine`)).toMatchObject({ code: 200 });
    expect(await tab.tell('get', `${id}-mine`)).toMatchObject({ code: 404 });
  });

  test('a function answers at once, or later with its body forgotten', async () => {
    const tab = await visit(host);
    expect(await tab.tell('execute', false, 'b')).toMatchObject({ code: 401 });
    await signIn(tab, `${id}-run`);
    const sync = await tab.tell('execute', false, '한글');
    const responseBody = `PUT /path 1 given ${id}-run 한글`;
    expect(sync.body).toMatchObject({ status: 'completed', responseBody, logs: '', errors: '' });
    // Both names of the owner, for readers of every format.
    expect(sync.body).toMatchObject({ functionId: 'echo', resourceId: 'echo' });
    await tab.tell('listen', 'runs', ['executions']);
    const later = await tab.tell('execute', true, 'b');
    expect(later.body).toMatchObject({ responseBody: '' });
    await vi.waitFor(async () => {
      const { body } = await tab.tell('execution', String(later.body['$id']));
      expect(body).toMatchObject({
        status: 'completed',
        responseStatusCode: 200,
        responseBody: '',
      });
      expect((await tab.tell('heard', 'runs')).at(-1)?.payload).toMatchObject({
        $id: later.body['$id'],
        status: 'completed',
      });
    }, waiting);
  });

  test('realtime comes back by itself after the server was gone', async () => {
    const tab = await visit(host);
    await signIn(tab, `${id}-live`);
    const read = `read("user:${id}-live")`;
    await tab.tell('listen', 'rows');
    await tab.tell('listen', 'wanted', undefined, 'wanted');
    await write(`${id}-l1`, 'first', read);
    await vi.waitFor(
      async () => expect(await idsHeard(tab, 'rows')).toEqual([`${id}-l1`]),
      waiting,
    );
    await world.stopServer();
    await world.startServer();
    await vi.waitFor(async () => expect(await tab.tell('opened')).toBeGreaterThan(1), waiting);
    // Open is not yet subscribed: the SDK asks again on the same socket, so write until heard.
    let count = 1;
    await vi.waitFor(async () => {
      count += 1;
      await write(`${id}-l${count}`, 'wanted', read);
      expect((await idsHeard(tab, 'wanted')).length).toBeGreaterThan(0);
    }, waiting);
    const [event] = await tab.tell('heard', 'wanted');
    expect(event?.event).toBe(
      `tablesdb.main.tables.notes.rows.${String(event?.payload['$id'])}.create`,
    );
    expect(await tab.tell('me')).toMatchObject({ body: { $id: `${id}-live` } });
  });

  test('each tab hears what its own user may see, by query if it asked so', async () => {
    const [ann, bob] = [await visit(host), await visit(host)];
    await signIn(ann, `${id}-tab1`);
    await signIn(bob, `${id}-tab2`);
    for (const tab of [ann, bob]) {
      await tab.tell('listen', 'all');
      await tab.tell('listen', 'paid', undefined, 'paid');
    }
    const both = [`read("user:${id}-tab1")`, `read("user:${id}-tab2")`];
    const begin = `${id}-begin`;
    await vi.waitFor(async () => {
      await write(`${begin}-${String(performance.now()).replace('.', '-')}`, 'paid', ...both);
      for (const tab of [ann, bob]) {
        expect((await idsHeard(tab, 'all')).length).toBeGreaterThan(0);
        expect((await idsHeard(tab, 'paid')).length).toBeGreaterThan(0);
      }
    }, waiting);
    await write(`${id}-secret`, 'paid', `read("user:${id}-tab1")`);
    await write(`${id}-open`, 'open', `read("user:${id}-tab1")`);
    await write(`${id}-end`, 'paid', ...both);
    await vi.waitFor(async () => {
      for (const tab of [ann, bob]) expect(await idsHeard(tab, 'paid')).toContain(`${id}-end`);
    }, waiting);
    const own = async (tab: Tab, name: string): Promise<unknown[]> =>
      (await idsHeard(tab, name)).filter((one) => !String(one).startsWith(begin));
    expect(await own(ann, 'all')).toEqual([`${id}-secret`, `${id}-open`, `${id}-end`]);
    expect(await own(ann, 'paid')).toEqual([`${id}-secret`, `${id}-end`]);
    expect(await own(bob, 'all')).toEqual([`${id}-end`]);
    expect(await own(bob, 'paid')).toEqual([`${id}-end`]);
  });
});

describe('from an origin nobody registered', () => {
  test('nothing is answered to the page, and the refusal is named', async () => {
    const tab = await visit('evil.localhost');
    expect(await tab.tell('me')).toMatchObject({ code: 0, message: 'Failed to fetch' });
    const origin = world.siteOrigin('evil.localhost');
    const headers = { origin, 'x-appwrite-project': 'shop' };
    const answer = await fetch(`${world.localEndpoint}/account`, { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await answer.json()).toMatchObject({ code: 403, type: 'general_unknown_origin' });
  });

  test('its socket is told why and hears nothing', async () => {
    const tab = await visit('evil.localhost');
    const frames: string[] = [];
    tab.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    await tab.tell('listen', 'rows');
    await vi.waitFor(() => expect(frames.length).toBeGreaterThan(0), waiting);
    expect(JSON.parse(frames[0] ?? '')).toMatchObject({ type: 'error', data: { code: 1008 } });
    await write('for-all', 'open', 'read("any")');
    expect(await tab.tell('heard', 'rows')).toEqual([]);
  });
});
