/** The unmodified node-appwrite against functions, their deployments, triggers and domains. */
import { randomBytes } from 'node:crypto';
import {
  Client,
  ExecutionMethod,
  ExecutionStatus,
  Functions,
  Runtime,
  TablesDB,
  Users,
} from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { movableClock } from '../kernel/clock.ts';
import { MINUTE_MS } from './cron.ts';
import { KEY, PROJECT, askDomain, startTestServer, tarGz } from './test-server.ts';
import type { TestServer } from './test-server.ts';

const MAIN = `export default async ({ req, res, log }) => {
  log('ran ' + req.path);
  if (req.path === '/silent') return res.text('', 409);
  if (req.path === '/headers') return res.json(req.headers);
  return res.text(req.method + ' ' + req.bodyText, 200, { 'x-from': 'function' });
};`;

const clock = movableClock(Date.now());
let server: TestServer;
let functions: Functions;
let tables: TablesDB;
let users: Users;

function clientOf(change: (client: Client) => Client): Client {
  return change(new Client().setEndpoint(server.endpoint).setProject(PROJECT));
}

beforeAll(async () => {
  server = await startTestServer(clock);
  const client = clientOf((one) => one.setKey(KEY));
  functions = new Functions(client);
  tables = new TablesDB(client);
  users = new Users(client);
});

afterAll(() => server.stop());

async function upload(functionId: string, archive: Buffer, activate = true): Promise<string> {
  const code = InputFile.fromBuffer(archive, 'code.tar.gz');
  const made = await functions.createDeployment({ functionId, code, activate });
  const isDone = async () => {
    const { status } = await functions.getDeployment({ functionId, deploymentId: made.$id });
    expect(['ready', 'failed']).toContain(status);
  };
  await vi.waitFor(isDone, { timeout: 20_000 });
  return made.$id;
}

interface Wanted {
  readonly execute?: string[];
  readonly events?: string[];
  readonly schedule?: string;
  readonly main?: string;
}

async function deploy(functionId: string, wanted: Wanted = {}): Promise<void> {
  const { execute = [], events = [], schedule = '', main = MAIN } = wanted;
  await functions.create({
    functionId,
    name: functionId,
    runtime: Runtime.Node22,
    execute,
    events,
    schedule,
    entrypoint: 'main.mjs',
  });
  await upload(functionId, tarGz({ 'main.mjs': main }));
}

async function executionsOf(functionId: string, count: number) {
  return vi.waitFor(
    async () => {
      const page = await functions.listExecutions({ functionId });
      expect(
        page.executions.filter((one) => one.status === ExecutionStatus.Completed),
      ).toHaveLength(count);
      return page.executions;
    },
    { timeout: 20_000 },
  );
}

test('a synchronous execution answers with body, status and headers', async () => {
  await deploy('sync');
  const execution = await functions.createExecution({
    functionId: 'sync',
    body: 'hello',
    xpath: '/a?b=1',
    method: ExecutionMethod.PUT,
  });
  expect(execution).toMatchObject({
    status: 'completed',
    responseStatusCode: 200,
    responseBody: 'PUT hello',
    requestPath: '/a?b=1',
    logs: 'ran /a',
  });
  expect(execution.responseHeaders).toContainEqual({ name: 'x-from', value: 'function' });
});

test('a user starts, reads and lists own executions only', async () => {
  await deploy('mine', { execute: ['users'] });
  const user = await users.create({ userId: 'alice', email: 'alice@example.com' });
  const session = await users.createSession({ userId: user.$id });
  const asUser = new Functions(clientOf((one) => one.setSession(session.secret)));
  await functions.createExecution({ functionId: 'mine' });
  const own = await asUser.createExecution({ functionId: 'mine' });
  expect(own.$permissions).toEqual(['read("user:alice")']);
  expect(own.logs).toBe('');
  expect((await asUser.listExecutions({ functionId: 'mine' })).total).toBe(1);
  expect((await functions.listExecutions({ functionId: 'mine' })).total).toBe(2);
});

test('an archive in chunks is put together; the last deployment wins', async () => {
  await deploy('chunked');
  const filler = randomBytes(11_000_000);
  const main = 'export default ({ res }) => res.text("second");';
  await upload('chunked', tarGz({ 'main.mjs': main, 'filler.bin': filler }));
  const { responseBody } = await functions.createExecution({ functionId: 'chunked' });
  expect(responseBody).toBe('second');
  expect((await functions.listDeployments({ functionId: 'chunked' })).total).toBe(2);
});

test('an archive with an unsafe path fails its build and changes nothing', async () => {
  await deploy('unsafe');
  const deploymentId = await upload('unsafe', tarGz({ '../evil.mjs': 'x' }));
  const deployment = await functions.getDeployment({ functionId: 'unsafe', deploymentId });
  expect(deployment).toMatchObject({ status: 'failed' });
  expect(deployment.buildLogs).toContain('unsafe path');
  expect((await functions.createExecution({ functionId: 'unsafe' })).status).toBe('completed');
});

test('deploying again and again keeps the newest twenty and the active one', async () => {
  await deploy('often');
  const { deploymentId } = await functions.get({ functionId: 'often' });
  const archive = tarGz({ 'main.mjs': MAIN });
  for (let count = 0; count < 22; count += 1) await upload('often', archive, false);
  await vi.waitFor(async () => {
    expect((await functions.listDeployments({ functionId: 'often' })).total).toBe(21);
  });
  expect((await functions.get({ functionId: 'often' })).deploymentId).toBe(deploymentId);
  expect((await functions.createExecution({ functionId: 'often' })).status).toBe('completed');
});

test('the code of a deployment can be had back', async () => {
  await deploy('download');
  const { deployments } = await functions.listDeployments({ functionId: 'download' });
  const deploymentId = deployments[0]?.$id ?? '';
  const bytes = await functions.getDeploymentDownload({ functionId: 'download', deploymentId });
  expect(Buffer.from(bytes)).toEqual(tarGz({ 'main.mjs': MAIN }));
});

test('a row event runs the function once, with the row as its body', async () => {
  await tables.create({ databaseId: 'main', name: 'main' });
  await tables.createTable({ databaseId: 'main', tableId: 'orders', name: 'orders' });
  await deploy('listener', { events: ['databases.main.tables.orders.rows.*.create'] });
  await tables.createVarcharColumn({
    databaseId: 'main',
    tableId: 'orders',
    key: 'title',
    size: 40,
    required: false,
  });
  await vi.waitFor(async () => {
    const data = { title: 'x' };
    await tables.createRow({ databaseId: 'main', tableId: 'orders', rowId: 'o2', data });
  });
  const [execution] = await executionsOf('listener', 1);
  expect(execution).toMatchObject({ trigger: 'event', requestMethod: 'POST', requestPath: '/' });
});

describe('time', () => {
  test('cron runs a function in its minute, once', async () => {
    await deploy('cron', { schedule: '* * * * *' });
    clock.advance(MINUTE_MS);
    expect((await executionsOf('cron', 1))[0]?.trigger).toBe('schedule');
    clock.advance(MINUTE_MS);
    await executionsOf('cron', 2);
    await functions.delete({ functionId: 'cron' });
  });

  test('a scheduled execution runs when it is due', async () => {
    await deploy('later');
    const scheduledAt = new Date(clock.now() + 90_000).toISOString();
    const made = await functions.createExecution({
      functionId: 'later',
      async: true,
      scheduledAt,
      body: 'b',
    });
    expect(made.status).toBe('scheduled');
    clock.advance(89_000);
    const before = await functions.getExecution({ functionId: 'later', executionId: made.$id });
    expect(before.status).toBe('scheduled');
    clock.advance(1_000);
    await executionsOf('later', 1);
  });
});

describe('domains', () => {
  test('a function answers under its id, anonymous and unchanged', async () => {
    await deploy('hook', { execute: ['any'] });
    const host = 'hook.functions.localhost';
    const body = 'a=1&b=%ED%99%8D+x';
    const answer = await askDomain(server, { host, method: 'POST', body });
    expect(answer).toMatchObject({ status: 200, text: `POST ${body}` });
    const seen = await askDomain(server, {
      host,
      path: '/headers',
      headers: { 'x-appwrite-user-id': 'victim', cookie: 'a=b' },
    });
    expect(JSON.parse(seen.text)).toMatchObject({ 'x-appwrite-user-id': '', cookie: 'a=b' });
  });

  test('an error without text becomes a page', async () => {
    const host = 'hook.functions.localhost';
    const answer = await askDomain(server, { host, path: '/silent' });
    expect(answer.status).toBe(409);
    expect(answer.headers['content-type']).toContain('text/html');
  });

  test('a wrong key is refused before the function runs; an unknown name is 404', async () => {
    const headers = { 'x-appwrite-key': 'standard_wrong' };
    const refused = await askDomain(server, { host: 'hook.functions.localhost', headers });
    expect(refused.status).toBe(403);
    const unknown = await askDomain(server, { host: 'nobody.functions.localhost' });
    expect(unknown.status).toBe(404);
    expect(unknown.text).toContain('rule_not_found');
  });

  test('a function for users only is closed', async () => {
    const answer = await askDomain(server, { host: 'mine.functions.localhost' });
    expect(answer.status).toBe(401);
  });
});
