/** The way into the Control UI over HTTP, beside a gateway that writes down what reaches it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentHere, Told } from '../testing/agent.ts';
import { createAgentHere, entering } from '../testing/agent.ts';
import { healthyReadyz } from '../testing/gateway.ts';

let agent: AgentHere;
const person = { accept: 'text/html', 'sec-fetch-dest': 'document', 'accept-language': 'ko-KR' };
const uiPage = { status: 200, type: 'text/html', body: '<html>control ui</html>' };

beforeAll(async () => {
  agent = await createAgentHere();
});
afterAll(async () => agent.end());
beforeEach(() => {
  agent.fake.pages.length = 0;
  agent.fake.readyz = uiPage;
});

function code({ status, text }: Told): [number, string | undefined] {
  const inPage = /<code>([a-z_]+)<\/code>/.exec(text)?.[1];
  const inJson = /^\{"error":\{"code":"([a-z_]+)"/.exec(text)?.[1];
  return [status, inPage ?? inJson];
}

async function open(headers: Record<string, string>, path = '/ui/'): Promise<Told> {
  return agent.ask({ path, headers });
}

describe('a ticket', () => {
  it('becomes a session that no script and no other site can use', async () => {
    const ticket = await agent.ticket('enter', 'user-1');
    const told = await agent.ask(entering(ticket, agent.siteOrigin));
    expect([told.status, told.headers.location, told.text]).toEqual([303, '/ui/', '']);
    expect(told.headers['cache-control']).toBe('no-store');
    expect(told.headers['referrer-policy']).toBe('no-referrer');
    expect(told.headers['set-cookie']).toEqual([
      expect.stringMatching(/^runtime-session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });

  it('works once, and a person is told so in both languages', async () => {
    const ticket = await agent.ticket('enter', 'user-1');
    const asked = entering(ticket, agent.siteOrigin);
    await agent.ask(asked);
    const again = await agent.ask({ ...asked, headers: { ...asked.headers, ...person } });
    expect(code(again)).toEqual([401, 'ticket_replayed']);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(again.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha/);
    expect(again.text).toMatch(
      /<html lang="ko">[^]*사이트에서 다시[^]*Open it from the site again/,
    );
    expect(again.text).toContain(`href="${agent.siteOrigin}/"`);
    expect(again.text).not.toMatch(/<script|javascript:|\son\w+=/i);
  });

  it.each([
    ['no page', undefined],
    ['a page that does not say which', 'null'],
    ['another site', 'https://evil.example'],
    ['a site whose name begins alike', 'https://site.example.evil.example'],
    ['the runtime itself', 'http://acme.runtimes.localhost:9000'],
  ])('sent by %s is refused, and not spent', async (_name, origin) => {
    const ticket = await agent.ticket('enter', 'user-1');
    const good = entering(ticket, agent.siteOrigin);
    const { origin: _own, ...others } = good.headers;
    const headers = origin === undefined ? others : { ...others, origin };
    expect(code(await agent.ask({ ...good, headers }))).toEqual([403, 'origin_refused']);
    expect((await agent.ask(good)).status).toBe(303);
  });

  it('of another kind, of nobody, or none, opens nothing', async () => {
    const post = async (body: string, headers = {}): Promise<[number, string | undefined]> => {
      const asked = entering('', agent.siteOrigin);
      return code(await agent.ask({ ...asked, headers: { ...asked.headers, ...headers }, body }));
    };
    const state = await agent.ticket('state', 'control-plane');
    expect(await post(`ticket=${state}`)).toEqual([403, 'ticket_wrong_scope']);
    const odd = await agent.ticket('enter', 'user 1\n');
    expect(await post(`ticket=${odd}`)).toEqual([401, 'ticket_invalid']);
    expect(await post('')).toEqual([401, 'ticket_missing']);
    expect(await post('ticket=')).toEqual([401, 'ticket_missing']);
    const [one, two] = [await agent.ticket('enter', 'a'), await agent.ticket('enter', 'b')];
    expect(await post(`ticket=${one}&ticket=${two}`)).toEqual([401, 'ticket_missing']);
    const asJson = { 'content-type': 'application/json' };
    expect(await post(JSON.stringify({ ticket: one }), asJson)).toEqual([400, 'body_invalid']);
    expect(await post(`ticket=${'x'.repeat(20_000)}`)).toEqual([413, 'body_too_large']);
  });

  it('is not taken from an address, nor by another name of this server', async () => {
    const ticket = await agent.ticket('enter', 'user-1');
    const good = entering(ticket, agent.siteOrigin);
    const inAddress = { ...good, path: `/agent/v1/enter?ticket=${ticket}`, body: '' };
    expect((await agent.ask(inAddress)).status).toBe(404);
    expect((await agent.ask({ ...good, method: 'GET', body: '' })).status).toBe(404);
    const elsewhere = { ...good, headers: { ...good.headers, host: 'evil.example' } };
    expect((await agent.ask(elsewhere)).status).toBe(404);
    expect((await agent.ask(good)).status).toBe(303);
  });

  it('ends the session this browser had before', async () => {
    const former = await agent.enter('user-1');
    const good = entering(await agent.ticket('enter', 'user-1'), agent.siteOrigin);
    await agent.ask({ ...good, headers: { ...good.headers, cookie: former } });
    expect((await open({ cookie: former })).status).toBe(401);
  });
});

describe('without a session', () => {
  it.each([
    ['nothing', {}],
    ['a cookie of somebody’s making', { cookie: `runtime-session=${'a'.repeat(43)}` }],
    ['a ticket as bearer', { authorization: 'Bearer x' }],
    ['the agent’s own identity', { 'x-tenant-user': 'tenant-agent' }],
  ])('%s reaches nothing', async (_name, headers: Record<string, string>) => {
    expect(code(await open(headers))).toEqual([401, 'session_missing']);
    const page = await open({ ...headers, ...person });
    expect(code(page)).toEqual([401, 'session_missing']);
    expect(page.text).toContain('<!doctype html>');
    expect(agent.fake.pages).toEqual([]);
  });

  it('a planted cookie beside the real one makes both worthless', async () => {
    const cookie = await agent.enter('user-1');
    const both = `runtime-session=${'a'.repeat(43)}; ${cookie}`;
    expect((await open({ cookie: both })).status).toBe(401);
  });
});

describe('with a session', () => {
  let cookie: string;
  beforeAll(async () => {
    cookie = await agent.enter('user-1');
  });

  it('a page comes through, under the one identity and its rights', async () => {
    const forged = {
      'x-tenant-user': 'tenant-agent',
      'x-openclaw-scopes': 'operator.admin',
      'X-Forwarded-For': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'tailscale-user-login': 'x',
      authorization: 'Bearer x',
      connection: 'close, x-openclaw-scopes',
      accept: 'text/html',
    };
    const told = await open({ cookie, ...forged }, '/ui/chat?session=agent%3Amain');
    expect([told.status, told.text]).toEqual([200, uiPage.body]);
    expect(agent.fake.pages).toEqual([
      {
        method: 'GET',
        url: '/ui/chat?session=agent%3Amain',
        headers: {
          accept: 'text/html',
          connection: 'close',
          host: 'acme.runtimes.localhost:9000',
          'x-forwarded-for': '192.0.2.2',
          'x-forwarded-host': 'acme.runtimes.localhost:9000',
          'x-forwarded-proto': 'http',
          'x-openclaw-scopes': 'operator.read,operator.write,operator.approvals,operator.questions',
          'x-tenant-user': 'owner',
        },
      },
    ]);
  });

  it.each([
    '/',
    '/api/v1/admin/rpc',
    '/tools/invoke',
    '/v1/models',
    '/sessions/x/history',
    '/readyz',
    '/ui/../tools/invoke',
    '/ui/%2e%2e/tools/invoke',
    '/ui/..%2ftools/invoke',
    '/ui/%252e%252e/tools/invoke',
    '/ui\\..\\tools\\invoke',
    '/ui//tools/invoke',
    '//ui/',
    'http://acme.runtimes.localhost:9000/ui/',
    'http://127.0.0.1/tools/invoke',
    '*',
  ])('%s is no address', async (path) => {
    const told = await agent.ask({ path, headers: { cookie, ...person } });
    expect(code(told)).toEqual([404, 'not_found']);
    expect(agent.fake.pages).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s is no way',
    async (way) => {
      const headers = { cookie, origin: agent.publicOrigin };
      expect((await agent.ask({ method: way, path: '/ui/', headers })).status).toBe(404);
      expect(agent.fake.pages).toEqual([]);
    },
  );

  it('a body does not ride along', async () => {
    const chunked = { cookie, 'transfer-encoding': 'chunked' };
    const smuggled = 'GET /tools/invoke HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const headers of [chunked, { cookie, 'content-length': smuggled.length }]) {
      const told = await agent.ask({ method: 'GET', path: '/ui/', headers, body: smuggled });
      expect(code(told)).toEqual([400, 'body_invalid']);
    }
    expect(agent.fake.pages).toEqual([]);
  });

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['no origin to speak of', { origin: 'null' }],
    ['a script tag elsewhere', { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'script' }],
    [
      'a frame elsewhere',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('%s is refused', async (_name, headers: Record<string, string>) => {
    expect((await open({ cookie, ...headers })).status).toBe(403);
    expect(agent.fake.pages).toEqual([]);
  });

  it('the gateway sets no cookie', async () => {
    const page = agent.fake.page;
    agent.fake.page = (response) => {
      response.setHeader('set-cookie', 'runtime-session=x; Domain=runtimes.localhost');
      response.end('x');
    };
    const told = await open({ cookie });
    agent.fake.page = page;
    expect([told.status, told.headers['set-cookie']]).toEqual([200, undefined]);
  });

  it('a gateway that breaks off, or gives nonsense, does not look like an answer', async () => {
    const page = agent.fake.page;
    agent.fake.page = (response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    };
    await expect(open({ cookie })).rejects.toThrow();
    agent.fake.page = (response) => void response.destroy();
    expect(code(await open({ cookie }))).toEqual([503, 'gateway_unreachable']);
    agent.fake.page = (response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n');
    };
    expect(code(await open({ cookie }))).toEqual([503, 'gateway_unreachable']);
    agent.fake.page = page;
  });

  it('it is the same one after a restart of the agent', async () => {
    await agent.restart();
    expect((await open({ cookie })).status).toBe(200);
  });
});

describe('leaving', () => {
  it('has a page, ends the session and clears what is left in the browser', async () => {
    const cookie = await agent.enter('user-1');
    const page = await agent.ask({ path: '/agent/leave', headers: { cookie, ...person } });
    expect(page.text).toContain('<form method="post" action="/agent/leave">');
    expect(page.headers['referrer-policy']).toBe('same-origin');
    const leave = async (origin: string): Promise<Told> =>
      agent.ask({ method: 'POST', path: '/agent/leave', headers: { cookie, origin, ...person } });
    expect(code(await leave('https://evil.example'))).toEqual([403, 'origin_refused']);
    expect((await open({ cookie })).status).toBe(200);
    const left = await leave(agent.publicOrigin);
    expect(left.status).toBe(200);
    expect(left.headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
    expect(left.headers['set-cookie']?.[0]).toMatch(/^runtime-session=; Max-Age=0; /);
    expect((await open({ cookie })).status).toBe(401);
  });
});

it('says who is in, and neither ids nor cookies are written down', async () => {
  await agent.call('access', '/access', { allow: [] });
  const cookie = await agent.enter('user-7');
  await agent.enter('user-7');
  const { sessions } = JSON.parse((await agent.call('state', '/state')).text) as {
    sessions: string[];
  };
  expect(sessions).toEqual(['user-7']);
  expect(agent.logged()).toContain('session_started');
  expect(agent.logged()).not.toContain(cookie.split('=')[1]);
  expect(agent.fake.readyz).not.toBe(healthyReadyz);
});
