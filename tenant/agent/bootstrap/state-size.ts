/**
 * How large the state is: counted by bootstrap, before every start of the stack, because the agent
 * that answers has no access to the state at all. Guarantees: follows no link, counts what the disk
 * holds, and at most so many entries; a state that is larger than that, or cannot be read, is not
 * counted rather than counted wrongly.
 */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readOwnFile, replaceFile } from '../vault/files.ts';

/** Below the state: what an update keeps of before it (`state-copy.ts`). */
export const copiesFolder = '.copies';
/** Below the agent's data folder. */
export const stateSizeFile = 'state-size.json';
/** A tenth of a second for ten thousand of them. */
const entriesAtMost = 200_000;
const blockBytes = 512;

const stateSize = z.object({ bytes: z.int().check(z.minimum(0)), atMs: z.number() });
export type StateSize = z.infer<typeof stateSize>;

/** `without`: a folder right below it that is not counted. */
export async function countStateBytes(
  folder: string,
  without: string | null = null,
): Promise<number | null> {
  const above = await lstat(folder);
  if (!above.isDirectory()) return above.blocks * blockBytes;
  const folders = [folder];
  let entries = 0;
  let bytes = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of await opendir(next)) {
      entries += 1;
      if (entries > entriesAtMost) return null;
      if (next === folder && entry.name === without) continue;
      const path = join(next, entry.name);
      bytes += (await lstat(path)).blocks * blockBytes;
      if (entry.isDirectory()) folders.push(path);
    }
  }
  return bytes;
}

/** What was counted last stays where counting fails: it says when it was. */
export async function noteStateSize(
  folder: string,
  path: string,
  now: () => number,
): Promise<StateSize | null> {
  const bytes = await countStateBytes(folder, copiesFolder).catch(() => null);
  if (bytes === null) return null;
  const counted = { bytes, atMs: now() };
  await replaceFile(path, `${JSON.stringify(counted)}\n`);
  return counted;
}

export async function readStateSize(path: string): Promise<StateSize | null> {
  try {
    const text = await readOwnFile(path);
    const parsed = text === null ? null : stateSize.safeParse(JSON.parse(text));
    return parsed?.success === true ? parsed.data : null;
  } catch {
    return null;
  }
}
