/** The pure parts of the HTTP side: routes, form fields, queries, hosts, cookies, limits. */
import { describe, expect, test } from 'vitest';
import { movableClock } from '../kernel/clock.ts';
import type { Caller, RateLimit, RequestContext, Route } from '../kernel/types.ts';
import { GUEST, requireScope } from './auth.ts';
import { addField } from './body.ts';
import { queriesOf } from './context.ts';
import { sentSecret } from './cookies.ts';
import { createLimiter } from './limits.ts';
import { formatWarning, hostName, projectId, splitUrl } from './request.ts';
import { createRouter } from './router.ts';

const route = (method: Route['method'], path: string): Route => ({
  method,
  path,
  scope: '',
  handler: () => ({ status: 200 }),
});

describe('the router', () => {
  const router = createRouter([
    route('GET', '/users'),
    route('GET', '/users/:userId'),
    route('GET', '/tablesdb/transactions/:transactionId'),
    route('GET', '/tablesdb/:databaseId/tables'),
    route('GET', '/tablesdb/:databaseId'),
    route('DELETE', '/users/:userId'),
  ]);
  test.each([
    ['GET', '/users', '/users', {}],
    ['GET', '/users/a%20b', '/users/:userId', { userId: 'a b' }],
    ['DELETE', '/users/x', '/users/:userId', { userId: 'x' }],
    ['GET', '/tablesdb/transactions', '/tablesdb/:databaseId', { databaseId: 'transactions' }],
    [
      'GET',
      '/tablesdb/transactions/t',
      '/tablesdb/transactions/:transactionId',
      { transactionId: 't' },
    ],
    [
      'GET',
      '/tablesdb/transactions/tables',
      '/tablesdb/transactions/:transactionId',
      { transactionId: 'tables' },
    ],
    ['GET', '/tablesdb/main/tables', '/tablesdb/:databaseId/tables', { databaseId: 'main' }],
  ])('%s %s', (method, path, found, params) => {
    const match = router.find(method, path);
    expect(match?.route.path).toBe(found);
    expect({ ...match?.params }).toEqual(params);
  });

  test('unknown paths, empty ids and other methods are nobody’s', () => {
    expect(router.find('GET', '/nothing')).toBeUndefined();
    expect(router.find('GET', '/users/')).toBeUndefined();
    expect(router.find('PATCH', '/users')).toBeUndefined();
  });

  test('two routes for one path are a mistake', () => {
    expect(() => createRouter([route('GET', '/a/:x'), route('GET', '/a/:y')])).toThrow(
      'Two routes',
    );
  });
});

test('form fields make lists and objects', () => {
  const body = {};
  addField(body, 'name', 'n');
  addField(body, 'roles[0]', 'a');
  addField(body, 'roles[]', 'b');
  addField(body, 'prefs[x]', '1');
  expect(body).toEqual({ name: 'n', roles: ['a', 'b'], prefs: { x: '1' } });
});

test('queries come in the order of their index', () => {
  const query = new URLSearchParams('queries[1]=b&queries[0]=a&search=x&queries[10]=c');
  expect(queriesOf(query)).toEqual(['a', 'b', 'c']);
  expect(queriesOf(new URLSearchParams('queries[]=x&queries[]=y'))).toEqual(['x', 'y']);
});

test('paths, hosts and projects are read from the request', () => {
  expect(splitUrl('/v1/users?x=1')).toEqual({ path: '/users', search: 'x=1' });
  expect(splitUrl('/other')).toEqual({ path: undefined, search: '' });
  expect(hostName('Api.Shop.localhost:8080')).toBe('api.shop.localhost');
  expect(hostName('[::1]:8080')).toBe('::1');
  expect(projectId({}, 'project=p')).toBe('p');
  expect(projectId({ 'x-appwrite-project': 'h' }, 'project=p')).toBe('h');
  expect(projectId({}, '')).toBe('console');
});

test('only SDKs made for a newer server are warned', () => {
  expect(formatWarning('1.9.5', '1.9.6')).toBe('');
  expect(formatWarning('newest', '1.9.6')).toBe('');
  expect(formatWarning('2.3.0', '1.9.6')).toContain('built for Appwrite 2.3.0');
});

test('the secret of a session is found wherever it is sent', () => {
  const found = (headers: Record<string, string>): unknown => sentSecret(headers, 'p');
  const cookie = { secret: 's', fromCookie: true };
  const header = { secret: 's', fromCookie: false };
  expect(found({ cookie: 'x=1; a_session_p=s; path=/; HttpOnly' })).toEqual(cookie);
  expect(found({ cookie: 'a_session_p_legacy=s' })).toEqual(cookie);
  expect(found({ cookie: 'a_session_pp=s' })).toEqual({ secret: '', fromCookie: false });
  expect(found({ 'x-appwrite-session': 's' })).toEqual(header);
  expect(found({ 'x-fallback-cookies': '{"a_session_p":"s"}' })).toEqual(header);
  expect(found({ 'x-fallback-cookies': '[]' })).toEqual({ secret: '', fromCookie: false });
});

test('a missing scope is named together with its alternatives', () => {
  expect(() => {
    requireScope(GUEST, ['tables.read', 'collections.read']);
  }).toThrow('User (role: guests) missing scopes (["tables.read","collections.read"])');
});

describe('rate limits', () => {
  const clock = movableClock(0);
  const limiter = createLimiter(clock);
  const limit: RateLimit = {
    limit: 2,
    windowSeconds: 60,
    key: (context) => context.ip,
    resetOnSuccess: true,
  };
  const from = (ip: string, caller: Caller = GUEST): RequestContext =>
    ({ ip, caller, project: { id: 'p' } }) as unknown as RequestContext;

  test('the third call of a window is refused, the next window is fresh', () => {
    const seen = [1, 2, 3].map(() => limiter.take('r', limit, from('a')).exceeded);
    expect(seen).toEqual([false, false, true]);
    expect(limiter.take('r', limit, from('b')).exceeded).toBe(false);
    clock.advance(60_000);
    const fresh = limiter.take('r', limit, from('a'));
    expect(fresh.exceeded).toBe(false);
    expect(fresh.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': '120',
    });
  });

  test('success gives the counter back; keys are not refused, and take from nobody', () => {
    limiter.take('s', limit, from('a'));
    limiter.take('s', limit, from('a')).reset();
    expect(limiter.take('s', limit, from('a')).headers['x-ratelimit-remaining']).toBe('1');
    const key: Caller = { ...GUEST, kind: 'key', privileged: true };
    const calls = [1, 2, 3, 4].map(() => limiter.take('k', limit, from('a', key)).exceeded);
    expect(calls).toEqual([false, false, false, false]);
    const guest = limiter.take('k', limit, from('a'));
    expect(guest).toMatchObject({
      exceeded: false,
      headers: { 'x-ratelimit-remaining': '1' },
    });
  });
});
