/**
 * Requests that nobody honest sends. Guarantees: the same dice give the same bytes; none carries a
 * ticket that could be spent, so whatever is answered with success is a hole.
 */
import type { Random } from '../appwrite/random.ts';

const methods = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PRI',
  'post',
  'G\0T',
] as const;
const routes = [
  '/agent/v1/state',
  '/agent/v1/verify',
  '/agent/v1/codex/start',
  '/agent/v1/codex/device',
  '/agent/v1/codex/callback',
  '/agent/v1/smoke',
  '/agent/v1/check',
  '/agent/v1/access',
  '/agent/v1/enter',
  '/agent/leave',
  '/ui/',
  '/ui',
] as const;
const elsewhere = [
  '/',
  '*',
  '//agent/v1/state',
  '/agent/v1/./state',
  '/agent/v1/x/../state',
  '/agent/v1/%2e%2e/v1/state',
  '/agent/v1/st%61te',
  '/agent/v1/state%00',
  '/agent/v1/state/',
  '/agent/v1/state;x',
  '/agent/v1/state?x',
  '/agent/v1/state#x',
  '/AGENT/V1/STATE',
  '\\agent\\v1\\state',
  '/ui/../agent/v1/state',
  '/ui/..%2f..%2fapi/v1/admin/rpc',
  '/ui/%2e%2e/tools/invoke',
  '/ui//evil.example/',
  '/ui/\\..\\tools',
  '/api/v1/admin/rpc',
  '/tools/invoke',
  '/v1/chat/completions',
  '/readyz',
  'http://127.0.0.1:1/agent/v1/state',
  'http://169.254.169.254/latest/meta-data/',
  '127.0.0.1:22',
  '/../../etc/passwd',
  `/${'a'.repeat(9_000)}`,
] as const;
const hostile = [
  'Host: evil.example',
  'Host:',
  'X-Forwarded-For: 127.0.0.1',
  'X-Forwarded-Host: 127.0.0.1:1',
  'x-tenant-user: tenant-agent',
  'x-openclaw-scopes: operator.admin',
  'Forwarded: for=127.0.0.1;host=evil.example',
  'Origin: https://evil.example',
  'Origin: null',
  'Cookie: __Host-session=a; session=b',
  'Authorization: Bearer a.b.c',
  'Authorization: Bearer eyJhbGciOiJub25lIn0.e30.',
  'Authorization: Basic YTpi',
  'Content-Length: 5',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding:\tchunked\r\n ,gzip',
  'Expect: 100-continue',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAAA',
  'Connection: keep-alive, Authorization',
  'Content-Type: application/json',
  'Content-Type: application/x-www-form-urlencoded',
  'Content-Encoding: gzip',
  'Folded: a\r\n b',
  'Bare: a\nInjected: b',
  'No colon here',
  ': no name',
  'Nul\0: x',
  `Long: ${'x'.repeat(7_000)}`,
] as const;
const bodies = [
  '',
  '{}',
  '{"callbackUrl":"http://127.0.0.1:1/"}',
  '{"__proto__":{"scope":"state"}}',
  'ticket=a.b.c',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;ext="\r\n\r\nGET / HTTP/1.1\r\n\r\n\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nx',
  '-1\r\nx\r\n0\r\n\r\n',
  '0\r\n\r\nPOST /agent/v1/state HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /agent/v1/state HTTP/1.1\r\nHost: a\r\n\r\n',
  '['.repeat(5_000),
  'x'.repeat(40_000),
] as const;
const endings = ['\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n'] as const;

/** One connection's worth of bytes: mostly one request, sometimes two, sometimes mangled. */
export function hostileBytes(random: Random, host: string): Buffer {
  const first = hostileRequest(random, host);
  const both = random.chance(0.15) ? `${first}${hostileRequest(random, host)}` : first;
  const bytes = Buffer.from(both, 'latin1');
  return random.chance(0.4) ? random.mutated(bytes) : bytes;
}

function hostileRequest(random: Random, host: string): string {
  const method = random.chance(0.6) ? 'POST' : random.pick(methods);
  const target = random.chance(0.6) ? random.pick(routes) : random.pick(elsewhere);
  const version = random.chance(0.9) ? 'HTTP/1.1' : random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9']);
  const body = random.pick(bodies);
  const lines = [`${method} ${target} ${version}`];
  if (random.chance(0.9)) lines.push(`Host: ${host}`);
  for (let count = random.below(5); count > 0; count -= 1) lines.push(random.pick(hostile));
  if (random.chance(0.5)) lines.push(`Content-Length: ${body.length}`);
  const ending = random.pick(endings);
  return `${lines.join(ending)}${ending}${ending}${body}`;
}

/** The same ideas through a well-behaved client, which sends what a browser or a proxy would. */
export function hostileFetch(random: Random): { path: string; init: RequestInit } {
  const path = random.chance(0.7) ? random.pick(routes) : random.pick(elsewhere);
  const headers = new Headers();
  for (let count = random.below(5); count > 0; count -= 1) {
    const [name = '', value = ''] = random.pick(hostile).split(/: ?/, 2);
    try {
      if (!/^(host|content-length|transfer-encoding|expect|upgrade|connection)/i.test(name)) {
        headers.set(name, value);
      }
    } catch {
      // The client itself refuses to send it.
    }
  }
  const method = random.pick(['GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']);
  const isBare = method === 'GET' || method === 'HEAD';
  const init = { method, headers, redirect: 'manual' as const };
  const body = random.pick(bodies);
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    init: isBare ? init : { ...init, body },
  };
}
