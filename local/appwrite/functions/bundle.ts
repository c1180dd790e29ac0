/**
 * Unpacks an uploaded tar.gz. What comes out lies below the target folder and is made of plain
 * files and folders: links, devices, absolute paths and `..` make the whole upload fail, as do
 * too many entries or too many bytes once unpacked.
 */
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Unpack } from 'tar';

export const MAX_UPLOAD_BYTES = 30_000_000;
export const MAX_UNPACKED_BYTES = 300_000_000;
const TOO_LARGE = 'The unpacked code is too large.';
const MAX_ENTRIES = 20_000;
const PLAIN = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir']);
/** Links carry no content of their own; the CLI packs symlinks as broken ones. */
const LEFT_OUT = new Set(['SymbolicLink', 'Link']);

export class BundleError extends Error {}

export function isSafePath(name: string): boolean {
  if (name === '' || name.includes('\0') || name.includes('\\')) return false;
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return false;
  return !name.split('/').includes('..');
}

function byteLimit(maxBytes: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) done(new BundleError(TOO_LARGE));
      else done(null, chunk);
    },
  });
}

interface Tally {
  readonly maxBytes: number;
  entries: number;
  bytes: number;
  refused: string | undefined;
}

function admit(name: string, type: string, size: number, tally: Tally): boolean {
  tally.entries += 1;
  if (LEFT_OUT.has(type)) return false;
  if (!isSafePath(name)) tally.refused ??= `The archive holds an unsafe path: ${name}`;
  else if (!PLAIN.has(type)) tally.refused ??= `The archive holds a ${type}.`;
  else if (tally.entries > MAX_ENTRIES) tally.refused ??= 'The archive holds too many files.';
  else if (tally.bytes + size > tally.maxBytes) tally.refused ??= TOO_LARGE;
  if (tally.refused !== undefined) return false;
  tally.bytes += size;
  return true;
}

/** Answers the unpacked size in bytes; leaves no folder behind when it throws. */
export async function unpackBundle(
  archive: string,
  folder: string,
  maxBytes = MAX_UNPACKED_BYTES,
): Promise<number> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tally: Tally = { maxBytes, entries: 0, bytes: 0, refused: undefined };
  const unpack = new Unpack({
    cwd: folder,
    strict: true,
    preservePaths: false,
    filter: (name, entry) => 'type' in entry && admit(name, entry.type, entry.size, tally),
  });
  try {
    await pipeline(
      createReadStream(archive),
      createGunzip(),
      byteLimit(maxBytes),
      unpack as unknown as NodeJS.WritableStream,
    );
    if (tally.refused !== undefined) throw new BundleError(tally.refused);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (error instanceof BundleError) throw error;
    throw new BundleError('The upload is not a readable tar.gz archive.');
  }
  return tally.bytes;
}
