/** What happens to machines behind our back: told, put right where it is safe, never guessed at. */
import { beforeEach, describe, expect, test } from 'vitest';
import { surveyServers } from '#app/placement/survey.ts';
import { readJson } from '#schemas/record/json.ts';
import { facts as factsSchema, noFacts } from '#schemas/record/runtime.ts';
import type { Facts } from '#schemas/record/runtime.ts';
import { makeFleet } from '#tests/support/fleet.ts';
import type { Fleet } from '#tests/support/fleet.ts';
import { inspectMinute } from './inspect.ts';
import { reconcileRuntime } from './reconcile-runtime.ts';

let fleet: Fleet;
const runtimeId = 'a1';
beforeEach(async () => {
  fleet = await makeFleet({ slots: 2 });
  await fleet.open(runtimeId);
  await fleet.sweepUntil(runtimeId, 'auth_required');
});

const factsNow = (): Facts => readJson(factsSchema, fleet.row(runtimeId).facts, noFacts);
const compose = () => {
  const found = fleet.deployer.composes.get(factsNow().compose.composeId ?? '');
  if (found === undefined) throw new Error('no service');
  return found;
};
const inspect = () => inspectMinute(fleet.deps, fleet.row(runtimeId).inspectedAtMinute ?? 0);
const run = () => reconcileRuntime(fleet.deps, runtimeId);

test('a healthy fleet is inspected and surveyed without a write', async () => {
  const { writes } = fleet.store;
  expect(await inspect()).toEqual({ looked: 1 });
  await surveyServers(fleet.deps);
  expect(fleet.store.writes).toBe(writes);
});

test('files whose writing brought no answer are written anew, whatever is wanted by then', async () => {
  const { deployer } = fleet;
  const configure = deployer.configure.bind(deployer);
  deployer.configure = async (composeId, config) => {
    await configure(composeId, config);
    return { kind: 'unknown' };
  };
  const { openclawImage } = fleet.row(runtimeId);
  await fleet.command(runtimeId, { openclawImage: 'openclaw:other' });
  await run();
  expect(compose().config?.file).toContain('openclaw:other');
  deployer.configure = configure;
  await fleet.command(runtimeId, { openclawImage, failures: 0 });
  fleet.clock.advance(60_000);
  await fleet.sweepUntil(runtimeId, 'auth_required');
  expect(compose().config?.file).not.toContain('openclaw:other');
});

describe('found by inspection', () => {
  test('a service that is gone is made again, once', async () => {
    fleet.deployer.composes.clear();
    await inspect();
    expect(fleet.tasks()).toEqual(['compose_drift']);
    await fleet.settle(runtimeId);
    expect(fleet.deployer.composes.size).toBe(1);
    expect(factsNow().deployment.attempt).toBe(2);
    await inspect();
    expect(fleet.tasks()).toEqual(['compose_drift']);
  });

  test('a changed file is written back, without a deployment', async () => {
    const config = compose().config;
    compose().config = config && { ...config, file: 'services: {}' };
    await inspect();
    await run();
    expect(compose().config).toEqual(config);
    expect(fleet.tasks()).toEqual(['compose_drift']);
    expect(factsNow().deployment.attempt).toBe(1);
  });

  test('a deployment by hand is followed by one of ours', async () => {
    const startedAtMs = fleet.clock.now().getTime();
    compose().deployments.push({ title: 'Manual deployment', startedAtMs, fails: false });
    await inspect();
    await fleet.settle(runtimeId);
    expect(compose().deployments.at(-1)?.title).toBe(`${runtimeId}:2`);
  });

  test('containers that went down are started, with the files that are there', async () => {
    fleet.clock.advance(10 * 60_000);
    compose().stopped = true;
    await inspect();
    await fleet.settle(runtimeId);
    expect(compose().stopped).toBe(false);
    expect([fleet.deployer.startCalls, factsNow().deployment.attempt]).toEqual([1, 1]);
    expect(fleet.row(runtimeId).failures).toBe(0);
  });

  test('one that lies on another server is only told of', async () => {
    const { name, project, deployments, config } = compose();
    const moved = { name, project, deployments, config, serverId: 'elsewhere', stopped: false };
    fleet.deployer.composes.set(factsNow().compose.composeId ?? '', moved);
    const before = fleet.row(runtimeId);
    await inspect();
    expect(fleet.tasks()).toEqual(['compose_drift']);
    expect(fleet.row(runtimeId)).toEqual(before);
  });

  test('a suspended one that runs all the same is stopped', async () => {
    await fleet.command(runtimeId, { desired: 'suspended' });
    await run();
    expect(fleet.row(runtimeId).status).toBe('suspended');
    compose().stopped = false;
    await inspect();
    await run();
    expect(compose().stopped).toBe(true);
  });
});

describe('a server that is out of reach', () => {
  beforeEach(async () => {
    fleet.clock.advance(10 * 60_000);
    fleet.deployer.lostServers.add(null);
    await fleet.command(runtimeId, { receipt: '{}' });
  });

  test('is told from a lost tenant, once, and nothing is deployed', async () => {
    await fleet.sweepUntil(runtimeId, 'degraded');
    expect(fleet.tasks()).toEqual(['server_lost']);
    const reachable = fleet.conditions(runtimeId).find(({ type }) => type === 'reachable');
    expect(reachable).toMatchObject({ reason: 'server_unreachable', actor: 'operator' });
    expect(fleet.deployer.deployCalls).toBe(1);
  });

  test('takes no new runtimes until the survey finds it again', async () => {
    await run();
    await fleet.open('b2');
    await reconcileRuntime(fleet.deps, 'b2');
    expect(fleet.conditions('b2').find(({ type }) => type === 'deployed')).toMatchObject({
      reason: 'no_capacity',
      actor: 'operator',
    });
    fleet.deployer.lostServers.clear();
    await surveyServers(fleet.deps);
    await fleet.sweepUntil('b2', 'auth_required');
    await fleet.sweepUntil(runtimeId, 'auth_required');
    expect(fleet.tasks()).toEqual(['no_capacity', 'server_lost']);
  });
});

describe('the survey', () => {
  test('tells of a service that no runtime owns, and lets it be', async () => {
    const place = { projectId: 'hosted-dedicated-own', environmentId: 'e1', name: 'rt-nobody' };
    await fleet.deployer.ensureCompose(place);
    await surveyServers(fleet.deps);
    await surveyServers(fleet.deps);
    expect(fleet.tasks()).toEqual(['orphan_compose']);
    expect(fleet.deployer.composes.size).toBe(2);
  });

  test('frees a slot whose runtime is gone, after a while', async () => {
    const data = { serverId: 'own', runtimeId: 'nobody' };
    await fleet.store.create('slots', 'own.1', { data, readers: 'functions' });
    await surveyServers(fleet.deps);
    expect(fleet.slots()).toEqual(['own.0', 'own.1']);
    fleet.clock.advance(11 * 60_000);
    await surveyServers(fleet.deps);
    expect(fleet.slots()).toEqual(['own.0']);
  });
});

describe('taking down', () => {
  test('removes the service and gives the slot back', async () => {
    await fleet.command(runtimeId, { desired: 'deleted' });
    await fleet.sweepUntil(runtimeId, 'deleted');
    expect(fleet.deployer.composes.size).toBe(0);
    expect(fleet.slots()).toEqual([]);
    expect(fleet.row(runtimeId)).toMatchObject({ nextCheckAt: null, inspectedAtMinute: null });
  });

  test('finds a service and a claim that a dead run never wrote down', async () => {
    await fleet.forget(runtimeId);
    await fleet.command(runtimeId, { desired: 'deleted' });
    await fleet.sweepUntil(runtimeId, 'deleted');
    expect(fleet.deployer.composes.size).toBe(0);
    expect(fleet.slots()).toEqual([]);
  });
});
