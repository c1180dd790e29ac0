/** Values that break careless servers, and the names and ids requests are made of. */
import type { Random } from './random.ts';

export const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels);

const oddTexts = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'unique()',
  '../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  'a\0b',
  '\ud800',
  '홍길동',
  '🙂'.repeat(40),
  'x'.repeat(5_000),
  "'; DROP TABLE users; --",
  '{{7*7}}',
  'null',
  '-1',
  '1e400',
  '99999999999999999999',
  '2026-02-30T25:61:61Z',
  'read("any")',
  'read("user:")',
  'write("team:a/b/c")',
  '{"method":"equal","attribute":"n","values":[1]}',
  '* * * * *',
  '60 24 32 13 8',
  'databases.*.tables.*.rows.*.create',
  'constructor.*.create',
  'users.__proto__.update',
] as const;

const oddScalars = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.1,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  Number.MAX_VALUE,
] as const;

export const ids = [
  'main',
  'items',
  'echo',
  'crew',
  'alice',
  'row1',
  'n',
  'by_n',
  'web',
  'unique()',
  '__proto__',
  'constructor',
  'a'.repeat(37),
  '-a',
  'a b',
  'ä',
  '%',
  '%2e%2e',
  '..',
  '\0',
  '\u2028',
  'x'.repeat(3_000),
] as const;

export const names = [
  'userId',
  'email',
  'password',
  'name',
  'prefs',
  'labels',
  'status',
  'teamId',
  'roles',
  'url',
  'secret',
  'databaseId',
  'tableId',
  'collectionId',
  'rowId',
  'documentId',
  'data',
  'rows',
  'documents',
  'permissions',
  'documentSecurity',
  'rowSecurity',
  'enabled',
  'key',
  'size',
  'required',
  'default',
  'array',
  'min',
  'max',
  'elements',
  'type',
  'columns',
  'attributes',
  'orders',
  'lengths',
  'indexes',
  'queries',
  'transactionId',
  'operations',
  'commit',
  'rollback',
  'ttl',
  'value',
  'functionId',
  'siteId',
  'runtime',
  'execute',
  'events',
  'schedule',
  'timeout',
  'scopes',
  'entrypoint',
  'commands',
  'specification',
  'framework',
  'buildRuntime',
  'body',
  'async',
  'path',
  'method',
  'headers',
  'scheduledAt',
  'code',
  'activate',
  'deploymentId',
  'domain',
  'resourceId',
  'hostname',
  'duration',
  'length',
  'expire',
  'total',
  'limit',
  'sessionId',
  'service',
  'provider',
  'number',
  'otp',
  'numbers',
  '__proto__',
  'constructor',
  '$id',
  '$permissions',
  '$createdAt',
] as const;

/** What a careful caller would send, so that fuzzed requests get past the first check. */
const plausible: Readonly<Record<string, readonly [unknown, ...unknown[]]>> = {
  email: ['alice@example.com', 'new@example.com', 'a@b'],
  password: ['Correct-Horse-1', 'short'],
  data: [{ n: 1, s: 'x' }, { n: 'x' }, { constructor: 1 }, { $id: 'row1' }],
  rows: [[{ $id: 'b1', n: 1 }], [{ n: 1 }, { n: 2 }]],
  documents: [[{ $id: 'b1', n: 1 }]],
  permissions: [['read("any")'], ['write("users")', 'read("label:x")'], ['bad']],
  operations: [
    [{ action: 'create', databaseId: 'main', tableId: 'items', rowId: 't1', data: { n: 1 } }],
    [{ action: 'constructor', databaseId: 'main', tableId: 'items', data: {} }],
    [{ action: 'increment', databaseId: 'main', tableId: 'items', rowId: 'row1', data: {} }],
  ],
  columns: [['n'], ['n', 's'], [{ key: 'q', type: 'string', size: 9 }]],
  type: ['key', 'unique', 'fulltext', 'spatial'],
  size: [1, 16, 255],
  elements: [['a', 'b'], []],
  runtime: ['node-22', 'php-8.4'],
  framework: ['other', 'constructor'],
  events: [
    ['databases.*.tables.*.rows.*.create'],
    ['constructor.x.create'],
    ['users.*.update.email'],
  ],
  schedule: ['* * * * *', '61 * * * *'],
  method: ['GET', 'POST', 'constructor'],
  path: ['/', '/a?b=1', 'no-slash', '/%zz', '/\u0000'],
  headers: [{ 'x-a': 'b' }, { 'X-Appwrite-User-Id': 'v' }, { __proto__: 'x' }, { 'x y': 'z' }],
  roles: [['owner'], ['a b']],
  labels: [['vip'], ['__proto__']],
  prefs: [{ a: { b: 1 } }, { constructor: { prototype: { x: 1 } } }],
  queries: [['{"method":"equal","attribute":"n","values":[1]}'], ['{}'], [1]],
  domain: ['x.functions.localhost', 'a..b', 'localhost'],
  scopes: [['rows.read'], ['constructor']],
};

export function oddValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 2 : 5)) {
    case 0:
      return random.pick(oddTexts);
    case 1:
      return random.pick(oddScalars);
    case 2:
      return Array.from({ length: random.below(4) }, () => oddValue(random, depth + 1));
    case 3:
      return oddObject(random, depth + 1);
    default:
      return random.pick(ids);
  }
}

export function oddObject(random: Random, depth = 0): Record<string, unknown> {
  // Unlike an assignment this makes `__proto__` an own property.
  return Object.fromEntries(
    Array.from({ length: random.below(5) }, () => [random.pick(names), oddValue(random, depth)]),
  );
}

/** A body in which every field is absent, plausible or odd. */
export function bodyText(random: Random): string {
  if (random.chance(0.02)) return nested(random.pick([100, 600, 20_000]), '{"a":', '}');
  if (random.chance(0.02)) return `{"data":${nested(random.pick([511, 2_000, 90_000]), '[', ']')}}`;
  const fields = names.flatMap((name) => {
    if (random.chance(0.45)) return [];
    const expected = plausible[name];
    const value =
      expected !== undefined && random.chance(0.7)
        ? random.pick(expected)
        : random.chance(0.5)
          ? random.pick(ids)
          : oddValue(random);
    return [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
  });
  const text = `{${fields.join(',')}}`;
  return random.chance(0.05) ? text.replace(/:(\d+)/g, ':1e999') : text;
}

const methods = [
  'equal',
  'notEqual',
  'lessThan',
  'greaterThanEqual',
  'between',
  'contains',
  'startsWith',
  'search',
  'isNull',
  'or',
  'and',
  'limit',
  'offset',
  'orderAsc',
  'orderDesc',
  'orderRandom',
  'cursorAfter',
  'cursorBefore',
  'select',
  'constructor',
  '__proto__',
  'notContains',
  'distanceEqual',
  'exists',
] as const;

export function queryText(random: Random, depth = 0): string {
  if (random.chance(0.03)) return nested(300, '{"method":"or","values":[', ']}');
  const method = random.pick(methods);
  const attribute = random.pick(['n', 's', '$id', '$createdAt', '', 'constructor', '__proto__', 1]);
  const inner = (method === 'or' || method === 'and') && depth < 3 && random.chance(0.8);
  const values = inner
    ? Array.from({ length: random.below(4) }, () => JSON.parse(queryText(random, 4)) as unknown)
    : random.pick([[1], ['x'], [], [null], ['a', 'b'], [oddValue(random)], oddValue(random)]);
  return JSON.stringify({ method, attribute, values });
}
