/**
 * The state of before an update, kept beside it and put back if the update does not work. Done by
 * bootstrap, while the gateway is stopped. Guarantees: nothing is written where there is no room for
 * it; a copy is whole or not there; it is put back by renames alone, and who dies in their middle is
 * followed by a run that goes on; one order is carried out once, however often the stack starts; an
 * old gateway never starts on a new state.
 */
import { constants } from 'node:fs';
import { cp, lstat, mkdir, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import type { Log } from '../log.ts';
import { readOwnFile, replaceFile } from '../vault/files.ts';
import { besideOf } from './exchange.ts';
import { copiesFolder, countStateBytes } from './state-size.ts';

export interface StateOrder {
  readonly kind: 'copy' | 'restore';
  /** The update's id. */
  readonly id: string;
}

/** Below the agent's data folder, where what runs in the gateway cannot reach it. */
export const ordersFile = 'state-order.json';

/** Made anew by the gateway; a copy of them would be the larger part. */
const leftOut: ReadonlySet<string> = new Set([
  copiesFolder,
  'cache',
  'tmp',
  'logs',
  'locks',
  'plugin-skills',
]);
/** Stay where they are when the copy is put back: they tell what went wrong. */
const staying: ReadonlySet<string> = new Set([copiesFolder, 'logs']);
/** For what the file system itself needs, and for the gateway to start. */
const spareBytes = 64 * 1024 ** 2;
const keptMs = 3 * 24 * 60 * 60_000;

/** The exit code of `ENOSPC` and of nothing else here, so that a deployment's log tells it. */
export const noRoomExitCode = 28;

export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}
/** An order to put back what was there and is not any more: nothing may start. */
export class CopyLost extends Error {
  override readonly name = 'CopyLost';
}

const phases = ['copied', 'moving_out', 'moving_in', 'restored', 'removed'] as const;
const known = z.object({ id: z.string(), phase: z.enum(phases), atMs: z.number() });
type Known = z.infer<typeof known>;

interface Place {
  readonly stateDir: string;
  readonly dataDir: string;
  readonly log: Log;
  readonly now: () => number;
  /** Others in tests alone: a disk without room, a rename in whose middle somebody dies. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly move?: (from: string, to: string) => Promise<void>;
}

const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Whether this start is one of an update: it made the copy, or put it back. */
export async function carryOut(order: StateOrder | null, place: Place): Promise<boolean> {
  if (order === null) return false;
  const before = await readKnown(place);
  if (order.kind === 'copy') await copyOnce(order.id, before, place);
  else await restoreOnce(order.id, before, place);
  const after = await readKnown(place);
  const isNews = after?.id !== before?.id || after?.phase !== before?.phase;
  return isNews && after?.phase !== 'removed';
}

/** Ends a return to the copy that was cut off in its middle, and begins none. */
export async function finishReturn(place: Place): Promise<void> {
  const done = await readKnown(place);
  if (done?.phase === 'moving_out') await moveOut(done.id, place);
  else if (done?.phase === 'moving_in') await moveIn(done.id, place);
}

/** Below the state itself: renames do not reach from one volume to another. */
const copiesOf = ({ stateDir }: Place): string => join(stateDir, copiesFolder);
const copyOf = (place: Place, id: string): string => join(copiesOf(place), id);

async function readKnown({ dataDir }: Place): Promise<Known | null> {
  const text = await readOwnFile(join(dataDir, ordersFile));
  if (text === null) return null;
  return known.parse(JSON.parse(text));
}

async function note(place: Place, id: string, phase: Known['phase']): Promise<void> {
  const entry: Known = { id, phase, atMs: place.now() };
  await replaceFile(join(place.dataDir, ordersFile), `${JSON.stringify(entry)}\n`);
}

async function copyOnce(id: string, done: Known | null, place: Place): Promise<void> {
  if (done?.id === id) {
    await removeOld(id, done, place);
    return;
  }
  // Of the update before: that one was kept, or this one would not be there.
  await clearCopies(place);
  await requireRoom(place);
  const draft = `${copyOf(place, id)}.part`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for (const name of await namesIn(place.stateDir, leftOut)) {
    await cp(join(place.stateDir, name), join(draft, name), {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      // Sockets and pipes of a process that is gone hold nothing.
      filter: isKept,
    });
  }
  await rename(draft, copyOf(place, id));
  await note(place, id, 'copied');
  place.log('state_copied');
}

async function isKept(path: string): Promise<boolean> {
  const found = await lstat(path);
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
}

async function removeOld(id: string, done: Known, place: Place): Promise<void> {
  if (done.phase !== 'copied' || place.now() - done.atMs < keptMs) return;
  await note(place, id, 'removed');
  await clearCopies(place);
  place.log('state_copy_removed');
}

/** A backup that is being brought back lies beside them (`exchange.ts`): that is not ours. */
async function clearCopies(place: Place): Promise<void> {
  const folder = copiesOf(place);
  if (!(await isThere(folder))) return;
  const names = await namesIn(folder, new Set([basename(besideOf(place.stateDir))]));
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}

async function requireRoom({ stateDir, freeBytes = freeBytesOf }: Place): Promise<void> {
  let bytes = 0;
  for (const name of await namesIn(stateDir, leftOut)) {
    bytes += (await countStateBytes(join(stateDir, name))) ?? Number.POSITIVE_INFINITY;
  }
  if ((await freeBytes(stateDir)) < bytes + spareBytes) throw new NoRoom();
}

async function namesIn(folder: string, without: ReadonlySet<string>): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !without.has(name));
}

async function restoreOnce(id: string, done: Known | null, place: Place): Promise<void> {
  // The update never came to its copy, so it never came to the state either.
  if (done?.id !== id) {
    place.log('state_untouched');
    return;
  }
  switch (done.phase) {
    case 'restored':
      await removeReplaced(done, id, place);
      return;
    case 'removed':
      throw new CopyLost();
    case 'copied':
      if (!(await isThere(copyOf(place, id)))) throw new CopyLost();
      await note(place, id, 'moving_out');
      await moveOut(id, place);
      return;
    case 'moving_out':
      await moveOut(id, place);
      return;
    case 'moving_in':
      await moveIn(id, place);
  }
}

const replacedBy = (place: Place, id: string): string => `${copyOf(place, id)}.replaced`;

async function moveOut(id: string, place: Place): Promise<void> {
  await moveAll(place, { from: place.stateDir, to: replacedBy(place, id) });
  await note(place, id, 'moving_in');
  await moveIn(id, place);
}

async function moveIn(id: string, place: Place): Promise<void> {
  await moveAll(place, { from: copyOf(place, id), to: place.stateDir });
  await note(place, id, 'restored');
  place.log('state_restored');
}

/** What was moved already is not there any more, so it may be asked for again. */
async function moveAll(
  { move = rename }: Place,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of await namesIn(from, staying)) await move(join(from, name), join(to, name));
}

/** The state that did not work, for whoever looks into it. */
async function removeReplaced(done: Known, id: string, place: Place): Promise<void> {
  if (place.now() - done.atMs < keptMs || !(await isThere(replacedBy(place, id)))) return;
  await clearCopies(place);
  place.log('state_copy_removed');
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    },
  );
}
