/** deployment.* and docker.* */
import { readDeploymentLog } from '../deploy/log.ts';
import type { Job } from '../deploy/queue.ts';
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
  'docker.getContainersByAppNameMatch': query(inputs.containers, async (input, { deployer }) =>
    deployer.containers(input.appName),
  ),
  'dockerVolume.getVolumes': query(inputs.volumes, async (input, { deployer }) =>
    deployer.volumes(input.serverId),
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
