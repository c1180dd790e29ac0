/**
 * What docker shows of one service, through the only call that says anything about health.
 * Dokploy answers an empty list also when it could not reach the server or docker failed, so
 * "nothing listed" is never proof that nothing runs.
 */
import type { ContainerHealth, Deployer, DeployerOutcome, RunningImage } from '#ports/runtime.ts';
import type { DokployAnswer, DokployContainer } from '#schemas/wire/dokploy.ts';
import type { DokployCall } from './client.ts';
import { ok } from './outcome.ts';

/** Where the containers of a service are to be found. */
export interface Target {
  readonly composeId: string;
  readonly appName: string;
  readonly serverId: string | null;
  /** False: nothing of it was ever started, so an empty list says the truth. */
  readonly wasDeployed: boolean;
}

export const targetOf = async (
  call: DokployCall,
  composeId: string,
): Promise<DeployerOutcome<Target>> => {
  const row = await call('compose.one', { composeId });
  return row.kind === 'ok' ? ok(targetIn(row.value)) : row;
};

export const targetIn = (row: DokployAnswer<'compose.one'>): Target => {
  const { composeId, appName, serverId, deployments, composeStatus } = row;
  const wasDeployed = deployments.length > 0 || composeStatus !== 'idle';
  return { composeId, appName, serverId, wasDeployed };
};

const states = ['running', 'restarting', 'paused', 'created', 'exited'] as const;

/** `Up 2 seconds (healthy)`, `Up 3 minutes (health: starting)`, `Exited (1) 2 hours ago`. Pure. */
export const healthOf = (container: DokployContainer): ContainerHealth => {
  const { name, status } = container;
  const state = states.find((known) => known === container.state.toLowerCase()) ?? 'other';
  const word = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(status)?.[1];
  const health = word === 'healthy' || word === 'unhealthy' || word === 'starting' ? word : 'none';
  return { name, state, health: state === 'running' ? health : 'none' };
};

const rawList = (
  call: DokployCall,
  { appName, serverId }: Target,
): Promise<DeployerOutcome<readonly DokployContainer[]>> =>
  call('docker.getContainersByAppNameMatch', {
    appName,
    appType: 'docker-compose',
    ...(serverId === null ? {} : { serverId }),
  });

export const listContainers = async (
  call: DokployCall,
  target: Target,
): Promise<DeployerOutcome<readonly ContainerHealth[]>> => {
  const listed = await rawList(call, target);
  return listed.kind === 'ok' ? ok(listed.value.map(healthOf)) : listed;
};

/** A stack has three; more are somebody's tests. */
const imagesAtMost = 10;

export const runningImages =
  (call: DokployCall): Deployer['runningImages'] =>
  async (composeId) => {
    const target = await targetOf(call, composeId);
    if (target.kind !== 'ok') return target;
    const listed = await rawList(call, target.value);
    if (listed.kind !== 'ok') return listed;
    const { serverId } = target.value;
    const images: RunningImage[] = [];
    for (const { containerId, name } of listed.value.slice(0, imagesAtMost)) {
      const place = serverId === null ? {} : { serverId };
      const config = await call('docker.getConfig', { containerId, ...place });
      if (config.kind === 'unknown') return config;
      // Not permitted, or not known to this deployer: then nothing is shown of any.
      if (config.kind !== 'ok') return ok(null);
      images.push({ container: name, image: config.value.Config.Image });
    }
    return ok(images);
  };
