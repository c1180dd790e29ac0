/**
 * The engine on which the tenant's real stack is tried: never the machine's own (tests cut its power),
 * with a data root that keeps the images from run to run below `.local/tenant`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDocker } from '../dokploy/docker/cli.ts';
import { canOwnEngine, startOwnEngine } from '../dokploy/docker/daemon.ts';
import type { OwnEngine } from '../dokploy/docker/daemon.ts';
import { findCompose } from '../dokploy/docker/engine.ts';
import { linesOf } from '../dokploy/docker/inspect.ts';
import { root } from './paths.ts';

const folder = join(root, '.local', 'tenant');
const dataRoot = join(folder, 'engine');
export const scratchFolder = join(folder, 'scratch');
/** Where Compose lies when it came with `npm test`. */
const pluginFolder = join(root, '.local', 'docker');

/** In a few words why the stack cannot be tried here; undefined when it can. */
export const whyNoTenantEngine = async (): Promise<string | undefined> => {
  if (!canOwnEngine()) return 'no Docker engine can be started here (dockerd and root are needed)';
  if ((await findCompose(process.env, pluginFolder)) === undefined) {
    return 'docker compose is not installed';
  }
  if (!existsSync('/usr/sbin/debootstrap')) return 'debootstrap is not installed';
  return undefined;
};

/** Empty of containers, networks and volumes, whatever an earlier run left. Throws with the reason. */
export const openTenantEngine = async (): Promise<OwnEngine> => {
  const environment = await findCompose(process.env, pluginFolder);
  if (environment === undefined) throw new Error('docker compose is not installed');
  const engine = await startOwnEngine(environment, dataRoot);
  await sweep(engine.environment);
  return engine;
};

/** Everything but images: this engine has no other user. */
export const sweep = async (environment: OwnEngine['environment']): Promise<void> => {
  const docker = createDocker(environment);
  const { stdout } = await docker({ args: ['ps', '--all', '--quiet'] });
  const ids = linesOf(stdout);
  if (ids.length > 0) await docker({ args: ['rm', '--force', '--volumes', ...ids] });
  await docker({ args: ['network', 'prune', '--force'] });
  const volumes = await docker({ args: ['volume', 'ls', '--quiet'] });
  const names = linesOf(volumes.stdout);
  if (names.length > 0) await docker({ args: ['volume', 'rm', '--force', ...names] });
};
