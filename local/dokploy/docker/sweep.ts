/**
 * Clean-ups among our own projects. What the real Dokploy does to a whole machine every night is
 * done here to what this data folder started, and only on demand.
 */
import type { Docker } from './cli.ts';
import { type EngineContainer, lastLine, linesOf, listContainers } from './inspect.ts';
import { type Ownership, ownerLabel, projectLabel } from './ownership.ts';

const timeoutMs = 3 * 60_000;

async function ownContainers(
  docker: Docker,
  ownership: Ownership,
): Promise<readonly EngineContainer[]> {
  const all = await listContainers(docker, [`label=${projectLabel}`]);
  return all.filter(({ labels }) => ownership.owns(labels));
}

/** `container prune` and `image prune --all`. */
export async function pruneOwn(
  docker: Docker,
  ownership: Ownership,
): Promise<{ readonly containers: number; readonly images: number }> {
  const own = await ownContainers(docker, ownership);
  const idle = own.filter(({ state }) => ['created', 'exited', 'dead'].includes(state));
  let containers = 0;
  for (const { containerId } of idle) {
    // Without force: one that was started in between stays.
    const removed = await docker({ args: ['container', 'rm', containerId] });
    if (removed.exitCode === 0) containers += 1;
  }
  const gone: string[] = [];
  for (const image of ownership.images) {
    if (await removeUnused(docker, image)) gone.push(image);
  }
  ownership.forgetImages(gone);
  return { containers, images: gone.length };
}

/** By nobody's container, ours or not. */
async function removeUnused(docker: Docker, image: string): Promise<boolean> {
  const users = await docker({ args: ['ps', '-aq', '--filter', `ancestor=${image}`] });
  if (users.exitCode !== 0 || linesOf(users.stdout).length > 0) return false;
  const removed = await docker({ args: ['image', 'rm', image] });
  return removed.exitCode === 0;
}

/** Everything, orphans included; the images stay. Throws when something could not be removed. */
export async function purgeOwn(
  docker: Docker,
  ownership: Ownership,
): Promise<{ readonly projects: number }> {
  const { projects, owner } = ownership;
  const own = await ownContainers(docker, ownership);
  await removeAll(docker, ['container', 'rm', '--force'], own.map(idOf));
  for (const project of projects) {
    const filter = `label=${projectLabel}=${project}`;
    await removeAll(docker, ['volume', 'rm'], await listed(docker, 'volume', filter));
    await removeAll(docker, ['network', 'rm'], await listed(docker, 'network', filter));
  }
  const networks = await listed(docker, 'network', `label=${ownerLabel}=${owner}`);
  await removeAll(docker, ['network', 'rm'], networks);
  ownership.forgetAll();
  return { projects: projects.length };
}

function idOf({ containerId }: EngineContainer): string {
  return containerId;
}

async function listed(docker: Docker, kind: string, filter: string): Promise<readonly string[]> {
  const found = await docker({ args: [kind, 'ls', '-q', '--filter', filter] });
  return linesOf(found.stdout);
}

async function removeAll(
  docker: Docker,
  command: readonly string[],
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const removed = await docker({ args: [...command, ...names], timeoutMs });
  if (removed.exitCode !== 0) throw new Error(lastLine(removed.stderr));
}
