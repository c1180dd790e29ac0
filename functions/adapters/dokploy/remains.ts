/**
 * What Docker still lists of a service whose row is deleted. Dokploy answers an empty list also when
 * it could not look, so lists count only with a word that the server was reached between them, and a
 * container that is seen in either list is there. Volumes of a project are `<appName>_<name>`.
 */
import type { Deployer, DeployerOutcome, Remains, ServicePlace } from '#ports/runtime.ts';
import type { DokployCall } from './client.ts';
import { listContainers, targetOf } from './containers.ts';
import { ok } from './outcome.ts';
import { serverStatus } from './server-status.ts';

export const locate =
  (call: DokployCall): Deployer['locate'] =>
  async (composeId) => {
    const target = await targetOf(call, composeId);
    if (target.kind !== 'ok') return target;
    const { appName, serverId } = target.value;
    return ok({ appName, serverId });
  };

const containerNames = async (
  call: DokployCall,
  { appName, serverId }: ServicePlace,
): Promise<DeployerOutcome<readonly string[]>> => {
  const target = { composeId: '', appName, serverId, wasDeployed: true };
  const listed = await listContainers(call, target);
  return listed.kind === 'ok' ? ok(listed.value.map(({ name }) => name)) : listed;
};

const volumeNames = async (
  call: DokployCall,
  { appName, serverId }: ServicePlace,
): Promise<DeployerOutcome<readonly string[] | null>> => {
  const listed = await call('dockerVolume.getVolumes', serverId === null ? {} : { serverId });
  if (listed.kind === 'ok') {
    const names = listed.value.map(({ Name }) => Name);
    return ok(names.filter((name) => name.startsWith(`${appName}_`)));
  }
  // An operation it does not have, or one that our key may not call.
  const isHidden =
    listed.kind === 'not_found' || (listed.kind === 'refused' && listed.code === 'forbidden');
  return isHidden ? ok(null) : listed;
};

export const remains =
  (call: DokployCall): Deployer['remains'] =>
  async (place) => {
    const before = await containerNames(call, place);
    if (before.kind !== 'ok') return before;
    const volumes = await volumeNames(call, place);
    if (volumes.kind !== 'ok') return volumes;
    const status = await serverStatus(call)(place.serverId);
    if (status.kind !== 'ok') return status;
    const after = await containerNames(call, place);
    if (after.kind !== 'ok') return after;
    const containers = [...new Set([...before.value, ...after.value])];
    const seen: Remains = { machine: status.value, containers, volumes: volumes.value };
    return ok(seen);
  };
