/** deployment.* and docker.* */
import { readDeploymentLog } from '../deploy/log.ts';
import type { Job } from '../deploy/queue.ts';
import type { Container } from '../process/container.ts';
import { deploymentCentral } from '../rows.ts';
import type { Deployment, Store } from '../store.ts';
import { ApiError } from './errors.ts';
import * as inputs from './inputs.ts';
import { mutation, type Operations, query, type World } from './operation.ts';

export const deploymentOperations: Operations = {
  'deployment.allByCompose': query(inputs.composeId, (input, { store }) =>
    [...store.deploymentsOf(input.composeId)].reverse(),
  ),
  'deployment.allCentralized': query(inputs.nothing, (_input, { store }) =>
    [...store.state.deployments].reverse().map((row) => deploymentCentral(store, row)),
  ),
  'deployment.queueList': query(inputs.nothing, (_input, { store, queue }) =>
    queue.list().map((job) => listedJob(store, job)),
  ),
  'deployment.readLogs': query(inputs.deploymentReadLogs, (input, world) =>
    readDeploymentLog(world.dataDir, deploymentOf(world, input.deploymentId).logPath, input.tail),
  ),
  'deployment.removeDeployment': mutation(inputs.deploymentId, (input, world) => {
    const row = deploymentOf(world, input.deploymentId);
    const { state } = world.store;
    state.deployments = state.deployments.filter((each) => each !== row);
    world.store.save();
    return row;
  }),
  'docker.getContainersByAppNameMatch': query(inputs.containers, (input, { deployer }) =>
    deployer.containers(input.appName).map((container) => ({
      containerId: container.spec.containerId,
      name: container.spec.name,
      state: container.state,
      status: statusText(container, Date.now()),
    })),
  ),
};

function deploymentOf(world: World, deploymentId: string): Deployment {
  const row = world.store.state.deployments.find((each) => each.deploymentId === deploymentId);
  if (row === undefined) throw new ApiError('NOT_FOUND', 'Deployment not found');
  return row;
}

function listedJob(store: Store, job: Job): Record<string, unknown> {
  const { composeId, environmentId, serverId } = job.compose;
  const projectId = store.environment(environmentId)?.projectId ?? '';
  const service = `services/compose/${composeId}`;
  return {
    id: job.id,
    name: 'deployments',
    data: {
      composeId,
      titleLog: job.title,
      type: job.type,
      applicationType: 'compose',
      descriptionLog: job.description,
      server: serverId !== null,
    },
    timestamp: job.timestamp,
    ...(job.processedOn === undefined ? {} : { processedOn: job.processedOn }),
    state: job.state,
    servicePath: {
      href: `/dashboard/project/${projectId}/environment/${environmentId}/${service}`,
      label: 'Compose',
    },
  };
}

type Shown = Pick<Container, 'state' | 'exitCode' | 'startedAt' | 'finishedAt'> & {
  readonly health: Pick<Container['health'], 'state'>;
};

/** As `docker ps` words it. Pure. */
export function statusText(container: Shown, now: number): string {
  const ended = `(${container.exitCode ?? 0}) ${ago(now - (container.finishedAt ?? now))} ago`;
  if (container.state === 'created') return 'Created';
  if (container.state === 'exited') return `Exited ${ended}`;
  if (container.state === 'restarting') return `Restarting ${ended}`;
  const up = `Up ${ago(now - container.startedAt)}`;
  const health = container.health.state;
  if (health === 'none') return up;
  return `${up} (${health === 'starting' ? 'health: starting' : health})`;
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  return hours < 336 ? `${Math.floor(hours / 24)} days` : `${Math.floor(hours / 168)} weeks`;
}
