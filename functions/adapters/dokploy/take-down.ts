/**
 * Stop → check → delete. Dokploy's delete answers 200 even when the machine was out of reach and
 * the containers go on, so nothing is deleted before docker itself shows that nothing runs, and
 * docker is asked again afterwards. The service's isolated network stays behind on the machine:
 * no call removes it (docs: one bridge network each; the address pool of a host is finite).
 */
import type { ContainerHealth, Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import type { DokployCall } from './client.ts';
import { isUp } from '#ports/runtime.ts';
import { listContainers, targetOf } from './containers.ts';
import type { Target } from './containers.ts';
import { ok, unknown } from './outcome.ts';

type Stopped = DeployerOutcome<{ readonly state: 'stopped' | 'still_running' }>;

const stopped: Stopped = ok({ state: 'stopped' });
const stillRunning: Stopped = ok({ state: 'still_running' });

/** What a look proves; `unclear` when an empty list may only mean an unreachable machine. */
const judge = (
  target: Target,
  containers: readonly ContainerHealth[],
): 'down' | 'up' | 'unclear' => {
  if (containers.some(isUp)) return 'up';
  return containers.length > 0 || !target.wasDeployed ? 'down' : 'unclear';
};

/** A job that waits or works would start again what is being stopped. */
const clearQueue = async (
  call: DokployCall,
  composeId: string,
): Promise<DeployerOutcome<'empty' | 'working'>> => {
  const cleaned = await call('compose.cleanQueues', { composeId });
  if (cleaned.kind !== 'ok' && cleaned.kind !== 'unknown') return cleaned;
  const queue = await call('deployment.queueList', {});
  if (queue.kind !== 'ok') return queue;
  const ours = queue.value.some((job) => job.data.composeId === composeId);
  return ok(ours ? 'working' : 'empty');
};

const stopTarget = async (call: DokployCall, target: Target): Promise<Stopped> => {
  const before = await listContainers(call, target);
  if (before.kind !== 'ok') return before;
  // Asked to stop what was never started, Dokploy fails and marks the service broken.
  if (judge(target, before.value) === 'down') return stopped;
  const asked = await call('compose.stop', { composeId: target.composeId });
  if (asked.kind === 'not_found') return asked;
  const after = await listContainers(call, target);
  if (after.kind !== 'ok') return after;
  const seen = judge(target, after.value);
  if (seen === 'up') return stillRunning;
  // An answered stop reached the machine, so its empty list is true; otherwise only a full one is.
  if (seen === 'down' || asked.kind === 'ok') return stopped;
  return asked;
};

const stopAll = async (call: DokployCall, target: Target): Promise<Stopped> => {
  const queue = await clearQueue(call, target.composeId);
  if (queue.kind !== 'ok') return queue;
  return queue.value === 'working' ? stillRunning : stopTarget(call, target);
};

export const stop =
  (call: DokployCall): Deployer['stop'] =>
  async (composeId) => {
    const target = await targetOf(call, composeId);
    return target.kind === 'ok' ? stopAll(call, target.value) : target;
  };

/** `ok` when the row is gone, whoever deleted it. */
const deleteRow = async (
  call: DokployCall,
  composeId: string,
  volumes: boolean,
): Promise<DeployerOutcome<null>> => {
  const deleted = await call('compose.delete', { composeId, deleteVolumes: volumes });
  if (deleted.kind === 'refused') return deleted;
  if (deleted.kind !== 'unknown') return ok(null);
  const seen = await call('compose.one', { composeId });
  return seen.kind === 'not_found' ? ok(null) : unknown;
};

export const remove =
  (call: DokployCall, log: Log): Deployer['remove'] =>
  async (composeId, { volumes }) => {
    const found = await targetOf(call, composeId);
    if (found.kind !== 'ok') return found;
    const target = found.value;
    const down = await stopAll(call, target);
    if (down.kind !== 'ok') return down;
    if (down.value.state === 'still_running') return ok({ state: 'still_running', containers: [] });
    const deleted = await deleteRow(call, composeId, volumes);
    if (deleted.kind !== 'ok') return deleted;
    const left = await listContainers(call, target);
    if (left.kind !== 'ok') return unknown;
    const containers = left.value.map(({ name }) => name);
    if (containers.length > 0) {
      log.error('dokploy.containers_left', { composeId, containers: containers.length });
    }
    return ok({ state: left.value.some(isUp) ? 'still_running' : 'gone', containers });
  };

/**
 * `up -d` with the file that lies on the machine. What it is asked for a service that was never
 * deployed, or whose machine is away, is refused; whether an unanswered one worked, docker says.
 */
export const start =
  (call: DokployCall): Deployer['start'] =>
  async (composeId) => {
    const asked = await call('compose.start', { composeId });
    if (asked.kind === 'ok') return ok(null);
    if (asked.kind !== 'unknown') return asked;
    const target = await targetOf(call, composeId);
    if (target.kind !== 'ok') return target;
    const seen = await listContainers(call, target.value);
    return seen.kind === 'ok' && seen.value.some(isUp) ? ok(null) : unknown;
  };
