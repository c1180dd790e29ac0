/**
 * `npm run doctor`: good on a good installation, and every check fails when what it looks at is
 * broken: really broken where the installation can be, answered wrongly where it is other people's.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiKey, createHarness } from '#local/dokploy/testing/harness.ts';
import type { Harness } from '#local/dokploy/testing/harness.ts';
import type { Finding } from '#ops/doctor/finding.ts';
import { openGate, openInstallation } from '#tests/support/installation.ts';
import type { Gate, Gated, TestInstallation } from '#tests/support/installation.ts';

const slow = 240_000;
const savedRows = JSON.parse(
  readFileSync(join(import.meta.dirname, 'rows', '0.1.0.json'), 'utf8'),
) as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
const untilCronMs = 90_000;

let place: TestInstallation;
let harness: Harness;
let dokploy: Gated;
let payapp: Server;
const outputs: string[] = [];

const byId = (findings: readonly Finding[]): ReadonlyMap<string, Finding> =>
  new Map(findings.map((each) => [each.id, each]));

interface Examined {
  readonly code: number | null;
  readonly found: ReadonlyMap<string, Finding>;
}

const examine = async (): Promise<Examined> => {
  const { code, text } = await place.run('doctor', '--json');
  outputs.push(text);
  const line = text.split('\n').find((each) => each.startsWith('['));
  if (line === undefined) throw new Error(text);
  return { code, found: byId(JSON.parse(line) as readonly Finding[]) };
};

const failed = ({ found }: Examined): readonly string[] =>
  [...found.values()].filter(({ level }) => level === 'failure').map(({ id }) => id);

const expectFailures = (examined: Examined, ids: readonly string[]): void => {
  expect(examined.code).toBe(1);
  for (const id of ids) {
    expect(examined.found.get(id), id).toMatchObject({ level: 'failure' });
    expect(examined.found.get(id)?.fix, id).not.toBe('');
  }
};

const addServer = (
  rowId: string,
  dokployServerId: string | null,
  slotMemoryMiB = 4096,
): Promise<unknown> =>
  place.ask('POST', '/tablesdb/main/tables/servers/rows', {
    rowId,
    data: {
      ...{ dokployServerId, region: 'kr', slotMemoryMiB, slots: 4, state: 'open' },
      full: false,
    },
  });

const cronHasRun = async (): Promise<boolean> => {
  const trigger = { method: 'equal', attribute: 'trigger', values: ['schedule'] };
  const query = encodeURIComponent(JSON.stringify(trigger));
  const path = `/functions/reconcile/executions?queries[0]=${query}`;
  return Number((await place.ask('GET', path))['total']) > 0;
};

beforeAll(async () => {
  payapp = createServer((_request, response) => response.end('state=0&errno=70040'));
  await new Promise<void>((done) => payapp.listen(0, '127.0.0.1', done));
  harness = await createHarness(['tenant-1']);
  dokploy = await openGate(Number(new URL(harness.dokploy.apiOrigin).port));
  place = await openInstallation({
    DOKPLOY_URL: dokploy.url,
    DOKPLOY_API_KEY: apiKey,
    PAYAPP_API_URL: `http://127.0.0.1:${String((payapp.address() as AddressInfo).port)}/oapi`,
  });
  const deployed = await place.run('deploy', '--yes');
  if (deployed.code !== 0) throw new Error(deployed.text);
}, slow);

afterAll(async () => {
  await place.close();
  await dokploy.close();
  await harness.remove();
  await new Promise((done) => payapp.close(done));
});

describe('before anything is sold', () => {
  test('a place for runtimes is missed, and whoever delivers mail', async () => {
    const examined = await examine();
    expectFailures(examined, ['servers']);
    expect(examined.found.get('mail.provider')).toMatchObject({ level: 'warning' });
    expect(examined.found.get('mail.provider')?.fix).toContain('Providers');
  });
});

describe('a plan that fits on no server', () => {
  test('is named', async () => {
    await addServer('small', null, 2048);
    const examined = await examine();
    expectFailures(examined, ['servers']);
    expect(examined.found.get('servers')?.message).toContain('plus');
    await place.ask('DELETE', '/tablesdb/main/tables/servers/rows/small');
  });
});

describe('a good installation', () => {
  test(
    'has no failure, says so in lines, and ends with 0',
    async () => {
      const { serverId = '' } = (await harness.call('server.all', {}))[0] ?? {};
      await addServer('own', null);
      const sender = { fromEmail: 'no-reply@example.com', enabled: true };
      const smtp = { providerId: 'smtp', name: 'Our SMTP', host: 'localhost', ...sender };
      await place.ask('POST', '/messaging/providers/smtp', smtp);
      await addServer('tenant-1', serverId);
      const deadline = Date.now() + untilCronMs;
      while (!(await cronHasRun()) && Date.now() < deadline) await pause(500);
      const { code, text } = await place.run('doctor');
      expect(code, text).toBe(0);
      expect(text).toContain('✓ signup.closed');
      expect(text).toMatch(/\d+ ok, \d+ warnings, 0 failures, [\d.]+ s\./);
      const examined = await examine();
      expect(failed(examined)).toEqual([]);
      expect(examined.found.get('mail.provider')).toMatchObject({ level: 'ok' });
      const each = [...examined.found.values()];
      expect(each.length).toBeGreaterThan(35);
      expect(Object.keys(each[0] ?? {})).toEqual(['id', 'level', 'message', 'fix']);
      process.stdout.write(`doctor: ${text.trim().split('\n').at(-1) ?? ''}\n`);
    },
    slow,
  );
});

describe('values that cannot be right', () => {
  test('are each named', async () => {
    const jwk = JSON.parse(place.env['TICKET_SIGNING_KEY'] ?? '{}') as Record<string, string>;
    const other = Buffer.alloc(32, 9).toString('base64url');
    place.rewrite({
      PAYAPP_LINKKEY: encodeURIComponent('abcd+/efgh+/ijkl+/'),
      OPENCLAW_IMAGE: 'openclaw:latest',
      AGENT_IMAGE: 'agent:1.2',
      OPENCLAW_VERSION_FLOOR: '2026.4.22',
      RUNTIME_DOMAIN: 'runtimes.invalid',
      TICKET_SIGNING_KEY: JSON.stringify({ ...jwk, x: other }),
      PAYAPP_API_URL: 'http://127.0.0.1:9/oapi',
      OPERATOR_EMAIL: 'nobody@example.com',
    });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, [
      ...['payapp.keys', 'payapp.api', 'images.openclaw', 'images.agent', 'openclaw.floor'],
      ...['dns.wildcard', 'tickets.key', 'operator.account', 'functions.variables.reconcile'],
    ]);
    expect(examined.found.get('functions.variables.payapp')?.message).toContain('PAYAPP_LINKKEY');
  });

  test('names that only browsers know, and no address for the functions', async () => {
    place.rewrite({ RUNTIME_ADDRESS: undefined });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['dns.wildcard']);
    expect(examined.found.get('dns.wildcard')?.fix).toContain('RUNTIME_ADDRESS');
  });

  test('a page that may not call the API, and one that is not ours', async () => {
    place.rewrite({ SITE_URL: `http://other.example.localhost:${String(place.appwrite.port)}` });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['appwrite.platform', 'site']);
  });

  test('an API domain at which somebody else answers', async () => {
    const { port } = payapp.address() as AddressInfo;
    place.rewrite({ APPWRITE_PUBLIC_ENDPOINT: `http://127.0.0.1:${String(port)}/v1` });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['appwrite.platform']);
  });

  test('a file that is not complete is told name by name', async () => {
    place.rewrite({ DOKPLOY_API_KEY: undefined, SITE_URL: 'shop' });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['env.DOKPLOY_API_KEY', 'env.SITE_URL']);
  });
});

const pass: Gate = () => 'pass';

describe('what others answer', () => {
  const withGates = async (appwrite: Gate, ofDokploy: Gate): Promise<Examined> => {
    place.gate.set(appwrite);
    dokploy.set(ofDokploy);
    const examined = await examine();
    place.gate.set(pass);
    dokploy.set(pass);
    return examined;
  };

  test('an old Appwrite whose clock is off, a cron that never ran, a function that is down', async () => {
    const date = new Date(Date.now() - 120_000).toUTCString();
    const old = { status: 200, body: { version: '1.7.4' }, headers: { date } };
    const examined = await withGates(
      (method, path) => {
        if (path.endsWith('/health/version')) return old;
        if (path.includes('/reconcile/executions?') && path.includes('schedule')) {
          return { status: 200, body: { total: 0, executions: [] } };
        }
        return method === 'POST' && path.includes('/signup/executions') ? 404 : 'pass';
      },
      () => 'pass',
    );
    expectFailures(examined, [
      ...['appwrite.version', 'appwrite.clock', 'reconcile.cron', 'functions.answer.signup'],
    ]);
  });

  test('an old Dokploy, a key good for five calls, nightly pruning, a server out of reach', async () => {
    let calls = 0;
    const date = new Date(Date.now() + 120_000).toUTCString();
    const examined = await withGates(
      () => 'pass',
      (_method, path) => {
        if (path.includes('getDokployVersion')) {
          calls += 1;
          return calls > 5 ? 401 : { status: 200, body: 'v0.28.0' };
        }
        if (path.endsWith('/api/')) return { status: 404, body: {}, headers: { date } };
        if (path.includes('project.all')) return 403;
        if (path.includes('server.validate')) return 400;
        if (!path.includes('server.all')) return 'pass';
        const row = { serverId: 'pruned', name: 'pruned', enableDockerCleanup: true };
        return { status: 200, body: [row] };
      },
    );
    expectFailures(examined, [
      ...['dokploy.version', 'dokploy.key', 'dokploy.cleanup', 'dokploy.rights', 'dokploy.clock'],
      'servers.tenant-1',
    ]);
  });

  test('a Dokploy that fails: its machine is to be looked at, not its key', async () => {
    const examined = await withGates(pass, () => 500);
    expectFailures(examined, ['dokploy.key', 'dokploy.rights', 'dokploy.cleanup', 'servers']);
    for (const id of ['dokploy.key', 'dokploy.rights', 'dokploy.cleanup', 'servers']) {
      expect(examined.found.get(id)?.fix).toContain('dokploy-lost');
    }
  });

  test('a server that Dokploy knows and cannot log in to', async () => {
    const loggedOut: Gate = (_method, path) => (path.includes('server.validate') ? 400 : 'pass');
    const examined = await withGates(pass, loggedOut);
    expectFailures(examined, ['servers.tenant-1']);
    expect(examined.found.get('servers.own')).toMatchObject({ level: 'ok' });
  });

  test('nobody at all: each check says so, none hangs', async () => {
    place.rewrite({
      DOKPLOY_URL: 'http://127.0.0.1:9',
      APPWRITE_ENDPOINT: 'http://127.0.0.1:9/v1',
    });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['appwrite.version', 'tables', 'signup.closed', 'dokploy.key']);
  });
});

describe('what is stored', () => {
  test(
    'a runtime proven with an old OpenClaw, and rows older than the code',
    async () => {
      const row = (savedRows['runtimes'] ?? [])[0] ?? {};
      const {
        $id: _id,
        $permissions: _readers,
        $createdAt: _made,
        $updatedAt: _changed,
        ...data
      } = row;
      const receipt = {
        ...{ smokeId: 's', nonceMatched: true, provider: 'openai', model: 'm', latencyMs: 1 },
        ...{ image: 'i', openclawVersion: '2026.4.1', at: new Date().toISOString() },
      };
      const runtimes = '/tablesdb/main/tables/runtimes/rows';
      await place.sleep();
      await place.ask('POST', runtimes, {
        rowId: 'old',
        data: { ...data, status: 'ready', receipt: JSON.stringify(receipt) },
      });
      await place.ask('DELETE', '/tablesdb/main/tables/settings/rows/migrations');
      const { found } = await examine();
      expect(found.get('openclaw.running')).toMatchObject({ level: 'warning' });
      expect(found.get('migrations')).toMatchObject({ level: 'warning', fix: 'npm run migrate' });
      await place.ask('DELETE', `${runtimes}/old`);
      const mended = await place.run('deploy', '--yes');
      expect(mended.code, mended.text).toBe(0);
      expect((await examine()).found.get('migrations')).toMatchObject({ level: 'ok' });
    },
    slow,
  );
});

describe('damage', () => {
  test(
    'is seen thing by thing, and one deploy mends it',
    async () => {
      await place.ask('PATCH', '/project/policies/user-limit', { total: null });
      await place.ask('PATCH', '/project/policies/session-limit', { total: null });
      await place.ask('PATCH', '/project/policies/password-dictionary', { enabled: false });
      await place.ask('DELETE', '/tablesdb/main/tables/orders/indexes/due');
      const { name, execute, timeout, scopes, entrypoint } = await place.ask(
        'GET',
        '/functions/reconcile',
      );
      await place.ask('PUT', '/functions/reconcile', {
        ...{ name, execute, timeout, scopes, entrypoint, schedule: '0 * * * *', events: [] },
      });
      const { variables } = (await place.ask('GET', '/functions/operator/variables')) as {
        variables: readonly { $id: string; key: string }[];
      };
      const gone = variables.find(({ key }) => key === 'DOKPLOY_API_KEY')?.$id ?? '';
      await place.ask('DELETE', `/functions/operator/variables/${gone}`);
      const { rules } = (await place.ask('GET', '/proxy/rules')) as {
        rules: readonly { $id: string; domain: string }[];
      };
      const rule = rules.find(({ domain }) => domain === 'pay.shop.localhost')?.$id ?? '';
      await place.ask('DELETE', `/proxy/rules/${rule}`);

      const examined = await examine();
      expectFailures(examined, [
        ...['policies.signup', 'policies.sessions', 'policies.passwords', 'signup.closed'],
        ...['tables', 'functions.deployed.reconcile', 'functions.variables.operator'],
        'payapp.probe',
      ]);
      expect(examined.found.get('functions.variables.operator')?.message).toContain(
        'DOKPLOY_API_KEY is missing',
      );
      const users = await place.ask('GET', '/users');
      expect(users).toMatchObject({ total: 1 });

      const mended = await place.run('deploy', '--yes');
      expect(mended.code, mended.text).toBe(0);
      expect(failed(await examine())).toEqual([]);
    },
    slow,
  );

  test('a key that may too little', async () => {
    const login = await fetch(`${place.appwrite.url}/v1/account/sessions/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-appwrite-project': 'console' },
      body: JSON.stringify({
        email: place.env['APPWRITE_CONSOLE_EMAIL'],
        password: place.env['APPWRITE_CONSOLE_PASSWORD'],
      }),
    });
    const cookie = login.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const made = await fetch(`${place.appwrite.url}/v1/projects/selling/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-appwrite-project': 'console', cookie },
      body: JSON.stringify({ name: 'little', scopes: ['databases.read', 'tables.read'] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    place.rewrite({ APPWRITE_API_KEY: secret });
    const examined = await examine();
    place.rewrite({});
    expectFailures(examined, ['appwrite.key']);
    const says = examined.found.get('appwrite.key')?.message ?? '';
    for (const scope of ['users.read', 'users.write', 'rows.write', 'execution.write']) {
      expect(says).toContain(scope);
    }
    expect(says).not.toContain('databases.read');
    const unread = examined.found.get('migrations');
    expect(unread?.message).not.toContain('\n');
    expect(unread?.fix).toContain('APPWRITE_API_KEY');
    expect(outputs.some((text) => text.includes(secret))).toBe(false);
  });
});

test('no secret was said', () => {
  expect(outputs.length).toBeGreaterThan(8);
  const told = [...place.secrets, apiKey].filter((secret) =>
    outputs.some((text) => text.includes(secret)),
  );
  expect(told).toEqual([]);
});
