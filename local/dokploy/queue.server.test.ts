/** Deployments and their queue where the real one surprises: order, restarts, limits, lost machines. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
    ...{ name: 'q', appName: 'q', environmentId, sourceType: 'raw' },
    composeFile: composeFile({ greeting: 'hi' }),
    serverId: serverId ?? null,
  });
  return { composeId: row.composeId, appName: row.appName };
}

async function composeStatus(composeId: string): Promise<string> {
  return (await harness.call('compose.one', { composeId })).composeStatus;
}

async function statusOf(composeId: string, title: string): Promise<string | undefined> {
  const rows = await harness.call('deployment.allByCompose', { composeId });
  return rows.find((row) => row.title === title)?.status;
}

async function finished(composeId: string, title: string): Promise<string | undefined> {
  return eventually(
    async () => statusOf(composeId, title),
    (status) => status !== undefined && status !== 'running',
  );
}

/** A deployment that waits for health and never ends by itself: whatever comes next has to wait. */
async function blockQueue(): Promise<string> {
  const { composeId } = await newCompose();
  await harness.call('compose.update', {
    composeId,
    composeFile: composeFile({ sick: true }).replaceAll('retries: 2', 'retries: 90'),
    command: 'compose up -d --wait',
  });
  await harness.call('compose.deploy', { composeId, title: 'blocks' });
  await eventually(
    async () => statusOf(composeId, 'blocks'),
    (status) => status === 'running',
  );
  return composeId;
}

test('after deploy composeStatus is the old one until the job starts', async () => {
  const { composeId } = await newCompose();
  await harness.call('compose.deploy', { composeId, title: 's' });
  expect(await finished(composeId, 's')).toBe('done');
  const blocker = await blockQueue();
  // The trap: what was `done` before is called `done` still, and no row says otherwise.
  await harness.call('compose.redeploy', { composeId, title: 't' });
  expect(await composeStatus(composeId)).toBe('done');
  expect(await statusOf(composeId, 't')).toBeUndefined();
  await harness.call('compose.delete', { composeId: blocker, deleteVolumes: true });
  expect(await finished(composeId, 't')).toBe('done');
});

test('one title twice is two deployments', async () => {
  const { composeId } = await newCompose();
  await harness.call('compose.update', { composeId, command: 'compose up; rm' });
  await harness.call('compose.deploy', { composeId, title: 'dup' });
  await harness.call('compose.deploy', { composeId, title: 'dup' });
  const rows = await eventually(
    async () => harness.call('deployment.allByCompose', { composeId }),
    (seen) => seen.filter(({ status }) => status === 'error').length === 2,
  );
  expect(rows.map(({ title }) => title)).toEqual(['dup', 'dup']);
});

test('a machine out of reach leaves a row that has no log, with the reason on it', async () => {
  const { composeId } = await newCompose();
  await harness.fault({ kind: 'machine_unreachable', only: composeId });
  await harness.call('compose.deploy', { composeId, title: 'ssh' });
  expect(await finished(composeId, 'ssh')).toBe('error');
  const [row] = await harness.call('deployment.allByCompose', { composeId });
  expect(row).toMatchObject({
    logPath: '',
    errorMessage:
      'An error have occurred: SSH connection error: connect ECONNREFUSED 127.0.0.1:2222',
    finishedAt: row?.createdAt,
  });
  const { deploymentId } = row ?? { deploymentId: '' };
  expect(await harness.call('deployment.readLogs', { deploymentId })).toBe('');
  expect(await composeStatus(composeId)).toBe('error');
});

test('a restart cancels the row that ran and forgets what waited, without a row', async () => {
  const first = await blockQueue();
  const second = await newCompose();
  await harness.call('compose.deploy', { composeId: second.composeId, title: 'second' });
  await harness.restart();
  expect(await harness.call('deployment.queueList', {})).toEqual([]);
  const [row] = await harness.call('deployment.allByCompose', { composeId: first });
  expect([row?.status, row?.finishedAt]).toEqual(['cancelled', null]);
  expect(await composeStatus(first)).toBe('idle');
  expect(await statusOf(second.composeId, 'second')).toBeUndefined();
  expect(await composeStatus(second.composeId)).toBe('idle');
  await harness.call('compose.delete', { composeId: first, deleteVolumes: true });
});

test('each server has a queue of its own, with one job at a time', async () => {
  const [server] = await harness.call('server.all', {});
  const here = await newCompose();
  const there = await newCompose(server?.serverId);
  for (const { composeId } of [here, here, there]) {
    await harness.call('compose.deploy', { composeId, title: 'q' });
  }
  const jobs = await harness.call('deployment.queueList', {});
  expect(jobs.map((job) => [job.data.composeId, job.state]).reverse()).toEqual([
    [here.composeId, 'active'],
    [here.composeId, 'waiting'],
    [there.composeId, 'active'],
  ]);
  await harness.call('compose.cleanQueues', { composeId: here.composeId });
  await eventually(
    async () => harness.call('deployment.queueList', {}),
    (left) => left.length === 0,
  );
  expect(await harness.call('deployment.allByCompose', { composeId: here.composeId })).toHaveLength(
    1,
  );
});

test('at most eleven deployments of a compose are kept', async () => {
  const { composeId } = await newCompose();
  await harness.call('compose.update', { composeId, command: 'compose up; rm' });
  for (let index = 1; index <= 13; index += 1) {
    await harness.call('compose.deploy', { composeId, title: `n${index}` });
  }
  expect(await finished(composeId, 'n13')).toBe('error');
  const rows = await harness.call('deployment.allByCompose', { composeId });
  expect(rows.map((row) => row.title)).toEqual(
    Array.from({ length: 11 }, (_, index) => `n${13 - index}`),
  );
  const { deploymentId } = rows[0] ?? { deploymentId: '' };
  expect(await harness.call('deployment.readLogs', { deploymentId })).toContain(
    'shell control characters are not allowed',
  );
});
