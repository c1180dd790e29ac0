/** What goes wrong on the real one, and what a crash of the stand-in leaves behind. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { processesOfRun } from './process/identity.ts';
import { apiKey, composeFile, createHarness, eventually, type Harness } from './testing/harness.ts';

let harness: Harness;
let environmentId = '';
beforeAll(async () => {
  harness = await createHarness(['tenant-a']);
  const created = await harness.call('project.create', { name: 'tenants' });
  ({ environmentId } = created.environment);
});
afterEach(async () => {
  await fetch(`${harness.dokploy.apiOrigin}/_ctl/faults`, {
    method: 'DELETE',
    headers: { 'x-api-key': apiKey },
  });
});
afterAll(async () => harness.remove());

async function newCompose(serverId?: string): Promise<{ composeId: string; appName: string }> {
  const row = await harness.call('compose.create', {
    ...{ name: 'f', appName: 'f', environmentId, sourceType: 'raw' },
    composeFile: composeFile({ greeting: 'hi' }),
    serverId: serverId ?? null,
  });
  return { composeId: row.composeId, appName: row.appName };
}

async function statusOf(composeId: string, title: string): Promise<string | undefined> {
  const rows = await harness.call('deployment.allByCompose', { composeId });
  return rows.find((row) => row.title === title)?.status;
}

async function containersOf(appName: string) {
  return harness.call('docker.getContainersByAppNameMatch', {
    ...{ appName, appType: 'docker-compose' },
  });
}

async function finished(composeId: string, title: string): Promise<string | undefined> {
  return eventually(
    async () => statusOf(composeId, title),
    (status) => status !== undefined && status !== 'running',
  );
}

test('a failing deployment says so in its log alone', async () => {
  const { composeId } = await newCompose();
  await harness.fault({ kind: 'deployment_fails', only: composeId });
  await harness.call('compose.deploy', { composeId, title: 'fails' });
  expect(await finished(composeId, 'fails')).toBe('error');
  const [row] = await harness.call('deployment.allByCompose', { composeId });
  expect(row?.errorMessage).toBeNull();
});

test('a stuck deployment stays running with an empty queue, and can be repaired', async () => {
  const { composeId } = await newCompose();
  await harness.fault({ kind: 'deployment_stuck', only: composeId });
  await harness.call('compose.deploy', { composeId, title: 'stuck' });
  await eventually(
    async () => harness.call('deployment.queueList', {}),
    (jobs) => jobs.length === 0,
  );
  const [row] = await harness.call('deployment.allByCompose', { composeId });
  expect(row?.status).toBe('running');
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('running');
  await harness.call('deployment.removeDeployment', { deploymentId: row?.deploymentId ?? '' });
  await harness.call('compose.update', { composeId, composeStatus: 'idle' });
  await harness.call('compose.deploy', { composeId, title: 'again' });
  expect(await finished(composeId, 'again')).toBe('done');
  await harness.call('compose.delete', { composeId, deleteVolumes: true });
});

test('a dropped job leaves no row and no queue entry', async () => {
  const { composeId } = await newCompose();
  await harness.fault({ kind: 'queue_dropped', only: composeId });
  const answer = await harness.call('compose.deploy', { composeId, title: 'lost' });
  expect(answer.success).toBe(true);
  await eventually(
    async () => harness.call('deployment.queueList', {}),
    (jobs) => jobs.length === 0,
  );
  expect(await statusOf(composeId, 'lost')).toBeUndefined();
  expect((await harness.call('compose.one', { composeId })).composeStatus).toBe('idle');
});

test('a delete can answer 200 and leave the processes running', async () => {
  const { composeId, appName } = await newCompose();
  await harness.call('compose.deploy', { composeId, title: 'up' });
  expect(await finished(composeId, 'up')).toBe('done');
  await harness.fault({ kind: 'delete_leaves_processes', only: composeId });
  await harness.call('compose.delete', { composeId, deleteVolumes: true });
  const left = await containersOf(appName);
  expect(left.map((each) => each.state)).toContain('running');
});

async function control(command: string): Promise<unknown> {
  const headers = { 'x-api-key': apiKey };
  const url = `${harness.dokploy.apiOrigin}/_ctl/${command}`;
  const response = await fetch(url, { method: 'POST', headers });
  return response.json();
}

test('the nightly prune takes containers and image of a stopped tenant, not its volume', async () => {
  const [stopped, running] = [await newCompose(), await newCompose()];
  for (const { composeId } of [stopped, running]) {
    await harness.call('compose.deploy', { composeId, title: 'p' });
    expect(await finished(composeId, 'p')).toBe('done');
  }
  await harness.call('compose.stop', { composeId: stopped.composeId });
  expect(await containersOf(stopped.appName)).toHaveLength(3);
  await control('prune');
  expect(await containersOf(stopped.appName)).toEqual([]);
  // The one-shot of the running tenant has ended, so it goes as well.
  expect((await containersOf(running.appName)).map(({ state }) => state)).toEqual([
    'running',
    'running',
  ]);
  const { composeId } = stopped;
  await harness.fault({ kind: 'pull_fails', only: composeId });
  // The running one still holds the images of both: nothing has to be pulled.
  expect((await harness.raw('POST', 'compose.start', { composeId })).status).toBe(200);
  expect(await containersOf(stopped.appName)).toHaveLength(3);
});

test('an image that nobody held overnight must be pulled, and that can fail', async () => {
  const alone = await createHarness();
  onTestFinished(async () => alone.remove());
  const created = await alone.call('project.create', { name: 'tenants' });
  const row = await alone.call('compose.create', {
    ...{ name: 'f', environmentId: created.environment.environmentId, sourceType: 'raw' },
    composeFile: composeFile({ greeting: 'hi' }),
  });
  const { composeId } = row;
  await alone.call('compose.deploy', { composeId, title: 'p' });
  await eventually(
    async () => alone.call('deployment.allByCompose', { composeId }),
    (rows) => rows[0]?.status === 'done',
  );
  await alone.call('compose.stop', { composeId });
  const headers = { 'x-api-key': apiKey };
  await fetch(`${alone.dokploy.apiOrigin}/_ctl/prune`, { method: 'POST', headers });
  await alone.fault({ kind: 'pull_fails' });
  const failed = await alone.raw('POST', 'compose.start', { composeId });
  expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('refused')]);
  expect((await alone.raw('POST', 'compose.start', { composeId })).status).toBe(200);
});

test('a machine out of reach: stop fails, docker lists nothing, delete forgets', async () => {
  const { composeId, appName } = await newCompose();
  await harness.call('compose.deploy', { composeId, title: 'u' });
  expect(await finished(composeId, 'u')).toBe('done');
  await harness.fault({ kind: 'machine_unreachable', only: composeId, count: 3 });
  const stopped = await harness.raw('POST', 'compose.stop', { composeId });
  expect([stopped.status, stopped.text]).toEqual([500, expect.stringContaining('SSH')]);
  expect(await containersOf(appName)).toEqual([]);
  const deleted = await harness.raw('POST', 'compose.delete', { composeId, deleteVolumes: true });
  expect(deleted.status).toBe(200);
  const left = await containersOf(appName);
  expect(left.map(({ state }) => state)).toContain('running');
});

test('it may call itself another version', async () => {
  await harness.fault({ kind: 'version', version: 'v0.28.0' });
  expect(await harness.call('settings.getDokployVersion', {})).toBe('v0.28.0');
  expect(await harness.call('settings.getDokployVersion', {})).toBe('v0.30.2');
});

test('a used-up key, a server error, a slow and a lost answer look as in life', async () => {
  await harness.fault({ kind: 'key_limited', after: 5 });
  for (let call = 1; call <= 5; call += 1) {
    expect((await harness.raw('GET', 'project.all')).status).toBe(200);
  }
  const limited = await harness.raw('GET', 'project.all');
  expect([limited.status, limited.text]).toEqual([401, '{"message":"Unauthorized"}']);
  await harness.fault({ kind: 'server_error', only: 'project.all' });
  expect((await harness.raw('GET', 'project.all')).status).toBe(500);
  await harness.fault({ kind: 'slow', delayMs: 120 });
  const begun = performance.now();
  expect((await harness.raw('GET', 'project.all')).status).toBe(200);
  expect(performance.now() - begun).toBeGreaterThan(110);
  await harness.fault({ kind: 'answer_lost', only: 'project.create' });
  await expect(harness.raw('POST', 'project.create', { name: 'lost' })).rejects.toThrow();
  const projects = await harness.call('project.all', {});
  expect(projects.map((project) => project.name)).toContain('lost');
});

test('what ignores SIGTERM is killed after its grace period, with its children', async () => {
  const { composeId, appName } = await newCompose();
  const stubborn = composeFile({ greeting: 'hi' }).replace('["serve"]', '["stubborn"]');
  await harness.call('compose.update', { composeId, composeFile: stubborn });
  await harness.call('compose.deploy', { composeId, title: 'stubborn' });
  expect(await finished(composeId, 'stubborn')).toBe('done');
  const status = async (): Promise<string | undefined> => {
    const all = await containersOf(appName);
    return all.find((each) => each.name.endsWith('-agent-1'))?.status;
  };
  await eventually(status, (text) => text?.includes('(healthy)') === true);
  const begun = performance.now();
  await harness.call('compose.stop', { composeId });
  expect(performance.now() - begun).toBeGreaterThan(950);
  expect(await status()).toMatch(/^Exited \(137\)/);
  const { runId } = JSON.parse(readFileSync(join(harness.dataDir, 'run.json'), 'utf8')) as {
    runId: string;
  };
  const agentId = (await containersOf(appName)).find((each) => each.name.endsWith('-agent-1'));
  expect(
    processesOfRun(runId, agentId?.containerId),
    'even a child that left its group is gone',
  ).toEqual([]);
});

const main = join(import.meta.dirname, 'main.ts');

function startProcess(dataDir: string, overrides: Record<string, string> = {}) {
  const env = {
    PATH: process.env['PATH'],
    DOKPLOY_PORT: '0',
    DOKPLOY_INGRESS_PORT: '0',
    DOKPLOY_API_KEY: apiKey,
    DOKPLOY_DATA_DIR: dataDir,
    DOKPLOY_IMAGES_FILE: join(harness.dataDir, 'images.json'),
    ...overrides,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const ready = async (): Promise<string> => {
    await eventually(
      async () => output.stdout + output.stderr,
      (text) => text.includes('\n'),
    );
    return (JSON.parse(output.stdout) as { listening: string }).listening;
  };
  return { child, output, exited, ready };
}

async function post(origin: string, operation: string, body: unknown): Promise<string> {
  const response = await fetch(`${origin}/api/${operation}`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.text();
}

test('what a killed stand-in leaves running is ended at the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'dokploy-'));
  const first = startProcess(dataDir);
  const origin = await first.ready();
  const project = JSON.parse(await post(origin, 'project.create', { name: 'p' })) as {
    environment: { environmentId: string };
  };
  const compose = JSON.parse(
    await post(origin, 'compose.create', {
      ...{ name: 'c', environmentId: project.environment.environmentId, sourceType: 'raw' },
      composeFile: composeFile({ greeting: 'hi' }),
    }),
  ) as { composeId: string };
  await post(origin, 'compose.deploy', { composeId: compose.composeId, title: 't' });
  const runFile = join(dataDir, 'run.json');
  const runId = (): string =>
    (JSON.parse(readFileSync(runFile, 'utf8')) as { runId: string }).runId;
  const firstRun = runId();
  onTestFinished(() => {
    // Only when the test failed is there anybody left.
    for (const { pid } of processesOfRun(firstRun)) process.kill(pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });
  await eventually(
    async () => processesOfRun(firstRun),
    (all) => all.length >= 2,
  );

  const second = startProcess(dataDir);
  expect(await second.exited).toBe(1);
  expect(second.output.stderr).toMatch(
    /^dokploy stand-in: data folder .* is used by process \d+\n$/,
  );

  first.child.kill('SIGKILL');
  await first.exited;
  expect(processesOfRun(firstRun).length).toBeGreaterThanOrEqual(2);
  const third = startProcess(dataDir);
  await eventually(
    async () => third.output.stdout,
    (text) => text.includes('\n'),
  );
  expect(processesOfRun(firstRun)).toEqual([]);
  const thirdRun = runId();
  await eventually(
    async () => processesOfRun(thirdRun),
    (all) => all.length >= 2,
  );
  third.child.kill('SIGTERM');
  expect(await third.exited).toBe(0);
  expect(processesOfRun(thirdRun)).toEqual([]);
  rmSync(dataDir, { recursive: true });
});

test('a taken port and missing options are one clear line', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const dataDir = mkdtempSync(join(tmpdir(), 'dokploy-'));
  const taken = startProcess(dataDir, { DOKPLOY_PORT: String(port) });
  expect(await taken.exited).toBe(1);
  expect(taken.output.stderr).toBe(`dokploy stand-in: port ${port} is taken\n`);
  const keyless = startProcess(dataDir, { DOKPLOY_API_KEY: 'short' });
  expect(await keyless.exited).toBe(2);
  expect(keyless.output.stderr).toBe('dokploy stand-in: missing or wrong: DOKPLOY_API_KEY\n');
  writeFileSync(join(dataDir, 'images.json'), '[]');
  const images = startProcess(dataDir, { DOKPLOY_IMAGES_FILE: join(dataDir, 'images.json') });
  expect(await images.exited).toBe(1);
  expect(images.output.stderr).toContain('is missing or not {"images": {…}}\n');
  holder.close();
  rmSync(dataDir, { recursive: true });
});
