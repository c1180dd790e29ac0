/**
 * The stand-in on a Docker engine: health by `--wait`, stop, delete and what it can leave behind,
 * restarts, ingress, the nightly prune, and that nobody else's containers are touched. Runs where an
 * engine runs or can be started; elsewhere it says so in one line.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importTestImages, removeTestImages } from '../testing/docker-images.ts';
import { openEngine } from '../testing/engine.ts';
import {
  composeFile,
  createHarness,
  eventually,
  type Harness,
  throughIngress,
} from '../testing/harness.ts';
import { createDocker, type DockerCall } from './cli.ts';
import { linesOf } from './inspect.ts';

const opened = await openEngine();
const engine = 'why' in opened ? undefined : opened;
if ('why' in opened) {
  console.warn(`SKIPPED: the Docker backend of the Dokploy stand-in was not tested: ${opened.why}`);
}

const docker = createDocker(engine?.environment ?? {});
const output = async (call: DockerCall): Promise<readonly string[]> => {
  const { exitCode, stdout, stderr } = await docker(call);
  if (exitCode !== 0) throw new Error(stderr);
  return linesOf(stdout);
};

let harness: Harness;
let environmentId = '';
beforeAll(async () => {
  if (engine === undefined) return;
  await importTestImages(docker);
  harness = await createHarness([], { kind: 'docker', environment: engine.environment });
  const created = await harness.call('project.create', { name: 'tenants' });
  ({ environmentId } = created.environment);
});
afterAll(async () => {
  if (engine === undefined) return;
  await harness.remove();
  await removeTestImages(docker);
  await engine.stop();
});

interface Made {
  readonly composeId: string;
  readonly appName: string;
  readonly host: string;
}

/** One service, quick to start and to stop; `extra` are lines of its own. */
const single = (extra = ''): string => `services:
  agent:
    image: registry.test:5000/tiny/agent:1.0
    command: ["serve"]
    restart: unless-stopped
    stop_grace_period: 1s
    volumes: ["agent-data:/data"]
    healthcheck:
      test: ["CMD", "curl", "-fsS", "http://127.0.0.1:8080/healthz"]
      interval: 500ms
      retries: 20
${extra}volumes:
  agent-data: {}
`;

async function create(file: string, changes: { isolated?: boolean } = {}): Promise<Made> {
  const { composeId, appName } = await harness.call('compose.create', {
    ...{ name: 'rt', appName: 'rt', environmentId, sourceType: 'raw', composeFile: file },
  });
  const host = `${appName}.runtimes.test`;
  await harness.call('compose.update', {
    composeId,
    isolatedDeployment: changes.isolated ?? true,
    command: `compose -p ${appName} -f docker-compose.yml up -d --remove-orphans --wait --wait-timeout 40`,
  });
  await harness.call('domain.create', {
    ...{ composeId, host, port: 8080, serviceName: 'agent', domainType: 'compose', https: false },
    certificateType: 'none',
  });
  return { composeId, appName, host };
}

async function deploy({ composeId }: Made, title: string): Promise<string> {
  await harness.call('compose.deploy', { composeId, title });
  const rows = await eventually(
    async () => harness.call('deployment.allByCompose', { composeId }),
    (seen) => !['running', undefined].includes(seen.find((row) => row.title === title)?.status),
    90_000,
  );
  return rows.find((row) => row.title === title)?.status ?? '';
}

async function logOf({ composeId }: Made): Promise<string> {
  const [row] = await harness.call('deployment.allByCompose', { composeId });
  return harness.call('deployment.readLogs', { deploymentId: row?.deploymentId ?? '' });
}

async function deployed(file = single(), changes: { isolated?: boolean } = {}): Promise<Made> {
  const made = await create(file, changes);
  const status = await deploy(made, 'first');
  if (status !== 'done') throw new Error(await logOf(made));
  return made;
}

const shown = async ({ appName }: Made) =>
  harness.call('docker.getContainersByAppNameMatch', { appName, appType: 'docker-compose' });
const ask = async ({ host }: Made, path = '/healthz') =>
  throughIngress(harness.dokploy.ingressOrigin, host, { path });
const present = async (kind: 'volume' | 'network', name: string): Promise<boolean> =>
  (await docker({ args: [kind, 'inspect', name] })).exitCode === 0;

describe.skipIf(engine === undefined)('on a Docker engine', () => {
  test('a stack is deployed, healthy, and reached by its host', async () => {
    const made = await create(composeFile({}).replace('@sha256:abc', ''));
    const env = String.raw`GREETING='a $b "d" \e #f' # comment`;
    await harness.call('compose.saveEnvironment', { composeId: made.composeId, env });
    expect(await deploy(made, 'first')).toBe('done');
    const log = await logOf(made);
    expect(log).toContain(` Container ${made.appName}-agent-1  Healthy\n`);
    expect(log.endsWith('Docker Compose Deployed: ✅\n')).toBe(true);
    const containers = await shown(made);
    const agent = containers.find(({ name }) => name === `${made.appName}-agent-1`);
    expect(agent).toMatchObject({ state: 'running' });
    expect(agent?.status).toMatch(/^Up .*\(healthy\)$/);
    expect(agent?.containerId).toMatch(/^[0-9a-f]{12}$/);
    expect(containers.find(({ name }) => name.includes('bootstrap'))?.status).toMatch(
      /^Exited \(0/,
    );
    const answer = await ask(made, '/');
    expect(JSON.parse(answer.text)).toMatchObject({
      ...{ greeting: String.raw`a $b "d" \e #f`, runs: '1' },
    });
    expect((await ask({ ...made, host: 'nobody.test' })).status).toBe(404);
    const text = await harness.raw('GET', 'compose.readLogs', {
      ...{ composeId: made.composeId, containerId: agent?.containerId ?? '', tail: 5 },
    });
    expect(text.text).toMatch(/^"\d{4}-\d\d-\d\dT[\d:.]+Z listening/);
  });

  test('with --wait an unhealthy service is an error, and is off the routes', async () => {
    const sick = single('    environment: { SICK: "1" }\n').replace('retries: 20', 'retries: 2');
    const made = await create(sick);
    expect(await deploy(made, 'sick')).toBe('error');
    const log = await logOf(made);
    expect(log).toContain(`container ${made.appName}-agent-1 is unhealthy\nError: ❌ Docker`);
    const [agent] = await shown(made);
    expect(agent?.status).toMatch(/\(unhealthy\)$/);
    expect((await ask(made)).status).toBe(404);
  });

  test('stop ends it, start brings it back with its volume, delete leaves only the network', async () => {
    const made = await deployed();
    const { composeId, appName } = made;
    await harness.call('compose.stop', { composeId });
    expect((await shown(made)).map(({ state }) => state)).toEqual(['exited']);
    expect((await ask(made)).status).toBe(404);
    await harness.call('compose.start', { composeId });
    await eventually(
      async () => (await ask(made)).status,
      (status) => status === 200,
    );
    expect(await present('volume', `${appName}_agent-data`)).toBe(true);
    await harness.call('compose.delete', { composeId, deleteVolumes: true });
    expect(await shown(made)).toEqual([]);
    expect(await present('volume', `${appName}_agent-data`)).toBe(false);
    // As on the real one: one bridge network a tenant, for ever.
    expect(await present('network', appName)).toBe(true);
  });

  test('what crashes is started again by the engine', async () => {
    const made = await deployed();
    const before = (await shown(made))[0]?.containerId;
    await expect(ask(made, '/crash')).resolves.toMatchObject({ status: 502 });
    await eventually(
      async () => (await ask(made)).status,
      (status) => status === 200,
    );
    const restarts = await output({
      args: ['inspect', '--format', '{{.RestartCount}}', before ?? ''],
    });
    expect(restarts).toEqual(['1']);
  });

  test('a delete can answer 200 and leave the container running; a purge finds it', async () => {
    const made = await deployed();
    const { composeId, appName } = made;
    await harness.fault({ kind: 'delete_leaves_processes', only: composeId });
    const answer = await harness.raw('POST', 'compose.delete', { composeId, deleteVolumes: true });
    expect(answer.status).toBe(200);
    expect((await shown(made)).map(({ state }) => state)).toEqual(['running']);
    await harness.control('purge');
    expect(await shown(made)).toEqual([]);
    expect(await present('volume', `${appName}_agent-data`)).toBe(false);
    expect(await present('network', appName)).toBe(false);
  });

  test('an isolated tenant does not reach its neighbour, a shared network does', async () => {
    const addressOf = async ({ appName }: Made, network: string): Promise<string> => {
      const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
      const args = ['inspect', '--format', format, `${appName}-agent-1`];
      return (await output({ args }))[0] ?? '';
    };
    const [one, other] = [await deployed(), await deployed()];
    const shared = [await deployed(single(), { isolated: false })];
    shared.push(await deployed(single(), { isolated: false }));
    const reach = async (from: Made, address: string): Promise<string> =>
      (await ask(from, `/reach/${address}:8080`)).text;
    expect(await reach(one, await addressOf(one, one.appName))).toBe('reached');
    expect(await reach(one, await addressOf(other, other.appName))).not.toBe('reached');
    const [a, b] = shared;
    if (a === undefined || b === undefined) throw new Error('not made');
    expect(await reach(a, await addressOf(b, 'dokploy-network'))).toBe('reached');
    await harness.control('purge');
  });

  test('the nightly prune takes what does not run and its image, never the volume', async () => {
    const made = await deployed();
    const { composeId, appName } = made;
    await harness.call('compose.stop', { composeId });
    const pruned = await harness.control('prune');
    expect(pruned).toEqual({ pruned: { containers: 1, images: 1 } });
    expect(await shown(made)).toEqual([]);
    expect(await present('volume', `${appName}_agent-data`)).toBe(true);
    await harness.fault({ kind: 'pull_fails', only: composeId });
    const failed = await harness.raw('POST', 'compose.start', { composeId });
    expect([failed.status, failed.text]).toEqual([500, expect.stringContaining('refused')]);
    await importTestImages(docker);
    expect((await harness.raw('POST', 'compose.start', { composeId })).status).toBe(200);
    // Nothing is left to stop; that is no failure.
    await harness.control('prune');
    await harness.call('compose.stop', { composeId });
    await harness.call('compose.delete', { composeId, deleteVolumes: true });
    expect(await present('volume', `${appName}_agent-data`)).toBe(false);
  });

  test('a restart of the stand-in starts what ran, and nothing runs in between', async () => {
    const made = await deployed();
    const running = async (): Promise<readonly string[]> =>
      output({
        args: ['ps', '-q', '--filter', `label=com.docker.compose.project=${made.appName}`],
      });
    await harness.dokploy.close();
    expect(await running()).toEqual([]);
    await harness.restart();
    expect(await running()).toHaveLength(1);
    await eventually(
      async () => (await ask(made)).status,
      (status) => status === 200,
    );
    await harness.control('purge');
  });

  test("somebody else's project is neither taken over nor cleaned away", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stranger-'));
    writeFileSync(join(folder, 'docker-compose.yml'), single());
    const stranger = ['compose', '-p', 'stranger', '-f', 'docker-compose.yml'];
    await output({ cwd: folder, args: [...stranger, 'up', '-d'] });
    try {
      const made = await create(single());
      const { composeId } = made;
      const command = 'compose -p stranger -f docker-compose.yml up -d';
      await harness.call('compose.update', { composeId, command });
      expect(await deploy(made, 'taken over')).toBe('error');
      expect(await logOf(made)).toContain('this stand-in runs "compose -p rt-');
      const foreign = single().replace(
        'agent-data: {}',
        'agent-data: { name: stranger_agent-data }',
      );
      const named = await create(foreign);
      expect(await deploy(named, 'named')).toBe('error');
      expect(await logOf(named)).toContain('volumes: "stranger_agent-data" does not begin with');
      await harness.control('prune');
      await harness.control('purge');
      const left = await output({ cwd: folder, args: [...stranger, 'ps', '-q'] });
      expect(left).toHaveLength(1);
      expect(await present('volume', 'stranger_agent-data')).toBe(true);
    } finally {
      await output({ cwd: folder, args: [...stranger, 'down', '--volumes'] });
      rmSync(folder, { recursive: true });
    }
  });
});
