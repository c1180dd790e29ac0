/**
 * Functions as they really behave, through the front door: processes, limits, injected headers and
 * environment, forged headers, and what a redeploy or a dying process does to executions under way.
 */
import { Client, Functions, Runtime, TablesDB, Users, type Models } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { movableClock } from '../kernel/clock.ts';
import { createAppwrite, type RunningAppwrite } from '../server.ts';
import { KEY, PROJECT, askDomain, tarGz, type TestServer } from './test-server.ts';

const SYNC_LIMIT_MS = 1_500;
const IDLE_MS = 60_000;
/** Waits on files, so that tests decide when a handler goes on. */
const MAIN = `import { existsSync, writeFileSync } from 'node:fs';
const until = async (file) => {
  for (let left = 2000; left > 0 && !existsSync(file); left -= 1)
    await new Promise((done) => setTimeout(done, 5));
};
let calls = 0;
export default async ({ req, res, log, error }) => {
  calls += 1;
  if (req.headers['x-appwrite-trigger'] === 'event') log(req.headers['x-appwrite-event']);
  const [, what, name] = req.path.split('/');
  const file = process.env.FOLDER + '/' + name;
  switch (what) {
    case 'pid': return res.text(process.pid + ' ' + calls);
    case 'env': return res.json(process.env);
    case 'headers': return res.json(req.headers);
    case 'wait': writeFileSync(file + '.began', ''); await until(file); writeFileSync(file + '.end', '');
      return res.text('VERSION waited');
    case 'die': Promise.reject(new Error('unseen')); await until(file); return res.text('alive');
    case 'chat':
      for (let line = 0; line < 200; line += 1) { log('x'.repeat(9000)); error('y'.repeat(9000)); }
      return res.text('said');
    case 'silent': return res.text('', Number(name));
    case 'throw': throw new Error('thrown');
    case 'nothing': return;
    default: return res.text('VERSION');
  }
};`;

const clock = movableClock(Date.now());
let folder: string;
let appwrite: RunningAppwrite;
let server: TestServer;
let functions: Functions;
let users: Users;
let tables: TablesDB;

const clientOf = (change: (client: Client) => Client): Client =>
  change(new Client().setEndpoint(`${appwrite.url}/v1`).setProject(PROJECT));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'appwrite-behaviour-'));
  appwrite = await createAppwrite({
    dataDir: path.join(folder, 'data'),
    project: { id: PROJECT, key: KEY },
    clock,
    functions: { syncLimitMs: SYNC_LIMIT_MS, idleMs: IDLE_MS, style: 'open-runtimes' },
  });
  const { url, port } = appwrite;
  server = {
    url,
    endpoint: `${url}/v1`,
    port,
    dataDir: folder,
    appwrite,
    stop: () => appwrite.stop(),
  };
  const client = clientOf((one) => one.setKey(KEY));
  functions = new Functions(client);
  users = new Users(client);
  tables = new TablesDB(client);
});

afterAll(async () => {
  await appwrite.stop();
  await rm(folder, { recursive: true, force: true });
});

async function upload(functionId: string, version: string): Promise<string> {
  const archive = tarGz({ 'main.mjs': MAIN.replaceAll('VERSION', version) });
  const code = InputFile.fromBuffer(archive, 'code.tar.gz');
  const { $id } = await functions.createDeployment({ functionId, code, activate: true });
  await vi.waitFor(
    async () => expect((await functions.get({ functionId })).deploymentId).toBe($id),
    20_000,
  );
  return $id;
}

async function deploy(functionId: string, more: Partial<Models.Function> = {}): Promise<string> {
  const { execute = ['any'], timeout = 15, scopes = [], events = [] } = more;
  await functions.create({
    ...{ functionId, name: `Name of ${functionId}`, runtime: Runtime.Node22 },
    ...{ execute, timeout, scopes: scopes as never[], events, entrypoint: 'main.mjs' },
  });
  const value = { functionId, key: 'FOLDER', value: folder, secret: false };
  await functions.createVariable({ ...value, variableId: 'unique()' } as never);
  return upload(functionId, 'one');
}

const run = (functionId: string, xpath: string, async = false): Promise<Models.Execution> =>
  functions.createExecution({ functionId, xpath, async });

const isThere = async (name: string): Promise<boolean> =>
  readFile(path.join(folder, name)).then(
    () => true,
    () => false,
  );
const appears = (name: string): Promise<void> =>
  vi.waitFor(async () => expect(await isThere(name)).toBe(true), 10_000);
const release = (name: string): Promise<void> => writeFile(path.join(folder, name), '');

async function finished(functionId: string, executionId: string): Promise<Models.Execution> {
  return vi.waitFor(async () => {
    const execution = await functions.getExecution({ functionId, executionId });
    expect(['completed', 'failed']).toContain(execution.status);
    return execution;
  }, 10_000);
}

const pidOf = (execution: Models.Execution): number => Number(execution.responseBody.split(' ')[0]);

describe('processes', () => {
  test('each deployment has its own, started on demand, warm, ended after its idle time', async () => {
    await deploy('own');
    await deploy('other');
    const first = await run('own', '/pid');
    const second = await run('own', '/pid');
    expect(second.responseBody).toBe(`${String(pidOf(first))} 2`);
    expect(pidOf(await run('other', '/pid'))).not.toBe(pidOf(first));
    expect(pidOf(first)).not.toBe(process.pid);
    clock.advance(IDLE_MS);
    await vi.waitFor(() => expect(() => process.kill(pidOf(first), 0)).toThrow(), 5_000);
    expect((await run('own', '/pid')).responseBody).toMatch(/ 1$/);
  });

  test('an unhandled rejection ends this process with its executions, no other', async () => {
    await deploy('mortal');
    await deploy('neighbour');
    const waiting = await run('neighbour', '/wait/n1', true);
    await appears('n1.began');
    const fellow = await run('mortal', '/wait/never', true);
    await appears('never.began');
    const died = await run('mortal', '/die/never');
    expect(died).toMatchObject({ status: 'failed', responseStatusCode: 500, responseBody: '' });
    expect((await finished('mortal', fellow.$id)).status).toBe('failed');
    expect((await run('mortal', '/pid')).responseBody).toMatch(/ 1$/);
    await release('n1');
    expect((await finished('neighbour', waiting.$id)).status).toBe('completed');
  });

  test('a redeploy drops no execution under way; the next call runs the new code', async () => {
    await deploy('redeployed', { timeout: 60 });
    const old = await run('redeployed', '/wait/r1', true);
    await appears('r1.began');
    await upload('redeployed', 'two');
    expect((await run('redeployed', '/')).responseBody).toBe('two');
    expect(await isThere('r1.end')).toBe(false);
    await release('r1');
    expect(await finished('redeployed', old.$id)).toMatchObject({
      status: 'completed',
      responseStatusCode: 200,
    });
  });

  test('a changed variable reaches the next call and lets a running one finish', async () => {
    await deploy('variable', { timeout: 60 });
    const old = await run('variable', '/wait/v1', true);
    await appears('v1.began');
    const made = { functionId: 'variable', key: 'COLOUR', value: 'red', variableId: 'unique()' };
    await functions.createVariable(made as never);
    const { responseBody } = await run('variable', '/env');
    expect((JSON.parse(responseBody) as Record<string, string>)['COLOUR']).toBe('red');
    await release('v1');
    expect((await finished('variable', old.$id)).status).toBe('completed');
  });
});

describe('limits', () => {
  test('a timed-out handler is a failed 500 and goes on to its end', async () => {
    await deploy('late', { timeout: 1 });
    const execution = await run('late', '/wait/l1');
    expect(execution).toMatchObject({ status: 'failed', responseStatusCode: 500 });
    expect(execution.errors).toContain('timed out');
    expect(await isThere('l1.end')).toBe(false);
    await release('l1');
    await appears('l1.end');
  });

  test('the server stops waiting before the function does: 408, and the handler goes on', async () => {
    await deploy('long', { timeout: 60 });
    await expect(run('long', '/wait/s1')).rejects.toMatchObject({
      code: 408,
      type: 'function_synchronous_timeout',
    });
    await release('s1');
    await appears('s1.end');
  });

  test('a domain gives up at the same moment, with a page and status 500', async () => {
    await deploy('page', { timeout: 60 });
    const host = 'page.functions.localhost';
    const answer = await askDomain(server, { host, path: '/wait/d1' });
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.text).toContain('function_synchronous_timeout');
    await release('d1');
    await appears('d1.end');
  });

  test.each([400, 404, 409, 500, 503])('an empty %i is a page on a domain only', async (status) => {
    const host = 'page.functions.localhost';
    const answer = await askDomain(server, { host, path: `/silent/${String(status)}` });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.headers['x-appwrite-execution-id']).toEqual(expect.any(String));
    const called = await run('page', `/silent/${String(status)}`);
    expect(called).toMatchObject({ responseStatusCode: status, responseBody: '' });
    expect(called.status).toBe(status >= 500 ? 'failed' : 'completed');
  });

  test('throwing and returning nothing are empty 500s with the reason in the log', async () => {
    const thrown = await run('page', '/throw');
    expect(thrown).toMatchObject({ responseStatusCode: 500, responseBody: '' });
    expect(thrown.errors).toContain('Error: thrown');
    expect((await run('page', '/nothing')).errors).toContain('Return statement missing');
  });

  test('a line of the log ends at 8,000 characters, the log at a million', async () => {
    const { $id } = await run('page', '/chat');
    const { logs, errors } = await functions.getExecution({ functionId: 'page', executionId: $id });
    for (const text of [logs, errors]) {
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(8_001);
      expect(text.length).toBeLessThanOrEqual(1_000_000);
      expect(text.length).toBeGreaterThan(900_000);
    }
  });
});

describe('what a function is given', () => {
  const OWN = ['CPUS', 'DEPLOYMENT', 'ID', 'MEMORY', 'NAME', 'PROJECT_ID'];

  test('the environment is exactly this', async () => {
    const deployment = await deploy('env');
    const spoof = { functionId: 'env', key: 'APPWRITE_FUNCTION_ID', value: 'spoofed' };
    await functions.createVariable({ ...spoof, variableId: 'unique()' } as never);
    const env = JSON.parse((await run('env', '/env')).responseBody) as Record<string, string>;
    const names = Object.keys(env).filter((name) => !name.startsWith('APPWRITE_VCS_'));
    expect(names.sort()).toEqual(
      [
        ...OWN.map((name) => `APPWRITE_FUNCTION_${name}`),
        ...['APPWRITE_FUNCTION_API_ENDPOINT', 'APPWRITE_FUNCTION_RUNTIME_NAME'],
        ...['APPWRITE_FUNCTION_RUNTIME_VERSION', 'APPWRITE_VERSION', 'APPWRITE_REGION'],
        ...['APPWRITE_DEPLOYMENT_TYPE', 'FOLDER', 'PATH', 'TZ'],
      ].sort(),
    );
    expect(env).toMatchObject({
      APPWRITE_FUNCTION_ID: 'env',
      APPWRITE_FUNCTION_NAME: 'Name of env',
      APPWRITE_FUNCTION_DEPLOYMENT: deployment,
      APPWRITE_FUNCTION_PROJECT_ID: PROJECT,
      APPWRITE_FUNCTION_RUNTIME_VERSION: '22',
      APPWRITE_FUNCTION_API_ENDPOINT: `${appwrite.url}/v1`,
    });
  });

  test('a build command finds a key of the function, the function itself does not', async () => {
    const functionId = 'built';
    await functions.create({ functionId, name: 'b', runtime: Runtime.Node22, entrypoint: 'm.mjs' });
    const template =
      'export default ({ res }) => res.json([process.env.APPWRITE_FUNCTION_API_KEY, "%s"]);';
    const build = `printf '${template}' "$APPWRITE_FUNCTION_API_KEY" > m.mjs`;
    const code = InputFile.fromBuffer(tarGz({ 'other.txt': '' }), 'code.tar.gz');
    const made = { functionId, code, activate: true, commands: build };
    const { $id } = await functions.createDeployment(made);
    await vi.waitFor(
      async () => expect((await functions.get({ functionId })).deploymentId).toBe($id),
      20_000,
    );
    const [own, found] = JSON.parse((await run(functionId, '/')).responseBody) as unknown[];
    expect(own).toBeNull();
    expect(found).toMatch(/^ephemeral_/);
  });

  test('a user call carries these headers, and forged spellings pass beside them', async () => {
    await users.create({ userId: 'carol', email: 'carol@example.com' });
    const { secret } = await users.createSession({ userId: 'carol' });
    const asCarol = new Functions(clientOf((one) => one.setSession(secret)));
    const headers = { 'X-Appwrite-User-Id': 'victim', 'X-Appwrite-Event': 'forged', 'x-own': '1' };
    const call = { functionId: 'env', xpath: '/headers', headers };
    const { responseBody } = await asCarol.createExecution(call);
    const seen = JSON.parse(responseBody) as Record<string, string>;
    expect(
      Object.keys(seen)
        .filter((name) => name.startsWith('x-'))
        .sort(),
    ).toEqual([
      ...['x-appwrite-client-ip', 'x-appwrite-continent-code', 'x-appwrite-continent-eu'],
      ...['x-appwrite-country-code', 'x-appwrite-event', 'x-appwrite-execution-id'],
      ...['x-appwrite-key', 'x-appwrite-trigger', 'x-appwrite-user-id', 'x-appwrite-user-jwt'],
      'x-own',
    ]);
    expect(seen).toMatchObject({
      'x-appwrite-user-id': 'victim, carol',
      'x-appwrite-event': 'forged',
      'x-appwrite-trigger': 'http',
      'x-appwrite-continent-eu': 'false',
    });
    expect(seen['x-appwrite-key']).toMatch(/^ephemeral_/);
    expect(seen['x-appwrite-user-jwt']).not.toBe('');
  });

  test('a lower-case forgery is refused', async () => {
    const headers = { 'x-appwrite-user-id': 'victim' };
    await expect(
      functions.createExecution({ functionId: 'env', xpath: '/headers', headers }),
    ).rejects.toMatchObject({ type: expect.any(String) as string });
  });

  test('events name a created row as a document of a collection, an updated one as a row', async () => {
    const events = ['databases.*.tables.*.rows.*'];
    await deploy('hearer', { events });
    await tables.create({ databaseId: 'shapes', name: 'shapes' });
    const table = { databaseId: 'shapes', tableId: 'rows', name: 'rows' };
    await tables.createTable({ ...table, columns: [] });
    const row = { databaseId: 'shapes', tableId: 'rows', rowId: 'r1' };
    await tables.createIntegerColumn({ ...row, key: 'n', required: false } as never);
    await vi.waitFor(() => tables.createRow({ ...row, data: { n: 1 } }), 5_000);
    await tables.updateRow({ ...row, data: { n: 2 } });
    const heard = await vi.waitFor(async () => {
      const { executions } = await functions.listExecutions({ functionId: 'hearer' });
      expect(executions.map((one) => one.status)).toEqual(['completed', 'completed']);
      return executions.map((one) => one.logs);
    }, 10_000);
    expect(heard.sort()).toEqual([
      'databases.shapes.collections.rows.documents.r1.create',
      'databases.shapes.tables.rows.rows.r1.update',
    ]);
  });
});
