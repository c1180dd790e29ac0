/**
 * A small disk under both volumes of one tenant, as when the server's own disk runs full. Guarantees:
 * a mount of our own, gone after `remove`; what is written on it outlives its containers.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerLine } from './machine.ts';
import type { House } from './house.ts';

const volumes = ['openclaw-state', 'agent-data'] as const;
/** The user of the product's images. */
const runtimeUser = 1_000;

export interface SmallDisk {
  /** Puts it under the volumes that Compose is going to ask for. */
  makeVolumes(house: House, appName: string): Promise<void>;
  /** Takes what room there is now: others give some back from time to time. */
  fill(): void;
  free(): void;
  freeBytes(): number;
  remove(): void;
}

export const mountSmallDisk = (sizeMiB: number): SmallDisk => {
  const folder = mkdtempSync(join(tmpdir(), 'tenant-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tenant-disk', folder]);
  for (const name of volumes) {
    mkdirSync(join(folder, name));
    chmodSync(join(folder, name), 0o700);
    chownSync(join(folder, name), runtimeUser, runtimeUser);
  }
  const filler = join(folder, 'filler');
  return {
    makeVolumes: async (house, appName) => {
      for (const name of volumes) await makeVolume(house, { appName, name, folder });
    },
    fill: () => fillUp(filler),
    free: () => rmSync(filler, { force: true }),
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
    remove: () => {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Compose finds its own labels on it, and makes none. */
const makeVolume = async (
  house: House,
  use: { readonly appName: string; readonly name: string; readonly folder: string },
): Promise<void> => {
  const { appName, name, folder } = use;
  const labels = [`com.docker.compose.project=${appName}`, `com.docker.compose.volume=${name}`];
  const options = ['type=none', 'o=bind', `device=${join(folder, name)}`];
  await dockerLine(house, [
    ...['volume', 'create', ...labels.flatMap((label) => ['--label', label])],
    ...[...options.flatMap((option) => ['--opt', option]), `${appName}_${name}`],
  ]);
};

const fillUp = (path: string): void => {
  const file = openSync(path, 'a');
  try {
    for (const size of [1 << 20, 1 << 12]) writeUntilFull(file, size);
  } finally {
    closeSync(file);
  }
};

const writeUntilFull = (file: number, size: number): void => {
  const block = Buffer.alloc(size, 1);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
};
