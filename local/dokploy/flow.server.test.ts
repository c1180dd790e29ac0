/** The whole life of one compose project through the API and the ingress. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  composeFile,
  createHarness,
  eventually,
  type Harness,
  throughIngress,
} from './testing/harness.ts';

let harness: Harness;
let composeId = '';
let appName = '';
let environmentId = '';
const host = 'acme.runtimes.test';

beforeAll(async () => {
  harness = await createHarness(['tenant-a']);
});
afterAll(async () => harness.remove());

async function deployed(title: string): Promise<string> {
  const rows = await eventually(
    async () => harness.call('deployment.allByCompose', { composeId }),
    (all) => all.some((row) => row.title === title && row.status !== 'running'),
  );
  const row = rows.find((each) => each.title === title);
  return row?.status ?? 'missing';
}

async function lastLog(): Promise<string> {
  const [row] = await harness.call('deployment.allByCompose', { composeId });
  return harness.call('deployment.readLogs', { deploymentId: row?.deploymentId ?? '' });
}

async function containers() {
  return harness.call('docker.getContainersByAppNameMatch', {
    appName,
    appType: 'docker-compose',
  });
}

async function seen() {
  const answer = await throughIngress(harness.dokploy.ingressOrigin, `${host}:8443`, {
    headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' },
  });
  const body = JSON.parse(answer.text) as {
    greeting: string;
    runs: string;
    headers: Record<string, string>;
    env: Record<string, string>;
  };
  return body;
}

test('a compose is created idle, with a suffix on its appName', async () => {
  const created = await harness.call('project.create', { name: 'tenants' });
  environmentId = created.environment.environmentId;
  expect(created.environment.name).toBe('production');
  const row = await harness.call('compose.create', {
    name: 'rt_1',
    appName: 'rt-1',
    environmentId,
  });
  ({ composeId, appName } = row);
  expect(row.sourceType).toBe('github');
  expect(row.composeStatus).toBe('idle');
  expect(appName).toMatch(/^rt-1-[a-z0-9]{6}$/);
  await harness.call('compose.update', {
    composeId,
    sourceType: 'raw',
    composeFile: composeFile(),
    isolatedDeployment: true,
    autoDeploy: false,
    command: `compose -p ${appName} -f docker-compose.yml up -d --wait --wait-timeout 30`,
  });
  await harness.call('compose.saveEnvironment', { composeId, env: 'GREETING=hello $x # no\n' });
});

test('stop and start before the first deployment fail as recorded', async () => {
  const stop = await harness.raw('POST', 'compose.stop', { composeId });
  expect(stop.status).toBe(500);
  expect(stop.text).toContain('spawn /bin/sh ENOENT');
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('error');
  expect((await harness.raw('POST', 'compose.start', { composeId })).status).toBe(500);
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('idle');
});

test('a deployment is queued first and done later, when everything is healthy', async () => {
  await harness.call('domain.create', {
    composeId,
    host,
    port: 8080,
    serviceName: 'agent',
    domainType: 'compose',
    https: false,
    certificateType: 'none',
  });
  const queued = await harness.call('compose.deploy', { composeId, title: 'order:1' });
  expect(queued).toEqual({ success: true, message: 'Deployment queued', composeId });
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('idle');
  const [job] = await harness.call('deployment.queueList', {});
  expect(job?.data.titleLog).toBe('order:1');
  expect(await deployed('order:1')).toBe('done');
  expect(await harness.call('deployment.queueList', {})).toEqual([]);
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('done');
  const log = await lastLog();
  expect(log).toContain(` Volume "${appName}_agent-data"  Created`);
  expect(log).toContain(` Container ${appName}-bootstrap-1  Exited`);
  expect(log).toContain(` Container ${appName}-agent-1  Healthy`);
  expect(log.endsWith('Docker Compose Deployed: ✅\n')).toBe(true);
});

test('containers tell what really runs', async () => {
  const byName = new Map((await containers()).map((each) => [each.name, each]));
  expect(byName.get(`${appName}-bootstrap-1`)?.status).toMatch(/^Exited \(0\) /);
  expect(byName.get(`${appName}-agent-1`)?.status).toMatch(/^Up .*\(healthy\)$/);
  const containerId = byName.get(`${appName}-agent-1`)?.containerId ?? '';
  const log = await harness.call('compose.readLogs', { composeId, containerId, tail: 5 });
  expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{18}Z listening, pid \d+\n$/);
});

test('the ingress routes by Host and overwrites what the client claims', async () => {
  const body = await seen();
  expect(body.greeting).toBe('hello $x');
  expect(body.runs).toBe('1');
  expect(body.headers['x-forwarded-for']).toMatch(/127\.0\.0\.1$/);
  expect(body.headers['x-forwarded-proto']).toBe('http');
  expect(body.headers['x-forwarded-host']).toBe(`${host}:8443`);
  const unknown = await throughIngress(harness.dokploy.ingressOrigin, 'other.test');
  expect(unknown.status).toBe(404);
  expect(unknown.text).toBe('404 page not found\n');
});

test('a service sees its own environment and nothing of the stand-in', async () => {
  const { env } = await seen();
  expect(Object.keys(env).sort()).toEqual(
    [
      ...['DATA_DIR', 'DOKPLOY_STANDIN_RUN', 'GREETING', 'HOME', 'HOSTNAME', 'PATH'],
      ...['PEER', 'PORT', 'SICK', 'STATE_DIR', 'TMPDIR'],
    ].sort(),
  );
  // Mounted by the gateway alone: a folder of its own here.
  expect(env['STATE_DIR']).toBe(
    join(harness.dataDir, 'projects', appName, 'agent', 'rootfs', 'state'),
  );
  expect(env['DATA_DIR']).toBe(join(harness.dataDir, 'volumes', `${appName}_agent-data`));
});

test('WebSocket upgrades pass the ingress', async () => {
  const { port } = new URL(harness.dokploy.ingressOrigin);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { host } });
  const text = await new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(data.toString()));
    socket.once('error', reject);
  });
  expect(text).toBe('hello');
  socket.terminate();
});

test('a crashed service is restarted', async () => {
  const before = (await seen()).env['PORT'];
  const crash = await throughIngress(harness.dokploy.ingressOrigin, host, { path: '/crash' });
  expect(crash.status).toBe(502);
  await eventually(
    async () => throughIngress(harness.dokploy.ingressOrigin, host),
    (answer) => answer.status === 200,
  );
  expect((await seen()).env['PORT']).toBe(before);
});

test('a changed domain acts only after the next deployment', async () => {
  const [domain] = await harness.call('domain.byComposeId', { composeId });
  const domainId = domain?.domainId ?? '';
  const fields = { port: 8080, serviceName: 'agent', https: false } as const;
  await harness.call('domain.update', {
    ...{ domainId, host: 'new.test', certificateType: 'none', ...fields },
  });
  expect((await throughIngress(harness.dokploy.ingressOrigin, 'new.test')).status).toBe(404);
  await harness.call('compose.redeploy', { composeId, title: 'order:2' });
  expect(await deployed('order:2')).toBe('done');
  expect((await throughIngress(harness.dokploy.ingressOrigin, 'new.test')).status).toBe(200);
  expect((await throughIngress(harness.dokploy.ingressOrigin, host)).status).toBe(404);
  expect(await lastLog()).toContain(` Container ${appName}-gateway-1  Running`);
  await harness.call('domain.update', {
    ...{ domainId, host, certificateType: 'none', ...fields },
  });
  await harness.call('compose.redeploy', { composeId, title: 'order:3' });
  expect(await deployed('order:3')).toBe('done');
});

test('stop ends the processes, start brings them back with the old env', async () => {
  await harness.call('compose.saveEnvironment', { composeId, env: 'GREETING=changed' });
  await harness.call('compose.stop', { composeId });
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('idle');
  expect((await containers()).map((each) => each.state)).not.toContain('running');
  expect((await throughIngress(harness.dokploy.ingressOrigin, host)).status).toBe(404);
  await harness.call('compose.start', { composeId });
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('done');
  await eventually(
    async () => throughIngress(harness.dokploy.ingressOrigin, host),
    (answer) => answer.status === 200,
  );
  expect((await seen()).greeting).toBe('hello $x');
});

test('an unknown image is refused as Docker does, and the old stack keeps running', async () => {
  const broken = composeFile().replace('tiny/gateway:2', 'tiny/nothing:2');
  await harness.call('compose.update', { composeId, composeFile: broken });
  await harness.call('compose.deploy', { composeId, title: 'broken' });
  expect(await deployed('broken')).toBe('error');
  expect(await lastLog()).toContain('pull access denied for tiny/nothing');
  expect((await seen()).greeting).toBe('hello $x');
  await harness.call('compose.update', { composeId, composeFile: composeFile() });
});

test('with --wait an unhealthy service makes the deployment an error', async () => {
  await harness.call('compose.update', { composeId, composeFile: composeFile({ sick: true }) });
  await harness.call('compose.deploy', { composeId, title: 'sick' });
  expect(await deployed('sick')).toBe('error');
  expect(await lastLog()).toContain(`container ${appName}-agent-1 is unhealthy`);
  await harness.call('compose.update', { composeId, command: '' });
  await harness.call('compose.deploy', { composeId, title: 'sick but started' });
  expect(await deployed('sick but started')).toBe('done');
  await harness.call('compose.update', { composeId, composeFile: composeFile({ once: '7' }) });
  await harness.call('compose.deploy', { composeId, title: 'one-shot fails' });
  expect(await deployed('one-shot fails')).toBe('error');
  expect(await lastLog()).toContain(`service "bootstrap" didn't complete successfully: exit 7`);
  await harness.call('compose.update', { composeId, composeFile: composeFile() });
  await harness.call('compose.deploy', { composeId, title: 'well again' });
  expect(await deployed('well again')).toBe('done');
});

test('a restart keeps rows, volumes and ports, and starts what ran', async () => {
  await eventually(
    async () => throughIngress(harness.dokploy.ingressOrigin, host),
    (answer) => answer.status === 200,
  );
  const before = await seen();
  expect(before.greeting).toBe('changed');
  await harness.restart();
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('done');
  await eventually(
    async () => throughIngress(harness.dokploy.ingressOrigin, host),
    (answer) => answer.status === 200,
  );
  const after = await seen();
  expect(after.runs).toBe(before.runs);
  expect(after.env['PORT']).toBe(before.env['PORT']);
});

test('delete ends everything and removes the volume only when told to', async () => {
  const volume = join(harness.dataDir, 'volumes', `${appName}_agent-data`);
  expect(existsSync(volume)).toBe(true);
  await harness.call('compose.delete', { composeId, deleteVolumes: true });
  expect(existsSync(volume)).toBe(false);
  expect(existsSync(join(harness.dataDir, 'projects', appName))).toBe(false);
  expect((await throughIngress(harness.dokploy.ingressOrigin, host)).status).toBe(404);
  expect(await containers()).toEqual([]);
  expect(await harness.call('deployment.allByCompose', { composeId })).toEqual([]);
  expect((await harness.raw('GET', 'compose.one', { composeId })).status).toBe(404);
  const again = await harness.raw('POST', 'compose.delete', { composeId });
  expect(again.text).toContain('Compose not found');
});

test('removing a project forgets its rows, and what runs goes on', async () => {
  const { project, environment } = await harness.call('project.create', { name: 'forgotten' });
  const row = await harness.call('compose.create', {
    ...{ name: 'o', environmentId: environment.environmentId, sourceType: 'raw' },
    composeFile: composeFile({ greeting: 'hi' }),
  });
  await harness.call('compose.deploy', { composeId: row.composeId, title: 'o' });
  await eventually(
    async () => harness.call('deployment.allByCompose', { composeId: row.composeId }),
    (rows) => rows[0]?.status === 'done',
  );
  const { projectId } = project;
  expect((await harness.raw('POST', 'project.remove', { projectId })).status).toBe(200);
  const gone = await harness.raw('GET', 'compose.one', { composeId: row.composeId });
  expect(gone.status).toBe(404);
  const left = await harness.call('docker.getContainersByAppNameMatch', {
    ...{ appName: row.appName, appType: 'docker-compose' },
  });
  expect(left.map(({ state }) => state)).toContain('running');
});
