/** What outlives the server and what does not: code and settings do, processes never. */
import { Client, Functions, Runtime } from 'node-appwrite';
import { InputFile } from 'node-appwrite/file';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAppwrite } from '../server.ts';
import type { RunningAppwrite } from '../server.ts';
import { KEY, PROJECT, tarGz } from './test-server.ts';

const MAIN = `export default async ({ req, res, log }) => {
  log('pid ' + process.pid);
  if (req.path === '/endless') await new Promise(() => {});
  return res.text(String(process.pid));
};`;

let dataDir: string;
let appwrite: RunningAppwrite;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'appwrite-'));
  await start();
});

afterEach(async () => {
  await appwrite.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  appwrite = await createAppwrite({ dataDir, project: { id: PROJECT, key: KEY } });
}

function functions(): Functions {
  const client = new Client().setEndpoint(`${appwrite.url}/v1`).setProject(PROJECT).setKey(KEY);
  return new Functions(client);
}

async function deploy(functionId: string): Promise<void> {
  await functions().create({
    functionId,
    name: functionId,
    runtime: Runtime.Node22,
    timeout: 60,
    entrypoint: 'main.mjs',
  });
  await functions().createDeployment({
    functionId,
    code: InputFile.fromBuffer(tarGz({ 'main.mjs': MAIN }), 'code.tar.gz'),
    activate: true,
  });
  await vi.waitFor(
    async () => {
      const { latestDeploymentStatus } = await functions().get({ functionId });
      expect(latestDeploymentStatus).toBe('ready');
    },
    { timeout: 20_000 },
  );
}

/** Child processes of this one, from the kernel's own list. */
async function childPids(): Promise<readonly number[]> {
  const found: number[] = [];
  for (const task of await readdir('/proc/self/task')) {
    const text = await readFile(`/proc/self/task/${task}/children`, 'utf8').catch(() => '');
    found.push(
      ...text
        .split(' ')
        .filter((pid) => pid !== '')
        .map(Number),
    );
  }
  return found;
}

test('an execution under way when the server stops is failed, its process is gone', async () => {
  const before = await childPids();
  await deploy('endless');
  const made = await functions().createExecution({
    functionId: 'endless',
    xpath: '/endless',
    async: true,
  });
  await vi.waitFor(async () => {
    expect((await childPids()).length).toBeGreaterThan(before.length);
  });
  await appwrite.stop();
  expect(await childPids()).toEqual(before);
  await start();
  const executionId = made.$id;
  const after = await functions().getExecution({ functionId: 'endless', executionId });
  expect(after.status).toBe('failed');
});

test('a function runs after a restart without a new deployment', async () => {
  await deploy('kept');
  const first = await functions().createExecution({ functionId: 'kept' });
  await appwrite.stop();
  await start();
  const second = await functions().createExecution({ functionId: 'kept' });
  expect(second.responseStatusCode).toBe(200);
  expect(second.responseBody).not.toBe(first.responseBody);
});

test('a deleted function leaves no files and no process', async () => {
  await deploy('gone');
  const { responseBody: pid } = await functions().createExecution({ functionId: 'gone' });
  expect(await childPids()).toContain(Number(pid));
  await functions().delete({ functionId: 'gone' });
  expect(await readdir(path.join(dataDir, 'deployments', PROJECT))).toEqual([]);
  // Another may wait for the next deployment: a second after the last one was taken.
  expect(await childPids()).not.toContain(Number(pid));
});
