/**
 * The unmodified server SDK, what runs: functions with deployments in pieces, variables,
 * executions; sites; the rules that lead domains to them.
 */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  Adapter,
  BuildRuntime,
  ExecutionMethod,
  Framework,
  Functions,
  ProjectKeyScopes,
  Proxy as ProxyRules,
  Query,
  Runtime,
  Sites,
} from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { tarGz } from '#local/appwrite/functions/test-server.ts';
import type { SdkWorld } from './sdk-world.ts';
import { openSdkWorld, outcome } from './sdk-world.ts';

const waiting = { timeout: 20_000, interval: 50 };
const functionId = 'hook';
const siteId = 'shop';

let world: SdkWorld;
let functions: Functions;
let sites: Sites;
let rules: ProxyRules;

const saying = (word: string): string =>
  `export default ({ req, res, log }) => {
    log('ran');
    return res.text('${word} ' + req.method + ' ' + req.path + ' ' + (process.env.COLOUR ?? ''));
  };`;

interface Deployed {
  readonly id: string;
  readonly progress: readonly number[];
}

const deploy = async (word: string, filler = 0, activate = true): Promise<Deployed> => {
  const files = { 'main.mjs': saying(word), 'filler.bin': randomBytes(filler) };
  const code = InputFile.fromBuffer(tarGz(files), 'code.tar.gz');
  const progress: number[] = [];
  const onProgress = ({ chunksUploaded }: { chunksUploaded: number }): void => {
    progress.push(chunksUploaded);
  };
  const made = await functions.createDeployment({ functionId, code, activate, onProgress });
  await vi.waitFor(async () => {
    const now = await functions.getDeployment({ functionId, deploymentId: made.$id });
    expect(now.status).toBe('ready');
  }, waiting);
  return { id: made.$id, progress };
};

const run = async (): Promise<string> =>
  (await functions.createExecution({ functionId, xpath: '/x', method: ExecutionMethod.GET }))
    .responseBody;

interface Page {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/** Node cannot resolve names under .localhost: connects to loopback and names the host. */
const visit = (domain: string, path = '/'): Promise<Page> =>
  new Promise((resolve, reject) => {
    const host = `${domain}:${world.port}`;
    const outgoing = { host: '127.0.0.1', port: world.port, path, headers: { host }, agent: false };
    const asked = httpRequest(outgoing, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location ?? '', text }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });

beforeAll(async () => {
  world = await openSdkWorld();
  functions = new Functions(world.keyed());
  sites = new Sites(world.keyed());
  rules = new ProxyRules(world.keyed());
});

afterAll(() => world.close());

describe('functions', () => {
  test('are made, listed and changed; runtimes and sizes are named', async () => {
    const made = await functions.create({
      functionId,
      name: 'Hook',
      runtime: Runtime.Node22,
      execute: ['any'],
      entrypoint: 'main.mjs',
      timeout: 20,
      scopes: [ProjectKeyScopes.RowsRead],
    });
    expect(made).toMatchObject({ $id: functionId, deploymentId: '', timeout: 20, version: 'v5' });
    expect((await functions.list({ queries: [Query.equal('name', 'Hook')] })).total).toBe(1);
    const changed = await functions.update({
      functionId,
      name: 'Hook 2',
      execute: ['any'],
      entrypoint: 'main.mjs',
      schedule: '0 0 1 1 *',
    });
    expect(changed).toMatchObject({ name: 'Hook 2', schedule: '0 0 1 1 *' });
    const { runtimes } = await functions.listRuntimes();
    expect(runtimes.map((runtime) => runtime.$id)).toContain('node-22');
    expect((await functions.listSpecifications()).total).toBeGreaterThan(0);
    expect(await outcome(functions.createExecution({ functionId }))).toBe('deployment_not_found');
  });

  test('twelve megabytes arrive in pieces, whole, and can be had back', async () => {
    const { id, progress } = await deploy('first', 12_000_000);
    expect(progress).toEqual([1, 2, 3]);
    expect(await run()).toBe('first GET /x ');
    const one = await functions.getDeployment({ functionId, deploymentId: id });
    expect(one.sourceSize).toBeGreaterThan(12_000_000);
    const back = await functions.getDeploymentDownload({ functionId, deploymentId: id });
    expect(back.byteLength).toBe(one.sourceSize);
  });

  test('the newer deployment answers, the older one can be made active again', async () => {
    const first = (await functions.get({ functionId })).deploymentId;
    const second = await deploy('second');
    expect(await run()).toBe('second GET /x ');
    await functions.updateFunctionDeployment({ functionId, deploymentId: first });
    expect(await run()).toBe('first GET /x ');
    const third = await deploy('third', 0, false);
    expect(await run()).toBe('first GET /x ');
    const queries = [Query.equal('status', ['ready']), Query.orderDesc('$createdAt')];
    const { deployments } = await functions.listDeployments({ functionId, queries });
    expect(deployments.map((one) => one.$id)).toEqual([third.id, second.id, first]);
    await functions.deleteDeployment({ functionId, deploymentId: third.id });
    const gone = functions.getDeployment({ functionId, deploymentId: third.id });
    expect(await outcome(gone)).toBe('deployment_not_found');
  });

  test('variables are read by the next deployment; a secret one is never shown', async () => {
    const given = { functionId, variableId: 'colour', key: 'COLOUR', value: 'red', secret: false };
    const made = await functions.createVariable(given);
    expect(made).toMatchObject({ key: 'COLOUR', value: 'red', secret: false });
    const secret = { ...given, variableId: 'token', key: 'TOKEN', value: 'hidden', secret: true };
    expect((await functions.createVariable(secret)).value).toBe('');
    const twice = functions.createVariable({ ...given, variableId: 'other' });
    expect(await outcome(twice)).toBe('variable_already_exists');
    const variableId = made.$id;
    await functions.updateVariable({ functionId, variableId, key: 'COLOUR', value: 'blue' });
    expect((await functions.getVariable({ functionId, variableId })).value).toBe('blue');
    await deploy('fourth');
    expect(await run()).toBe('fourth GET /x blue');
    const { variables } = await functions.listVariables({ functionId });
    expect(variables.map((one) => one.key).sort()).toEqual(['COLOUR', 'TOKEN']);
    await functions.updateVariable({ functionId, variableId, key: 'COLOUR', value: 'green' });
    const { deploymentId } = await functions.get({ functionId });
    const again = await functions.createDuplicateDeployment({ functionId, deploymentId });
    await vi.waitFor(async () => {
      expect((await functions.get({ functionId })).deploymentId).toBe(again.$id);
    }, waiting);
    expect(await run()).toBe('fourth GET /x green');
    await functions.deleteVariable({ functionId, variableId });
    expect((await functions.listVariables({ functionId })).total).toBe(1);
  });

  test('executions are started both ways, found and forgotten', async () => {
    const sync = await functions.createExecution({ functionId, body: 'b' });
    expect(sync).toMatchObject({ status: 'completed', responseStatusCode: 200, logs: 'ran' });
    const later = await functions.createExecution({ functionId, async: true });
    const { $id: executionId } = later;
    expect(later.status).toBe('waiting');
    await vi.waitFor(async () => {
      const now = await functions.getExecution({ functionId, executionId });
      expect(now).toMatchObject({ status: 'completed', responseBody: '', logs: 'ran' });
    }, waiting);
    const queries = [Query.equal('status', ['completed']), Query.limit(1)];
    const page = await functions.listExecutions({ functionId, queries });
    expect(page.executions).toHaveLength(1);
    await functions.deleteExecution({ functionId, executionId });
    const gone = functions.getExecution({ functionId, executionId });
    expect(await outcome(gone)).toBe('execution_not_found');
    const forbidden = { 'x-appwrite-user-id': 'victim' };
    const forged = functions.createExecution({ functionId, headers: forbidden });
    expect(await outcome(forged)).not.toBe('done');
  });
});

describe('sites', () => {
  const page = (title: string): InputFile =>
    InputFile.fromBuffer(
      tarGz({ 'index.html': `<title>${title}</title>`, 'a/b.txt': 'deep' }),
      'code.tar.gz',
    );

  const publish = async (title: string): Promise<string> => {
    const made = await sites.createDeployment({ siteId, code: page(title), activate: true });
    await vi.waitFor(async () => {
      const now = await sites.getDeployment({ siteId, deploymentId: made.$id });
      expect(now.status).toBe('ready');
    }, waiting);
    return made.$id;
  };

  test('are made, filled and switched between deployments', async () => {
    const made = await sites.create({
      siteId,
      name: 'Shop',
      framework: Framework.Other,
      buildRuntime: BuildRuntime.Node22,
      adapter: Adapter.Static,
      outputDirectory: './',
      fallbackFile: 'index.html',
    });
    expect(made).toMatchObject({ $id: siteId, framework: 'other', adapter: 'static' });
    const first = await publish('one');
    await publish('two');
    expect((await visit(`${siteId}.sites.localhost`)).text).toContain('two');
    await sites.updateSiteDeployment({ siteId, deploymentId: first });
    expect((await visit(`${siteId}.sites.localhost`)).text).toContain('one');
    expect((await visit(`${siteId}.sites.localhost`, '/a/b.txt')).text).toBe('deep');
    expect((await visit(`${siteId}.sites.localhost`, '/any/route')).text).toContain('one');
    expect((await sites.listDeployments({ siteId })).total).toBe(2);
    expect((await sites.list({ search: 'Shop' })).total).toBe(1);
    const download = await sites.getDeploymentDownload({ siteId, deploymentId: first });
    expect(download.byteLength).toBeGreaterThan(100);
    const variable = { siteId, variableId: 'mode', key: 'MODE', value: 'x', secret: false };
    expect(await sites.createVariable(variable)).toMatchObject({ value: 'x' });
    expect((await sites.listVariables({ siteId })).total).toBe(1);
    const renamed = { siteId, name: 'Shop 2', framework: Framework.Other };
    expect((await sites.update(renamed)).name).toBe('Shop 2');
    expect((await sites.listFrameworks()).total).toBeGreaterThan(0);
    expect((await sites.listSpecifications()).total).toBeGreaterThan(0);
  });
});

describe('domains', () => {
  test('lead to a function, a site, another address, and nowhere once removed', async () => {
    const hook = await rules.createFunctionRule({ domain: 'hook.example.com', functionId });
    expect(hook).toMatchObject({ domain: 'hook.example.com', type: 'deployment' });
    const shop = await rules.createSiteRule({ domain: 'shop.example.com', siteId });
    expect((await visit('hook.example.com', '/x')).text).toMatch(/^fourth GET \/x/);
    expect((await visit('shop.example.com')).text).toContain('one');
    const taken = rules.createSiteRule({ domain: 'hook.example.com', siteId });
    expect(await outcome(taken)).toBe('rule_already_exists');
    const queries = [Query.equal('deploymentResourceId', [functionId])];
    expect(await rules.listRules({ queries })).toMatchObject({
      total: 1,
      rules: [{ $id: hook.$id }],
    });
    expect((await rules.getRule({ ruleId: shop.$id })).domain).toBe('shop.example.com');
    await rules.deleteRule({ ruleId: hook.$id });
    expect((await visit('hook.example.com', '/x')).status).toBe(404);
    await sites.delete({ siteId });
    expect((await rules.listRules()).total).toBe(0);
    await functions.delete({ functionId });
    expect(await outcome(functions.get({ functionId }))).toBe('function_not_found');
  });
});
