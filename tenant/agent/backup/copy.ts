/**
 * The gateway's state, copied while it runs. Guarantees: each database is of one moment; a file that
 * changes while it is read is read again; nothing of the live state is written. What lies in a
 * workspace stops no backup: a file that never stands still is copied as it was read last, and a
 * database that is none as a file. What the copy does not promise, as OpenClaw's own backup does not: one moment for all databases and files together.
 */
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { belongs, isDatabase, isInWorkspace } from './belongs.ts';
import { copyDatabase, copyForeignDatabase } from './database.ts';
import { BackupFailure } from './failure.ts';
import type { Entry } from './tree.ts';
import { entriesOf } from './tree.ts';

const copyTries = 3;

/** What a copy would take. Throws `too_large`. */
export async function measureState(stateDir: string): Promise<Entry[]> {
  return entriesOf(stateDir, belongs);
}

/** Copies into `target`, which must not exist. Throws `state_unreadable`, `too_large`. */
export async function copyState(
  stateDir: string,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(target, { mode: 0o700 });
  for (const entry of await measureState(stateDir)) {
    signal.throwIfAborted();
    await copyEntry(stateDir, target, entry);
  }
}

async function copyEntry(from: string, to: string, entry: Entry): Promise<void> {
  const source = join(from, entry.path);
  const target = join(to, entry.path);
  if (entry.kind === 'folder') await mkdir(target, { mode: 0o700 });
  else if (entry.kind === 'link') await symlink(entry.target, target);
  else if (isInWorkspace(entry.path)) await copyOfCustomer(entry, source, target);
  else if (isDatabase(entry.path)) await copyDatabase(source, target);
  else if (!(await copyWholeFile(source, target))) throw new BackupFailure('state_unreadable');
}

async function copyOfCustomer(entry: Entry, source: string, target: string): Promise<void> {
  if (isDatabase(entry.path) && (await copyForeignDatabase(source, target))) return;
  await copyWholeFile(source, target);
}

/** False: it changed each time while it was read, and what was read last is there. */
async function copyWholeFile(source: string, target: string): Promise<boolean> {
  for (let attempt = 1; attempt <= copyTries; attempt += 1) {
    const before = await stampOf(source);
    // Deleted since it was listed: it is simply not in this backup.
    if (before === null) return true;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    if ((await stampOf(source)) === before) return true;
  }
  return false;
}

async function stampOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeNs, ino } = await lstat(path, { bigint: true });
    return `${ino}/${size}/${mtimeNs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
