/**
 * The later life of a service through the Deployer port: health as docker shows it, stopped and
 * started, drift found, failures explained without secrets. Its end: dokploy-removal.test.ts. Runs against the stand-in, or a real Dokploy (see tests/support/dokploy.ts).
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDokployCall } from '#adapters/dokploy/client.ts';
import { openDokploy } from '#adapters/dokploy/connect.ts';
import { createDeployer } from '#adapters/dokploy/deployer.ts';
import type { Deployer } from '#ports/runtime.ts';
import { isReal, testProjects } from '#tests/support/dokploy.ts';
import type { TestDokploy } from '#tests/support/dokploy.ts';
import { noLog, openServices, valueOf } from '#tests/support/dokploy-services.ts';
import type { DokployServices } from '#tests/support/dokploy-services.ts';
import { eventually } from '#tests/support/http.ts';
import { unique } from '#tests/support/product.ts';

let services: DokployServices;
let dokploy: TestDokploy;
let deployer: Deployer;
const onStandIn = test.skipIf(isReal);

beforeAll(async () => {
  services = await openServices();
  ({ dokploy, deployer } = services);
});
afterAll(() => dokploy.close());
afterEach(() => services.clear());

describe('health', () => {
  test('is what docker shows: healthy after a deployment that waited for it', async () => {
    const { id } = await services.deployed();
    const seen = valueOf(await deployer.health(id));
    const agent = seen.find(({ name }) => name.endsWith('-agent-1'));
    expect(agent).toMatchObject({ state: 'running', health: 'healthy' });
    const once = seen.find(({ name }) => name.endsWith('-bootstrap-1'));
    expect(once).toMatchObject({ state: 'exited', health: 'none' });
  });

  test('of what was never deployed is an empty list', async () => {
    expect(valueOf(await deployer.health(await services.create()))).toEqual([]);
  });
});

describe('stopping', () => {
  test('proves that nothing runs, and may be repeated', async () => {
    const { id } = await services.deployed();
    expect(valueOf(await deployer.stop(id))).toEqual({ state: 'stopped' });
    expect(valueOf(await deployer.stop(id))).toEqual({ state: 'stopped' });
    const states = valueOf(await deployer.health(id)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['exited']));
  });

  test('what was never deployed is stopped already, and is not marked broken', async () => {
    const id = await services.create();
    expect(valueOf(await deployer.stop(id))).toEqual({ state: 'stopped' });
    expect(valueOf(await deployer.composeStatus(id)).composeStatus).toBe('idle');
  });

  onStandIn('an answer that is lost is read back from docker', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'answer_lost', only: 'compose.stop' });
    expect(valueOf(await deployer.stop(id))).toEqual({ state: 'stopped' });
  });

  onStandIn('a stop that did nothing is not believed', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'server_error', only: 'compose.stop' });
    expect(valueOf(await deployer.stop(id))).toEqual({ state: 'still_running' });
  });

  onStandIn('an empty list of an unreachable machine proves nothing', async () => {
    const { id } = await services.deployed();
    await dokploy.fault({ kind: 'machine_unreachable', only: id, count: 10 });
    expect(await deployer.stop(id)).toEqual({ kind: 'refused', code: 'failed' });
    await dokploy.clearFaults();
    const states = valueOf(await deployer.health(id)).map(({ state }) => state);
    expect(states).toContain('running');
  });
});

describe('starting', () => {
  test('brings up what was stopped, without a deployment', async () => {
    const { id } = await services.deployed();
    valueOf(await deployer.stop(id));
    valueOf(await deployer.start(id));
    const agent = valueOf(await deployer.health(id)).find(({ name }) => name.includes('-agent-'));
    expect(agent?.state).toBe('running');
    expect(valueOf(await deployer.recentDeployments(id))).toHaveLength(1);
  });

  test('what was never deployed is refused', async () => {
    expect(await deployer.start(await services.create())).toEqual({
      kind: 'refused',
      code: 'failed',
    });
  });

  onStandIn('an answer that is lost is read back from docker', async () => {
    const { id } = await services.deployed();
    valueOf(await deployer.stop(id));
    await dokploy.fault({ kind: 'answer_lost', only: 'compose.start' });
    expect(valueOf(await deployer.start(id))).toBeNull();
  });

  onStandIn('a machine out of reach is refused, and said so when asked about', async () => {
    const { id } = await services.deployed();
    valueOf(await deployer.stop(id));
    await dokploy.fault({ kind: 'machine_unreachable', only: id, count: 5 });
    expect(await deployer.start(id)).toEqual({ kind: 'refused', code: 'failed' });
  });
});

describe('finding', () => {
  const projectName = `${testProjects}suite`;

  test('by name creates nothing: a service, none, no project', async () => {
    const name = unique('rt-');
    const find = () => deployer.findCompose({ projectName, name });
    expect(valueOf(await find())).toBeNull();
    const { composeId } = valueOf(await deployer.ensureCompose({ ...services.place, name }));
    services.made.push(composeId);
    expect(valueOf(await find())).toBe(composeId);
    const elsewhere = unique(testProjects);
    expect(valueOf(await deployer.findCompose({ projectName: elsewhere, name }))).toBeNull();
    expect(await deployer.listComposes(elsewhere)).toEqual({ kind: 'not_found' });
  });

  test('lists every service of a project, the older of two with one name first', async () => {
    const name = unique('rt-');
    const { environmentId } = services.place;
    const ids: string[] = [];
    for (let copy = 0; copy < 2; copy += 1) {
      ids.push((await dokploy.call('compose.create', { name, environmentId })).composeId);
    }
    services.made.push(...ids);
    const listed = valueOf(await deployer.listComposes(projectName));
    const ours = listed.filter((compose) => compose.name === name);
    expect(ours.map(({ composeId }) => composeId)).toEqual(ids);
    expect(ours.map(({ serverId }) => serverId)).toEqual([null, null]);
  });

  test('names the newest deployment, whoever asked for it', async () => {
    const { id, title } = await services.deployed();
    expect(valueOf(await deployer.inspect(id)).latestTitle).toBe(title);
    await dokploy.call('compose.deploy', { composeId: id, title: 'by hand' });
    const seen = await eventually(
      async () => valueOf(await deployer.inspect(id)).latestTitle,
      (latest) => latest !== title,
    );
    expect(seen).toBe('by hand');
  });
});

describe('drift', () => {
  test('there is none after configuring, whatever name Dokploy gave', async () => {
    const id = await services.create();
    const wanted = services.config();
    valueOf(await deployer.configure(id, wanted));
    const { hash } = valueOf(await deployer.inspect(id));
    expect(hash).toBe(deployer.configHash(wanted));
    expect(hash).not.toBe(deployer.configHash({ ...wanted, servicePort: 1 }));
  });

  test.each([
    ['the file', { composeFile: 'services: {}\n' }],
    ['the command', { command: 'compose up -d' }],
    ['deploy by webhook', { autoDeploy: true }],
    ['the shared network', { isolatedDeployment: false }],
  ])('is seen when somebody changes %s, and configuring undoes it', async (_what, change) => {
    const id = await services.create();
    const wanted = services.config();
    valueOf(await deployer.configure(id, wanted));
    await dokploy.call('compose.update', { composeId: id, ...change });
    expect(valueOf(await deployer.inspect(id)).hash).not.toBe(deployer.configHash(wanted));
    valueOf(await deployer.configure(id, wanted));
    expect(valueOf(await deployer.inspect(id)).hash).toBe(deployer.configHash(wanted));
  });

  test('an env somebody added is seen, and never read', async () => {
    const id = await services.create();
    const wanted = services.config();
    valueOf(await deployer.configure(id, wanted));
    await dokploy.call('compose.saveEnvironment', { composeId: id, env: 'A=b' });
    expect(valueOf(await deployer.inspect(id)).hash).not.toBe(deployer.configHash(wanted));
  });
});

describe('a deployment that hangs or fails', () => {
  test('says why, without the values it was given', async () => {
    const { id, title } = await services.deployed({ once: '3' });
    const text = valueOf(await deployer.failureLog(id, title));
    expect(text).toContain('bootstrap');
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(text).not.toContain('║');
  });

  onStandIn('to a machine out of reach says so without a log', async () => {
    const id = await services.create();
    const title = unique('deploy-');
    valueOf(await deployer.configure(id, services.config()));
    await dokploy.fault({ kind: 'machine_unreachable', only: id });
    valueOf(await deployer.deploy(id, title));
    await eventually(
      async () => valueOf(await deployer.deploymentStatus(id, title)).status,
      (status) => status === 'error',
    );
    expect(valueOf(await deployer.failureLog(id, title))).toContain('SSH connection error');
  });

  onStandIn('is stalled when the queue knows nothing of it any more', async () => {
    const id = await services.create();
    const title = unique('deploy-');
    valueOf(await deployer.configure(id, services.config()));
    await dokploy.fault({ kind: 'deployment_stuck', only: id });
    valueOf(await deployer.deploy(id, title));
    await eventually(
      async () => valueOf(await deployer.deploymentStatus(id, title)).status,
      (status) => status === 'running',
    );
    const settings = { url: dokploy.url(), apiKey: dokploy.apiKey, timeoutMs: 10_000 };
    const call = createDokployCall(settings, noLog);
    const later = createDeployer(call, noLog, () => Date.now() + 61_000);
    expect(valueOf(await later.deploymentStatus(id, title)).status).toBe('stalled');
  });
});

describe('a Dokploy that is too old', () => {
  onStandIn('is refused by name, and nothing is asked of it', async () => {
    await dokploy.fault({ kind: 'version', version: 'v0.29.11', count: 10 });
    const settings = { url: dokploy.url(), apiKey: dokploy.apiKey, timeoutMs: 10_000 };
    const fresh = openDokploy(settings, noLog);
    const name = unique('old-');
    expect(await fresh.ensureProject(name)).toEqual({
      kind: 'refused',
      code: 'version_too_old',
    });
    const projects = await dokploy.call('project.all', {});
    expect(projects.map((project) => project.name)).not.toContain(name);
  });
});
