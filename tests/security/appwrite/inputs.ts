/** The attacks, each a function of the random source alone: bytes to write to a socket. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { Random } from './random.ts';
import { key, project } from './target.ts';
import type { KnownRoute } from './target.ts';
import { bodyText, ids, names, nested, oddValue, queryText } from './values.ts';

export interface World {
  readonly routes: readonly [KnownRoute, ...KnownRoute[]];
  readonly session: string;
}

interface Parts {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const formats = ['1.8.0', '1.9.5', '2.3.0', '', '9', 'a.b.c', '1e9.0.0', '__proto__'] as const;

function credentials(random: Random, world: World): Record<string, string> {
  const cookies = JSON.stringify({ [`a_session_${project}`]: world.session });
  const kinds: readonly [Record<string, string>, ...Record<string, string>[]] = [
    {},
    { 'x-appwrite-session': world.session },
    { 'x-fallback-cookies': cookies },
    { 'x-fallback-cookies': nested(2_000, '[', ']') },
    { 'x-appwrite-jwt': 'a.b.c' },
    { 'x-appwrite-jwt': `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.` },
    { 'x-appwrite-session': Buffer.from('{"id":{},"secret":[]}').toString('base64') },
    { 'x-appwrite-key': 'ephemeral_e30.e30.e30' },
    { 'x-appwrite-mode': 'admin', cookie: 'a_session_console=%E0%A4%A' },
    { origin: 'null' },
    { origin: 'http://[::1' },
  ];
  return random.chance(0.75) ? { 'x-appwrite-key': key } : random.pick(kinds);
}

function request(random: Random, world: World, parts: Parts): Buffer {
  const body = parts.body ?? Buffer.alloc(0);
  const headers = {
    host: 'localhost',
    connection: 'close',
    'content-length': String(body.length),
    'x-appwrite-project': random.chance(0.98) ? project : random.pick(['__proto__', '', 'ü', 'x']),
    'x-appwrite-response-format': random.pick(formats),
    ...credentials(random, world),
    ...parts.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${parts.method} ${parts.url} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'utf8'), body]);
}

/** Parameters are the fixture's own where deleting them would end the game too soon. */
function address(random: Random, route: KnownRoute): string {
  const sane = random.chance(0.8);
  return route.path.replace(/:(\w+)/g, (_whole, name: string) => {
    const own: Readonly<Record<string, string>> = {
      databaseId: 'main',
      tableId: 'items',
      collectionId: 'items',
      rowId: 'row1',
      documentId: 'row1',
      column: 'n',
      attribute: 'n',
      key: 'n',
      functionId: 'echo',
      teamId: 'crew',
      userId: 'alice',
      projectId: project,
    };
    const destroys = route.method === 'DELETE';
    const id = sane && !destroys ? (own[name] ?? random.pick(ids)) : random.pick(ids);
    return random.chance(0.95) ? encodeURIComponent(id.toWellFormed()) : encodeURI(id);
  });
}

export function routeInput(random: Random, world: World): Buffer {
  const route = random.pick(world.routes);
  let body = Buffer.from(bodyText(random));
  if (random.chance(0.1)) body = Buffer.from(random.mutated(body));
  const type = random.pick([
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'text/plain',
    '',
  ]);
  if (type.startsWith('application/x-www')) body = Buffer.from(formText(random));
  const search = random.chance(0.2) ? `?${searchText(random)}` : '';
  const url = `/v1${address(random, route)}${search}`;
  return request(random, world, {
    method: route.method,
    url,
    headers: { 'content-type': type },
    body,
  });
}

function formText(random: Random): string {
  const value = (): string => encodeURIComponent(random.pick(ids));
  return Array.from({ length: random.below(20) }, () => {
    const name = random.pick(names);
    const inner = random.pick(['', '[]', '[0]', '[__proto__]', '[constructor]', '[a][b]', '[']);
    return `${name}${inner}=${value()}`;
  }).join('&');
}

function searchText(random: Random): string {
  const count = random.chance(0.02) ? 400 : random.below(4);
  const parts = Array.from({ length: count }, () => {
    const name = random.pick(['queries[]', 'queries[0]', 'queries[99999999999]', 'queries', 'q[]']);
    let text = queryText(random).toWellFormed();
    if (random.chance(0.15)) text = random.mutated(Buffer.from(text)).toString('latin1');
    return `${name}=${encodeURIComponent(text)}`;
  });
  const extra = random.pick([
    '',
    'total=false',
    'search=%00',
    'ttl=-1',
    'project=x',
    '%ff=%',
    '&&=',
  ]);
  return [...parts, extra].join('&');
}

export function queryInput(random: Random, world: World): Buffer {
  const lists = [
    '/tablesdb/main/tables/items/rows',
    '/databases/main/collections/items/documents',
    '/users',
    '/teams',
    '/teams/crew/memberships',
    '/functions',
    '/functions/echo/executions',
    '/functions/echo/deployments',
    '/functions/echo/variables',
    '/tablesdb',
    '/tablesdb/main/tables',
    '/tablesdb/main/tables/items/columns',
    '/tablesdb/main/tables/items/indexes',
    '/tablesdb/main/tables/items/rows/row1',
    '/tablesdb/transactions',
    '/proxy/rules',
    '/sites',
  ] as const;
  return request(random, world, {
    method: 'GET',
    url: `/v1${random.pick(lists)}?${searchText(random)}`,
  });
}

/** An archive with a name or a kind of entry that would leave its folder. */
export function archive(name: string, type: 'File' | 'SymbolicLink' | 'Link' | 'FIFO'): Buffer {
  const data = Buffer.from('export default ({ res }) => res.empty();');
  const block = Buffer.alloc(512);
  const size = type === 'File' ? data.length : 0;
  const linkpath = type === 'File' ? undefined : '/etc/passwd';
  new Header({ path: name, type, size, mode: 0o644, ...(linkpath ? { linkpath } : {}) }).encode(
    block,
    0,
  );
  const padded = Buffer.alloc(512);
  data.copy(padded);
  return gzipSync(
    Buffer.concat([block, type === 'File' ? padded : Buffer.alloc(0), Buffer.alloc(1024)]),
  );
}

export function multipartInput(random: Random, world: World): Buffer {
  const boundary = random.pick(['b', 'x'.repeat(70), '--', 'b"b']);
  const name = random.pick([
    '../../evil',
    '/abs',
    'ok.mjs',
    '__proto__',
    'a/../../b',
    '.',
    'c:\\x',
  ]);
  const code = archive(name, random.pick(['File', 'SymbolicLink', 'Link', 'FIFO']));
  const field = random.pick(['code', 'code', 'code', 'code[0]', '__proto__', 'files']);
  const chunks = [
    ...Array.from(
      { length: random.below(6) },
      () =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${random.pick(names)}${random.pick(['', '[]', '[__proto__]'])}"\r\n\r\n${JSON.stringify(oddValue(random)).slice(0, 200)}\r\n`,
    ),
    `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\n` +
      'content-type: application/gzip\r\n\r\n',
  ];
  let body = Buffer.concat([
    Buffer.from(chunks.join('')),
    random.chance(0.7) ? code : random.mutated(code),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  if (random.chance(0.4)) body = Buffer.from(random.mutated(body));
  const range = random.pick([
    undefined,
    'bytes 0-10/11',
    `bytes 0-${String(code.length - 1)}/${String(code.length + 50)}`,
    'bytes 5-1/2',
    'bytes 0-9007199254740993/9007199254740994',
    'bytes a-b/c',
  ]);
  return request(random, world, {
    method: 'POST',
    url: `/v1/${random.pick(['functions/echo', 'sites/web'])}/deployments`,
    headers: {
      'content-type': random.pick([
        `multipart/form-data; boundary=${boundary}`,
        'multipart/form-data',
      ]),
      ...(range === undefined ? {} : { 'content-range': range }),
      ...(random.chance(0.2) ? { 'x-appwrite-id': random.pick(['..%2f', '__proto__', 'x']) } : {}),
    },
    body,
  });
}

const hosts = [
  'localhost',
  'echo.functions.localhost',
  'web.sites.localhost',
  '',
  '[::1',
  'a..b',
] as const;
const paths = [
  '/',
  '/v1/account',
  '/v1/health/version',
  '//v1//',
  '/v1/../v1/users',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%5c..%5c',
  '/%00',
  '/%ff',
  '/a\\b',
  '*',
  'http://evil.example/v1/users',
  'v1/users',
  `/${'a/'.repeat(500)}`,
  `/${'a'.repeat(70_000)}`,
] as const;

/** Requests that are wrong as HTTP, to the API and to the domains of functions and sites. */
export function httpInput(random: Random, world: World): Buffer {
  const method = random.chance(0.7)
    ? random.pick(['GET', 'POST', 'HEAD', 'OPTIONS'])
    : random.pick(['TRACE', 'CONNECT', 'PRI', 'get', '']);
  const extra = random.pick([
    'transfer-encoding: chunked\r\n',
    'content-length: -1\r\n',
    'content-length: 99999999999999999999\r\n',
    'content-length: 5\r\ncontent-length: 6\r\n',
    'expect: 100-continue\r\n',
    'expect: the-unexpected\r\n',
    'upgrade: h2c\r\nconnection: upgrade\r\n',
    'x-a: b\r\n'.repeat(300),
    `x-long: ${'v'.repeat(80_000)}\r\n`,
    'x-forwarded-for: , ,\r\nx-forwarded-proto: https\r\n',
    'cookie: =;;a_session_console\r\n',
    'accept-encoding: ;q=,br;q=0\r\n',
    'if-none-match: *\r\n',
    ': no name\r\n',
    ' folded\r\n',
    '',
  ]);
  const body = random.pick(['', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffff\r\n', '{}', '\0\0']);
  const head =
    `${method} ${random.pick(paths)} HTTP/${random.chance(0.9) ? '1.1' : random.pick(['1.0', '2.0', '9'])}\r\n` +
    `host: ${random.pick(hosts)}\r\nx-appwrite-project: ${project}\r\n` +
    `x-appwrite-key: ${key}\r\n${extra}\r\n${body}`;
  const bytes = Buffer.from(head, 'utf8');
  if (random.chance(0.3)) return random.mutated(bytes);
  return random.chance(0.05)
    ? random.bytes(200)
    : random.chance(0.05)
      ? routeInput(random, world)
      : bytes;
}

function frame(random: Random, payload: Buffer): Buffer {
  const opcode = random.pick([1, 1, 1, 1, 2, 0, 8, 9, 10, 3, 15]);
  const first = (random.chance(0.9) ? 0x80 : 0) | (random.chance(0.03) ? 0x40 : 0) | opcode;
  const masked = random.chance(0.95);
  const size = random.chance(0.05) ? random.below(2 ** 31) : payload.length;
  const length =
    size < 126
      ? Buffer.from([size])
      : size < 65_536
        ? Buffer.from([126, size >> 8, size & 255])
        : Buffer.from([
            127,
            0,
            0,
            0,
            0,
            size >>> 24,
            (size >> 16) & 255,
            (size >> 8) & 255,
            size & 255,
          ]);
  if (masked) length[0] = (length[0] ?? 0) | 0x80;
  const mask = masked ? random.bytes(4) : Buffer.alloc(0);
  const data = masked ? payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)) : payload;
  return Buffer.concat([Buffer.from([first]), length, mask, data]);
}

function message(random: Random): Buffer {
  const type = random.pick([
    'subscribe',
    'unsubscribe',
    'authentication',
    'ping',
    'presence',
    '__proto__',
  ]);
  const channels = random.pick([
    ['rows'],
    ['account', 'account.bob', '__proto__', ''],
    Array.from({ length: 500 }, (_, at) => `c${String(at)}`),
    [oddValue(random)],
    'rows',
  ]);
  const one = { channels, queries: [queryText(random)], subscriptionId: random.pick(ids) };
  const data = random.pick([
    [one],
    Array.from({ length: 200 }, () => one),
    one,
    null,
    [null],
    [[]],
  ]);
  const session = { session: random.pick(['', 'e30=', 'eyJpZCI6W119', 'x'.repeat(9_000)]) };
  const value = { type, data: type === 'authentication' ? session : data };
  if (random.chance(0.1)) return Buffer.from(nested(random.pick([10, 30_000]), '[', ']'));
  const bytes = Buffer.from(JSON.stringify(value)).subarray(0, 70_000);
  return random.chance(0.2) ? random.mutated(bytes) : bytes;
}

/** One upgrade and a few frames behind it. */
export function socketInput(random: Random, world: World): Buffer {
  const secret = createHash('sha1').update(String(random.next())).digest('base64').slice(0, 22);
  const search = random.pick([
    `project=${project}`,
    `project=${project}&channels[]=rows&rows[0][]=${encodeURIComponent(queryText(random).toWellFormed())}`,
    `project=__proto__`,
    `project=${project}&${'channels[]=x&'.repeat(300)}`,
    '',
  ]);
  const head =
    `GET /v1/realtime?${search} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n` +
    `connection: upgrade\r\nsec-websocket-version: ${random.pick(['13', '13', '13', '12', 'x'])}\r\n` +
    `sec-websocket-key: ${random.chance(0.95) ? `${secret}==` : 'short'}\r\n` +
    `x-appwrite-session: ${world.session}\r\n\r\n`;
  const frames = Array.from({ length: 1 + random.below(5) }, () => frame(random, message(random)));
  return Buffer.concat([Buffer.from(head), ...frames]);
}
