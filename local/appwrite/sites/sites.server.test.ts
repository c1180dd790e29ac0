/** The unmodified node-appwrite deploys a site; a browser's requests find it by host name. */
import { BuildRuntime, Client, Framework, Proxy, Sites } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { KEY, PROJECT, askDomain, startTestServer, tarGz } from '../functions/test-server.ts';
import type { TestServer } from '../functions/test-server.ts';

const HOST = 'shop.localhost';
let server: TestServer;
let sites: Sites;
let proxy: Proxy;

beforeAll(async () => {
  server = await startTestServer();
  const client = new Client().setEndpoint(server.endpoint).setProject(PROJECT).setKey(KEY);
  sites = new Sites(client);
  proxy = new Proxy(client);
  await sites.create({
    siteId: 'web',
    name: 'web',
    framework: Framework.Other,
    buildRuntime: BuildRuntime.Node22,
    buildCommand: 'true',
    outputDirectory: './',
    fallbackFile: 'app.html',
  });
  await deploy({ 'index.html': 'home', 'app.html': 'app', '_app/immutable/a.js': 'a()' });
  await proxy.createSiteRule({ domain: HOST, siteId: 'web' });
});

afterAll(() => server.stop());

async function deploy(files: Readonly<Record<string, string>>, buildCommand = 'true') {
  const code = InputFile.fromBuffer(tarGz(files), 'code.tar.gz');
  const made = await sites.createDeployment({ siteId: 'web', code, activate: true, buildCommand });
  await vi.waitFor(
    async () => {
      const { status } = await sites.getDeployment({ siteId: 'web', deploymentId: made.$id });
      expect(['ready', 'failed']).toContain(status);
    },
    { timeout: 20_000 },
  );
  return sites.getDeployment({ siteId: 'web', deploymentId: made.$id });
}

test('a site answers at its own domain and under its id', async () => {
  for (const host of [HOST, 'web.sites.localhost']) {
    expect(await askDomain(server, { host })).toMatchObject({ status: 200, text: 'home' });
    const deep = await askDomain(server, { host, path: '/runtimes/r1' });
    expect(deep).toMatchObject({ status: 200, text: 'app' });
  }
});

test('an unchanged file is not sent again', async () => {
  const first = await askDomain(server, { host: HOST });
  const etag = String(first.headers['etag']);
  const again = await askDomain(server, { host: HOST, headers: { 'if-none-match': etag } });
  expect(again).toMatchObject({ status: 304, text: '' });
});

test('hashed files may be kept; missing ones are 404; writing is refused', async () => {
  const script = await askDomain(server, { host: HOST, path: '/_app/immutable/a.js' });
  expect(script.headers['cache-control']).toContain('immutable');
  expect((await askDomain(server, { host: HOST, path: '/_app/gone.js' })).status).toBe(404);
  expect((await askDomain(server, { host: HOST, method: 'POST' })).status).toBe(405);
});

test('a domain belongs to one rule; a deleted rule leads nowhere', async () => {
  await expect(proxy.createSiteRule({ domain: HOST, siteId: 'web' })).rejects.toMatchObject({
    code: 409,
    type: 'rule_already_exists',
  });
  const rule = await proxy.createSiteRule({ domain: 'x.sites.localhost', siteId: 'web' });
  expect((await askDomain(server, { host: 'x.sites.localhost' })).status).toBe(200);
  await proxy.deleteRule({ ruleId: rule.$id });
  expect((await askDomain(server, { host: 'x.sites.localhost' })).status).toBe(404);
});

test('a failing build keeps the site as it was, a running one may make files', async () => {
  const failed = await deploy({ 'index.html': 'broken' }, 'echo oh no; exit 3');
  expect(failed.status).toBe('failed');
  expect(failed.buildLogs).toContain('oh no');
  expect((await askDomain(server, { host: HOST })).text).toBe('home');
  await deploy({ 'index.html': 'old' }, 'printf new > index.html');
  expect((await askDomain(server, { host: HOST })).text).toBe('new');
});
