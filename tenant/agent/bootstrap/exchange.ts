/**
 * Exchanges what is in the state folder with what lies prepared beside it, by rename, while nobody
 * uses it. Guarantees: whoever dies in the middle and is called again ends where one call would have;
 * what was there is kept whole in a folder of its own; no link is followed.
 *
 * The folder itself is a mount and cannot be renamed, so its entries are, one by one: first all out,
 * then a mark, then all in.
 */
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../vault/files.ts';
import { copiesFolder } from './state-size.ts';

const emptiedMark = 'emptied';

export interface Exchange {
  readonly stateDir: string;
  /** Folders below `besideOf`: what comes in, and where what was there goes. */
  readonly incoming: string;
  readonly outgoing: string;
}

/**
 * Below the state folder, or nothing could be renamed, and where the copy of an update lies too: no
 * backup and no other copy takes it along.
 */
export const besideOf = (stateDir: string): string => join(stateDir, copiesFolder, 'restore');

export async function exchange({ stateDir, incoming, outgoing }: Exchange): Promise<void> {
  const beside = besideOf(stateDir);
  const mark = join(beside, emptiedMark);
  if (!(await isFolder(join(beside, incoming)))) throw new Error('nothing lies prepared');
  if (!(await exists(mark))) {
    await mkdir(join(beside, outgoing), { recursive: true, mode: 0o700 });
    await moveAll(stateDir, join(beside, outgoing));
    await replaceFile(mark, '');
  }
  await moveAll(join(beside, incoming), stateDir);
  await rm(mark, { force: true });
}

/** Nothing lies beside any more. */
export async function clearBeside(stateDir: string): Promise<void> {
  await rm(besideOf(stateDir), { recursive: true, force: true });
}

async function moveAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name === copiesFolder) continue;
    await rename(join(from, name), join(to, name));
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (seen) => seen.isDirectory(),
    () => false,
  );
}
