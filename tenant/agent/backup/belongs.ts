/**
 * What of the gateway's state belongs into a backup. Pure; paths are relative to the state folder,
 * with `/`. As `openclaw backup create` has it: what OpenClaw makes anew by itself, or what only
 * means something to the running process, stays out.
 */

import { copiesFolder } from '../bootstrap/state-size.ts';

/** Below the state folder: caches, locks, logs, scratch files, links, what an update or a restore set aside. */
const remade: ReadonlySet<string> = new Set([
  ...['cache', 'locks', 'logs', 'tmp', 'plugin-skills'],
  copiesFolder,
  // What starts the scratch runtime, and what it answers.
  ...['.order', '.running'],
]);

/** A database's own helpers: their content is in the copy of the database. */
const sidecar = /\.sqlite-(wal|shm|journal)$/;
/** Empty databases that are held locked for as long as a process does something. */
const lock = /[.-]lock\.sqlite$/;

/** Whether the folder or file is copied. */
export function belongs(path: string): boolean {
  const [top = ''] = path.split('/', 1);
  return !remade.has(top) && !sidecar.test(path) && !lock.test(path);
}

/** Where agents work: whatever is in it is the customer's, and may be called anything. */
export const isInWorkspace = (path: string): boolean => /^workspace(-[^/]*)?\//.test(path);

export const isDatabase = (path: string): boolean => path.endsWith('.sqlite');

/** One of OpenClaw's own: without it whole, nothing is restored. */
export const isOwnDatabase = (path: string): boolean => isDatabase(path) && !isInWorkspace(path);
