/**
 * A folder as what it contains. Guarantees: files, folders and links that stay inside, in one fixed
 * order; bounded in number and bytes; sockets, pipes and links to elsewhere are left out and counted.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, opendir, readlink } from 'node:fs/promises';
import { isAbsolute, join, normalize, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BackupFailure } from './failure.ts';

export const maxEntries = 200_000;
export const maxBytes = 16 * 1024 ** 3;
export const maxDepth = 64;

export interface Entry {
  /** Relative, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
  readonly bytes: number;
  /** Of a link. */
  readonly target: string;
}

/** Every entry that `wanted` lets in, a folder before what is in it. Throws `too_large`. */
export async function entriesOf(
  root: string,
  wanted: (path: string) => boolean = () => true,
): Promise<Entry[]> {
  const found: Entry[] = [];
  let bytes = 0;
  const add = (entry: Entry): void => {
    bytes += entry.bytes;
    if (found.length >= maxEntries || bytes > maxBytes) throw new BackupFailure('too_large');
    found.push(entry);
  };
  await walk({ root, path: '', depth: 0, wanted, add });
  return found;
}

interface Walk {
  readonly root: string;
  readonly path: string;
  readonly depth: number;
  readonly wanted: (path: string) => boolean;
  readonly add: (entry: Entry) => void;
}

async function walk({ root, path, depth, wanted, add }: Walk): Promise<void> {
  if (depth > maxDepth) throw new BackupFailure('too_large');
  const names: string[] = [];
  for await (const { name } of await opendir(join(root, path))) names.push(name);
  for (const name of names.toSorted()) {
    const inner = path === '' ? name : `${path}/${name}`;
    if (!wanted(inner)) continue;
    const entry = await entryAt(root, inner);
    if (entry === null) continue;
    add(entry);
    if (entry.kind === 'folder') await walk({ root, path: inner, depth: depth + 1, wanted, add });
  }
}

/** Null: gone meanwhile, or of no use elsewhere. */
async function entryAt(root: string, path: string): Promise<Entry | null> {
  try {
    const seen = await lstat(join(root, path));
    if (seen.isFile()) return { path, kind: 'file', bytes: seen.size, target: '' };
    if (seen.isDirectory()) return { path, kind: 'folder', bytes: 0, target: '' };
    if (!seen.isSymbolicLink()) return null;
    const target = await readlink(join(root, path));
    return staysInside(path, target) ? { path, kind: 'link', bytes: 0, target } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function staysInside(path: string, target: string): boolean {
  if (isAbsolute(target)) return false;
  const end = normalize(posix.join(posix.dirname(path), target));
  return end !== '..' && !end.startsWith('../');
}

/** SHA-256 over every path, kind and content, in order: equal trees, equal digests. */
export async function digestTree(root: string, signal: AbortSignal): Promise<string> {
  const digest = createHash('sha256');
  for (const { path, kind, bytes, target } of await entriesOf(root)) {
    signal.throwIfAborted();
    digest.update(`${JSON.stringify([kind, path, bytes, target])}\n`);
    if (kind === 'file') digest.update(await hashOfFile(join(root, path), signal));
  }
  return digest.digest('hex');
}

export async function hashOfFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}
