/** The Deployer port over the true machines: refused, silent, or answered before or after the effect. */
import type { ContainerHealth, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Execution } from './execution.ts';
import type { Compose, Machines } from './machines.ts';
import { stackIn } from './release.ts';

type ValueIn<Name extends 'deploymentStatus' | 'remove' | 'remains' | 'stop' | 'serverStatus'> =
  Awaited<ReturnType<Deployer[Name]>> extends DeployerOutcome<infer Value> ? Value : never;

const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });

/** One call over the wire; it may be refused, or its answer lost before or after the effect. */
const wire = async <T>(
  execution: Execution,
  effect: () => DeployerOutcome<T>,
): Promise<DeployerOutcome<T>> => {
  const { random, weather } = execution.world;
  const latencyMs = random.int(20, 400);
  if (random.chance(weather.deployerRefuses)) {
    return execution.call(latencyMs, () => ({ kind: 'refused', code: 'unauthorized' }));
  }
  const isSilent = random.chance(weather.deployerSilent);
  if (!isSilent) return execution.call(latencyMs, effect);
  const happens = random.chance(0.5);
  return execution.call(latencyMs, () => {
    if (happens) effect();
    return { kind: 'unknown' };
  });
};

export const simDeployer = (execution: Execution, machines: Machines): Deployer => {
  const { world } = execution;
  const statusOf: Deployer['deploymentStatus'] = (composeId, title) =>
    wire<ValueIn<'deploymentStatus'>>(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      const found = compose.deployments.find((deployment) => deployment.title === title);
      if (found === undefined) return ok({ status: 'absent', finishedAt: null });
      if (world.nowMs < found.startsMs) return ok({ status: 'queued', finishedAt: null });
      const runs = found.end === 'stuck' || world.nowMs < found.endsMs;
      if (runs) return ok({ status: 'running', finishedAt: null });
      return ok({ status: found.end === 'done' ? 'done' : 'error', finishedAt: null });
    });
  return {
    ensureProject: (name) =>
      wire(execution, () => {
        machines.projects.add(name);
        return ok({ projectId: name, environmentId: 'e1' });
      }),
    ensureCompose: async ({ name, projectId: project, serverId = null }) => {
      const seen = await wire(execution, () => ok(machines.named(name)?.id ?? null));
      if (seen.kind !== 'ok') return seen;
      if (seen.value !== null) return ok({ composeId: seen.value, composeStatus: 'idle' });
      return wire(execution, () => {
        const { id } = machines.create({ name, project, serverId });
        return ok({ composeId: id, composeStatus: 'idle' });
      });
    },
    configure: (composeId, config) =>
      wire(execution, () => {
        const compose = machines.composes.get(composeId);
        if (compose === undefined) return { kind: 'not_found' };
        compose.hash = config.file;
        compose.stack = stackIn(config.file);
        return ok({ domainId: `d-${composeId}` });
      }),
    deploymentStatus: statusOf,
    deploy: async (composeId, title) => {
      const seen = await statusOf(composeId, title);
      if (seen.kind !== 'ok') return seen;
      if (seen.value.status !== 'absent') return ok(null);
      return wire(execution, () => {
        const compose = machines.composes.get(composeId);
        if (compose === undefined) return { kind: 'not_found' };
        machines.deploy(compose, title);
        return ok(null);
      });
    },
    recentDeployments: () => wire(execution, () => ok([])),
    composeStatus: (composeId) =>
      wire(execution, () =>
        ok({ name: machines.composes.get(composeId)?.name ?? '', composeStatus: 'done' }),
      ),
    ...takingDown(execution, machines),
    ...looking(execution, machines),
  };
};

/** Stop, then remove: what is gone does not run any more. */
const takingDown = (
  execution: Execution,
  machines: Machines,
): Pick<Deployer, 'start' | 'stop' | 'remove' | 'locate' | 'remains'> => ({
  start: (composeId) =>
    wire(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      const canStart = compose.deployments.some(({ end }) => end === 'done');
      if (!canStart || machines.isLost(compose.serverId)) return failed;
      machines.start(compose);
      return ok(null);
    }),
  stop: (composeId) =>
    wire<ValueIn<'stop'>>(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      if (machines.isLost(compose.serverId)) return failed;
      if (machines.isWorking(compose)) return ok({ state: 'still_running' });
      compose.isStopped = true;
      return ok({ state: 'stopped' });
    }),
  remove: (composeId) =>
    wire<ValueIn<'remove'>>(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      if (machines.isLost(compose.serverId)) return failed;
      if (machines.isWorking(compose)) return ok({ state: 'still_running', containers: [] });
      machines.composes.delete(composeId);
      machines.forget(compose);
      return ok({ state: 'gone', containers: [] });
    }),
  locate: (composeId) =>
    wire(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      return ok({ appName: `${compose.name}-${composeId}`, serverId: compose.serverId });
    }),
  remains: ({ appName, serverId }) =>
    wire<ValueIn<'remains'>>(execution, () => {
      // Whoever cannot look shows nothing, as if nothing were there.
      if (machines.isLost(serverId)) {
        return ok({ machine: 'unreachable', containers: [], volumes: [] });
      }
      const left = machines.left.get(appName);
      return ok({
        machine: 'reachable',
        containers: left === 'everything' ? [`${appName}-agent-1`] : [],
        volumes: left === undefined ? [] : [`${appName}_agent-data`],
      });
    }),
});

const failed: DeployerOutcome<never> = { kind: 'refused', code: 'failed' };

const containersOf = (machines: Machines, compose: Compose): readonly ContainerHealth[] => {
  const wasDeployed = compose.deployments.some(({ end }) => end === 'done');
  if (machines.isLost(compose.serverId) || !wasDeployed) return [];
  const state = compose.isStopped ? 'exited' : 'running';
  return [{ name: `${compose.name}-agent-1`, state, health: 'none' }];
};

type Looks =
  | 'health'
  | 'failureLog'
  | 'inspect'
  | 'runningImages'
  | 'configHash'
  | 'findCompose'
  | 'listComposes'
  | 'serverStatus';

const looking = (execution: Execution, machines: Machines): Pick<Deployer, Looks> => ({
  health: (composeId) =>
    wire(execution, () => {
      const compose = machines.composes.get(composeId);
      return compose === undefined ? { kind: 'not_found' } : ok(containersOf(machines, compose));
    }),
  failureLog: () => wire(execution, () => ok('')),
  runningImages: () => wire(execution, () => ok(null)),
  inspect: (composeId) =>
    wire(execution, () => {
      const compose = machines.composes.get(composeId);
      if (compose === undefined) return { kind: 'not_found' };
      const { hash, serverId, deployments } = compose;
      const latestTitle = deployments.at(-1)?.title ?? null;
      return ok({ hash, serverId, latestTitle, containers: containersOf(machines, compose) });
    }),
  configHash: ({ file }) => file,
  findCompose: ({ name }) => wire(execution, () => ok(machines.named(name)?.id ?? null)),
  listComposes: (projectName) =>
    wire(execution, () => {
      if (!machines.projects.has(projectName)) return { kind: 'not_found' };
      const all = [...machines.composes.values()].filter(({ project }) => project === projectName);
      return ok(all.map(({ id, name, serverId }) => listed(id, name, serverId)));
    }),
  serverStatus: (serverId) =>
    wire<ValueIn<'serverStatus'>>(execution, () =>
      ok(machines.isLost(serverId) ? 'unreachable' : 'reachable'),
    ),
});

const listed = (composeId: string, name: string, serverId: string | null) => ({
  composeId,
  name,
  serverId,
  createdAt: '',
});
