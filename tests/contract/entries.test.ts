/**
 * The functions' own entries in one row, from invite to an opened runtime: real settings, the
 * embedded Appwrite and the PayApp sandbox over HTTP. What the function runtime adds (processes,
 * events, cron) is tried elsewhere.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Account, Client, Query, TablesDB, Users } from 'node-appwrite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { connectAppwrite } from '#adapters/appwrite/connect.ts';
import type { FunctionContext } from '#adapters/http/context.ts';
import { payAppPayments } from '#adapters/payapp/payments.ts';
import { paymentEnv, runtimeEnv } from '#adapters/system/env.ts';
import { system } from '#adapters/system/system.ts';
import checkout from '#entry/checkout/main.ts';
import operator from '#entry/operator/main.ts';
import payapp from '#entry/payapp/main.ts';
import signup from '#entry/signup/main.ts';
import workspaces from '#entry/workspaces/main.ts';
import type { PayApp } from '#local/payapp/payapp.ts';
import { createPayApp } from '#local/payapp/payapp.ts';
import { databaseId } from '#schemas/tables/define.ts';
import type { Embedded } from '#tests/support/embedded.ts';
import { startEmbedded } from '#tests/support/embedded.ts';
import { sweep } from '#tests/support/shop.ts';
import { silentLog } from '#tests/support/world.ts';

type Entry = (context: FunctionContext) => Promise<unknown>;

let appwrite: Embedded;
let payApp: PayApp;
let inbox: Server;
let folder: string;
const logged: string[] = [];
const before = { ...process.env };

const run = async (
  entry: Entry,
  req: { path: string; body?: string; method?: string; jwt?: string; contentType?: string },
): Promise<{ readonly status: number; readonly body: string }> => {
  let answer = { status: 0, body: '' };
  await entry({
    req: {
      method: req.method ?? 'POST',
      path: req.path,
      headers: {
        'content-type': req.contentType ?? 'application/json',
        'x-appwrite-trigger': 'http',
        'x-appwrite-execution-id': 'contract',
        'x-appwrite-key': appwrite.key,
        'x-appwrite-user-jwt': req.jwt ?? '',
      },
      bodyText: req.body ?? '',
    },
    res: {
      json: (value, status = 200) => (answer = { status, body: JSON.stringify(value) }),
      text: (body, status = 200) => (answer = { status, body }),
    },
    log: (line) => logged.push(line),
    error: (line) => logged.push(line),
  });
  return answer;
};

const value = async <S extends z.ZodMiniType>(
  shape: S,
  entry: Entry,
  req: { readonly path: string; readonly body: object; readonly jwt?: string },
): Promise<z.infer<S>> => {
  const { body } = await run(entry, { ...req, body: JSON.stringify(req.body) });
  const envelope = z.object({ ok: z.boolean(), value: z.optional(z.unknown()) });
  const answer = envelope.parse(JSON.parse(body));
  if (!answer.ok) throw new Error(`${req.path}: ${body}`);
  return shape.parse(answer.value);
};
const codeOf = async (entry: Entry, path: string, body: object, jwt = ''): Promise<string> => {
  const answer = await run(entry, { path, body: JSON.stringify(body), jwt });
  const failure = z.object({ error: z.object({ code: z.string() }) });
  return failure.parse(JSON.parse(answer.body)).error.code;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'entries-'));
  appwrite = await startEmbedded([
    'invites',
    'members',
    'deletions',
    'workspaces',
    'team_members',
    'invitations',
    'subdomains',
    'orders',
    'notices',
    'runtimes',
    'timeline',
    'tasks',
    'messages',
    'limits',
    'settings',
  ]);
  inbox = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void run(payapp, {
        method: request.method ?? '',
        path: request.url ?? '',
        body: Buffer.concat(chunks).toString(),
        contentType: request.headers['content-type'] ?? '',
      }).then(({ status, body }) => response.writeHead(status).end(body));
    });
  });
  await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
  const address = inbox.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  payApp = await createPayApp({ port: 0, stateFile: join(folder, 'payapp.json') });
  Object.assign(process.env, {
    APPWRITE_FUNCTION_API_ENDPOINT: appwrite.endpoint,
    APPWRITE_FUNCTION_PROJECT_ID: appwrite.projectId,
    PAYAPP_API_URL: payApp.listening,
    PAYAPP_USERID: payApp.seller.userid,
    PAYAPP_LINKKEY: payApp.seller.linkkey,
    PAYAPP_LINKVAL: payApp.seller.linkval,
    ORDER_TOKEN_KEY: Buffer.alloc(32, 5).toString('base64'),
    FEEDBACK_BASE_URL: `http://127.0.0.1:${port}`,
    SITE_URL: 'http://127.0.0.1/',
    RUNTIME_DOMAIN: 'run.localhost:8080',
  });
});

afterAll(async () => {
  process.env = before;
  await payApp.close();
  inbox.closeAllConnections();
  await new Promise((resolve) => inbox.close(resolve));
  await appwrite.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sdk = () => new Client().setEndpoint(appwrite.endpoint).setProject(appwrite.projectId);

test('from an invite to an opened runtime, each step refusing what it must', async () => {
  const { token } = await value(z.object({ token: z.string() }), operator, {
    path: '/invites/create',
    body: {},
  });
  const person = {
    token,
    email: 'Mina@example.com',
    password: 'correct horse battery',
    name: 'Mina',
    locale: 'ko',
  };
  expect(await codeOf(signup, '/redeem', { ...person, password: 'password1' })).toBe(
    'password_weak',
  );
  const redeem = { path: '/redeem', body: person };
  const { userId } = await value(z.object({ userId: z.string() }), signup, redeem);
  expect(await codeOf(signup, '/redeem', person)).toBe('invite_used');

  const { secret } = await new Users(sdk().setKey(appwrite.key)).createSession({ userId });
  const session = sdk().setSession(secret);
  const { jwt } = await new Account(session).createJWT();
  expect(await codeOf(operator, '/invites/list', {}, jwt)).toBe('not_allowed');
  expect(await codeOf(workspaces, '/create', {})).toBe('not_signed_in');

  const place = { name: 'Acme', subdomain: 'acme', planKey: 'basic' };
  const { workspaceId, host } = await value(
    z.object({ workspaceId: z.string(), host: z.string() }),
    workspaces,
    { path: '/create', body: place, jwt },
  );
  expect(host).toBe('acme.run.localhost:8080');

  const { orderId, payUrl } = await value(
    z.object({ orderId: z.string(), payUrl: z.string() }),
    checkout,
    {
      path: '/open',
      jwt,
      body: {
        workspaceId,
        planKey: 'basic',
        runtimeName: 'First',
        phone: '010-1234-5678',
        requestKey: 'a'.repeat(16),
      },
    },
  );
  await fetch(payUrl, {
    method: 'POST',
    body: new URLSearchParams({ method: 'card' }),
    redirect: 'manual',
  });

  const { store } = connectAppwrite(appwrite, appwrite.key);
  const payments = payAppPayments(paymentEnv());
  const deps = { ...system, ...runtimeEnv(), store, payments, log: silentLog };
  const endsAt = performance.now() + 10_000;
  while ((await store.get('orders', orderId))?.state !== 'fulfilled') {
    if (performance.now() > endsAt) throw new Error('the order was not fulfilled');
    await sweep(deps);
    await pause(20);
  }

  // The member sees the order, the runtime and their history; a guest sees none of it.
  const seen = async (client: Client, tableId: string): Promise<number> =>
    (await new TablesDB(client).listRows({ databaseId, tableId, queries: [Query.limit(50)] }))
      .total;
  expect(await seen(session, 'orders')).toBe(1);
  expect(await seen(session, 'runtimes')).toBe(1);
  expect(await seen(session, 'timeline')).toBe(5);
  expect(await seen(session, 'notices')).toBe(0);
  for (const tableId of ['orders', 'runtimes', 'timeline', 'members', 'workspaces']) {
    expect(await seen(sdk(), tableId)).toBe(0);
  }

  const secrets = [payApp.seller.linkkey, payApp.seller.linkval, token, person.password, '5678'];
  for (const each of secrets) expect(logged.join('\n')).not.toContain(each);
});

test('feedback over HTTP: a probe is OK, a stranger is refused', async () => {
  const path = '/feedback/order1/token';
  expect(await run(payapp, { method: 'GET', path })).toEqual({ status: 200, body: 'OK' });
  const contentType = 'application/x-www-form-urlencoded';
  const forged = await run(payapp, { path, body: 'pay_state=4&mul_no=1&price=1', contentType });
  expect(forged).toEqual({ status: 403, body: 'FAIL' });
});
