/** compose.* */
import { serviceNames } from '../compose/convert.ts';
import { defaultArguments } from '../compose/text.ts';
import { composeWhole, newCompose } from '../rows.ts';
import type { Compose } from '../store.ts';
import { ApiError } from './errors.ts';
import * as inputs from './inputs.ts';
import {
  composeOf,
  mutation,
  type Operations,
  query,
  refuseFull,
  type World,
} from './operation.ts';

export const composeOperations: Operations = {
  'compose.create': mutation(inputs.composeCreate, (input, { store }) => {
    refuseFull(store.state.composes);
    if (store.environment(input.environmentId) === undefined) {
      throw new ApiError('NOT_FOUND', 'Environment not found');
    }
    const servers = store.state.servers.map((server) => server.serverId);
    if (input.serverId && !servers.includes(input.serverId)) {
      throw new ApiError('UNAUTHORIZED', 'You are not authorized to access this server');
    }
    const row = newCompose(input);
    store.state.composes.push(row);
    store.save();
    return row;
  }),
  'compose.update': mutation(inputs.composeUpdate, (input, { store }) => {
    const row = store.compose(input.composeId);
    if (row === undefined) return undefined;
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    Object.assign(row, Object.fromEntries(given));
    store.save();
    return row;
  }),
  'compose.saveEnvironment': mutation(inputs.composeSaveEnvironment, (input, world) => {
    const row = composeOf(world, input.composeId);
    row.env = input.env;
    if (input.createEnvFile !== undefined) row.createEnvFile = input.createEnvFile;
    world.store.save();
    return true;
  }),
  'compose.deploy': mutation(inputs.composeDeploy, (input, world) =>
    enqueue(world, {
      ...input,
      type: 'deploy',
      fallbackTitle: 'Manual deployment',
      message: 'Deployment queued',
    }),
  ),
  'compose.redeploy': mutation(inputs.composeDeploy, (input, world) =>
    enqueue(world, {
      ...input,
      type: 'redeploy',
      fallbackTitle: 'Rebuild deployment',
      message: 'Redeployment queued',
    }),
  ),
  'compose.start': mutation(inputs.composeId, async (input, world) => {
    await world.deployer.start(composeOf(world, input.composeId));
    return true;
  }),
  'compose.stop': mutation(inputs.composeId, async (input, world) => {
    await world.deployer.stop(composeOf(world, input.composeId));
    return true;
  }),
  'compose.delete': mutation(inputs.composeDelete, async (input, world) => {
    const row = composeOf(world, input.composeId);
    const answer = composeWhole(world.store, row);
    await world.deployer.remove(row, { deleteVolumes: input.deleteVolumes });
    return answer;
  }),
  'compose.one': query(inputs.composeId, (input, world) => ({
    ...composeWhole(world.store, composeOf(world, input.composeId)),
    hasGitProviderAccess: true,
    unauthorizedProvider: null,
  })),
  'compose.cleanQueues': mutation(inputs.composeId, (input, world) => {
    world.queue.dropWaiting(composeOf(world, input.composeId).composeId);
    return { success: true, message: 'Queues cleaned successfully' };
  }),
  'compose.loadServices': query(inputs.composeLoadServices, (input, world) => {
    const row = composeOf(world, input.composeId);
    const deployed = world.store.deploymentsOf(row.composeId).length > 0;
    const names = deployed || input.type === 'fetch' ? serviceNames(row.composeFile) : [];
    if (names.length === 0) throw new ApiError('NOT_FOUND', 'Services not found');
    return names;
  }),
  'compose.getConvertedCompose': query(inputs.composeId, (input, world) =>
    world.deployer.converted(composeOf(world, input.composeId)),
  ),
  'compose.getDefaultCommand': query(
    inputs.composeId,
    (input, world) => `docker ${defaultArguments(composeOf(world, input.composeId).appName)}`,
  ),
  'compose.readLogs': query(inputs.composeReadLogs, async (input, world) => {
    const { appName } = composeOf(world, input.composeId);
    const ageMs = sinceAgeMs(input.since);
    const text = await world.backend.readLogs(
      { appName, idOrName: input.containerId },
      {
        tail: input.tail,
        ...(ageMs === undefined ? {} : { sinceMs: Date.now() - ageMs }),
        ...(input.search ? { search: input.search } : {}),
      },
    );
    if (text === undefined) throw new ApiError('NOT_FOUND', 'Container not found');
    return text;
  }),
};

function enqueue(
  world: World,
  input: {
    composeId: string;
    title?: string | undefined;
    description?: string | undefined;
    type: 'deploy' | 'redeploy';
    fallbackTitle: string;
    message: string;
  },
): { success: true; message: string; composeId: string } {
  const compose: Compose = composeOf(world, input.composeId);
  const accepted = world.queue.add({
    compose,
    title: input.title ?? input.fallbackTitle,
    description: input.description ?? '',
    type: input.type,
  });
  if (!accepted) throw new ApiError('INTERNAL_SERVER_ERROR', 'deployment queue is full');
  return { success: true, message: input.message, composeId: compose.composeId };
}

const unitMs: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3_600e3, d: 86_400e3 };

function sinceAgeMs(since: string): number | undefined {
  const match = /^(\d+)([smhd])$/.exec(since);
  return match === null ? undefined : Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0);
}
